"""What reports read: prices and gaps across all products, in the order of their names."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope

Place = tuple[str, UUID, int, UUID]
FIRST: Place = ("", UUID(int=0), -1, UUID(int=0))


class PriceLine(NamedTuple):
    """A price that holds on a day, with what it is the price of; `place` is where it stands in the order."""

    product: UUID
    name: str
    sku: str
    barcode: str
    category: str
    currency: str
    amount: Decimal
    min_quantity: Decimal
    valid_to: date | None
    place: Place


_PRICES = """
SELECT p.id, p.name, v.sku, v.choices, p.barcode, coalesce(c.full_name, '') AS category, l.currency, r.amount, r.min_quantity, r.valid_to,
    p.sort_name, v.position, r.id AS price
FROM catalogue_product p JOIN catalogue_variant v ON v.product = p.id JOIN catalogue_price r ON r.variant = v.id
JOIN catalogue_price_list l ON l.id = r.price_list LEFT JOIN catalogue_category c ON c.id = p.category
WHERE ($1::uuid IS NULL AND l.is_default OR l.id = $1) AND $2 >= r.valid_from AND ($2 <= r.valid_to OR r.valid_to IS NULL)
    AND p.status <> 'archived' AND (p.sort_name, p.id, v.position, r.id) > ($3, $4, $5, $6)
ORDER BY p.sort_name, p.id, v.position, r.id LIMIT $7
"""


async def prices(db: Scope, price_list: UUID | None, day: date, after: Place, limit: int) -> list[PriceLine]:
    """Return prices of a list, the default one where none is named, that come after a place."""
    rows = await db.fetch(_PRICES, price_list, day, *after, limit)
    return [
        PriceLine(
            row["id"],
            " ".join((row["name"], *row["choices"])),
            *(row["sku"], row["barcode"], row["category"], row["currency"], row["amount"], row["min_quantity"], row["valid_to"]),
            (row["sort_name"], row["id"], row["position"], row["price"]),
        )
        for row in rows
    ]


class Unpriced(NamedTuple):
    """A variant that has no price on a day."""

    product: UUID
    name: str
    sku: str
    category: str
    supplier: str
    place: Place


_UNPRICED = """
SELECT p.id, p.name, v.choices, v.sku, v.id AS variant, coalesce(c.full_name, '') AS category, p.supplier, p.sort_name, v.position
FROM catalogue_product p JOIN catalogue_variant v ON v.product = p.id LEFT JOIN catalogue_category c ON c.id = p.category
WHERE p.status <> 'archived' AND v.active AND (p.sort_name, p.id, v.position, v.id) > ($2, $3, $4, $5) AND NOT EXISTS (
    SELECT 1 FROM catalogue_price r JOIN catalogue_price_list l ON l.id = r.price_list AND l.is_default
    WHERE r.variant = v.id AND $1 >= r.valid_from AND ($1 <= r.valid_to OR r.valid_to IS NULL))
ORDER BY p.sort_name, p.id, v.position, v.id LIMIT $6
"""


async def unpriced(db: Scope, day: date, after: Place, limit: int) -> list[Unpriced]:
    """Return variants without a price in the default list that come after a place."""
    rows = await db.fetch(_UNPRICED, day, *after, limit)
    return [
        Unpriced(
            row["id"],
            " ".join((row["name"], *row["choices"])),
            *(row["sku"], row["category"], row["supplier"]),
            (row["sort_name"], row["id"], row["position"], row["variant"]),
        )
        for row in rows
    ]


async def price_lists(db: Scope) -> list[tuple[UUID, str]]:
    """Return id and title of the price lists in use, the default one first."""
    rows = await db.fetch("SELECT l.id, l.title FROM catalogue_price_list l WHERE l.active ORDER BY l.is_default DESC, l.title")
    return [(row["id"], row["title"]) for row in rows]
