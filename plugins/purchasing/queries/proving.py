"""What is kept twice in purchasing, added up again: lines against receipts, bills and returns, and bills that accounting posted."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft import Scope


@dataclass(frozen=True, slots=True)
class Uneven:
    """A line of an order that says something else than its receipts, bills or returns add up to."""

    order: UUID
    number: str
    item: str
    what: str  # received, returned or billed
    kept: Decimal
    summed: Decimal


@dataclass(frozen=True, slots=True)
class Coming:
    """How much of an item is still to come of running orders."""

    item: UUID
    name: str
    quantity: Decimal


_LINES = """
WITH came AS (
    SELECT c.order_line AS line, sum(c.quantity) AS received, sum(c.returned) AS returned, sum(c.returned_billed) AS credited
    FROM purchasing_receipt_line c JOIN purchasing_receipt r ON r.id = c.receipt WHERE r.state = 'done' GROUP BY 1),
asked AS (
    SELECT k.order_line AS line, sum(k.quantity) AS billed FROM purchasing_bill_line k JOIN purchasing_bill b ON b.id = k.bill
    WHERE b.state IN ('drafted', 'posted') GROUP BY 1),
sums AS (
    SELECT l.purchase_order, l.description, l.received, l.returned, l.billed, coalesce(c.received, 0) AS came,
        coalesce(c.returned, 0) AS went, coalesce(a.billed, 0) - coalesce(c.credited, 0) AS asked
    FROM purchasing_order_line l LEFT JOIN came c ON c.line = l.id LEFT JOIN asked a ON a.line = l.id)
SELECT o.id AS order, o.number, s.description AS item, w.what, w.kept, w.summed FROM sums s
JOIN purchasing_order o ON o.id = s.purchase_order
CROSS JOIN LATERAL (VALUES ('received', s.received, s.came), ('returned', s.returned, s.went), ('billed', s.billed, s.asked))
    AS w (what, kept, summed)
WHERE w.kept <> w.summed ORDER BY o.number, s.description LIMIT 200
"""


async def uneven_lines(db: Scope) -> tuple[list[Uneven], int]:
    """Return the lines of orders that do not say what became of them, and how many lines there are."""
    found = [Uneven(**dict(row.items())) for row in await db.fetch(_LINES)]
    return found, await db.fetchval("SELECT count(*) FROM purchasing_order_line")


async def open_documents(db: Scope) -> list[UUID]:
    """Return the documents of accounting that purchasing has drafted, and has not heard of as posted."""
    rows = await db.fetch(
        "SELECT b.document FROM purchasing_bill b WHERE b.state = 'drafted' AND b.document IS NOT NULL UNION ALL "
        "SELECT t.document FROM purchasing_return t WHERE t.document IS NOT NULL AND t.document_number = ''"
    )
    return [row["document"] for row in rows]


async def coming(db: Scope) -> list[Coming]:
    """Return what of items kept in stock is still to come."""
    rows = await db.fetch(
        "SELECT l.item, min(l.description) AS name, sum(l.quantity - l.received) AS quantity "
        "FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase_order = o.id "
        "WHERE o.state IN ('approved', 'sent', 'partly_received') AND l.received < l.quantity AND l.stocked AND l.item IS NOT NULL "
        "GROUP BY 1"
    )
    return [Coming(**dict(row.items())) for row in rows]
