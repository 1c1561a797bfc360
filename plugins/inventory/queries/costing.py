"""Reads and writes what goods cost."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft import Scope
from weft.contracts import LocationKind


@dataclass(frozen=True, slots=True)
class Incoming:
    """Goods that came in: `given` is what they were said to be worth then, with what bills said since."""

    id: UUID
    item: UUID
    quantity: Decimal
    given: Decimal
    outside: LocationKind


async def incoming(db: Scope, move_id: UUID) -> Incoming | None:
    """Return a move that brought goods in."""
    row = await db.fetchrow(
        """
        SELECT m.id, m.item, m.quantity, coalesce(m.given, m.cost) AS given, o.kind AS outside FROM inventory_move m
        JOIN inventory_location o ON o.id = m.origin JOIN inventory_location d ON d.id = m.destination
        WHERE m.id = $1 AND d.kind IN ('internal', 'transit') AND o.kind NOT IN ('internal', 'transit')
        """,
        move_id,
    )
    return Incoming(row["id"], row["item"], row["quantity"], row["given"], row["outside"]) if row else None


async def told(db: Scope, document_id: UUID, move_id: UUID) -> Decimal:
    """Return by how much a document changed what goods cost."""
    sql = "SELECT coalesce(sum(v.value), 0) FROM inventory_valuation v WHERE v.document = $1 AND v.move = $2 AND v.kind = 'revaluation'"
    found: Decimal = await db.fetchval(sql, document_id, move_id)
    return found


async def begin(db: Scope, item_id: UUID, after: int, cost: Decimal) -> None:
    """Let an item of which there is nothing begin anew: what flowed before is valued no more."""
    await db.execute("UPDATE inventory_item i SET begun_after = $2, begun_cost = $3 WHERE i.item = $1", item_id, after, cost)


async def set_method(db: Scope, item_id: UUID, method: str, tracking: str) -> None:
    """Set how an item is valued and told apart."""
    await db.execute(
        "UPDATE inventory_item i SET method = $2, tracking = $3, layers = '[]', version = i.version + 1 WHERE i.item = $1",
        *(item_id, method, tracking),
    )
