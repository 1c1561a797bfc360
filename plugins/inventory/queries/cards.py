"""Reads what pages show of items, documents and lots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from weft import Scope
from weft.contracts import Source

from ..domain.ground import Kept
from .ground import kept_of


@dataclass(frozen=True, slots=True)
class Card:
    """An item with what there is of it where; `product` is the catalogue's."""

    kept: Kept
    product: UUID
    version: int
    places: Sequence[Any]
    lots: Sequence[Any]
    coming: Sequence[Any]
    held: Sequence[Any]


async def card(db: Scope, item_id: UUID) -> Card | None:
    """Return an item's stock card."""
    row = await db.fetchrow(
        """
        SELECT i.item, i.sku, i.name, i.sort_name, i.search_text, i.category, i.unit, i.kept, i.tracking, i.method, i.quantity,
    i.value, i.cost, i.layers,
            i.seq, i.last_day, i.begun_after, i.begun_cost, i.below_zero, i.removal, i.version, v.product
        FROM inventory_item i JOIN catalogue_variant v ON v.id = i.item WHERE i.item = $1
        """,
        item_id,
    )
    if row is None:
        return None
    places = await db.fetch(
        "SELECT l.code, l.title, b.on_hand, b.reserved, b.promised, b.expected "
        "FROM inventory_balance b JOIN inventory_location l ON l.id = b.location WHERE b.item = $1 ORDER BY l.code",
        item_id,
    )
    lots = await db.fetch(
        "SELECT o.id, o.number, o.expires, l.code, b.on_hand FROM inventory_lot o JOIN inventory_lot_balance b ON b.lot = o.id "
        "JOIN inventory_location l ON l.id = b.location WHERE o.item = $1 AND b.on_hand <> 0 "
        "ORDER BY o.expires NULLS LAST, o.number LIMIT 50",
        item_id,
    )
    coming = await db.fetch(
        "SELECT e.date, e.quantity, l.code FROM inventory_expected e JOIN inventory_location l ON l.id = e.location "
        "WHERE e.item = $1 ORDER BY e.date LIMIT 50",
        item_id,
    )
    held = await db.fetch(
        "SELECT r.source_kind, r.quantity, l.code FROM inventory_reservation r JOIN inventory_location l ON l.id = r.location "
        "WHERE r.item = $1 ORDER BY r.id LIMIT 50",
        item_id,
    )
    return Card(kept_of(row), row["product"], row["version"], places, lots, coming, held)


_MOVES = """
SELECT m.id, m.document, m.date, m.at, m.quantity, m.note, o.title AS origin, t.title AS destination, coalesce(l.number, '') AS lot,
    i.name, i.sku, i.unit, m.item, coalesce(nullif(d.source_title, ''), d.source_kind) AS title,
    (o.kind IN ('internal', 'transit'))::int - (t.kind IN ('internal', 'transit'))::int AS outward,
    (SELECT sum(v.value) FROM inventory_valuation v WHERE v.move = m.id) AS worth
FROM inventory_move m JOIN inventory_item i ON i.item = m.item JOIN inventory_document d ON d.id = m.document
JOIN inventory_location o ON o.id = m.origin JOIN inventory_location t ON t.id = m.destination LEFT JOIN inventory_lot l ON l.id = m.lot
"""


async def moves_of_item(db: Scope, item_id: UUID, limit: int = 50) -> Sequence[Any]:
    """Return an item's latest moves, the last first."""
    return await db.fetch(f"{_MOVES} WHERE m.item = $1 ORDER BY m.date DESC, m.id DESC LIMIT $2", item_id, limit)


async def moves_of_lot(db: Scope, lot_id: UUID) -> Sequence[Any]:
    """Return where a lot came from and where it went, in order."""
    return await db.fetch(f"{_MOVES} WHERE m.lot = $1 ORDER BY m.date, m.id LIMIT 500", lot_id)


async def moves_of_document(db: Scope, document_id: UUID) -> Sequence[Any]:
    """Return the moves of a document."""
    return await db.fetch(f"{_MOVES} WHERE m.document = $1 ORDER BY m.id LIMIT 500", document_id)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document that moved goods, and what undid it or is undone by it."""

    id: UUID
    source_kind: str
    source_id: str
    title: str
    date: date
    at: datetime
    reason: str
    undoes: UUID | None
    undone: UUID | None


async def document(db: Scope, document_id: UUID) -> DocumentFacts | None:
    """Return a document by its id."""
    row = await db.fetchrow(
        """
        SELECT d.id, d.source_kind, d.source_id, coalesce(nullif(d.source_title, ''), d.source_kind) AS title, d.date, d.at, d.reason,
            d.undoes, u.id AS undone
        FROM inventory_document d LEFT JOIN inventory_document u ON u.undoes = d.id WHERE d.id = $1
        """,
        document_id,
    )
    return DocumentFacts(**dict(row.items())) if row else None


async def item_of_balance(db: Scope, balance_id: UUID) -> UUID | None:
    """Return the item of a row of the stock list."""
    found: UUID | None = await db.fetchval("SELECT b.item FROM inventory_balance b WHERE b.id = $1", balance_id)
    return found


async def document_of_move(db: Scope, move_id: UUID) -> UUID | None:
    """Return the document of a move."""
    found: UUID | None = await db.fetchval("SELECT m.document FROM inventory_move m WHERE m.id = $1", move_id)
    return found


async def lot(db: Scope, lot_id: UUID) -> Any:
    """Return a lot with its item."""
    return await db.fetchrow(
        "SELECT l.id, l.number, l.expires, l.item, i.name, i.sku, i.unit, i.tracking FROM inventory_lot l "
        "JOIN inventory_item i ON i.item = l.item WHERE l.id = $1",
        lot_id,
    )


async def lot_places(db: Scope, lot_id: UUID) -> Sequence[Any]:
    """Return where something of a lot is."""
    return await db.fetch(
        "SELECT l.code, l.title, b.on_hand FROM inventory_lot_balance b JOIN inventory_location l ON l.id = b.location "
        "WHERE b.lot = $1 AND b.on_hand <> 0 ORDER BY l.code",
        lot_id,
    )


async def transit(db: Scope) -> Sequence[Any]:
    """Return transfers whose goods are on their way, the oldest first."""
    return await db.fetch(
        """
        SELECT d.id, d.source_id, d.source_title AS title, d.date, count(*) AS lines, min(m.note) AS destination, min(o.title) AS origin
        FROM inventory_document d JOIN inventory_move m ON m.document = d.id JOIN inventory_location o ON o.id = m.origin
        JOIN inventory_location t ON t.id = m.destination
        WHERE d.source_kind = 'inventory.transfer' AND t.kind = 'transit'
            AND NOT EXISTS (SELECT FROM inventory_document u WHERE u.undoes = d.id)
            AND NOT EXISTS (SELECT FROM inventory_document a
                WHERE a.source_kind = d.source_kind AND starts_with(a.source_id, d.source_id || '/in')
                AND a.undoes IS NULL AND NOT EXISTS (SELECT FROM inventory_document u WHERE u.undoes = a.id))
        GROUP BY d.id ORDER BY d.date, d.id LIMIT 200
        """
    )


async def arrivals(db: Scope, source: Source) -> int:
    """Return how often a transfer was taken in, undone arrivals included."""
    sql = (
        "SELECT count(*) FROM inventory_document d WHERE d.source_kind = $1 AND starts_with(d.source_id, $2 || '/in') AND d.undoes IS NULL"
    )
    found: int = await db.fetchval(sql, source.kind, source.id)
    return found


async def document_by_source(db: Scope, source: Source) -> UUID:
    """Return the id of a document that was made."""
    sql = "SELECT d.id FROM inventory_document d WHERE d.source_kind = $1 AND d.source_id = $2"
    found: UUID = await db.fetchval(sql, source.kind, source.id)
    return found
