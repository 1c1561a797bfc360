"""Receipts as they were applied: written in one statement, and what later ones ask of them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Scope

from ..domain.judging import Known, Sold
from ..tables import DayMark, LineDiscount, LineTax, ReceiptLine, ReceiptTax, Tender
from ..tables import Receipt as ReceiptRow
from .writing import insert

TABLES = {
    "receipts": ReceiptRow,
    "lines": ReceiptLine,
    "discounts": LineDiscount,
    "line_taxes": LineTax,
    "taxes": ReceiptTax,
    "tenders": Tender,
    "marks": DayMark,
}


async def write(db: Scope, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write receipts with all their parts."""
    await insert(db, {table: rows[name] for name, table in TABLES.items()})


async def hold(db: Scope, receipts: Sequence[UUID]) -> None:
    """Let nobody else take goods of receipts back until the transaction ends."""
    await db.fetch("SELECT id FROM retail_pos_receipt WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", sorted(receipts))


async def known(db: Scope, receipts: Sequence[UUID]) -> dict[UUID, Known]:
    """Return receipts that others name, by id."""
    rows = await db.fetch(
        """
        SELECT r.id, r.reference, r.total,
               EXISTS (SELECT FROM retail_pos_receipt v WHERE v.voids = r.id) AS voided,
               EXISTS (SELECT FROM retail_pos_receipt_line l WHERE l.original_receipt = r.id) AS returned
        FROM retail_pos_receipt r WHERE r.id = ANY($1) AND r.kind <> 'training'
        """,
        list(receipts),
    )
    return {row["id"]: Known(row["reference"], row["total"], row["voided"], row["returned"]) for row in rows}


async def sold(db: Scope, receipts: Sequence[UUID]) -> dict[tuple[UUID, int], Sold]:
    """Return the lines of receipts, with what of each came back; of a void receipt none is left."""
    rows = await db.fetch(
        """
        SELECT l.receipt, l.position, l.name, l.quantity, l.amount,
               COALESCE(b.quantity, 0) AS back_quantity, COALESCE(b.amount, 0) AS back_amount,
               EXISTS (SELECT FROM retail_pos_receipt v WHERE v.voids = l.receipt) AS voided
        FROM retail_pos_receipt_line l JOIN retail_pos_receipt r ON r.id = l.receipt AND r.kind <> 'training'
        LEFT JOIN LATERAL (
            SELECT -sum(o.quantity) AS quantity, -sum(o.amount) AS amount FROM retail_pos_receipt_line o
            WHERE o.original_receipt = l.receipt AND o.original_position = l.position
        ) b ON true
        WHERE l.receipt = ANY($1)
        """,
        list(receipts),
    )
    found = {}
    for row in rows:
        back = (row["quantity"], row["amount"]) if row["voided"] else (row["back_quantity"], row["back_amount"])
        found[row["receipt"], row["position"]] = Sold(row["name"], row["quantity"], row["amount"], *back)
    return found


async def line_taxes(db: Scope, receipts: Sequence[UUID]) -> dict[tuple[UUID, int], dict[str, Decimal]]:
    """Return what each tax of each line of receipts comes to, and what of it came back on other receipts as `-CODE`."""
    rows = await db.fetch(
        """
        SELECT receipt, position, code, amount FROM retail_pos_line_tax WHERE receipt = ANY($1)
        UNION ALL
        SELECT l.original_receipt, l.original_position, '-' || t.code, sum(-t.amount)
        FROM retail_pos_receipt_line l JOIN retail_pos_line_tax t ON t.receipt = l.receipt AND t.position = l.position
        WHERE l.original_receipt = ANY($1) GROUP BY 1, 2, 3
        """,
        list(receipts),
    )
    found: dict[tuple[UUID, int], dict[str, Decimal]] = {}
    for row in rows:
        found.setdefault((row["receipt"], row["position"]), {})[row["code"]] = row["amount"]
    return found


async def dependents(db: Scope, receipt: UUID) -> Iterable[UUID]:
    """Return the receipts that take back lines of another, or void it."""
    rows = await db.fetch(
        "SELECT receipt AS id FROM retail_pos_receipt_line WHERE original_receipt = $1 "
        "UNION SELECT id FROM retail_pos_receipt WHERE voids = $1",
        receipt,
    )
    return [row["id"] for row in rows]
