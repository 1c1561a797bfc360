"""Reads products whole: facts, variants, barcodes, prices and images, in five statements however many are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from weft import Missing, Row, Scope

from ..domain.gtin import Barcode, BarcodeKind
from ..domain.prices import Price
from ..domain.products import Facts, Image, Measures, Product, Variant
from ..domain.variants import Option

_PRODUCTS = """
SELECT id, name, kind, status, category, unit, brand, supplier, description, tags, tax_category, country, hs_code, external_reference,
    options::text AS options, version, created_at, updated_at
FROM catalogue_product WHERE id = ANY ($1::uuid[])
"""
_VARIANTS = """
SELECT id, product, sku, choices, active, weight, weight_unit, length, width, height, size_unit
FROM catalogue_variant WHERE product = ANY ($1::uuid[]) ORDER BY product, position, id
"""
_BARCODES = """
SELECT b.variant, b.key, b.code, b.kind, b.quantity FROM catalogue_barcode b JOIN catalogue_variant v ON v.id = b.variant
WHERE v.product = ANY ($1::uuid[]) ORDER BY b.variant, b.position, b.key
"""
_PRICES = """
SELECT r.variant, r.id, r.price_list, r.amount, r.compare_at, r.valid_from, r.valid_to, r.min_quantity
FROM catalogue_price r JOIN catalogue_variant v ON v.id = r.variant
WHERE v.product = ANY ($1::uuid[]) ORDER BY r.variant, r.price_list, r.min_quantity, r.valid_from
"""
_IMAGES = (
    "SELECT product, id, file, alt, width, height FROM catalogue_image WHERE product = ANY ($1::uuid[]) ORDER BY product, position, id"
)

_OPTIONS = msgspec.json.Decoder(tuple[Option, ...])


async def load(db: Scope, product_id: UUID, *, lock: bool = False) -> Product:
    """Return a product; raises `Missing`. With `lock` nobody else changes it until the transaction ends."""
    found = await load_many(db, [product_id], lock=lock)
    if product_id not in found:
        raise Missing("There is no such product. It may have been deleted.")
    return found[product_id]


async def load_many(db: Scope, product_ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Product]:
    """Return products by id, those that exist."""
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return {}
    rows = await db.fetch(f"{_PRODUCTS} ORDER BY id FOR UPDATE" if lock else _PRODUCTS, ids)
    barcodes, prices = defaultdict(list), defaultdict(list)
    variants, images = defaultdict(list), defaultdict(list)
    for row in await db.fetch(_BARCODES, ids):
        barcodes[row["variant"]].append(_barcode(row))
    for row in await db.fetch(_PRICES, ids):
        prices[row["variant"]].append(price_of(row))
    for row in await db.fetch(_VARIANTS, ids):
        variants[row["product"]].append(_variant(row, barcodes[row["id"]], prices[row["id"]]))
    for row in await db.fetch(_IMAGES, ids):
        images[row["product"]].append(Image(id=row["id"], file=row["file"], alt=row["alt"], width=row["width"], height=row["height"]))
    return {row["id"]: _product(row, variants[row["id"]], images[row["id"]]) for row in rows}


def _product(row: Row, variants: Sequence[Variant], images: Sequence[Image]) -> Product:
    facts = Facts(
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        category=row["category"],
        unit=row["unit"],
        brand=row["brand"],
        supplier=row["supplier"],
        description=row["description"],
        tags=tuple(row["tags"]),
        tax_category=row["tax_category"],
        country=row["country"],
        hs_code=row["hs_code"],
        external_reference=row["external_reference"],
    )
    return Product(
        id=row["id"],
        version=row["version"],
        facts=facts,
        options=_OPTIONS.decode(row["options"]),
        variants=tuple(variants),
        images=tuple(images),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _variant(row: Row, barcodes: Sequence[Barcode], prices: Sequence[Price]) -> Variant:
    measures = Measures(
        weight=row["weight"],
        weight_unit=row["weight_unit"],
        length=row["length"],
        width=row["width"],
        height=row["height"],
        size_unit=row["size_unit"],
    )
    return Variant(
        id=row["id"],
        sku=row["sku"],
        choices=tuple(row["choices"]),
        active=row["active"],
        measures=measures,
        barcodes=tuple(barcodes),
        prices=tuple(prices),
    )


def _barcode(row: Row) -> Barcode:
    return Barcode(code=row["code"], kind=BarcodeKind(row["kind"]), key=row["key"], quantity=row["quantity"])


def price_of(row: Row) -> Price:
    """Return a price from a row with all its columns."""
    return Price(
        id=row["id"],
        price_list=row["price_list"],
        amount=row["amount"],
        compare_at=row["compare_at"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        min_quantity=row["min_quantity"],
    )
