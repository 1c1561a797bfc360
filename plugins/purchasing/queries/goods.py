"""Receipts, returns and landed costs."""

from collections.abc import Sequence
from uuid import UUID

from weft import Scope

from ..domain.kept import LandedCost, LandedPart, Receipt, ReceiptLine, Return, ReturnLine
from . import rows

_RECEIPT = f"SELECT {rows.columns(Receipt, 'r')} FROM purchasing_receipt r"
_LINE = f"SELECT {rows.columns(ReceiptLine, 'c')} FROM purchasing_receipt_line c JOIN purchasing_receipt r ON r.id = c.receipt"


async def receipt(db: Scope, receipt_id: UUID, *, lock: bool = False) -> Receipt | None:
    """Return a receipt."""
    row = await db.fetchrow(f"{_RECEIPT} WHERE r.id = $1{' FOR UPDATE' if lock else ''}", receipt_id)
    return rows.read(Receipt, row) if row else None


async def receipts_of(db: Scope, order_id: UUID) -> list[Receipt]:
    """Return the receipts of an order, the oldest first."""
    return rows.read_all(Receipt, await db.fetch(f"{_RECEIPT} WHERE r.purchase_order = $1 ORDER BY r.day, r.id", order_id))


async def latest_receipts(db: Scope, limit: int = 100) -> list[Receipt]:
    """Return the latest receipts that were not undone."""
    return rows.read_all(Receipt, await db.fetch(f"{_RECEIPT} WHERE r.state = 'done' ORDER BY r.day DESC, r.id DESC LIMIT $1", limit))


async def put_receipt(db: Scope, receipt: Receipt, lines: Sequence[ReceiptLine]) -> None:
    """Store a receipt."""
    await rows.put(db, "purchasing_receipt", receipt)
    await rows.put_all(db, "purchasing_receipt_line", lines)


async def put_lines(db: Scope, lines: Sequence[ReceiptLine]) -> None:
    """Store lines of receipts."""
    await rows.put_all(db, "purchasing_receipt_line", lines)


async def lines_of_receipt(db: Scope, receipt_id: UUID) -> list[ReceiptLine]:
    """Return the lines of a receipt."""
    return rows.read_all(ReceiptLine, await db.fetch(f"{_LINE} WHERE c.receipt = $1 ORDER BY c.id", receipt_id))


async def lines_of_order_line(db: Scope, order_line: UUID) -> list[ReceiptLine]:
    """Return what came of a line of an order and was not undone, the oldest first."""
    return rows.read_all(
        ReceiptLine, await db.fetch(f"{_LINE} WHERE c.order_line = $1 AND r.state = 'done' ORDER BY r.day, c.id", order_line)
    )


async def lines(db: Scope, ids: Sequence[UUID]) -> list[ReceiptLine]:
    """Return lines of receipts by id, those that were not undone."""
    sql = f"{_LINE} WHERE c.id = ANY ($1::uuid[]) AND r.state = 'done' ORDER BY c.id"
    return rows.read_all(ReceiptLine, await db.fetch(sql, list(ids)))


async def lines_of_receipts(db: Scope, ids: Sequence[UUID]) -> list[ReceiptLine]:
    """Return the lines of several receipts."""
    return rows.read_all(ReceiptLine, await db.fetch(f"{_LINE} WHERE c.receipt = ANY ($1::uuid[]) ORDER BY c.id", list(ids)))


async def put_return(db: Scope, made: Return, lines: Sequence[ReturnLine]) -> None:
    """Store a return."""
    await rows.put(db, "purchasing_return", made)
    await rows.put_all(db, "purchasing_return_line", lines)


async def goods_return(db: Scope, return_id: UUID, *, lock: bool = False) -> Return | None:
    """Return goods that went back."""
    sql = f"SELECT {rows.columns(Return, 't')} FROM purchasing_return t WHERE t.id = $1{' FOR UPDATE' if lock else ''}"
    row = await db.fetchrow(sql, return_id)
    return rows.read(Return, row) if row else None


async def returns_of(db: Scope, receipts: Sequence[UUID]) -> list[Return]:
    """Return what went back of receipts, the oldest first."""
    sql = f"SELECT {rows.columns(Return, 't')} FROM purchasing_return t WHERE t.receipt = ANY ($1::uuid[]) ORDER BY t.day, t.id"
    return rows.read_all(Return, await db.fetch(sql, list(receipts)))


async def return_lines(db: Scope, return_id: UUID) -> list[ReturnLine]:
    """Return the lines of a return."""
    sql = f"SELECT {rows.columns(ReturnLine, 'l')} FROM purchasing_return_line l WHERE l.goods_return = $1 ORDER BY l.id"
    return rows.read_all(ReturnLine, await db.fetch(sql, return_id))


async def put_landed(db: Scope, made: LandedCost, parts: Sequence[LandedPart]) -> None:
    """Store a landed cost."""
    await rows.put(db, "purchasing_landed_cost", made)
    await rows.put_all(db, "purchasing_landed_part", parts)


async def landed(db: Scope, landed_id: UUID, *, lock: bool = False) -> LandedCost | None:
    """Return a landed cost."""
    sql = f"SELECT {rows.columns(LandedCost, 'k')} FROM purchasing_landed_cost k WHERE k.id = $1{' FOR UPDATE' if lock else ''}"
    row = await db.fetchrow(sql, landed_id)
    return rows.read(LandedCost, row) if row else None


async def landed_all(db: Scope, limit: int = 200) -> list[LandedCost]:
    """Return landed costs, the latest first."""
    sql = f"SELECT {rows.columns(LandedCost, 'k')} FROM purchasing_landed_cost k ORDER BY k.day DESC, k.id DESC LIMIT $1"
    return rows.read_all(LandedCost, await db.fetch(sql, limit))


async def landed_parts(db: Scope, landed_id: UUID) -> list[LandedPart]:
    """Return how a landed cost was spread."""
    sql = f"SELECT {rows.columns(LandedPart, 'p')} FROM purchasing_landed_part p WHERE p.landed_cost = $1 ORDER BY p.id"
    return rows.read_all(LandedPart, await db.fetch(sql, landed_id))


async def usually_waits(db: Scope) -> bool:
    """Tell whether the last goods that came into stock stood on goods received; yes where none came yet."""
    found = await db.fetchval("SELECT c.waits FROM purchasing_receipt_line c WHERE c.move IS NOT NULL ORDER BY c.id DESC LIMIT 1")
    return True if found is None else bool(found)
