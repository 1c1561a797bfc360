"""Receipts as a person mended them, and the opposite of one; what the till wrote down stays beside them."""

from collections.abc import Mapping, Set
from datetime import date, datetime
from uuid import UUID

import msgspec

from .records import FIRST, Points, Receipt, ReceiptKind, Record, RecordType


def with_items(receipt: Receipt, items: Mapping[int, UUID]) -> Receipt:
    """Return a receipt with other items on some lines, by position."""
    lines = tuple(msgspec.structs.replace(each, item=items.get(each.position, each.item)) for each in receipt.lines)
    return msgspec.structs.replace(receipt, lines=lines)


def with_customer(receipt: Receipt, customer: UUID | None) -> Receipt:
    """Return a receipt of another customer, or of none, who then gets no points."""
    return msgspec.structs.replace(receipt, customer=customer, points=receipt.points if customer else None)


def without_unknown(receipt: Receipt, items: Set[UUID], customers: Set[UUID]) -> Receipt:
    """Return a receipt that names nothing unknown: such lines are sales by amount, and such a customer is nobody."""
    lines = tuple(
        msgspec.structs.replace(each, item=None) if each.item is not None and each.item not in items else each for each in receipt.lines
    )
    kept = msgspec.structs.replace(receipt, lines=lines)
    return with_customer(kept, None) if receipt.customer is not None and receipt.customer not in customers else kept


def opposite(receipt: Receipt, receipt_id: UUID) -> Receipt:
    """Return the receipt that takes all of another back, with the same tenders."""
    lines = tuple(
        msgspec.structs.replace(
            each,
            quantity=-each.quantity,
            base=-each.base,
            amount=-each.amount,
            discounts=tuple(msgspec.structs.replace(part, amount=-part.amount) for part in each.discounts),
            original=None,
        )
        for each in receipt.lines
    )
    taxes = tuple(msgspec.structs.replace(each, net=-each.net, tax=-each.tax, gross=-each.gross) for each in receipt.taxes)
    tenders = tuple(msgspec.structs.replace(each, amount=-each.amount, given=None, change=None) for each in receipt.tenders)
    points = Points(earned=-receipt.points.earned, spent=-receipt.points.spent) if receipt.points else None
    return msgspec.structs.replace(
        receipt,
        kind=ReceiptKind.VOID,
        reference=f"{receipt.reference}-X"[:60],
        lines=lines,
        taxes=taxes,
        tenders=tenders,
        total=-receipt.total,
        rounding=-receipt.rounding,
        points=points,
        voids=receipt_id,
    )


def of_ours(record: Record, record_id: UUID, receipt: Receipt, place: tuple[int, date, datetime]) -> Record:
    """Return a record that the back office makes beside one of a till: `place` is its number, day and moment."""
    return msgspec.structs.replace(
        record,
        id=record_id,
        seq=place[0],
        type=RecordType.RECEIPT,
        made_at=place[2],
        business_date=place[1],
        previous=FIRST,
        hash=FIRST,
        receipt=receipt,
    )
