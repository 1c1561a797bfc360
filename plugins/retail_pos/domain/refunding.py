"""The receipt that takes goods of another back at the back office: the mirror of the sale, as a till would write it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from weft.errors import Invalid

from .canonical import digest
from .figures import ZERO
from .records import FIRST, Line, Original, Points, Receipt, ReceiptKind, Record, RecordType, TaxTotal, Tender
from .returns import LeftOver
from .rules.exact import major, micro, minor
from .rules.payment import round_cash
from .rules.refunds import Left, give_back, points_back, take_back


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to come back, by position, why, and how it is paid: a tender's type, or ``as_paid``; `number` is that of new store credit."""

    quantities: Mapping[int, Decimal]
    reason: str
    tender: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The sale, what is left of each line, and the receipts that took some of it back already."""

    record: Record
    left: Mapping[int, LeftOver]
    later: Sequence[Receipt]

    @property
    def sale(self) -> Receipt:
        """The receipt of the sale."""
        assert self.record.receipt is not None
        return self.record.receipt


def refund(past: Past, wish: Wish, place: tuple[int, str], digits: int, step: int) -> Receipt:
    """Return the receipt of a refund; `place` is its number and reference, `step` the smallest coin in minor units.

    Raises `Invalid` with a sentence where more is to come back than is left, or nothing.
    """
    lines: list[Line] = []
    taxes = defaultdict[tuple[str, Decimal], list[Decimal]](lambda: [ZERO, ZERO])
    for position, quantity in sorted(wish.quantities.items()):
        line, due = _line(past, position, quantity, len(lines) + 1, wish.reason, digits)
        lines.append(line)
        net = line.amount - (sum(due, ZERO) if past.sale.taxes_included else ZERO)
        for tax, amount in zip(line.taxes, due, strict=True):
            taxes[tax.code, tax.rate][0] += net
            taxes[tax.code, tax.rate][1] += amount
    if not lines:
        raise Invalid.field("lines", "Say how many of which line come back.")
    total = sum((each.amount for each in lines), ZERO)
    if not past.sale.taxes_included:
        total += sum((tax for _, tax in taxes.values()), ZERO)
    tenders, rounding = _tenders(past, wish, total, digits, step)
    return msgspec.structs.replace(
        past.sale,
        kind=ReceiptKind.RETURN,
        number=place[0],
        reference=place[1],
        lines=tuple(lines),
        taxes=tuple(TaxTotal(code=code, rate=rate, net=net, tax=tax, gross=net + tax) for (code, rate), (net, tax) in taxes.items()),
        tenders=tenders,
        total=total,
        rounding=rounding,
        points=_points(past, total, digits),
        coupons=(),
        note=wish.reason[:200],
    )


def _line(past: Past, position: int, quantity: Decimal, place: int, reason: str, digits: int) -> tuple[Line, list[Decimal]]:
    sold = next((each for each in past.sale.lines if each.position == position), None)
    left = past.left.get(position)
    if sold is None or left is None:
        raise Invalid.field(f"quantity-{position}", "This line cannot come back.")
    if not 0 < micro(quantity) <= int(left.quantity):
        still = Decimal(left.quantity).scaleb(-6).normalize()
        raise Invalid.field(
            f"quantity-{position}", f"At most {still:f} of “{sold.name}” can come back: more was not sold, or came back already."
        )
    whole = Left(int(left.quantity), int(left.base), tuple(map(int, left.discounts)), tuple(map(int, left.taxes)))
    back, _ = take_back(whole, micro(quantity))
    line = msgspec.structs.replace(
        sold,
        position=place,
        quantity=-quantity,
        base=-major(back.base, digits),
        amount=-major(back.amount, digits),
        discounts=tuple(
            msgspec.structs.replace(part, amount=-major(amount, digits))
            for part, amount in zip(sold.discounts, back.discounts, strict=True)
        ),
        original=Original(receipt=past.record.id, position=position),
        reason=reason[:200],
    )
    return line, [-major(each, digits) for each in back.taxes]


def _tenders(past: Past, wish: Wish, total: Decimal, digits: int, step: int) -> tuple[tuple[Tender, ...], Decimal]:
    wanted = -minor(total, digits)
    if wish.tender == "as_paid":
        paid = _paid(past, digits)
        shares = give_back(wanted, list(paid.values()))
        parts = [(kind, number, share) for (kind, number), share in zip(paid, shares, strict=True) if share]
    else:
        number = wish.number if wish.tender == "store_credit" else ""
        parts = [(wish.tender, number, wanted)] if wanted else []
    tenders, rounding = [], 0
    for kind, number, share in parts:
        rounded = round_cash(share, step) if kind == "cash" else share
        rounding += share - rounded
        tenders.append(Tender(type=kind, amount=-major(rounded, digits), reference=number))
    return tuple(tenders), major(rounding, digits)


def _paid(past: Past, digits: int) -> dict[tuple[str, str], int]:
    """Return what was paid by tender and not given back yet; of cash what it stood for before it was rounded."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for receipt in (past.sale, *past.later):
        rounding = minor(receipt.rounding, digits)
        for each in receipt.tenders:
            of_card = each.reference if each.type in ("gift_card", "store_credit") else ""
            paid[each.type, of_card] += minor(each.amount, digits) - (rounding if each.type == "cash" else 0)
            rounding = 0 if each.type == "cash" else rounding
    return {key: amount for key, amount in paid.items() if amount > 0}


def _points(past: Past, total: Decimal, digits: int) -> Points | None:
    sale = past.sale
    if sale.points is None or sale.customer is None:
        return None
    before = sum(-minor(each.total, digits) for each in past.later)
    told = {"total": minor(sale.total, digits), "before": before, "now": -minor(total, digits)}
    return Points(earned=-points_back(sale.points.earned, told))


def record_of(receipt: Receipt, record_id: UUID, till: str, session: tuple[UUID, date], at: datetime) -> tuple[Record, dict[str, Any]]:
    """Return a receipt as the record of a till, and as it is kept."""
    made = Record(
        id=record_id,
        till=till,
        seq=receipt.number,
        type=RecordType.RECEIPT,
        made_at=at.replace(microsecond=0),
        business_date=session[1],
        session=session[0],
        operator=None,
        previous=FIRST,
        hash=FIRST,
        receipt=receipt,
    )
    raw: dict[str, Any] = msgspec.to_builtins(made)
    found = digest(raw)
    return msgspec.structs.replace(made, hash=found), {**raw, "hash": found}
