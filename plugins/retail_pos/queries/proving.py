"""What the nightly proof of the tills reads."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Scope


class Told(NamedTuple):
    """What a receipt's own rows say by what they are posted as: kind of sum, detail, amount with debits positive."""

    kind: str  # tender, revenue, tax, stored, rounding
    detail: str
    amount: Decimal


_TOLD = """
SELECT receipt, 'tender' AS kind, type AS detail, sum(amount) AS amount FROM retail_pos_tender WHERE receipt = ANY($1) GROUP BY 1, 3
UNION ALL SELECT receipt, 'revenue', category, -sum(net) FROM retail_pos_receipt_line WHERE receipt = ANY($1) AND stored_value = ''
GROUP BY 1, 3
UNION ALL SELECT receipt, 'tax', code, -sum(amount) FROM retail_pos_line_tax WHERE receipt = ANY($1) GROUP BY 1, 3
UNION ALL SELECT receipt, 'stored', '', -sum(amount) FROM retail_pos_receipt_line WHERE receipt = ANY($1) AND stored_value <> '' GROUP BY 1
UNION ALL SELECT id, 'rounding', '', -rounding FROM retail_pos_receipt WHERE id = ANY($1) AND rounding <> 0
"""


async def told(db: Scope, receipts: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """Return what receipts come to, by what is posted."""
    found: dict[UUID, list[Told]] = {}
    for row in await db.fetch(_TOLD, list(receipts)):
        found.setdefault(row["receipt"], []).append(Told(row["kind"], row["detail"], row["amount"]))
    return found


async def of_period(db: Scope, period: UUID, after: UUID | None, limit: int = 500) -> list[tuple[UUID, str, UUID | None]]:
    """Return receipts of a closing: id, reference and entry, in parts by id."""
    rows = await db.fetch(
        "SELECT id, reference, entry FROM retail_pos_receipt WHERE period = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        *(period, after, limit),
    )
    return [(row["id"], row["reference"], row["entry"]) for row in rows]


async def missing(db: Scope) -> list[tuple[UUID, str]]:
    """Return records of receipts that count as applied, and whose receipts are not there."""
    rows = await db.fetch(
        "SELECT i.till, t.code || ' ' || i.seq AS name FROM retail_pos_inbox i JOIN retail_pos_till t ON t.id = i.till "
        "WHERE i.type = 'receipt' AND i.state = 'applied' AND NOT EXISTS (SELECT FROM retail_pos_receipt r WHERE r.id = i.id)"
    )
    return [(row["till"], row["name"]) for row in rows]


async def strangers(db: Scope) -> list[tuple[UUID, str]]:
    """Return receipts that no record of a till, and no decision of a person, stands behind."""
    rows = await db.fetch(
        "SELECT r.id, r.reference FROM retail_pos_receipt r WHERE r.seq > 0 "
        "AND NOT EXISTS (SELECT FROM retail_pos_inbox i WHERE i.id = r.id)"
    )
    return [(row["id"], row["reference"]) for row in rows]
