"""Finds items and lots by what somebody typed or scanned."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from weft import Scope

from ..domain.naming import folded


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def items(db: Scope, text: str, limit: int) -> Sequence[Any]:
    """Return items of which there was ever something, that hold all words."""
    words = [f"%{_escaped(word)}%" for word in folded(text).split()[:6]]
    if not words:
        return []
    return await db.fetch(
        "SELECT i.item, i.name, i.sku, i.quantity, i.unit FROM inventory_item i WHERE i.search_text LIKE ALL ($1::text[]) AND i.kept "
        "ORDER BY i.sort_name, i.item LIMIT $2",
        *(words, limit),
    )


async def lots(db: Scope, text: str, limit: int) -> Sequence[Any]:
    """Return lots whose number begins so, whatever its case."""
    if not text:
        return []
    return await db.fetch(
        "SELECT l.id, l.number, i.name FROM inventory_lot l JOIN inventory_item i ON i.item = l.item "
        "WHERE upper(l.number) LIKE upper($1) ORDER BY upper(l.number), l.id LIMIT $2",
        *(f"{_escaped(text)}%", limit),
    )


async def locations(db: Scope) -> Sequence[Any]:
    """Return all locations of the business, with how many items there are, in the order of the tree."""
    return await db.fetch(
        """
        SELECT l.id, l.code, l.title, l.active, l.version, w.title AS warehouse, l.parent IS NULL AS top,
            (SELECT count(*) FROM inventory_balance b WHERE b.location = l.id AND b.on_hand <> 0) AS items
        FROM inventory_location l JOIN inventory_warehouse w ON w.id = l.warehouse ORDER BY l.code
        """
    )


async def location(db: Scope, location_id: UUID) -> Any:
    """Return a location of the business."""
    return await db.fetchrow(
        "SELECT l.id, l.code, l.title, l.active, l.version, l.warehouse FROM inventory_location l WHERE l.id = $1 AND l.kind = 'internal'",
        location_id,
    )


async def to_do(db: Scope, until: date) -> dict[str, int]:
    """Return how much of what wants a hand: rows below zero, transfers on their way, counts to approve, lots that expire until a day."""
    row = await db.fetchrow(
        """
        SELECT (SELECT count(*) FROM (SELECT b.id FROM inventory_balance b WHERE b.below LIMIT 1000) AS n) AS below,
            (SELECT count(*) FROM inventory_balance b JOIN inventory_location l ON l.id = b.location
                WHERE l.kind = 'transit' AND b.on_hand > 0) AS transit,
            (SELECT count(*) FROM inventory_count c WHERE c.state = 'review') AS review,
            (SELECT count(*) FROM inventory_lot l WHERE l.expires <= $1
                AND EXISTS (SELECT FROM inventory_lot_balance b WHERE b.lot = l.id AND b.on_hand > 0)) AS expiring
        """,
        until,
    )
    assert row is not None
    return {name: row[name] for name in ("below", "transit", "review", "expiring")}
