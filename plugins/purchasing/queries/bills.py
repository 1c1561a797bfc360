"""Bills and their lines."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import asyncpg

from weft import Conflict, Scope

from ..domain.kept import Bill, KeptBillLine
from . import rows

_BILL = f"SELECT {rows.columns(Bill, 'b')} FROM purchasing_bill b"
_LINE = f"SELECT {rows.columns(KeptBillLine, 'l')} FROM purchasing_bill_line l JOIN purchasing_bill b ON b.id = l.bill"


async def bill(db: Scope, bill_id: UUID, *, lock: bool = False) -> Bill | None:
    """Return a bill."""
    row = await db.fetchrow(f"{_BILL} WHERE b.id = $1{' FOR UPDATE' if lock else ''}", bill_id)
    return rows.read(Bill, row) if row else None


async def by_document(db: Scope, document_id: UUID) -> Bill | None:
    """Return the bill that a document of accounting was drafted for, locked."""
    row = await db.fetchrow(f"{_BILL} WHERE b.document = $1 FOR UPDATE", document_id)
    return rows.read(Bill, row) if row else None


async def of_order(db: Scope, order_id: UUID) -> list[Bill]:
    """Return the bills of an order, the oldest first."""
    return rows.read_all(Bill, await db.fetch(f"{_BILL} WHERE b.purchase_order = $1 ORDER BY b.issued, b.id", order_id))


async def blocked(db: Scope) -> list[Bill]:
    """Return blocked bills, the oldest first."""
    return rows.read_all(Bill, await db.fetch(f"{_BILL} WHERE b.state = 'blocked' ORDER BY b.issued, b.id LIMIT 200"))


async def lines(db: Scope, bill_id: UUID) -> list[KeptBillLine]:
    """Return the lines of a bill."""
    return rows.read_all(KeptBillLine, await db.fetch(f"{_LINE} WHERE l.bill = $1 ORDER BY l.id", bill_id))


async def uncleared(db: Scope, order_line: UUID) -> list[KeptBillLine]:
    """Return posted lines of bills that billed more than came until now, the oldest first."""
    sql = f"{_LINE} WHERE l.order_line = $1 AND b.state = 'posted' AND l.cleared < l.quantity ORDER BY b.issued, l.id"
    return rows.read_all(KeptBillLine, await db.fetch(sql, order_line))


async def put(db: Scope, made: Bill, lines: Sequence[KeptBillLine]) -> None:
    """Store a bill; raises `Conflict` for a second one of the supplier with the same number."""
    try:
        await rows.put(db, "purchasing_bill", made)
    except asyncpg.UniqueViolationError as twice:
        raise Conflict(f"This supplier's bill “{made.reference}” is entered already.") from twice
    await rows.put_all(db, "purchasing_bill_line", lines)


async def price_paid(db: Scope, order_line: UUID) -> Decimal | None:
    """Return what posted bills asked for one unit of a line on average, in the order's currency."""
    found: Decimal | None = await db.fetchval(
        "SELECT round(sum(l.quantity * l.unit_price) / nullif(sum(l.quantity), 0), 6) FROM purchasing_bill_line l "
        "JOIN purchasing_bill b ON b.id = l.bill WHERE l.order_line = $1 AND b.state = 'posted' AND l.base <> 0",
        order_line,
    )
    return found
