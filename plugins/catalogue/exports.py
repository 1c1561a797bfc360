"""Products as a file in the format that `catalogue.products` imports: brought in again unchanged, it changes nothing."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Exporter, Tenant

from .domain.gtin import is_digits
from .domain.prices import price_on
from .domain.products import Product, Variant
from .domain.spreadsheets import guarded
from .permissions import READ
from .queries import finding, setup
from .queries.loading import load_many
from .services.basics import Basics, basics

BATCH = 500

# Field of the importer's row → heading; the order of the columns.
HEADINGS = {
    "group": "Product group",
    "name": "Name",
    "sku": "SKU",
    "barcode": "Barcode",
    "category": "Category",
    "unit": "Unit",
    "price": "Price",
    "currency": "Currency",
    "compare_at": "Price before",
    "brand": "Brand",
    "supplier": "Supplier",
    "description": "Description",
    "tags": "Tags",
    "options": "Options",
    "choices": "Choices",
    "weight": "Weight",
    "weight_unit": "Unit of weight",
    "length": "Length",
    "width": "Width",
    "height": "Height",
    "size_unit": "Unit of size",
    "country": "Country of origin",
    "hs_code": "HS code",
    "tax_category": "Tax category",
    "kind": "Kind",
    "status": "Status",
    "external_reference": "External reference",
}
_PLAIN = frozenset({"group", "barcode", "price", "compare_at", "weight", "length", "width", "height"})  # never a formula


async def write_csv(tenant: Tenant) -> AsyncIterator[bytes]:
    """Yield the file: one row a variant, by product name; UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    yield b"\xef\xbb\xbf" + _csv([list(HEADINGS.values())])
    known = await basics(tenant)
    after: tuple[str, UUID] | None = None
    while True:
        async with tenant.transaction() as db:
            ids = await finding.next_by_name(db, after, BATCH)
            products = await load_many(db, [each for each, _ in ids])
            titles = await setup.titles(db)
        rows = [
            _row(products[each], variant, known, titles, tenant)
            for each, _ in ids
            if each in products
            for variant in products[each].variants
        ]
        if rows:
            yield _csv(rows)
        if len(ids) < BATCH:
            return
        after = (ids[-1][1], ids[-1][0])


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _row(product: Product, variant: Variant, known: Basics, titles: Mapping[UUID, str], tenant: Tenant) -> list[str]:
    facts, price_list = product.facts, known.price_list
    price = price_on(variant.prices, price_list.id, tenant.today())
    measures = {name: _number(value) for name, value in msgspec.structs.asdict(variant.measures).items()}
    cells = {
        **msgspec.structs.asdict(facts),
        **measures,
        "group": str(product.id) if len(product.variants) > 1 or product.options else "",
        "sku": variant.sku,
        "barcode": "; ".join(code.code for code in variant.barcodes if code.kind != "internal" or not is_digits(code.code)),
        "category": titles.get(facts.category, "") if facts.category else "",
        "unit": titles.get(facts.unit, "") if facts.unit else "",
        "price": f"{price.amount:f}" if price else "",
        "compare_at": f"{price.compare_at:f}" if price and price.compare_at is not None else "",
        "currency": price_list.currency if price else "",
        "tags": "; ".join(facts.tags),
        "options": "; ".join(option.name for option in product.options),
        "choices": "; ".join(variant.choices),
    }
    return [str(cells[name]) if name in _PLAIN else guarded(str(cells[name])) for name in HEADINGS]


def _number(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


PRODUCTS_CSV = Exporter(
    name="catalogue.products_csv",
    title="Products with variants, to edit and import again (CSV)",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    permission=READ,
    write=write_csv,
)
