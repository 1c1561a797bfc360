"""Goods that are held for documents, and goods on their way."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Row, Scope, new_id
from weft.contracts import ExpectedLine, ReservedLine, Source

_RESERVED = """
INSERT INTO inventory_balance (id, item, location, place, sort_name, sku, reserved)
SELECT n.id, n.item, n.location, l.code, i.sort_name, i.sku, n.change FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[])
    AS n (id, item, location, change) JOIN inventory_item i ON i.item = n.item
    JOIN inventory_location l ON l.id = n.location ORDER BY n.item, n.location
ON CONFLICT (item, location) DO UPDATE SET reserved = inventory_balance.reserved + excluded.reserved
"""


async def change(db: Scope, column: str, changes: dict[tuple[UUID, UUID], Decimal]) -> None:
    """Change what is reserved or expected of items at locations; `column` says which."""
    rows = [(new_id(), item, location, quantity) for (item, location), quantity in sorted(changes.items()) if quantity]
    for sign in (1, -1):  # a row that is not there yet must not begin below zero
        part = [row for row in rows if row[3] * sign > 0]
        if part:
            sql = _RESERVED if sign > 0 else _LESS
            await db.execute(sql.replace("reserved", column), *(list(values) for values in zip(*part, strict=True)))


_LESS = """
WITH n AS (SELECT u.id, u.item, u.location, u.change FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[])
    AS u (id, item, location, change))
UPDATE inventory_balance b SET reserved = b.reserved + n.change FROM n
WHERE n.item = b.item AND n.location = b.location AND n.id IS NOT NULL
"""


Changes = dict[tuple[UUID, UUID], Decimal]


async def forget(db: Scope, source: Source) -> tuple[Changes, Changes]:
    """Forget what was held for a document; returns by how much less is reserved and promised, by item and location."""
    rows = await db.fetch(
        "DELETE FROM inventory_reservation r WHERE r.source_kind = $1 AND r.source_id = $2 "
        "RETURNING r.item, r.location, r.quantity, r.asked",
        *(source.kind, source.id),
    )
    return _less(rows, "quantity"), _less(rows, "asked")


async def unexpect(db: Scope, source: Source) -> Changes:
    """Forget what was expected of a document; returns by how much less is expected, by item and location."""
    rows = await db.fetch(
        "DELETE FROM inventory_expected r WHERE r.source_kind = $1 AND r.source_id = $2 RETURNING r.item, r.location, r.quantity",
        *(source.kind, source.id),
    )
    return _less(rows, "quantity")


def _less(rows: Sequence[Row], column: str) -> Changes:
    found: Changes = {}
    for row in rows:
        key = (row["item"], row["location"])
        found[key] = found.get(key, Decimal(0)) - row[column]
    return found


async def free(db: Scope, item_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], Decimal]:
    """Return what is not reserved of items, by item and location; to be asked when the items are locked."""
    rows = await db.fetch(
        "SELECT b.item, b.location, b.on_hand - b.reserved AS free FROM inventory_balance b WHERE b.item = ANY ($1::uuid[])",
        list(item_ids),
    )
    return {(row["item"], row["location"]): row["free"] for row in rows}


async def add_reserved(db: Scope, source: Source, lines: Sequence[tuple[ReservedLine, UUID, Decimal]], day: date) -> None:
    """Keep what a document asks for, with what of it is held."""
    rows = [(new_id(), each.key, each.item, location, quantity, each.quantity, each.lot) for each, location, quantity in lines]
    if rows:
        await db.execute(
            "INSERT INTO inventory_reservation (id, source_kind, source_id, key, item, location, quantity, asked, lot, day) "
            "SELECT n.id, $1, $2, n.key, n.item, n.location, n.quantity, n.asked, n.lot, $10 "
            "FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], "
            "$7::numeric[], $8::numeric[], $9::text[]) AS n (id, key, item, location, quantity, asked, lot)",
            *(source.kind, source.id, *(list(values) for values in zip(*rows, strict=True)), day),
        )


async def add_expected(db: Scope, source: Source, lines: Sequence[tuple[ExpectedLine, UUID]]) -> None:
    """Keep what a document will bring in."""
    rows = [(new_id(), each.key, each.item, location, each.quantity, each.day) for each, location in lines]
    if rows:
        await db.execute(
            "INSERT INTO inventory_expected (id, source_kind, source_id, key, item, location, quantity, date) "
            "SELECT n.id, $1, $2, n.key, n.item, n.location, n.quantity, n.date FROM unnest($3::uuid[], $4::text[], $5::uuid[], "
            "$6::uuid[], $7::numeric[], $8::date[]) AS n (id, key, item, location, quantity, date)",
            *(source.kind, source.id, *(list(values) for values in zip(*rows, strict=True))),
        )
