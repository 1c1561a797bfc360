"""Recurring invoices as they are stored."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from weft import Row, Scope


class Recurring(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice to make every so many months from a first day on; `draft` is its JSON, `problem` why the last try failed."""

    id: UUID
    draft: str
    party: UUID
    party_name: str
    total: Decimal
    currency: str
    first: date
    every_months: int
    until: date | None = None
    action: str = "draft"
    made: int = 0
    next_date: date
    active: bool = True
    problem: str = ""
    version: int = 1


_NAMES = Recurring.__struct_fields__
_COLUMNS = ", ".join("r.draft::text AS draft" if name == "draft" else f"r.{name}" for name in _NAMES)


def _of(row: Row) -> Recurring:
    values: dict[str, Any] = dict(row.items())
    return Recurring(**values)


async def all_recurring(db: Scope) -> list[Recurring]:
    """Return every recurring invoice, those that come next first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM accounting_recurring_document r ORDER BY r.active DESC, r.next_date, r.party_name LIMIT 1000"
    )
    return [_of(row) for row in rows]


async def due(db: Scope, today: date) -> list[UUID]:
    """Return those that are due on a day, the earliest first."""
    rows = await db.fetch(
        "SELECT r.id FROM accounting_recurring_document r WHERE r.active AND r.next_date <= $1 ORDER BY r.next_date, r.id", today
    )
    return [row["id"] for row in rows]


async def recurring(db: Scope, recurring_id: UUID) -> Recurring | None:
    """Return one, locked."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_recurring_document r WHERE r.id = $1 FOR UPDATE", recurring_id)
    return _of(row) if row else None


async def put(db: Scope, made: Recurring) -> None:
    """Store one, new or changed."""
    places = ", ".join(f"${place}::text::jsonb" if name == "draft" else f"${place}" for place, name in enumerate(_NAMES, 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "id")
    await db.execute(
        f"INSERT INTO accounting_recurring_document ({', '.join(_NAMES)}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        *(getattr(made, name) for name in _NAMES),
    )
