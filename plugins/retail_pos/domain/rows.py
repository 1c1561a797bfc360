"""A receipt as the rows that are kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft.ids import new_id

from .figures import ZERO, Figures
from .records import Receipt, Record

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a receipt belongs: till, store, session, number in the chain, the day it is posted on, its entry, and why it was let pass."""

    till: UUID
    store: UUID
    session: UUID
    seq: int
    day: date
    entry: UUID | None
    accepted: str


def collect(
    rows: Rows, record: Record, receipt: Receipt, place: Place, its: Figures, cost: Mapping[str, Decimal], clock: tuple[datetime, int]
) -> None:
    """Add a receipt's rows to those of others. `cost` is what each position's goods are worth, `clock` the time and the shop's hour."""
    costs = [cost.get(str(line.position), ZERO) * (1 if line.quantity > 0 else -1) for line in receipt.lines]
    rows["receipts"].append(
        {
            "id": record.id,
            "till": place.till,
            "store": place.store,
            "session": place.session,
            "seq": place.seq,
            "kind": receipt.kind.value,
            "number": receipt.number,
            "reference": receipt.reference,
            "business_date": record.business_date,
            "fiscal_date": place.day,
            "made_at": record.made_at,
            "applied_at": clock[0],
            "hour": clock[1],
            "operator": record.operator,
            "customer": receipt.customer,
            "currency": receipt.currency,
            "taxes_included": receipt.taxes_included,
            "gross": its.gross,
            "net": its.net,
            "tax": its.tax,
            "total": receipt.total,
            "rounding": receipt.rounding,
            "discount": its.discount,
            "cost": sum(costs, ZERO),
            "units": its.units,
            "points": receipt.points.earned - receipt.points.spent if receipt.points else 0,
            "voids": receipt.voids,
            "entry": place.entry,
            "accepted": place.accepted,
            "note": receipt.note,
            "hash": record.hash,
        }
    )
    _collect_lines(rows, record.id, receipt, its, costs)
    rows["taxes"] += [
        {"id": new_id(), "receipt": record.id, "code": each.code, "rate": each.rate, "net": each.net, "tax": each.tax, "gross": each.gross}
        for each in receipt.taxes
    ]
    rows["tenders"] += [
        {
            "id": new_id(),
            "receipt": record.id,
            "position": position,
            "type": each.type,
            "amount": each.amount,
            "given": each.given,
            "change": each.change,
            "reference": each.reference,
            "offline": each.offline,
        }
        for position, each in enumerate(receipt.tenders, 1)
    ]


def _collect_lines(rows: Rows, receipt_id: UUID, receipt: Receipt, its: Figures, costs: Sequence[Decimal]) -> None:
    for line, found, cost in zip(receipt.lines, its.lines, costs, strict=True):
        rows["lines"].append(
            {
                "id": new_id(),
                "receipt": receipt_id,
                "position": line.position,
                "item": line.item,
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "list_price": line.list_price,
                "base": line.base,
                "amount": line.amount,
                "net": found.net,
                "tax": found.tax,
                "cost": cost,
                "tax_category": line.tax_category,
                "scanned": line.scanned,
                "lot": line.lot,
                "expires": line.expires,
                "original_receipt": line.original.receipt if line.original else None,
                "original_position": line.original.position if line.original else None,
                "reason": line.reason,
                "stored_value": line.stored_value,
            }
        )
        rows["line_taxes"] += [
            {
                "id": new_id(),
                "receipt": receipt_id,
                "position": line.position,
                "code": tax.code,
                "rate": tax.rate,
                "kind": tax.kind,
                "amount": amount,
            }
            for tax, amount in zip(line.taxes, found.taxes, strict=True)
        ]
        rows["discounts"] += [
            {
                "id": new_id(),
                "receipt": receipt_id,
                "position": line.position,
                "source": each.source,
                "code": each.code,
                "title": each.title,
                "amount": each.amount,
                "whole_receipt": each.order,
                "percent": each.percent,
                "operator": each.by,
            }
            for each in line.discounts
        ]
