"""Whether what banks say and what the books hold of it come to the same."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope

from .proof import Found


class Held(NamedTuple):
    """A bank account on the day of its latest statement, in its currency.

    `opening` is what the bank says it held before its first statement and `opening_booked` what the books say; `moved` are the lines the
    bank told since; `open` those of them that are not reconciled; `outstanding` what the books moved since that no line of the bank stands
    for.
    """

    id: UUID
    name: str
    currency: str
    last: date
    opening: Decimal
    opening_booked: Decimal
    closing: Decimal
    moved: Decimal
    open: Decimal
    booked: Decimal
    outstanding: Decimal

    @property
    def expected(self) -> Decimal:
        """What the bank has to say if the books are right."""
        return self.booked + self.open - self.outstanding

    def words(self) -> str:
        """Tell how the two meet."""
        return (
            f"{self.name}, {self.last}: bank {self.closing:f} {self.currency} = books {self.booked:f} + not reconciled {self.open:f} "
            f"− not at the bank yet {self.outstanding:f}"
        )

    def findings(self) -> list[Found]:
        """Return what does not meet."""
        link, found = f"/accounting/bank/{self.id}", []
        if self.opening + self.moved != self.closing:
            found.append(
                Found(
                    f"{self.name}: statements begin at {self.opening:f}, their lines move {self.moved:f}, and they end at {self.closing:f} "
                    f"{self.currency}",
                    link,
                )
            )
        if self.opening != self.opening_booked:
            found.append(
                Found(
                    f"{self.name}: before the first statement the bank says {self.opening:f} {self.currency}, "
                    f"the books {self.opening_booked:f}",
                    link,
                )
            )
        elif self.expected != self.closing and not found:
            found.append(
                Found(f"{self.name}: on {self.last} the bank says {self.closing:f} {self.currency}, the books {self.expected:f}", link)
            )
        return found


# The first and the latest statement that say what the account held; lines of parked files are no lines yet.
_HELD = """
WITH told AS (
    SELECT s.bank_account, min(s.first) AS first, max(s.last) AS last,
        (array_agg(s.opening ORDER BY s.first, s.id))[1] AS opening, (array_agg(s.closing ORDER BY s.last DESC, s.id DESC))[1] AS closing
    FROM accounting_bank_statement s WHERE s.opening IS NOT NULL AND s.closing IS NOT NULL AND s.state <> 'discrepancy'
    GROUP BY s.bank_account)
SELECT b.id, b.name, b.currency, t.last, t.opening, t.closing,
    coalesce((SELECT sum(l.amount) FROM accounting_line l WHERE l.account = b.account AND l.currency = b.currency AND l.date < t.first),
        0) AS opening_booked,
    coalesce((SELECT sum(l.amount) FROM accounting_bank_line l WHERE l.bank_account = b.id AND l.state <> 'parked' AND l.booked <= t.last),
        0) AS moved,
    coalesce((SELECT sum(l.amount - coalesce(
            (SELECT sum(m.amount) FROM accounting_bank_match m WHERE m.line = l.id AND m.undone_at IS NULL), 0))
        FROM accounting_bank_line l WHERE l.bank_account = b.id AND l.state = 'open' AND l.booked <= t.last), 0) AS open,
    coalesce((SELECT sum(l.amount) FROM accounting_line l WHERE l.account = b.account AND l.currency = b.currency), 0) AS booked,
    coalesce((SELECT sum(l.amount) FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry
        WHERE l.account = b.account AND l.currency = b.currency AND l.date >= t.first AND NOT EXISTS (
            SELECT FROM accounting_bank_match m JOIN accounting_bank_line k ON k.id = m.line
            WHERE m.undone_at IS NULL AND k.bank_account = b.id AND k.booked <= t.last AND m.entry = l.entry)), 0) AS outstanding
FROM accounting_bank_account b JOIN told t ON t.bank_account = b.id ORDER BY b.name
"""


async def held(db: Scope) -> list[Held]:
    """Return every bank account that has a statement which says what it held."""
    return [Held(**dict(row.items())) for row in await db.fetch(_HELD)]
