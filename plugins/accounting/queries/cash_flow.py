"""What moved cash: the other sides of entries that touch bank and cash accounts."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Scope

_OTHER_SIDES = """
SELECT l.account, -sum(l.base) AS moved FROM accounting_line l JOIN accounting_account a ON a.id = l.account
WHERE a.type <> 'bank' AND l.entry IN (
    SELECT b.entry FROM accounting_line b JOIN accounting_account c ON c.id = b.account WHERE c.type = 'bank' AND b.date BETWEEN $1 AND $2)
GROUP BY l.account HAVING sum(l.base) <> 0
"""


async def other_sides(db: Scope, first: date, last: date) -> dict[UUID, Decimal]:
    """Return what came in (negative: went out) against each account between two days, in base currency.

    An entry balances, so together they are what cash rose by.
    """
    return {row["account"]: row["moved"] for row in await db.fetch(_OTHER_SIDES, first, last)}
