"""What the books are proved by: full scans, compared with what is kept beside them."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from weft import Row, Scope


class Found(NamedTuple):
    """What does not hold: what people call it, and the page that shows it."""

    label: str
    link: str


class SeriesRow(NamedTuple):
    """What is known of the numbers of a journal in a year."""

    journal: UUID
    fiscal_year: UUID
    code: str
    name: str
    year: str
    first: date
    last: date
    counter: int
    entries: int
    lowest: int
    highest: int
    backdated: int


_SERIES = """
SELECT j.id AS journal, y.id AS fiscal_year, j.code, j.name, y.code AS year, y.first, y.last, coalesce(c.value, 0) AS counter,
    count(e.number) AS entries, coalesce(min(e.number), 0) AS lowest, coalesce(max(e.number), 0) AS highest,
    count(*) FILTER (WHERE e.date < e.latest) AS backdated
FROM accounting_counter c
FULL JOIN (SELECT n.journal, n.fiscal_year, n.number, n.date,
               max(n.date) OVER (PARTITION BY n.journal, n.fiscal_year ORDER BY n.number) AS latest FROM accounting_entry n) AS e
    ON e.journal = c.journal AND e.fiscal_year = c.fiscal_year
JOIN accounting_journal j ON j.id = coalesce(c.journal, e.journal)
JOIN accounting_fiscal_year y ON y.id = coalesce(c.fiscal_year, e.fiscal_year)
GROUP BY j.id, y.id, j.code, j.name, y.code, y.first, y.last, c.value ORDER BY y.first DESC, j.code
"""


async def series(db: Scope) -> list[SeriesRow]:
    """Return every series of numbers."""
    return [SeriesRow(**dict(row.items())) for row in await db.fetch(_SERIES)]


async def numbers_taken(db: Scope, journal: UUID, fiscal_year: UUID) -> list[int]:
    """Return the numbers of a series."""
    rows = await db.fetch(
        "SELECT e.number FROM accounting_entry e WHERE e.journal = $1 AND e.fiscal_year = $2 ORDER BY e.number", journal, fiscal_year
    )
    return [row["number"] for row in rows]


async def uneven_entries(db: Scope, limit: int = 20) -> list[Found]:
    """Return entries whose lines do not add up to nothing in a currency or in base currency, or are not as many as they say."""
    rows = await db.fetch(
        "SELECT e.id, e.reference FROM accounting_entry e LEFT JOIN ("
        "SELECT entry, sum(n) AS n, sum(base) AS base, bool_or(amount <> 0) AS uneven, max(date) AS last, min(date) AS first "
        "FROM ("
        "SELECT l.entry, l.currency, count(*) AS n, sum(l.base) AS base, sum(l.amount) AS amount, max(l.date) AS date "
        "FROM accounting_line l GROUP BY l.entry, l.currency) AS c GROUP BY entry) AS s ON s.entry = e.id "
        "WHERE s.n IS DISTINCT FROM e.lines OR s.base <> 0 OR s.uneven OR s.last <> e.date OR s.first <> e.date "
        "ORDER BY e.reference LIMIT $1",
        limit,
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Found:
    return Found(row["reference"], f"/accounting/entries/{row['id']}")


async def different_balances(db: Scope, limit: int = 20) -> list[Found]:
    """Return accounts and periods whose kept balance is not what their lines add up to."""
    rows = await db.fetch(
        "SELECT a.id, a.code, p.first, p.last FROM ("
        "SELECT coalesce(k.account, s.account) AS account, coalesce(k.period, s.period) AS period FROM ("
        "SELECT b.account, b.period, b.currency, b.dimensions, sum(b.debit) AS debit, sum(b.credit) AS credit, "
        "sum(b.base_debit) AS base_debit, "
        "sum(b.base_credit) AS base_credit FROM accounting_period_balance b GROUP BY b.account, b.period, b.currency, b.dimensions) AS k "
        "FULL JOIN (SELECT l.account, e.period, l.currency, l.dimensions, coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS debit, "
        "coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0) AS credit, "
        "coalesce(sum(l.base) FILTER (WHERE l.base > 0), 0) AS base_debit, "
        "coalesce(-sum(l.base) FILTER (WHERE l.base < 0), 0) AS base_credit "
        "FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry GROUP BY l.account, e.period, l.currency, l.dimensions) AS s "
        "ON s.account = k.account AND s.period = k.period AND s.currency = k.currency "
        "AND coalesce(s.dimensions, $2::uuid) = coalesce(k.dimensions, $2::uuid) "
        "WHERE (k.debit, k.credit, k.base_debit, k.base_credit) IS DISTINCT FROM (s.debit, s.credit, s.base_debit, s.base_credit)) AS d "
        "JOIN accounting_account a ON a.id = d.account JOIN accounting_period p ON p.id = d.period GROUP BY a.id, a.code, p.first, p.last "
        "ORDER BY a.code, p.first LIMIT $1",
        *(limit, UUID(int=0)),
    )
    return [
        Found(
            f"{row['code']} in {row['first']:%Y-%m}",
            f"/reports/accounting.general_ledger?account={row['id']}&first={row['first']}&last={row['last']}",
        )
        for row in rows
    ]


async def misplaced(db: Scope, limit: int = 20) -> list[Found]:
    """Return entries that do not lie in the period and year they say."""
    rows = await db.fetch(
        "SELECT e.id, e.reference FROM accounting_entry e JOIN accounting_period p ON p.id = e.period "
        "WHERE e.date NOT BETWEEN p.first AND p.last OR e.fiscal_year <> p.fiscal_year ORDER BY e.reference LIMIT $1",
        limit,
    )
    return [_entry(row) for row in rows]


async def wrong_residuals(db: Scope, limit: int = 20) -> list[Found]:
    """Return reversed entries that still have something open."""
    rows = await db.fetch(
        "SELECT DISTINCT e.id, e.reference FROM accounting_entry e JOIN accounting_entry r ON r.reverses = e.id "
        "JOIN accounting_line l ON l.entry IN (e.id, r.id) WHERE l.residual <> 0 ORDER BY e.reference LIMIT $1",
        limit,
    )
    return [_entry(row) for row in rows]


async def counts(db: Scope) -> tuple[int, int]:
    """Return how many entries and lines there are."""
    row = await db.fetchrow("SELECT (SELECT count(*) FROM accounting_entry) AS entries, (SELECT count(*) FROM accounting_line) AS lines")
    assert row is not None
    return row["entries"], row["lines"]


async def held_by_event(db: Scope, event: str, at: date) -> list[tuple[str, Any]]:
    """Return the accounts of an event that hold something at the end of a day, with what they hold in base currency."""
    rows = await db.fetch(
        "SELECT a.code || ' ' || a.name AS label, sum(l.base) AS base FROM accounting_line l JOIN accounting_account a ON a.id = l.account "
        "WHERE l.account IN (SELECT r.account FROM accounting_posting_rule r WHERE r.event = $1) AND l.date <= $2 "
        "GROUP BY a.code, a.name HAVING sum(l.base) <> 0",
        *(event, at),
    )
    return [(row["label"], row["base"]) for row in rows]
