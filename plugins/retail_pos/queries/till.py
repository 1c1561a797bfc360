"""What a till asks of what is here already: how far its numbers are, and receipts of other tills."""

from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Row, Scope

from ..domain.records import Record

_RECORD = msgspec.json.Decoder(Record)


async def numbers(db: Scope, till: str) -> dict[str, int]:
    """Return the highest number of a till's receipts, and of those in training, by its code: of all that arrived, parked ones as well."""
    rows = await db.fetch(
        """
        SELECT i.body->'receipt'->>'kind' = 'training' AS training, max((i.body->'receipt'->>'number')::bigint) AS highest
        FROM retail_pos_inbox i JOIN retail_pos_till t ON t.id = i.till WHERE t.code = $1 AND i.type = 'receipt' GROUP BY 1
        """,
        till,
    )
    return {"training" if row["training"] else "receipt": row["highest"] for row in rows}


async def balance(db: Scope, kind: str, number: str) -> Decimal | None:
    """Return what a gift card or store credit holds; a blocked one holds nothing, one that is not here is none."""
    found: Decimal | None = await db.fetchval(
        "SELECT CASE WHEN state = 'active' THEN balance ELSE 0 END FROM retail_pos_stored_value WHERE kind = $1 AND number = $2",
        kind,
        number,
    )
    return found


async def points(db: Scope, customer: UUID) -> int:
    """Return how many points a customer has."""
    found: int | None = await db.fetchval("SELECT balance FROM retail_pos_loyalty_account WHERE customer = $1", customer)
    return found or 0


async def receipt(db: Scope, reference: str) -> Record | None:
    """Return the record of a receipt that was applied, by what is printed on it."""
    row = await db.fetchrow(
        "SELECT i.body::text AS body FROM retail_pos_receipt r JOIN retail_pos_inbox i ON i.id = r.id "
        "WHERE r.reference = $1 AND r.kind IN ('sale', 'return') ORDER BY r.made_at DESC LIMIT 1",
        reference,
    )
    return _read(row) if row else None


async def returns(db: Scope, original: Record) -> list[Record]:
    """Return the records of the receipts that take goods of another back, or void it."""
    rows = await db.fetch(
        "SELECT i.body::text AS body FROM retail_pos_inbox i WHERE i.id IN ("
        "SELECT l.receipt FROM retail_pos_receipt_line l WHERE l.original_receipt = $1 "
        "UNION SELECT r.id FROM retail_pos_receipt r WHERE r.voids = $1)",
        original.id,
    )
    return [_read(row) for row in rows]


def _read(row: Row) -> Record:
    return _RECORD.decode(row["body"])
