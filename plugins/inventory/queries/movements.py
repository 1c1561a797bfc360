"""Reads and writes planned movements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope, new_id

from ..domain.movements import Movement, MovementLine, State


class NewLine(NamedTuple):
    """A line to keep, in the item's own unit."""

    place: int
    item: UUID
    quantity: Decimal
    cost: Decimal | None
    lot: str
    expires: date | None


_HEAD = """
SELECT m.id, m.kind, m.state, m.title, m.date, l.code AS location, coalesce(t.code, '') AS destination, m.on_the_way, m.document,
    m.rest_of, (SELECT r.id FROM inventory_movement r WHERE r.rest_of = m.id ORDER BY r.id DESC LIMIT 1) AS rest,
    EXISTS (SELECT FROM inventory_document u WHERE u.undoes = m.document) AS undone, m.version
FROM inventory_movement m JOIN inventory_location l ON l.id = m.location LEFT JOIN inventory_location t ON t.id = m.destination
WHERE m.id = $1
"""
_LINES = """
SELECT n.id, n.place, n.item, i.name, i.sku, i.unit, n.quantity, n.cost, n.lot, n.expires, coalesce(r.quantity, 0) AS held,
    coalesce(b.on_hand - b.reserved, 0) AS available
FROM inventory_movement_line n JOIN inventory_movement m ON m.id = n.movement JOIN inventory_item i ON i.item = n.item
LEFT JOIN inventory_reservation r ON r.source_kind = $2 AND r.source_id = m.id::text AND r.key = n.place::text
LEFT JOIN inventory_balance b ON b.item = n.item AND b.location = m.location
WHERE n.movement = $1 ORDER BY n.place
"""
KIND = "inventory.movement"


async def movement(db: Scope, movement_id: UUID, *, lock: bool = False) -> Movement | None:
    """Return a movement with its lines; `lock` keeps others from changing it meanwhile."""
    if lock:
        await db.fetch("SELECT m.id FROM inventory_movement m WHERE m.id = $1 FOR UPDATE", movement_id)
    row = await db.fetchrow(_HEAD, movement_id)
    if row is None:
        return None
    found = Movement(**dict(row.items()))
    lines = await db.fetch(_LINES, movement_id, KIND)
    return replace(found, lines=tuple(MovementLine(**dict(each.items())) for each in lines))


class Facts(NamedTuple):
    """What a movement says of itself; `location` and `destination` are codes."""

    title: str
    day: date
    location: str
    destination: str
    on_the_way: bool


async def add(db: Scope, movement_id: UUID, kind: str, facts: Facts, by: UUID | None, rest_of: UUID | None = None) -> bool:
    """Make a draft; returns whether there was none of this id before."""
    return bool(
        await db.execute(
            "INSERT INTO inventory_movement (id, kind, title, date, location, destination, on_the_way, made_by, rest_of) "
            "SELECT $1, $2, $3, $4, l.id, (SELECT t.id FROM inventory_location t WHERE t.code = $6), $7, $8, $9 "
            "FROM inventory_location l WHERE l.code = $5 ON CONFLICT (id) DO NOTHING",
            *(movement_id, kind, *facts, by, rest_of),
        )
    )


async def change(db: Scope, movement_id: UUID, version: int, facts: Facts) -> bool:
    """Change a draft; returns whether it still was one, of this version."""
    return bool(
        await db.execute(
            "UPDATE inventory_movement m SET title = $3, date = $4, location = l.id, on_the_way = $7, version = m.version + 1, "
            "destination = (SELECT t.id FROM inventory_location t WHERE t.code = $6) FROM inventory_location l "
            "WHERE m.id = $1 AND m.version = $2 AND m.state = 'draft' AND l.code = $5",
            *(movement_id, version, *facts),
        )
    )


async def put_lines(db: Scope, movement_id: UUID, lines: Sequence[NewLine]) -> None:
    """Keep the lines of a movement instead of those before."""
    await db.execute("DELETE FROM inventory_movement_line n WHERE n.movement = $1", movement_id)
    await db.execute(
        "INSERT INTO inventory_movement_line (id, movement, place, item, quantity, cost, lot, expires) "
        "SELECT n.id, $1, n.place, n.item, n.quantity, n.cost, n.lot, n.expires "
        "FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::numeric[], $7::text[], $8::date[]) "
        "AS n (id, place, item, quantity, cost, lot, expires)",
        *(movement_id, [new_id() for _ in lines], *(list(column) for column in zip(*lines, strict=True))),
    )


async def set_state(db: Scope, movement_id: UUID, state: State, version: int, document: UUID | None = None) -> bool:
    """Bring a movement into another state; returns whether it still had this version."""
    return bool(
        await db.execute(
            "UPDATE inventory_movement m SET state = $2, document = $4, version = m.version + 1 WHERE m.id = $1 AND m.version = $3",
            *(movement_id, state, version, document),
        )
    )


async def of_document(db: Scope, document_id: UUID) -> UUID | None:
    """Return the movement that a document carried out."""
    found: UUID | None = await db.fetchval("SELECT m.id FROM inventory_movement m WHERE m.document = $1", document_id)
    return found
