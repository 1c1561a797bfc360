"""Payments, what they settled, and lines of the ledger set against each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import msgspec

from weft import Row, Scope, new_id

from ..domain.documents.stored import StoredPayment, StoredSettlement

_NAMES = (
    *("id", "state", "incoming", "number", "party", "party_name", "day", "currency", "amount", "bank", "bank_currency", "bank_amount"),
    *("worth", "reference", "entry", "reversal", "version", "made_at", "made_by"),
)
_COLUMNS = ", ".join(f"p.{name}" for name in _NAMES)
_SETTLEMENT = "s.id, s.payment, s.document, s.amount, s.discount, s.write_off, s.base, s.undone, s.credit, s.later, s.entry, s.day"


def _of(row: Row) -> StoredPayment:
    return msgspec.convert(dict(row.items()), StoredPayment)


def _settlement(row: Row) -> StoredSettlement:
    return msgspec.convert(dict(row.items()), StoredSettlement)


async def payment(db: Scope, payment_id: UUID, *, lock: bool = False) -> StoredPayment | None:
    """Return a payment."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM accounting_payment p WHERE p.id = $1{' FOR UPDATE' if lock else ''}", payment_id)
    return _of(row) if row else None


async def with_rest(db: Scope, party: Sequence[UUID], currency: str, *, incoming: bool) -> list[tuple[StoredPayment, Decimal]]:
    """Return payments of a party that are not used up, with what is left of each, oldest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, o.rest FROM accounting_payment p JOIN LATERAL (SELECT sum(abs(l.residual)) AS rest FROM accounting_line l "
        "JOIN accounting_account a ON a.id = l.account WHERE l.entry = p.entry AND a.type IN ('receivable', 'payable') "
        "AND l.residual <> 0) o ON o.rest > 0 WHERE p.party = ANY ($1::uuid[]) AND p.currency = $2 AND p.incoming = $3 "
        "AND p.state = 'posted' ORDER BY p.day, p.id LIMIT 100",
        *(list(party), currency, incoming),
    )
    return [(msgspec.convert({key: value for key, value in row.items() if key != "rest"}, StoredPayment), row["rest"]) for row in rows]


async def put(db: Scope, made: StoredPayment, search_text: str) -> None:
    """Store a new payment."""
    names = [*_NAMES, "search_text"]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    values = [getattr(made, name) for name in _NAMES]
    await db.execute(f"INSERT INTO accounting_payment ({', '.join(names)}) VALUES ({places})", *values, search_text)


async def set_reversed(db: Scope, payment_id: UUID, reversal: UUID) -> None:
    """Say that a payment was taken back."""
    await db.execute(
        "UPDATE accounting_payment p SET state = 'reversed', reversal = $2, version = p.version + 1 WHERE p.id = $1", payment_id, reversal
    )
    await db.execute("UPDATE accounting_settlement s SET undone = true WHERE s.payment = $1", payment_id)


async def put_settlements(db: Scope, made: Sequence[StoredSettlement]) -> None:
    """Store what a payment did to documents."""
    for each in made:
        await db.execute(
            "INSERT INTO accounting_settlement "
            "(id, payment, document, amount, discount, write_off, base, undone, credit, later, entry, day) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            *(each.id, each.payment, each.document, each.amount, each.discount, each.write_off, each.base, each.undone),
            *(each.credit, each.later, each.entry, each.day),
        )


async def settlement(db: Scope, settlement_id: UUID, *, lock: bool = False) -> StoredSettlement | None:
    """Return one settlement."""
    row = await db.fetchrow(
        f"SELECT {_SETTLEMENT} FROM accounting_settlement s WHERE s.id = $1{' FOR UPDATE' if lock else ''}", settlement_id
    )
    return _settlement(row) if row else None


async def credit_uses(db: Scope, document_id: UUID) -> list[StoredSettlement]:
    """Return where a document and credits settled each other and were not taken back, of either side, oldest first."""
    rows = await db.fetch(
        f"SELECT {_SETTLEMENT} FROM accounting_settlement s WHERE (s.document = $1 OR s.credit = $1) AND s.credit IS NOT NULL "
        "AND NOT s.undone ORDER BY s.id",
        document_id,
    )
    return [_settlement(row) for row in rows]


async def settlements_of(db: Scope, payment_id: UUID) -> list[StoredSettlement]:
    """Return what a payment did to documents."""
    rows = await db.fetch(f"SELECT {_SETTLEMENT} FROM accounting_settlement s WHERE s.payment = $1 ORDER BY s.id", payment_id)
    return [_settlement(row) for row in rows]


async def settling(db: Scope, document_id: UUID) -> list[tuple[StoredPayment, StoredSettlement]]:
    """Return the payments that settled something of a document and were not taken back, oldest first."""
    rows = await db.fetch(
        f"SELECT {_SETTLEMENT} FROM accounting_settlement s WHERE s.document = $1 AND s.payment IS NOT NULL AND NOT s.undone ORDER BY s.id",
        document_id,
    )
    found = []
    for row in rows:
        made = await payment(db, row["payment"])
        assert made is not None
        found.append((made, _settlement(row)))
    return found


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of the ledger that can be settled; `residual` is what is open of its `amount`, which is `base` in base currency."""

    id: UUID
    residual: Decimal
    due: date
    amount: Decimal
    base: Decimal


async def owed_lines(db: Scope, entry: UUID) -> list[OpenLine]:
    """Return the lines of an entry on receivable and payable accounts, earliest due date first, locked."""
    rows = await db.fetch(
        "SELECT l.id, l.residual, coalesce(l.due, l.date) AS due, l.amount, l.base "
        "FROM accounting_line l JOIN accounting_account a ON a.id = l.account "
        "WHERE l.entry = $1 AND l.residual IS NOT NULL AND a.type IN ('receivable', 'payable') ORDER BY l.due NULLS LAST, l.position "
        "FOR UPDATE OF l",
        entry,
    )
    return [OpenLine(row["id"], row["residual"], row["due"], row["amount"], row["base"]) for row in rows]


class Cause(NamedTuple):
    """Why two lines settle each other."""

    document: UUID | None = None
    payment: UUID | None = None
    settlement: UUID | None = None  # a later one


async def allocate(db: Scope, debit: UUID, credit: UUID, amount: Decimal, at: datetime, by: UUID | None, cause: Cause) -> None:
    """Settle an amount of a debit with one of a credit."""
    await db.execute(
        "INSERT INTO accounting_allocation (id, debit, credit, amount, payment, document, made_at, made_by, settlement) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(new_id(), debit, credit, amount, cause.payment, cause.document, at, by, cause.settlement),
    )
    await db.execute(
        "UPDATE accounting_line l SET residual = l.residual + CASE WHEN l.id = $1 THEN -$3::numeric ELSE $3::numeric END "
        "WHERE l.id IN ($1, $2)",
        *(debit, credit, amount),
    )


class Allocated(NamedTuple):
    """An amount of a debit settled with one of a credit."""

    debit: UUID
    credit: UUID
    amount: Decimal


async def allocate_many(db: Scope, settled: Sequence[Allocated], at: datetime, by: UUID | None) -> None:
    """Settle debits with credits, each line once at most, of no document."""
    if not settled:
        return
    debits, credits_, amounts = [each.debit for each in settled], [each.credit for each in settled], [each.amount for each in settled]
    await db.execute(
        "INSERT INTO accounting_allocation (id, debit, credit, amount, made_at, made_by) "
        "SELECT u.id, u.debit, u.credit, u.amount, $5, $6 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[]) "
        "AS u (id, debit, credit, amount)",
        *([new_id() for _ in settled], debits, credits_, amounts, at, by),
    )
    await _change_residuals(db, [*debits, *credits_], [*(-each for each in amounts), *amounts])


async def oldest_open(db: Scope, account: UUID, currency: str, until: date, *, debits: bool) -> list[tuple[UUID, Decimal]]:
    """Return what is open on an account in a currency with nobody in particular, the oldest first, locked."""
    rows = await db.fetch(
        "SELECT l.id, l.residual FROM accounting_line l WHERE l.account = $1 AND l.currency = $2 AND l.party IS NULL "
        "AND l.residual <> 0 AND (l.residual > 0) = $3 AND l.date <= $4 ORDER BY l.date, l.id LIMIT 5000 FOR UPDATE",
        *(account, currency, debits, until),
    )
    return [(row["id"], row["residual"]) for row in rows]


async def _change_residuals(db: Scope, lines: Sequence[UUID], changes: Sequence[Decimal]) -> None:
    await db.execute(
        "UPDATE accounting_line l SET residual = l.residual + u.change FROM ("
        "SELECT n.line, sum(n.change) AS change FROM unnest($1::uuid[], $2::numeric[]) AS n (line, change) GROUP BY n.line) AS u "
        "WHERE l.id = u.line",
        *(list(lines), list(changes)),
    )


async def undo_entry_allocations(db: Scope, entry: UUID) -> int:
    """Take back what the lines of an entry settled; returns how many allocations there were."""
    rows = await db.fetch(
        "DELETE FROM accounting_allocation x USING accounting_line l WHERE l.entry = $1 AND l.id IN (x.debit, x.credit) "
        "RETURNING x.debit, x.credit, x.amount",
        entry,
    )
    return await _open_again(db, rows)


async def undo_settlement(db: Scope, settlement_id: UUID) -> None:
    """Take back what a later settlement set against each other."""
    rows = await db.fetch(
        "DELETE FROM accounting_allocation x WHERE x.settlement = $1 RETURNING x.debit, x.credit, x.amount", settlement_id
    )
    await _open_again(db, rows)
    await db.execute("UPDATE accounting_settlement s SET undone = true WHERE s.id = $1", settlement_id)


async def undo_allocations(db: Scope, payment_id: UUID) -> int:
    """Take back what a payment settled; returns how many allocations there were."""
    rows = await db.fetch("DELETE FROM accounting_allocation x WHERE x.payment = $1 RETURNING x.debit, x.credit, x.amount", payment_id)
    return await _open_again(db, rows)


async def _open_again(db: Scope, rows: Sequence[Row]) -> int:
    amounts = [row["amount"] for row in rows]
    lines = [*(row["debit"] for row in rows), *(row["credit"] for row in rows)]
    await _change_residuals(db, lines, [*amounts, *(-each for each in amounts)])
    return len(rows)
