"""Sums for the overview."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope


class PeriodRow(NamedTuple):
    """What moved on an account in a period, debits minus credits in base currency."""

    first: date
    account: UUID
    net: Decimal


async def by_period(db: Scope, first: date, last: date) -> list[PeriodRow]:
    """Return what moved on each account in the periods between two days."""
    rows = await db.fetch(
        "SELECT p.first, b.account, sum(b.base_debit - b.base_credit) AS net FROM accounting_period_balance b "
        "JOIN accounting_period p ON p.id = b.period WHERE p.first BETWEEN $1 AND $2 GROUP BY p.first, b.account",
        *(first, last),
    )
    return [PeriodRow(**dict(row.items())) for row in rows]


async def closed_by_period(db: Scope, first: date, last: date) -> list[PeriodRow]:
    """Return what closing entries moved in the periods between two days."""
    rows = await db.fetch(
        "SELECT p.first, l.account, sum(l.base) AS net FROM accounting_entry e JOIN accounting_journal j ON j.id = e.journal "
        "JOIN accounting_period p ON p.id = e.period JOIN accounting_line l ON l.entry = e.id "
        "WHERE j.kind = 'closing' AND p.first BETWEEN $1 AND $2 GROUP BY p.first, l.account",
        *(first, last),
    )
    return [PeriodRow(**dict(row.items())) for row in rows]


async def counts(db: Scope, since: date) -> tuple[int, int]:
    """Return how many drafts wait, and how many entries are dated since a day."""
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM accounting_draft) AS drafts, (SELECT count(*) FROM accounting_entry e WHERE e.date >= $1) AS entries",
        since,
    )
    assert row is not None
    return row["drafts"], row["entries"]


async def latest_entries(db: Scope, limit: int) -> list[tuple[UUID, str, date, str, Decimal]]:
    """Return the entries posted last: id, reference, date, description and total."""
    rows = await db.fetch(
        "SELECT e.id, e.reference, e.date, e.description, e.total FROM accounting_entry e ORDER BY e.id DESC LIMIT $1", limit
    )
    return [(row["id"], row["reference"], row["date"], row["description"], row["total"]) for row in rows]
