"""Makes the tables equal to products as they should be: only rows that differ are touched, in a few statements however many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from weft import Conflict, Scope

from ..domain.products import Product, Variant, summary_of

Rows = list[dict[str, Any]]
REFERRED = (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)  # SQLSTATE 23503 and 23001


@dataclass(frozen=True, slots=True)
class Save:
    """A product before and after; nothing before makes it, nothing after deletes it."""

    before: Product | None
    after: Product | None


@dataclass(slots=True)
class _Work:
    """Rows to write, by table."""

    new_products: Rows = field(default_factory=list)
    products: Rows = field(default_factory=list)
    new_variants: Rows = field(default_factory=list)
    variants: Rows = field(default_factory=list)
    barcodes: Rows = field(default_factory=list)
    prices: Rows = field(default_factory=list)
    images: Rows = field(default_factory=list)
    gone_products: list[UUID] = field(default_factory=list)
    gone_variants: list[UUID] = field(default_factory=list)
    gone_barcodes: list[str] = field(default_factory=list)
    gone_prices: list[UUID] = field(default_factory=list)
    gone_images: list[UUID] = field(default_factory=list)


async def save(db: Scope, saves: Iterable[Save]) -> None:
    """Write products; versions and times are the caller's. Raises `Conflict` with a sentence for what another record forbids."""
    work = _Work()
    for each in saves:
        _compare(work, each.before, each.after)
    try:
        await _run(db, work)
    except asyncpg.UniqueViolationError as taken:
        raise Conflict(_TAKEN.get(taken.constraint_name or "", "Somebody else has just used one of these codes: save again.")) from taken
    except REFERRED as used:
        raise Conflict(_USED.get(used.table_name or "", _IN_USE)) from used
    except asyncpg.ExclusionViolationError as overlap:
        raise Conflict("Somebody else has just set a price for the same days: look at the prices again.") from overlap


_TAKEN = {
    "catalogue_variant_sku_once": "One of these SKUs belongs to another variant.",
    "catalogue_barcode_pkey": "One of these barcodes belongs to another variant.",
    "catalogue_product_reference": "Another product has this external reference.",
}
_IN_USE = "This is used elsewhere, for example in stock or on an invoice: archive it instead."
_USED = {
    "catalogue_product": "The category or unit has been deleted meanwhile: choose another.",
    "catalogue_price": "The price list has been deleted meanwhile: choose another.",
}


async def _run(db: Scope, work: _Work) -> None:
    """Delete first, so that codes and days are free; products before variants, variants before what hangs on them."""
    deletes: tuple[tuple[str, str, Sequence[Any]], ...] = (
        ("catalogue_image", "id", work.gone_images),
        ("catalogue_price", "id", work.gone_prices),
        ("catalogue_barcode", "key", work.gone_barcodes),
        ("catalogue_variant", "id", work.gone_variants),
        ("catalogue_product", "id", work.gone_products),
    )
    for table, key, gone in deletes:
        if gone:
            kind = "text" if key == "key" else "uuid"
            await db.execute(f"DELETE FROM {table} WHERE {key} = ANY ($1::{kind}[])", gone)
    for sql, rows in (
        (_INSERT_PRODUCTS, work.new_products),
        (_UPDATE_PRODUCTS, work.products),
        (_UPDATE_VARIANTS, work.variants),
        (_INSERT_VARIANTS, work.new_variants),
        (_INSERT_BARCODES, work.barcodes),
        (_INSERT_PRICES, work.prices),
        (_INSERT_IMAGES, work.images),
    ):
        if rows:
            await db.execute(sql, msgspec.json.encode(rows).decode())


def _compare(work: _Work, before: Product | None, after: Product | None) -> None:
    if after is None:
        assert before is not None
        work.gone_products.append(before.id)
        return
    if before is None:
        work.new_products.append(_product_row(after))
    elif (row := _product_row(after)) != _product_row(before):
        work.products.append(row)
    old = {variant.id: (place, variant) for place, variant in enumerate(before.variants)} if before else {}
    for place, variant in enumerate(after.variants):
        old_place, old_variant = old.pop(variant.id, (-1, None))
        row = _variant_row(after.id, place, variant)
        if old_variant is None:
            work.new_variants.append(row)
        elif row != _variant_row(after.id, old_place, old_variant):
            work.variants.append(row)
        _compare_parts(work, old_variant, variant)
    for _, variant in old.values():
        work.gone_variants.append(variant.id)
        work.gone_barcodes += [code.key for code in variant.barcodes]
    _compare_images(work, before, after)


def _compare_parts(work: _Work, before: Variant | None, after: Variant) -> None:
    old_codes = _barcode_rows(before) if before else {}
    new_codes = _barcode_rows(after)
    work.gone_barcodes += [key for key, row in old_codes.items() if new_codes.get(key) != row]
    work.barcodes += [row for key, row in new_codes.items() if old_codes.get(key) != row]
    old_prices = {each.id: each for each in before.prices} if before else {}
    new_prices = {each.id: each for each in after.prices}
    work.gone_prices += [key for key, each in old_prices.items() if new_prices.get(key) != each]
    work.prices += [{**msgspec.to_builtins(each), "variant": after.id} for key, each in new_prices.items() if old_prices.get(key) != each]


def _compare_images(work: _Work, before: Product | None, after: Product) -> None:
    old = _image_rows(before) if before else {}
    new = _image_rows(after)
    work.gone_images += [key for key, row in old.items() if new.get(key) != row]
    work.images += [row for key, row in new.items() if old.get(key) != row]


def _product_row(product: Product) -> dict[str, Any]:
    facts, summary = msgspec.structs.asdict(product.facts), msgspec.structs.asdict(summary_of(product))
    options = msgspec.to_builtins(product.options)
    return {"id": product.id, **facts, **summary, "options": options, "version": product.version} | {
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }


def _variant_row(product_id: UUID, place: int, variant: Variant) -> dict[str, Any]:
    facts = {"id": variant.id, "product": product_id, "position": place, "sku": variant.sku}
    return {**facts, "choices": variant.choices, "active": variant.active, **msgspec.structs.asdict(variant.measures)}


def _barcode_rows(variant: Variant) -> dict[str, dict[str, Any]]:
    return {
        each.key: {"variant": variant.id, "position": place, **msgspec.structs.asdict(each)} for place, each in enumerate(variant.barcodes)
    }


def _image_rows(product: Product) -> dict[UUID, dict[str, Any]]:
    return {
        each.id: {"product": product.id, "position": place, **msgspec.structs.asdict(each)} for place, each in enumerate(product.images)
    }


_PRODUCT = {
    **dict.fromkeys(("id", "category", "unit", "image"), "uuid"),
    **dict.fromkeys(("name", "kind", "status", "brand", "supplier", "description", "tax_category", "country", "hs_code"), "text"),
    **dict.fromkeys(("external_reference", "sort_name", "search_text", "sku", "barcode"), "text"),
    "tags": "text[]",
    "options": "jsonb",
    "variant_count": "integer",
    "version": "integer",
    **dict.fromkeys(("created_at", "updated_at"), "timestamptz"),
}
_VARIANT = {
    "id": "uuid",
    "product": "uuid",
    "position": "integer",
    "sku": "text",
    "choices": "text[]",
    "active": "boolean",
    **dict.fromkeys(("weight", "length", "width", "height"), "numeric"),
    "weight_unit": "text",
    "size_unit": "text",
}
_BARCODE = {"key": "text", "variant": "uuid", "code": "text", "kind": "text", "quantity": "numeric", "position": "integer"}
_PRICE = {
    "id": "uuid",
    "variant": "uuid",
    "price_list": "uuid",
    "amount": "numeric",
    "compare_at": "numeric",
    "valid_from": "date",
    "valid_to": "date",
    "min_quantity": "numeric",
}
_IMAGE = {"id": "uuid", "product": "uuid", "file": "uuid", "alt": "text", "width": "integer", "height": "integer", "position": "integer"}


def _insert(table: str, columns: dict[str, str]) -> str:
    """Return the statement that inserts the rows of one JSON array."""
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset($1::json) AS r ({_typed(columns)})"


def _update(table: str, columns: dict[str, str]) -> str:
    """Return the statement that updates the rows of one JSON array."""
    changes = ", ".join(f"{name} = r.{name}" for name in columns if name != "id")
    return f"UPDATE {table} t SET {changes} FROM json_to_recordset($1::json) AS r ({_typed(columns)}) WHERE t.id = r.id"


def _typed(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


_INSERT_PRODUCTS, _UPDATE_PRODUCTS = _insert("catalogue_product", _PRODUCT), _update("catalogue_product", _PRODUCT)
_INSERT_VARIANTS, _UPDATE_VARIANTS = _insert("catalogue_variant", _VARIANT), _update("catalogue_variant", _VARIANT)
_INSERT_BARCODES = _insert("catalogue_barcode", _BARCODE)
_INSERT_PRICES = _insert("catalogue_price", _PRICE)
_INSERT_IMAGES = _insert("catalogue_image", _IMAGE)
