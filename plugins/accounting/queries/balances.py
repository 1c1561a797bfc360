"""What accounts hold: rows of the periods that are over, and the lines of the one that a date lies in."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope, new_id

from ..domain.balances import Moved


class Held(NamedTuple):
    """What moved on an account in one currency up to a date."""

    account: UUID
    currency: str
    amount: Decimal
    base: Decimal


# Lines are read for one period at most: those up to the date or those after it, whichever days are fewer.
_SPLIT = """
SELECT p.id, p.first, p.last, $1::date - p.first >= p.last - $1::date AS later FROM accounting_period p
WHERE $1 >= p.first AND $1 < p.last
"""
_MOVED = """
SELECT account, sum(debit) AS debit, sum(credit) AS credit FROM (
    SELECT b.account, sum(b.base_debit) AS debit, sum(b.base_credit) AS credit FROM accounting_period_balance b
    WHERE b.period IN (SELECT p.id FROM accounting_period p WHERE p.last <= $1 OR $4 AND p.id = $2)
        AND ($5::uuid IS NULL OR b.dimensions IN (SELECT s.id FROM accounting_dimension_set s WHERE $5 = ANY (s.members)))
    GROUP BY b.account
    UNION ALL
    SELECT l.account, sum(l.base) FILTER (WHERE l.base > 0) * sign, -sum(l.base) FILTER (WHERE l.base <= 0) * sign
    FROM accounting_line l, (SELECT CASE WHEN $4 THEN -1 ELSE 1 END AS sign) AS s
    WHERE $2::uuid IS NOT NULL AND l.date BETWEEN $3 AND $6
        AND ($5::uuid IS NULL OR l.dimensions IN (SELECT s.id FROM accounting_dimension_set s WHERE $5 = ANY (s.members)))
    GROUP BY l.account, sign) AS parts
GROUP BY account
"""


async def moved(db: Scope, first: date, last: date, dimension_value: UUID | None = None) -> dict[UUID, Moved]:
    """Return what moved on each account from a day to a day, both included, in base currency."""
    found = await _moved_upto(db, last, dimension_value)
    if first > date.min:
        before = await _moved_upto(db, date.fromordinal(first.toordinal() - 1), dimension_value)
        found = {
            account: Moved(each.debit - before.get(account, Moved()).debit, each.credit - before.get(account, Moved()).credit)
            for account, each in found.items()
        }
    return {account: each for account, each in found.items() if each.debit or each.credit}


async def _moved_upto(db: Scope, last: date, dimension_value: UUID | None) -> dict[UUID, Moved]:
    split = await db.fetchrow(_SPLIT, last)
    later = bool(split and split["later"])
    if split is None:
        days = (last, last)
    elif later:
        days = (date.fromordinal(last.toordinal() + 1), split["last"])
    else:
        days = (split["first"], last)
    rows = await db.fetch(_MOVED, last, split["id"] if split else None, days[0], later, dimension_value, days[1])
    return {row["account"]: Moved(row["debit"] or Decimal(0), row["credit"] or Decimal(0)) for row in rows}


async def held(db: Scope, last: date, accounts: Sequence[UUID]) -> list[Held]:
    """Return what some accounts hold at the end of a day, by currency."""
    rows = await db.fetch(
        "SELECT account, currency, sum(amount) AS amount, sum(base) AS base FROM ("
        "SELECT b.account, b.currency, sum(b.debit - b.credit) AS amount, sum(b.base_debit - b.base_credit) AS base "
        "FROM accounting_period_balance b JOIN accounting_period p ON p.id = b.period WHERE b.account = ANY ($1::uuid[]) AND p.last <= $2 "
        "GROUP BY b.account, b.currency UNION ALL "
        "SELECT l.account, l.currency, sum(l.amount), sum(l.base) FROM accounting_period p "
        "JOIN accounting_line l ON l.date BETWEEN p.first AND $2 AND l.account = ANY ($1) WHERE $2 >= p.first AND $2 < p.last "
        "GROUP BY l.account, l.currency) AS parts GROUP BY account, currency ORDER BY account, currency",
        *(list(accounts), last),
    )
    return [Held(row["account"], row["currency"], row["amount"], row["base"]) for row in rows]


_FOLD = """
WITH gone AS (
    DELETE FROM accounting_period_balance b WHERE (b.account, b.period) IN (
        SELECT d.account, d.period FROM accounting_period_balance d WHERE NOT d.folded)
    RETURNING b.account, b.period, b.currency, b.dimensions, b.debit, b.credit, b.base_debit, b.base_credit),
summed AS (
    SELECT account, period, currency, dimensions, sum(debit) AS debit, sum(credit) AS credit, sum(base_debit) AS base_debit,
        sum(base_credit) AS base_credit FROM gone GROUP BY account, period, currency, dimensions)
SELECT account, period, currency, dimensions, debit, credit, base_debit, base_credit FROM summed
"""
_FOLDED = """
INSERT INTO accounting_period_balance (id, account, period, currency, dimensions, debit, credit, base_debit, base_credit, folded)
SELECT m.id, m.account, m.period, m.currency, m.dimensions, m.debit, m.credit, m.base_debit, m.base_credit, true
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])
    AS m (id, account, period, currency, dimensions, debit, credit, base_debit, base_credit)
"""


async def fold(db: Scope) -> int:
    """Sum up what postings left behind; returns how many rows there are for the accounts and periods concerned."""
    rows = await db.fetch(_FOLD)
    if rows:
        names = ("account", "period", "currency", "dimensions", "debit", "credit", "base_debit", "base_credit")
        await db.execute(_FOLDED, [new_id() for _ in rows], *([row[name] for row in rows] for name in names))
    return len(rows)


async def rebuild(db: Scope) -> int:
    """Make the balances again from the lines, for all periods; returns how many rows they have."""
    await db.fetch("SELECT c.value FROM accounting_counter c ORDER BY c.journal, c.fiscal_year FOR UPDATE")
    await db.execute("DELETE FROM accounting_period_balance b WHERE true")
    rows = await db.fetch(
        "SELECT l.account, e.period, l.currency, l.dimensions, coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS debit, "
        "coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0) AS credit, "
        "coalesce(sum(l.base) FILTER (WHERE l.base > 0), 0) AS base_debit, "
        "coalesce(-sum(l.base) FILTER (WHERE l.base < 0), 0) AS base_credit "
        "FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry GROUP BY l.account, e.period, l.currency, l.dimensions"
    )
    if rows:
        names = ("account", "period", "currency", "dimensions", "debit", "credit", "base_debit", "base_credit")
        await db.execute(_FOLDED, [new_id() for _ in rows], *([row[name] for row in rows] for name in names))
    return len(rows)


async def closed_out(db: Scope, first: date, last: date) -> dict[UUID, Moved]:
    """Return what closing entries of these days moved: a profit and loss account leaves it out."""
    rows = await db.fetch(
        "SELECT l.account, coalesce(sum(l.base) FILTER (WHERE l.base > 0), 0) AS debit, "
        "coalesce(-sum(l.base) FILTER (WHERE l.base < 0), 0) AS credit "
        "FROM accounting_entry e JOIN accounting_journal j ON j.id = e.journal JOIN accounting_line l ON l.entry = e.id "
        "WHERE j.kind = 'closing' AND e.date BETWEEN $1 AND $2 GROUP BY l.account",
        *(first, last),
    )
    return {row["account"]: Moved(row["debit"], row["credit"]) for row in rows}
