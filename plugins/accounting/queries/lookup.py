"""Finds entries for the search box."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope


class Found(NamedTuple):
    """An entry."""

    id: UUID
    reference: str
    date: date
    description: str
    total: Decimal


async def entries(db: Scope, text: str, limit: int) -> list[Found]:
    """Return entries whose number, description or document holds all words of a text, the newest first."""
    words = [f"%{word.translate(_PLAIN)}%" for word in text.split()[:6]]
    conditions = " AND ".join(
        f"(e.reference || ' ' || e.description || ' ' || e.source_title) ILIKE ${place}" for place in range(2, 2 + len(words))
    )
    rows = await db.fetch(
        f"SELECT e.id, e.reference, e.date, e.description, e.total FROM accounting_entry e WHERE {conditions or 'false'} "
        "ORDER BY e.date DESC, e.id DESC LIMIT $1",
        *(limit, *words),
    )
    return [Found(**dict(row.items())) for row in rows]


_PLAIN = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})
