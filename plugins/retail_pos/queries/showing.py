"""What the page of a receipt reads."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from weft import Row, Scope

from ..domain.showing import Related, ShownLine, ShownReceipt, ShownTax, ShownTender

R = TypeVar("R", bound=msgspec.Struct)

_RECEIPT = """
SELECT r.id, r.kind, r.reference, r.number, r.seq, r.till, t.code AS till_code, t.title AS till_title, s.title AS store_title, r.session,
       n.number AS session_number, r.business_date, r.fiscal_date, r.made_at, i.received_at, COALESCE(o.name, '') AS operator, r.customer,
       r.currency, r.taxes_included, r.gross, r.net, r.tax, r.total, r.rounding, r.discount, r.cost, r.points, r.voids,
       COALESCE(v.reference, '') AS voided_reference, r.entry, r.period, p.number AS z, r.accepted, r.note, r.hash,
       COALESCE(i.previous, '') AS previous, COALESCE(i.chain, '') AS chain
FROM retail_pos_receipt r
JOIN retail_pos_till t ON t.id = r.till JOIN retail_pos_store s ON s.id = r.store JOIN retail_pos_session n ON n.id = r.session
LEFT JOIN retail_pos_inbox i ON i.id = r.id LEFT JOIN retail_pos_operator o ON o.id = r.operator
LEFT JOIN retail_pos_receipt v ON v.id = r.voids LEFT JOIN retail_pos_fiscal_period p ON p.id = r.period
WHERE r.id = $1
"""
_LINES = """
SELECT l.position, l.item, l.sku, l.name, l.quantity, l.unit, l.unit_price, l.list_price, l.base, l.amount, l.net, l.tax, l.cost,
       l.lot, l.expires, l.original_receipt, COALESCE(o.reference, '') AS original_reference, l.reason, l.stored_value,
       COALESCE((SELECT -sum(b.quantity) FROM retail_pos_receipt_line b
                 WHERE b.original_receipt = l.receipt AND b.original_position = l.position), 0) AS returned,
       COALESCE((SELECT string_agg(COALESCE(NULLIF(d.title, ''), NULLIF(d.code, ''), d.source), ', ' ORDER BY d.id)
                 FROM retail_pos_line_discount d WHERE d.receipt = l.receipt AND d.position = l.position), '') AS discounts
FROM retail_pos_receipt_line l LEFT JOIN retail_pos_receipt o ON o.id = l.original_receipt
WHERE l.receipt = $1 ORDER BY l.position
"""
_RELATED = """
SELECT DISTINCT r.id, r.reference, r.kind, r.total FROM retail_pos_receipt r LEFT JOIN retail_pos_receipt_line l ON l.receipt = r.id
WHERE r.voids = $1 OR l.original_receipt = $1 ORDER BY r.reference
"""


def _many(kind: type[R], rows: Any) -> tuple[R, ...]:
    return tuple(kind(**_values(row)) for row in rows)


def _values(row: Row) -> dict[str, Any]:
    return dict(row.items())


async def receipt(db: Scope, receipt_id: UUID) -> ShownReceipt | None:
    """Return a receipt with all that its page shows."""
    row = await db.fetchrow(_RECEIPT, receipt_id)
    if row is None:
        return None
    taxes = await db.fetch(
        "SELECT code, rate, net, tax, gross FROM retail_pos_receipt_tax WHERE receipt = $1 ORDER BY code, rate", receipt_id
    )
    tenders = await db.fetch(
        "SELECT type, amount, given, change, reference, offline FROM retail_pos_tender WHERE receipt = $1 ORDER BY position", receipt_id
    )
    return ShownReceipt(
        **_values(row),
        lines=_many(ShownLine, await db.fetch(_LINES, receipt_id)),
        taxes=_many(ShownTax, taxes),
        tenders=_many(ShownTender, tenders),
        related=_many(Related, await db.fetch(_RELATED, receipt_id)),
    )


async def late_receipts(db: Scope, session: UUID) -> tuple[Related, ...]:
    """Return the receipts of a session that arrived after it was closed, and stand under another closing."""
    rows = await db.fetch(
        "SELECT r.id, r.reference, r.kind, r.total FROM retail_pos_receipt r JOIN retail_pos_session s ON s.id = r.session "
        "WHERE r.session = $1 AND s.state = 'closed' AND r.period IS DISTINCT FROM s.period AND r.kind <> 'training' ORDER BY r.reference",
        session,
    )
    return _many(Related, rows)


async def by_reference(db: Scope, text: str, limit: int) -> tuple[Related, ...]:
    """Return receipts whose reference holds a text of three characters or more, the latest first."""
    if len(text) < 3:
        return ()
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await db.fetch(
        "SELECT id, reference, kind, total FROM retail_pos_receipt WHERE reference ILIKE '%' || $1 || '%' ORDER BY made_at DESC, id "
        "LIMIT $2",
        *(pattern, limit),
    )
    return _many(Related, rows)
