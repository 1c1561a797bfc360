"""What a year close is made from."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope

from ..domain.period_end import Unfinished


class Result(NamedTuple):
    """What an account of profit and loss holds at the end of a year, by currency and dimensions."""

    account: UUID
    code: str
    currency: str
    dimensions: UUID | None
    amount: Decimal
    base: Decimal


async def results(db: Scope, fiscal_year: UUID) -> list[Result]:
    """Return what accounts of profit and loss moved in a year, from the balances of its periods."""
    rows = await db.fetch(
        "SELECT b.account, a.code, b.currency, b.dimensions, sum(b.debit - b.credit) AS amount, sum(b.base_debit - b.base_credit) AS base "
        "FROM accounting_period_balance b JOIN accounting_period p ON p.id = b.period JOIN accounting_account a ON a.id = b.account "
        "WHERE p.fiscal_year = $1 AND a.type IN ('income', 'other_income', 'cost_of_sales', 'expense', 'depreciation', 'other_expense', "
        "'tax_expense') GROUP BY b.account, a.code, b.currency, b.dimensions "
        "HAVING sum(b.debit - b.credit) <> 0 OR sum(b.base_debit - b.base_credit) <> 0 ORDER BY b.dimensions, b.currency, a.code",
        fiscal_year,
    )
    return [Result(**dict(row.items())) for row in rows]


async def members(db: Scope, sets: list[UUID]) -> dict[UUID, dict[str, str]]:
    """Return the dimensions of sets: set → key → code."""
    rows = await db.fetch(
        "SELECT s.id, d.key, v.code FROM accounting_dimension_set s JOIN accounting_dimension_value v ON v.id = ANY (s.members) "
        "JOIN accounting_dimension d ON d.id = v.dimension WHERE s.id = ANY ($1::uuid[])",
        sets,
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["id"], {})[row["key"]] = row["code"]
    return found


async def closing_entries(db: Scope, fiscal_year: UUID) -> list[tuple[UUID, str]]:
    """Return the closing entries of a year that are not reversed, with their references."""
    rows = await db.fetch(
        "SELECT e.id, e.reference FROM accounting_entry e JOIN accounting_journal j ON j.id = e.journal "
        "WHERE e.fiscal_year = $1 AND e.source_kind = 'accounting.fiscal_year' AND e.reverses IS NULL "
        "AND NOT EXISTS (SELECT FROM accounting_entry r WHERE r.reverses = e.id) ORDER BY e.number",
        fiscal_year,
    )
    return [(row["id"], row["reference"]) for row in rows]


async def count_closings(db: Scope, fiscal_year: UUID) -> int:
    """Return how many closing entries a year ever had."""
    found: int = await db.fetchval(
        "SELECT count(*) FROM accounting_entry e WHERE e.fiscal_year = $1 AND e.source_kind = 'accounting.fiscal_year'", fiscal_year
    )
    return found


async def unfinished(db: Scope, last: date) -> Unfinished:
    """Return what nobody has finished of the days up to one."""
    row = await db.fetchrow(
        "SELECT (SELECT count(*) FROM accounting_draft e WHERE e.date <= $1) AS entries, "
        "(SELECT count(*) FROM accounting_document d WHERE d.state = 'draft' AND d.issued <= $1 "
        "AND d.kind IN ('invoice', 'credit_note')) AS invoices, "
        "(SELECT count(*) FROM accounting_document d WHERE d.state = 'draft' AND d.issued <= $1 "
        "AND d.kind IN ('bill', 'bill_credit')) AS bills, "
        "(SELECT count(*) FROM accounting_bank_line b WHERE b.state = 'open' AND b.booked <= $1) AS bank_lines, "
        "(SELECT count(*) FROM accounting_bank_line b WHERE b.state = 'parked' AND b.booked <= $1) AS parked, "
        "(SELECT min(t.last) FROM (SELECT max(s.last) AS last FROM accounting_bank_statement s JOIN accounting_bank_account a "
        "ON a.id = s.bank_account WHERE a.active AND s.state <> 'discrepancy' GROUP BY a.id) t) AS told",
        last,
    )
    assert row is not None
    return Unfinished(**dict(row.items()))
