"""Finds products and variants: by their codes, by words, and those that lack something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope

from ..domain.naming import capitals, folded


@dataclass(frozen=True, slots=True)
class Found:
    """A variant that was found; `quantity` is how many units the barcode stands for that it was found by."""

    product: UUID
    variant: UUID
    name: str
    choices: tuple[str, ...]
    sku: str
    status: str
    barcode: str = ""
    image: UUID | None = None
    quantity: Decimal = Decimal(1)


_FOUND = """
SELECT p.id AS product, v.id AS variant, p.name, v.choices, v.sku, p.status, p.image, coalesce(b.code, p.barcode) AS barcode,
    coalesce(b.quantity, 1) AS quantity
"""


async def by_barcode_keys(db: Scope, keys: Sequence[str]) -> list[Found]:
    """Return the variants with any of these barcode keys, in the order of the keys."""
    rows = await db.fetch(
        f"{_FOUND}, b.key FROM catalogue_barcode b JOIN catalogue_variant v ON v.id = b.variant "
        "JOIN catalogue_product p ON p.id = v.product "
        "WHERE b.key = ANY ($1::text[])",
        list(keys),
    )
    return [_found(row) for row in sorted(rows, key=lambda row: keys.index(row["key"]))]


async def by_skus(db: Scope, skus: Sequence[str]) -> list[Found]:
    """Return the variants with any of these SKUs, whatever their case."""
    rows = await db.fetch(
        f"{_FOUND} FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product LEFT JOIN catalogue_barcode b ON false "
        "WHERE upper(v.sku) = ANY ($1::text[])",
        [capitals(sku) for sku in skus],
    )
    return [_found(row) for row in rows]


async def by_reference(db: Scope, reference: str) -> list[Found]:
    """Return the variants of the product with an external reference."""
    rows = await db.fetch(
        f"{_FOUND} FROM catalogue_product p JOIN catalogue_variant v ON v.product = p.id LEFT JOIN catalogue_barcode b ON false "
        "WHERE p.external_reference = $1 AND p.external_reference <> '' ORDER BY v.position",
        reference,
    )
    return [_found(row) for row in rows]


def _found(row: object) -> Found:
    values = dict(row.items())  # type: ignore[attr-defined]  # a row of the scope
    values.pop("key", None)
    return Found(**{**values, "choices": tuple(values["choices"])})


class Hit(NamedTuple):
    """A product that some words were found in."""

    id: UUID
    name: str
    brand: str
    sku: str
    barcode: str
    status: str


async def by_words(db: Scope, text: str, limit: int) -> list[Hit]:
    """Return products with all these words somewhere in their names, brands or codes; those whose name begins so come first."""
    words = folded(text).split()[:6]
    if not words:
        return []
    patterns = [f"%{_escaped(word)}%" for word in words]
    rows = await db.fetch(
        """
        SELECT id, name, brand, sku, barcode, status FROM (
            SELECT id, name, brand, sku, barcode, status, sort_name FROM catalogue_product WHERE search_text LIKE ALL ($1::text[])
            ORDER BY status = 'archived', sort_name LIKE $2 DESC, sort_name LIMIT $3
        ) AS best
        """,
        patterns,
        f"{_escaped(folded(text))}%",
        limit,
    )
    return [Hit(row["id"], row["name"], row["brand"], row["sku"], row["barcode"], row["status"]) for row in rows]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def sku_owners(db: Scope, skus: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Return which variants have these SKUs, by SKU in capitals: variant and name of its product."""
    rows = await db.fetch(
        "SELECT upper(v.sku) AS sku, v.id, p.name FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product "
        "WHERE upper(v.sku) = ANY ($1::text[])",
        [capitals(sku) for sku in skus],
    )
    return {row["sku"]: (row["id"], row["name"]) for row in rows}


async def skus_like(db: Scope, base: str) -> set[str]:
    """Return the SKUs, in capitals, that begin so."""
    rows = await db.fetch("SELECT upper(sku) AS sku FROM catalogue_variant WHERE upper(sku) LIKE $1", f"{_escaped(capitals(base))}%")
    return {row["sku"] for row in rows}


async def stems_in_use(db: Scope, stems: Sequence[str]) -> set[str]:
    """Return those of some stems that are a SKU, or what stands before the first hyphen after them of one."""
    rows = await db.fetch(
        "SELECT stem FROM unnest($1::text[]) AS stem WHERE EXISTS (SELECT 1 FROM catalogue_variant WHERE upper(sku) = upper(stem)) "
        "OR EXISTS (SELECT 1 FROM catalogue_variant WHERE upper(sku) > upper(stem) || '-' AND upper(sku) < upper(stem) || '.')",
        list(stems),
    )
    return {row["stem"] for row in rows}


async def barcode_owners(db: Scope, keys: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Return which variants have these barcodes, by key: variant and name of its product."""
    rows = await db.fetch(
        "SELECT b.key, v.id, p.name FROM catalogue_barcode b JOIN catalogue_variant v ON v.id = b.variant "
        "JOIN catalogue_product p ON p.id = v.product WHERE b.key = ANY ($1::text[])",
        list(keys),
    )
    return {row["key"]: (row["id"], row["name"]) for row in rows}


async def reference_owners(db: Scope, references: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Return which products have these external references: id and name."""
    rows = await db.fetch(
        "SELECT external_reference, id, name FROM catalogue_product "
        "WHERE external_reference = ANY ($1::text[]) AND external_reference <> ''",
        list(references),
    )
    return {row["external_reference"]: (row["id"], row["name"]) for row in rows}


async def products_of_variants(db: Scope, variants: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the product of each variant, of those that exist."""
    rows = await db.fetch("SELECT id, product FROM catalogue_variant WHERE id = ANY ($1::uuid[])", list(variants))
    return {row["id"]: row["product"] for row in rows}


class Words(NamedTuple):
    """What the fields of a form can offer."""

    brands: list[str]
    suppliers: list[str]
    tags: list[str]
    tax_categories: list[str]


async def words_in_use(db: Scope) -> Words:
    """Return brands, suppliers, tags and tax categories that products have, by the alphabet."""
    found = []
    for column in ("brand", "supplier", "unnest(tags)", "tax_category"):
        rows = await db.fetch(f"SELECT DISTINCT {column} AS word FROM catalogue_product ORDER BY 1 LIMIT 500")
        found.append([row["word"] for row in rows if row["word"]])
    return Words(*found)


class Quality(NamedTuple):
    """How many products are for sale, and how many of them lack something."""

    active: int
    without_barcode: int
    without_price: int
    without_image: int


NO_PRICE = """
NOT EXISTS (SELECT 1 FROM catalogue_variant v JOIN catalogue_price r ON r.variant = v.id JOIN catalogue_price_list l ON l.id = r.price_list
    WHERE v.product = p.id AND l.is_default AND {day} >= r.valid_from AND ({day} <= r.valid_to OR r.valid_to IS NULL))
"""


async def quality(db: Scope, today: date) -> Quality:
    """Count active products, and those without a barcode, a price today in the default list, or an image."""
    row = await db.fetchrow(
        f"""
        SELECT count(*) AS active, count(*) FILTER (WHERE barcode = '') AS without_barcode,
            count(*) FILTER (WHERE {NO_PRICE.format(day="$1")}) AS without_price, count(*) FILTER (WHERE image IS NULL) AS without_image
        FROM catalogue_product p WHERE status = 'active'
        """,
        today,
    )
    assert row is not None
    return Quality(row["active"], row["without_barcode"], row["without_price"], row["without_image"])


async def by_top_category(db: Scope, most: int = 5) -> list[tuple[str, int]]:
    """Return how many products that are not archived stand in or below each category at the top, the largest first; the rest in one.

    With that one there are six: a chart has so many colours that can be told apart.
    """
    rows = await db.fetch(
        """
        SELECT coalesce(t.name, '') AS name, count(*) AS products FROM catalogue_product p
        LEFT JOIN catalogue_category c ON c.id = p.category
        LEFT JOIN catalogue_category t ON t.parent IS NULL AND starts_with(c.path, t.path)
        WHERE p.status <> 'archived' GROUP BY t.id, t.name ORDER BY t.id IS NULL, 2 DESC, 1
        """
    )
    counted = [(row["name"] or "No category", row["products"]) for row in rows]
    rest = sum(count for _, count in counted[most:])
    return [*counted[:most], ("Others", rest)] if rest else counted


class Changed(NamedTuple):
    """A product that was changed lately."""

    id: UUID
    name: str
    sku: str
    image: UUID | None
    status: str
    updated_at: datetime


async def latest(db: Scope, limit: int = 6) -> list[Changed]:
    """Return the products changed last."""
    rows = await db.fetch(
        "SELECT id, name, sku, image, status, updated_at FROM catalogue_product ORDER BY updated_at DESC, id DESC LIMIT $1", limit
    )
    return [Changed(row["id"], row["name"], row["sku"], row["image"], row["status"], row["updated_at"]) for row in rows]


async def next_by_name(db: Scope, after: tuple[str, UUID] | None, limit: int) -> list[tuple[UUID, str]]:
    """Return ids and sort names of the products behind a place in the order of names; archived ones too."""
    if after is None:
        rows = await db.fetch("SELECT id, sort_name FROM catalogue_product ORDER BY sort_name, id LIMIT $1", limit)
    else:
        rows = await db.fetch(
            "SELECT id, sort_name FROM catalogue_product WHERE (sort_name, id) > ($1, $2) ORDER BY sort_name, id LIMIT $3", *after, limit
        )
    return [(row["id"], row["sort_name"]) for row in rows]


async def next_ids(db: Scope, after: UUID | None, limit: int, status: str | None, since: datetime | None) -> list[UUID]:
    """Return the ids of products behind one, in the order of ids, which is that of their making."""
    rows = await db.fetch(
        "SELECT id FROM catalogue_product WHERE ($1::uuid IS NULL OR id > $1) AND ($3::text IS NULL OR status = $3) "
        "AND ($4::timestamptz IS NULL OR updated_at >= $4) ORDER BY id LIMIT $2",
        *(after, limit, status, since),
    )
    return [row["id"] for row in rows]


async def next_variants(db: Scope, after: UUID | None, limit: int, sku: str | None) -> list[tuple[UUID, UUID]]:
    """Return products and variants behind a variant, in the order of variants' ids, which is that of their making."""
    rows = await db.fetch(
        "SELECT product, id FROM catalogue_variant WHERE ($1::uuid IS NULL OR id > $1) AND ($3::text IS NULL OR upper(sku) = upper($3)) "
        "ORDER BY id LIMIT $2",
        *(after, limit, sku),
    )
    return [(row["product"], row["id"]) for row in rows]
