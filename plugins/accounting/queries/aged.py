"""What was open on a day, and what moved between a party and the business: from the ledger's own lines."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope

from . import aliases


class OpenLine(NamedTuple):
    """A line that was open on a day: `open` in its currency, debits positive."""

    id: UUID
    party: UUID | None
    currency: str
    open: Decimal
    day: date
    due: date
    reference: str
    document: UUID | None


# A reversed entry and its reversal leave nothing open from the day of the reversal on; an allocation counts from the later of its two days.
_OPEN = """
SELECT found.id, found.party, found.currency, found.open, found.day, found.due, found.reference, found.document FROM (
    SELECT l.id, l.party, l.currency, l.amount - coalesce(a.settled, 0) * sign(l.amount) AS open, l.date AS day,
        coalesce(l.due, l.date) AS due, e.reference, d.id AS document
    FROM accounting_line l JOIN accounting_account c ON c.id = l.account JOIN accounting_entry e ON e.id = l.entry
    LEFT JOIN accounting_document d ON d.entry = e.id
    LEFT JOIN LATERAL (
        SELECT sum(x.amount) AS settled FROM accounting_allocation x
        JOIN accounting_line o ON o.id = CASE WHEN x.debit = l.id THEN x.credit ELSE x.debit END
        WHERE l.id IN (x.debit, x.credit) AND o.date <= $1) a ON true
    WHERE c.type = $2 AND l.date <= $1 AND l.residual IS NOT NULL AND ($3::uuid IS NULL OR l.party = $3)
        AND NOT EXISTS (SELECT FROM accounting_entry r WHERE r.reverses = e.id AND r.date <= $1) AND e.reverses IS NULL) AS found
WHERE open <> 0 ORDER BY due, id
"""


async def open_on(db: Scope, day: date, account_type: str, party: UUID | None = None) -> list[OpenLine]:
    """Return what was open on a day on accounts of a type, ``receivable`` or ``payable``, oldest due date first."""
    return [OpenLine(**dict(row.items())) for row in await db.fetch(_OPEN, day, account_type, party)]


class Moved(NamedTuple):
    """One line between a party and the business."""

    day: date
    reference: str
    description: str
    currency: str
    amount: Decimal
    due: date | None
    entry: UUID
    document: UUID | None
    payment: UUID | None


_MOVED = """
SELECT l.date AS day, e.reference, CASE WHEN l.description <> '' THEN l.description ELSE e.description END AS description,
    l.currency, l.amount, l.due, e.id AS entry, d.id AS document, p.id AS payment
FROM accounting_line l JOIN accounting_account c ON c.id = l.account JOIN accounting_entry e ON e.id = l.entry
LEFT JOIN accounting_document d ON d.entry = e.id LEFT JOIN accounting_payment p ON p.entry = e.id
WHERE l.party = ANY ($1::uuid[]) AND c.type IN ('receivable', 'payable') AND l.amount <> 0 AND l.date BETWEEN $2 AND $3
ORDER BY l.date, e.reference, l.position
"""
_BEFORE = """
SELECT l.currency, sum(l.amount) AS amount FROM accounting_line l JOIN accounting_account c ON c.id = l.account
WHERE l.party = ANY ($1::uuid[]) AND c.type IN ('receivable', 'payable') AND l.date < $2 GROUP BY l.currency
"""


async def moved(db: Scope, party: UUID, first: date, last: date) -> tuple[dict[str, Decimal], Sequence[Moved]]:
    """Return what a party owed before some days, by currency, and what moved on them; negative is what the business owed."""
    ids = await aliases.same(db, party)
    before = {row["currency"]: row["amount"] for row in await db.fetch(_BEFORE, ids, first)}
    return before, [Moved(**dict(row.items())) for row in await db.fetch(_MOVED, ids, first, last)]
