"""Prices across many products."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from weft import Scope
from weft.contracts import PricedItem

from ..domain.prices import Price
from .loading import price_of

Chosen = Literal["ids", "category", "brand", "tag", "all"]
_COLUMNS = "r.variant, r.id, r.price_list, r.amount, r.compare_at, r.valid_from, r.valid_to, r.min_quantity"
_CHOICES: dict[str, str] = {
    "ids": "p.id = ANY ($3::text[]::uuid[])",
    "category": "p.category IN (SELECT c.id FROM catalogue_category c JOIN catalogue_category a ON starts_with(c.path, a.path) "
    "WHERE a.id::text = ANY ($3::text[]))",
    "brand": "p.brand = ANY ($3::text[])",
    "tag": "p.tags && $3::text[]",
    "all": "cardinality($3::text[]) >= 0",
}


class Standing(NamedTuple):
    """A price that holds on a day, with what it is the price of."""

    product: UUID
    name: str
    choices: tuple[str, ...]
    sku: str
    variant: UUID
    price: Price


async def standing(db: Scope, price_list: UUID, day: date, how: Chosen, values: Sequence[str], limit: int) -> list[Standing]:
    """Return the prices of a list that hold on a day, of products chosen by ids, category with all below, brand or tag.

    Archived products are left out.
    """
    rows = await db.fetch(
        f"SELECT p.id AS product, p.name, v.choices, v.sku, {_COLUMNS} FROM catalogue_product p "
        "JOIN catalogue_variant v ON v.product = p.id JOIN catalogue_price r ON r.variant = v.id "
        "WHERE r.price_list = $1 AND $2 >= r.valid_from AND ($2 <= r.valid_to OR r.valid_to IS NULL) AND p.status <> 'archived' "
        f"AND {_CHOICES[how]} ORDER BY p.sort_name, p.id, v.position, r.min_quantity LIMIT $4",
        *(price_list, day, list(values), limit),
    )
    return [Standing(row["product"], row["name"], tuple(row["choices"]), row["sku"], row["variant"], price_of(row)) for row in rows]


async def of_variants(db: Scope, variants: Sequence[UUID]) -> dict[UUID, list[Price]]:
    """Return all prices of each variant."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM catalogue_price r WHERE r.variant = ANY ($1::uuid[])", list(variants))
    found: dict[UUID, list[Price]] = defaultdict(list)
    for row in rows:
        found[row["variant"]].append(price_of(row))
    return dict(found)


async def product_of_price(db: Scope, price_id: UUID) -> UUID | None:
    """Return the product that a price belongs to."""
    found: UUID | None = await db.fetchval(
        "SELECT v.product FROM catalogue_price r JOIN catalogue_variant v ON v.id = r.variant WHERE r.id = $1", price_id
    )
    return found


_HELD = """
SELECT v.id, coalesce(c.full_name, '') AS category, p.tags, p.updated_at AS changed_at, ARRAY (
    SELECT r.amount FROM catalogue_price r WHERE r.variant = v.id AND r.valid_from <= $4 AND (r.valid_to >= $3 OR r.valid_to IS NULL)
    AND r.price_list = (SELECT l.id FROM catalogue_price_list l WHERE
        CASE WHEN $2 = '' THEN l.is_default ELSE lower(l.code) = lower($2) END LIMIT 1)
) AS amounts
FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product LEFT JOIN catalogue_category c ON c.id = p.category
WHERE v.id = ANY ($1::uuid[])
"""


async def held(db: Scope, variants: Sequence[UUID], first: date, last: date, price_list: str) -> dict[UUID, PricedItem]:
    """Return every price that held on one of these days in a price list by its code, or the default one."""
    rows = await db.fetch(_HELD, list(variants), price_list, first, last)
    return {
        row["id"]: PricedItem(
            id=row["id"], category=row["category"], tags=tuple(row["tags"]), amounts=tuple(row["amounts"]), changed_at=row["changed_at"]
        )
        for row in rows
    }
