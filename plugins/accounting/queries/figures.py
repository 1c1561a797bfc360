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


class Owed(NamedTuple):
    """What is open on receivable or payable accounts in base currency, debits positive; `over` is how many thirty days it is overdue."""

    type: str
    over: int
    amount: Decimal


async def owed(db: Scope, today: date) -> list[Owed]:
    """Return what is open by age: 0 not due, 1 up to 30 days over, … 4 over 90; what is not settled keeps its share of the base amount."""
    rows = await db.fetch(
        "SELECT c.type, least(4, (greatest(0, $1 - coalesce(l.due, l.date)) + 29) / 30) AS over, "
        "sum(round(l.base * l.residual / l.amount, 2)) AS amount FROM accounting_account c JOIN accounting_line l ON l.account = c.id "
        "WHERE c.type IN ('receivable', 'payable') AND l.residual <> 0 GROUP BY 1, 2",
        today,
    )
    return [Owed(**dict(row.items())) for row in rows]


class Waiting(NamedTuple):
    """How many of each thing wait for somebody; `latest` is the last day a bank told of."""

    invoices: int
    bills: int
    overdue: int
    late_bills: int
    bank_lines: int
    parked: int
    failed: int
    latest: date | None


async def waiting(db: Scope, today: date) -> Waiting:
    """Return what waits: drafts to post, documents that are overdue, lines of banks, recurring invoices that failed."""
    row = await db.fetchrow(
        "SELECT count(*) FILTER (WHERE d.state = 'draft' AND d.kind IN ('invoice', 'credit_note')) AS invoices, "
        "count(*) FILTER (WHERE d.state = 'draft' AND d.kind IN ('bill', 'bill_credit')) AS bills, "
        "count(*) FILTER (WHERE d.state <> 'draft' AND d.open > 0 AND d.due < $1 AND d.kind = 'invoice') AS overdue, "
        "count(*) FILTER (WHERE d.state <> 'draft' AND d.open > 0 AND d.due < $1 AND d.kind = 'bill') AS late_bills, "
        "(SELECT count(*) FROM accounting_bank_line b WHERE b.state = 'open') AS bank_lines, "
        "(SELECT count(*) FROM accounting_bank_line b WHERE b.state = 'parked') AS parked, "
        "(SELECT count(*) FROM accounting_recurring_document r WHERE r.active AND r.problem <> '') AS failed, "
        "(SELECT max(s.last) FROM accounting_bank_statement s) AS latest "
        "FROM accounting_document d WHERE d.state = 'draft' OR d.open <> 0",
        today,
    )
    assert row is not None
    return Waiting(**dict(row.items()))


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
