"""Products from a table with one row each: a shop's own list, a supplier's, or an extract of Open Food Facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from weft import Importer, Invalid, Numbered, Outcome, RowProblem, Tenant, Written

from ..domain.categories import names_of
from ..domain.countries import find_country
from ..domain.gtin import Barcode, WrongBarcode, read_barcode
from ..domain.measures import SizeUnit, read_weight
from ..domain.naming import tags_of, tidy
from ..domain.spreadsheets import unguarded
from ..domain.units import Unit, find_unit
from ..permissions import IMPORT
from ..services.basics import basics
from ..services.importing import bring_in, take_out
from ..services.incoming import Incoming, IncomingVariant, Refusals, Terms
from .headings import ALIASES
from .options import ProductOptions, read_options, terms_of


class ProductRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a product, or one variant of a product whose rows stand together and share a `group`. What is empty stays as it is."""

    name: Annotated[str, Meta(title="Name", max_length=200)] = ""
    sku: Annotated[str, Meta(title="SKU", max_length=40)] = ""
    barcode: Annotated[str, Meta(title="Barcode", description="GTIN, EAN, UPC or ISBN; several with ; between.", max_length=500)] = ""
    category: Annotated[str, Meta(title="Category", description="A path such as Food > Chocolate.", max_length=800)] = ""
    unit: Annotated[str, Meta(title="Unit", max_length=60)] = ""
    price: Annotated[Decimal | None, Meta(title="Price")] = None
    currency: Annotated[str, Meta(title="Currency", max_length=10)] = ""
    compare_at: Annotated[Decimal | None, Meta(title="Price before")] = None
    brand: Annotated[str, Meta(title="Brand", max_length=100)] = ""
    supplier: Annotated[str, Meta(title="Supplier", max_length=100)] = ""
    description: Annotated[str, Meta(title="Description", max_length=20_000)] = ""
    tags: Annotated[str, Meta(title="Tags", max_length=1000)] = ""
    weight: Annotated[str, Meta(title="Weight", max_length=40)] = ""
    weight_unit: Annotated[str, Meta(title="Unit of weight", max_length=20)] = ""
    length: Annotated[Decimal | None, Meta(title="Length")] = None
    width: Annotated[Decimal | None, Meta(title="Width")] = None
    height: Annotated[Decimal | None, Meta(title="Height")] = None
    size_unit: Annotated[SizeUnit, Meta(title="Unit of size")] = "cm"
    country: Annotated[str, Meta(title="Country of origin", description="Two letters or a name.", max_length=80)] = ""
    hs_code: Annotated[str, Meta(title="HS code", max_length=14)] = ""
    tax_category: Annotated[str, Meta(title="Tax category", max_length=40)] = ""
    status: Annotated[Literal["active", "draft", "archived"] | None, Meta(title="Status")] = None
    kind: Annotated[Literal["goods", "service"] | None, Meta(title="Kind")] = None
    external_reference: Annotated[str, Meta(title="External reference", max_length=100)] = ""
    options: Annotated[str, Meta(title="Options", description="Such as Size; Colour.", max_length=300)] = ""
    choices: Annotated[str, Meta(title="Choices", description="Such as Small; Red.", max_length=600)] = ""
    group: Annotated[str, Meta(title="Product group", description="The same in all rows of one product with variants.", max_length=100)] = (
        ""
    )


async def write(tenant: Tenant, rows: Sequence[Numbered[ProductRow]], options: Mapping[str, str]) -> Outcome:
    """Bring a batch of rows in; see `Importer.write`."""
    refusals = Refusals()
    async with tenant.transaction():
        try:
            asked = read_options(options)
            terms = await terms_of(tenant, asked)
        except Invalid as wrong:
            return Outcome((), [RowProblem(row.row, "", wrong.message) for row in rows])
        units = (await basics(tenant)).units
        reader = _Reader(asked, terms, units, refusals)
        return await bring_in(tenant, [reader.product(group) for group in _groups(rows)], terms, refusals)


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take an import out again; see `Importer.undo`."""
    return await take_out(tenant, written)


def _groups(rows: Sequence[Numbered[ProductRow]]) -> list[list[Numbered[ProductRow]]]:
    """Return the rows of each product: neighbours that share a group, any other row alone."""
    found: list[list[Numbered[ProductRow]]] = []
    for key, part in groupby(rows, lambda each: each.value.group):
        neighbours = list(part)
        found += [neighbours] if key else [[each] for each in neighbours]
    return found


class _Reader:
    """Turns rows into incoming products, and refuses what cannot be read."""

    def __init__(self, asked: ProductOptions, terms: Terms, units: Sequence[Unit], refusals: Refusals) -> None:
        self.asked, self.terms, self.units, self.refusals = asked, terms, units, refusals

    def product(self, rows: Sequence[Numbered[ProductRow]]) -> Incoming:
        """Return one product; its facts come from the first row that tells each."""
        facts: dict[str, Any] = {}
        category: tuple[str, ...] = ()
        names: tuple[str, ...] = ()
        for each in rows:
            facts = {**self._facts(each), **facts}
            category = category or self._category(each)
            names = names or _parts(each.value.options)
        variants = tuple(self._variant(each) for each in rows)
        return Incoming(tuple(each.row for each in rows), facts, variants, category, names)

    def _facts(self, each: Numbered[ProductRow]) -> dict[str, Any]:
        row = each.value
        told: dict[str, Any] = {
            name: value
            for name in ("name", "brand", "supplier", "description", "hs_code", "tax_category", "status", "kind", "external_reference")
            if (value := unguarded(getattr(row, name) if name == "description" else tidy(getattr(row, name) or "")))
        }
        if row.tags:
            told["tags"] = tags_of(row.tags)
            if long := next((tag for tag in told["tags"] if len(tag) > 40), None):
                self.refusals.add(each.row, "tags", f"“{long[:40]}…” is too long: a tag has at most 40 characters.", row.tags)
        if row.country:
            told["country"] = find_country(row.country)
            if not told["country"]:
                self.refusals.add(each.row, "country", f"“{row.country}” is no country: use two letters such as GB.", row.country)
        if row.unit:
            unit = find_unit(self.units, row.unit)
            if unit is None:
                self.refusals.add(
                    each.row, "unit", f"There is no unit “{row.unit}” here: use one of Catalogue, Units, or add it there.", row.unit
                )
            else:
                told["unit"] = unit.id
        return told

    def _category(self, each: Numbered[ProductRow]) -> tuple[str, ...]:
        if not each.value.category:
            return ()
        try:
            return names_of(each.value.category)
        except Invalid as wrong:
            self.refusals.add(each.row, "category", wrong.message, each.value.category)
            return ()

    def _variant(self, each: Numbered[ProductRow]) -> IncomingVariant:
        row = each.value
        self._check_currency(each)
        return IncomingVariant(
            each.row,
            sku=unguarded(tidy(row.sku)),
            choices=_parts(row.choices),
            barcodes=self._barcodes(each),
            price=row.price,
            compare_at=row.compare_at,
            measures=self._measures(each),
        )

    def _barcodes(self, each: Numbered[ProductRow]) -> tuple[Barcode, ...]:
        found: dict[str, Barcode] = {}
        for code in filter(None, (part.strip() for part in each.value.barcode.replace("|", ";").split(";"))):
            try:
                read = read_barcode(code, internal=self.asked.internal_barcodes, zeros=self.asked.restore_zeros)
                found.setdefault(read.key, read)
            except WrongBarcode as wrong:
                self.refusals.add(each.row, "barcode", wrong.message, code)
        return tuple(found.values())

    def _measures(self, each: Numbered[ProductRow]) -> dict[str, Any]:
        row = each.value
        told: dict[str, Any] = {}
        if row.weight:
            try:
                told["weight"], told["weight_unit"] = read_weight(row.weight, row.weight_unit)
            except Invalid as wrong:
                self.refusals.add(each.row, "weight", wrong.message, row.weight)
        sizes = {"length": row.length, "width": row.width, "height": row.height}
        if any(size is not None for size in sizes.values()):
            told |= {**sizes, "size_unit": row.size_unit}
        return told

    def _check_currency(self, each: Numbered[ProductRow]) -> None:
        currency, own = tidy(each.value.currency).upper(), self.terms.price_list
        if currency and each.value.price is not None and currency != own.currency:
            sentence = f"The price is in {currency}, and the price list “{own.title}” in {own.currency}: choose a list in {currency}."
            self.refusals.add(each.row, "currency", sentence, currency)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(tidy, unguarded(text).replace("|", ";").split(";"))))


PRODUCTS = Importer(
    name="catalogue.products",
    title="Products",
    permission=IMPORT,
    row=ProductRow,
    write=write,
    undo=undo,
    aliases=ALIASES,
    group_by="group",
    options=ProductOptions,
    record="catalogue.product",
)
