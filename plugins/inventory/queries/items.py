"""Items as inventory knows them, and what there is of them."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from weft import Scope
from weft.contracts import Availability, Item, Tracking

from ..domain.naming import folded

_COLUMNS = "item, sku, name, sort_name, search_text, category, unit, kept, method, tracking"
_PUT = f"""
INSERT INTO inventory_item ({_COLUMNS}) SELECT {_COLUMNS}
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::text[], $10::text[])
    AS n ({_COLUMNS})
ON CONFLICT (item) DO UPDATE SET sku = excluded.sku, name = excluded.name, sort_name = excluded.sort_name,
    search_text = excluded.search_text, category = excluded.category,
    unit = CASE WHEN inventory_item.seq = 0 THEN excluded.unit ELSE inventory_item.unit END
"""


async def known(db: Scope, item_ids: Sequence[UUID]) -> set[UUID]:
    """Return which items inventory knows."""
    rows = await db.fetch("SELECT i.item FROM inventory_item i WHERE i.item = ANY ($1::uuid[])", list(item_ids))
    return {row["item"] for row in rows}


async def put(db: Scope, items: Sequence[tuple[Item, str, str]]) -> None:
    """Make items known, or bring what the catalogue says of them up to date; method and tracking are those of new ones.

    An item that was moved keeps the unit its quantities are in, whatever unit the catalogue goes over to.
    """
    rows = [
        (
            *(item.id, item.sku, item.name, folded(item.name), folded(f" {item.name} {item.sku} {item.barcode} {item.brand}")),
            *(item.category, item.unit, item.kind == "goods", method, tracking),
        )
        for item, method, tracking in sorted(items, key=lambda each: each[0].id)
    ]
    if rows:
        await db.execute(_PUT, *(list(column) for column in zip(*rows, strict=True)))


async def renamed(db: Scope, item_ids: Sequence[UUID]) -> None:
    """Bring the names that balances are sorted by up to date."""
    await db.execute(
        "UPDATE inventory_balance b SET sort_name = i.sort_name, sku = i.sku FROM inventory_item i "
        "WHERE i.item = b.item AND b.item = ANY ($1::uuid[]) AND (b.sort_name, b.sku) <> (i.sort_name, i.sku)",
        list(item_ids),
    )


async def of_product(db: Scope, product_id: UUID) -> list[UUID]:
    """Return the variants of a product that inventory knows."""
    rows = await db.fetch("SELECT i.item FROM inventory_item i JOIN catalogue_variant v ON v.id = i.item WHERE v.product = $1", product_id)
    return [row["item"] for row in rows]


async def availability(db: Scope, item_ids: Sequence[UUID], location: str) -> dict[UUID, Availability]:
    """Return what there is of items at a location and below, or in all of the business's."""
    rows = await db.fetch(
        """
        SELECT i.item, coalesce(sum(b.on_hand), 0) AS on_hand, coalesce(sum(b.reserved), 0) AS reserved,
            coalesce(sum(b.expected), 0) AS expected, coalesce(sum(b.promised), 0) AS promised
        FROM inventory_item i LEFT JOIN (
            SELECT b.item, b.on_hand, b.reserved, b.expected, b.promised
            FROM inventory_balance b JOIN inventory_location l ON l.id = b.location
            WHERE b.item = ANY ($1::uuid[]) AND ($2 = '' OR l.code = $2 OR starts_with(l.code, $2 || '/')) AND l.kind = 'internal'
        ) AS b ON b.item = i.item WHERE i.item = ANY ($1::uuid[]) AND i.kept GROUP BY i.item
        """,
        *(list(item_ids), location),
    )
    names = ("item", "on_hand", "reserved", "expected", "promised")
    return {row["item"]: Availability(**{name: row[name] for name in names}) for row in rows}


async def costs(db: Scope, item_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return what a piece of items costs."""
    rows = await db.fetch("SELECT i.item, i.cost FROM inventory_item i WHERE i.item = ANY ($1::uuid[]) AND i.kept", list(item_ids))
    return {row["item"]: row["cost"] for row in rows}


async def worth(db: Scope) -> Decimal:
    """Return what all stock is worth."""
    found: Decimal = await db.fetchval("SELECT coalesce(sum(i.value), 0) FROM inventory_item i")
    return found


async def tracking(db: Scope, item_ids: Sequence[UUID]) -> dict[UUID, Tracking]:
    """Return how items are told apart."""
    rows = await db.fetch("SELECT i.item, i.tracking FROM inventory_item i WHERE i.item = ANY ($1::uuid[]) AND i.kept", list(item_ids))
    return {row["item"]: row["tracking"] for row in rows}
