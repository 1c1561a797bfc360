"""Figures of purchasing: what is on order, what waits for its bill, what was dearer than ordered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from weft import Row, Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of an order of which something is to come; `value` is what that will cost in base currency."""

    order: UUID
    number: str
    supplier: str
    item: str
    expected: date
    outstanding: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Uncleared:
    """Goods that came and were not billed by a day, or were billed and did not come: then `value` is below zero. In base currency."""

    order: UUID
    receipt: str
    supplier: str
    item: str
    day: date
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class PriceVariance:
    """What a line of a bill asked besides what was ordered, in base currency."""

    bill: UUID
    number: str
    supplier: str
    item: str
    day: date
    quantity: Decimal
    cleared: Decimal
    variance: Decimal


@dataclass(frozen=True, slots=True)
class State:
    """How purchasing stands, for cards."""

    waiting: int
    late: int
    blocked: int
    open_value: Decimal
    uncleared: Decimal


async def open_lines(db: Scope) -> list[OpenLine]:
    """Return what is still to come, what was expected first coming first."""
    found = await db.fetch(
        "SELECT o.id AS order, o.number, o.supplier_name AS supplier, l.description AS item, "
        "coalesce(l.expected, o.expected, o.ordered) AS expected, l.quantity - l.received AS outstanding, "
        "round((l.quantity - l.received) * l.unit_price * (100 - l.discount) / 100 * o.rate, 2) AS value "
        "FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase_order = o.id "
        "WHERE o.state IN ('approved', 'sent', 'partly_received') AND l.received < l.quantity ORDER BY 5, o.number, l.position"
    )
    return [_as(OpenLine, row) for row in found]


_UNCLEARED = """
SELECT o.id AS order, r.number AS receipt, o.supplier_name AS supplier, l.description AS item, r.day,
    c.quantity - c.billed - (c.returned - c.returned_billed) AS quantity, c.value
FROM purchasing_receipt_line c JOIN purchasing_receipt r ON r.id = c.receipt JOIN purchasing_order_line l ON l.id = c.order_line
JOIN purchasing_order o ON o.id = l.purchase_order WHERE c.waits AND c.value <> 0 AND r.state = 'done' AND r.day <= $1
UNION ALL
SELECT o.id, 'Bill ' || b.reference, o.supplier_name, l.description, b.issued, l2.cleared - l2.quantity, l2.cleared_base - l2.base
FROM purchasing_bill_line l2 JOIN purchasing_bill b ON b.id = l2.bill JOIN purchasing_order_line l ON l.id = l2.order_line
JOIN purchasing_order o ON o.id = b.purchase_order
WHERE b.state = 'posted' AND l.stocked AND l2.cleared < l2.quantity AND b.issued <= $1
UNION ALL
SELECT o.id, 'Return ' || t.number, o.supplier_name, l.description, t.day, -k.billed_quantity, -k.owed
FROM purchasing_return_line k JOIN purchasing_return t ON t.id = k.goods_return JOIN purchasing_receipt_line c ON c.id = k.receipt_line
JOIN purchasing_order_line l ON l.id = c.order_line JOIN purchasing_order o ON o.id = l.purchase_order
WHERE c.waits AND k.owed <> 0 AND t.document_number = '' AND t.day <= $1
ORDER BY 5, 2
"""


async def uncleared(db: Scope, day: date) -> list[Uncleared]:
    """Return what came by a day and is not billed now, with bills whose goods did not come and returns that are not credited."""
    return [_as(Uncleared, row) for row in await db.fetch(_UNCLEARED, day)]


async def variances(db: Scope, first: date, last: date) -> list[PriceVariance]:
    """Return the lines of bills of some days that asked for another price than was ordered, the dearest first."""
    found = await db.fetch(
        "SELECT b.id AS bill, b.reference AS number, o.supplier_name AS supplier, l.description AS item, b.issued AS day, k.quantity, "
        "k.cleared_base - k.variance AS cleared, k.variance FROM purchasing_bill_line k JOIN purchasing_bill b ON b.id = k.bill "
        "JOIN purchasing_order_line l ON l.id = k.order_line JOIN purchasing_order o ON o.id = b.purchase_order "
        "WHERE b.state = 'posted' AND k.variance <> 0 AND b.issued BETWEEN $1 AND $2 ORDER BY k.variance DESC, k.id",
        *(first, last),
    )
    return [_as(PriceVariance, row) for row in found]


async def state(db: Scope, today: date) -> State:
    """Return how purchasing stands."""
    row = await db.fetchrow(
        "SELECT (SELECT count(*)::int FROM purchasing_order o WHERE o.state = 'waiting') AS waiting, "
        "(SELECT count(*)::int FROM purchasing_order o WHERE o.state IN ('approved', 'sent', 'partly_received') "
        "AND o.expected < $1) AS late, "
        "(SELECT count(*)::int FROM purchasing_bill b WHERE b.state = 'blocked') AS blocked, "
        "(SELECT coalesce(round(sum((l.quantity - l.received) * l.unit_price * (100 - l.discount) / 100 * o.rate), 2), 0) "
        "FROM purchasing_order o JOIN purchasing_order_line l ON l.purchase_order = o.id "
        "WHERE o.state IN ('approved', 'sent', 'partly_received') AND l.received < l.quantity) AS open_value, "
        "(SELECT coalesce(sum(c.value), 0) FROM purchasing_receipt_line c WHERE c.waits AND c.value <> 0) AS uncleared",
        today,
    )
    assert row is not None
    return State(row["waiting"], row["late"], row["blocked"], row["open_value"], row["uncleared"])


def _as(kind: Callable[..., T], row: Row) -> T:
    return kind(**dict(row.items()))
