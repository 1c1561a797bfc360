"""Products from Shopify: its product CSV, several rows a product, and the JSON of its Admin API."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from weft import Importer, Invalid, Numbered, Outcome, RowProblem, Tenant, Written

from ..domain.categories import names_of
from ..domain.gtin import Barcode, WrongBarcode, read_barcode
from ..domain.html_text import html_text
from ..domain.naming import tags_of, tidy
from ..permissions import IMPORT
from ..services.importing import bring_in, take_out
from ..services.incoming import Incoming, IncomingVariant, Refusals
from .options import ProductOptions, read_options, terms_of
from .shopify_json import read_json


class ShopifyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of Shopify's file. The first row of a handle tells of the product, each of its variants has a row, and so has each further
    image. Stock is not the catalogue's, so quantities are left out.
    """

    handle: Annotated[str, Meta(title="Handle", max_length=100)] = ""
    title: Annotated[str, Meta(title="Title", max_length=200)] = ""
    body: Annotated[str, Meta(title="Body (HTML)", max_length=100_000)] = ""
    vendor: Annotated[str, Meta(title="Vendor", max_length=100)] = ""
    product_category: Annotated[str, Meta(title="Product Category", max_length=800)] = ""
    product_type: Annotated[str, Meta(title="Type", max_length=255)] = ""
    tags: Annotated[str, Meta(title="Tags", max_length=5000)] = ""
    published: Annotated[str, Meta(title="Published", max_length=10)] = ""
    status: Annotated[str, Meta(title="Status", max_length=20)] = ""
    gift_card: Annotated[str, Meta(title="Gift Card", max_length=10)] = ""
    option1_name: Annotated[str, Meta(title="Option1 Name", max_length=255)] = ""
    option1_value: Annotated[str, Meta(title="Option1 Value", max_length=255)] = ""
    option2_name: Annotated[str, Meta(title="Option2 Name", max_length=255)] = ""
    option2_value: Annotated[str, Meta(title="Option2 Value", max_length=255)] = ""
    option3_name: Annotated[str, Meta(title="Option3 Name", max_length=255)] = ""
    option3_value: Annotated[str, Meta(title="Option3 Value", max_length=255)] = ""
    variant_sku: Annotated[str, Meta(title="Variant SKU", max_length=40)] = ""
    variant_barcode: Annotated[str, Meta(title="Variant Barcode", max_length=60)] = ""
    variant_grams: Annotated[Decimal | None, Meta(title="Variant Grams")] = None
    variant_price: Annotated[Decimal | None, Meta(title="Variant Price")] = None
    variant_compare_at_price: Annotated[Decimal | None, Meta(title="Variant Compare At Price")] = None
    variant_tax_code: Annotated[str, Meta(title="Variant Tax Code", max_length=40)] = ""
    image_src: Annotated[str, Meta(title="Image Src", max_length=2000)] = ""
    image_alt_text: Annotated[str, Meta(title="Image Alt Text", max_length=1000)] = ""


# What refusals call a field, and what Shopify does.
_FIELDS = {
    "name": "title",
    "sku": "variant_sku",
    "barcode": "variant_barcode",
    "external_reference": "handle",
    "category": "product_type",
    "choices": "option1_value",
    "values": "option1_value",
    "price": "variant_price",
    "compare_at": "variant_compare_at_price",
    "weight": "variant_grams",
    "brand": "vendor",
}
_NO = frozenset({"false", "no", "0"})
_DEFAULT = ("Title", "Default Title")  # Shopify's way to say that a product has no options


async def write(tenant: Tenant, rows: Sequence[Numbered[ShopifyRow]], options: Mapping[str, str]) -> Outcome:
    """Bring a batch of rows in; see `Importer.write`."""
    refusals = Refusals()
    async with tenant.transaction():
        try:
            asked = read_options(options)
            terms = await terms_of(tenant, asked)
        except Invalid as wrong:
            return Outcome((), [RowProblem(row.row, "", wrong.message) for row in rows])
        products = [_product(group, asked, refusals) for group in _groups(rows)]
        outcome = await bring_in(tenant, products, terms, refusals)
    renamed = [RowProblem(each.row, _FIELDS.get(each.field, each.field), each.sentence, each.value) for each in outcome.problems]
    return Outcome(outcome.written, renamed)


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take an import out again; see `Importer.undo`."""
    return await take_out(tenant, written)


def _groups(rows: Sequence[Numbered[ShopifyRow]]) -> list[list[Numbered[ShopifyRow]]]:
    """Return the rows of each handle, wherever they stand; a row without one is a product of its own."""
    found: dict[object, list[Numbered[ShopifyRow]]] = {}
    for each in rows:
        found.setdefault(each.value.handle or each.row, []).append(each)
    return list(found.values())


def _product(rows: Sequence[Numbered[ShopifyRow]], asked: ProductOptions, refusals: Refusals) -> Incoming:
    first = next((each.value for each in rows if each.value.title), rows[0].value)
    names = tuple(filter(None, (tidy(first.option1_name), tidy(first.option2_name), tidy(first.option3_name))))
    if (names[:1], tidy(first.option1_value)) == ((_DEFAULT[0],), _DEFAULT[1]):
        names = ()
    category: tuple[str, ...] = ()
    try:
        if told := tidy(first.product_category) or tidy(first.product_type):
            category = names_of(told)
    except Invalid as wrong:
        refusals.add(rows[0].row, "category", wrong.message, first.product_type)
    variants: list[IncomingVariant] = []
    for each in rows:
        if not _is_variant(each.value) and variants:
            continue
        new = _variant(each, len(names), asked, refusals)
        if not any(_same(new, other) for other in variants):
            variants.append(new)
    return Incoming(tuple(each.row for each in rows), _facts(first), tuple(variants), category, names)


def _facts(row: ShopifyRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": tidy(row.title),
        "description": html_text(row.body)[:20_000],
        "brand": tidy(row.vendor),
        "external_reference": tidy(row.handle),
        "tax_category": tidy(row.variant_tax_code),
    }
    if tags := tags_of(row.tags):
        told["tags"] = tuple(tag[:40] for tag in tags)
    status = tidy(row.status).lower()
    if status in ("active", "draft", "archived"):
        told["status"] = status
    elif row.published:
        told["status"] = "draft" if row.published.lower() in _NO else "active"
    if row.gift_card and row.gift_card.lower() not in _NO:
        told["kind"] = "service"
    return {name: value for name, value in told.items() if value}


def _is_variant(row: ShopifyRow) -> bool:
    """Tell a variant's row from one that only brings a further image."""
    return bool(row.option1_value or row.variant_sku or row.variant_barcode or row.variant_price is not None)


def _variant(each: Numbered[ShopifyRow], options: int, asked: ProductOptions, refusals: Refusals) -> IncomingVariant:
    row = each.value
    values = (tidy(row.option1_value), tidy(row.option2_value), tidy(row.option3_value))[:options]
    measures: dict[str, Any] = {"weight": row.variant_grams, "weight_unit": "g"} if row.variant_grams else {}
    return IncomingVariant(
        each.row,
        sku=tidy(row.variant_sku.removeprefix("'")),
        choices=tuple(filter(None, values)),
        barcodes=_barcodes(each, asked, refusals),
        price=row.variant_price,
        compare_at=row.variant_compare_at_price,
        measures=measures,
    )


def _barcodes(each: Numbered[ShopifyRow], asked: ProductOptions, refusals: Refusals) -> tuple[Barcode, ...]:
    text = each.value.variant_barcode.removeprefix("'").strip()
    if not text:
        return ()
    try:
        return (read_barcode(text, internal=asked.internal_barcodes, zeros=asked.restore_zeros),)
    except WrongBarcode as wrong:
        refusals.add(each.row, "barcode", wrong.message, text)
        return ()


def _same(one: IncomingVariant, other: IncomingVariant) -> bool:
    """Tell whether a row only says again what another has said."""
    return (one.sku, one.choices, one.barcodes, one.price, one.compare_at, one.measures) == (
        *(other.sku, other.choices, other.barcodes, other.price, other.compare_at, other.measures),
    )


SHOPIFY = Importer(
    name="catalogue.shopify",
    title="Products from Shopify",
    permission=IMPORT,
    row=ShopifyRow,
    write=write,
    undo=undo,
    readers={".json": read_json},
    group_by="handle",
    options=ProductOptions,
    record="catalogue.product",
)
