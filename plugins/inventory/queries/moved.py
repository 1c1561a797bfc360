"""Reads what documents moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from weft import Row, Scope
from weft.contracts import DoneMove, Source

_MOVES = """
SELECT m.document, m.id, m.key, m.part, m.item, m.quantity, m.cost, o.code AS origin, d.code AS destination, coalesce(l.number, '') AS lot
FROM inventory_move m JOIN inventory_location o ON o.id = m.origin JOIN inventory_location d ON d.id = m.destination
LEFT JOIN inventory_lot l ON l.id = m.lot WHERE m.document = ANY ($1::uuid[]) ORDER BY m.document, m.id
"""


def _done(row: Row) -> DoneMove:
    return DoneMove(
        id=row["id"],
        key=row["key"],
        item=row["item"],
        quantity=row["quantity"],
        cost=row["cost"],
        origin=row["origin"],
        destination=row["destination"],
        lot=row["lot"],
    )


async def of_documents(db: Scope, document_ids: Sequence[UUID]) -> dict[UUID, tuple[DoneMove, ...]]:
    """Return the moves of documents, in the order they were made."""
    found: dict[UUID, list[DoneMove]] = {document_id: [] for document_id in document_ids}
    for row in await db.fetch(_MOVES, list(document_ids)):
        found[row["document"]].append(_done(row))
    return {document_id: tuple(moves) for document_id, moves in found.items()}


@dataclass(frozen=True, slots=True)
class StoodDocument:
    """A document that moved goods, and by which it was undone."""

    id: UUID
    title: str
    date: date
    undone: UUID | None


async def document(db: Scope, source: Source) -> StoodDocument | None:
    """Return a document by its source."""
    row = await db.fetchrow(
        "SELECT d.id, d.source_title AS title, d.date, u.id AS undone FROM inventory_document d "
        "LEFT JOIN inventory_document u ON u.undoes = d.id WHERE d.source_kind = $1 AND d.source_id = $2",
        *(source.kind, source.id),
    )
    return StoodDocument(row["id"], row["title"], row["date"], row["undone"]) if row else None
