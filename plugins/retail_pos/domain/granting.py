"""Whether what a receipt gives away was rightly given: promotions, discounts by hand, prices and points, by the book its till sold by."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from weft.contracts import PricedItem
from weft.errors import Invalid

from .figures import ZERO
from .reasons import Reason
from .records import Discount, Line, Receipt, ReceiptKind
from .rules.basket import Basket, BasketLine, Promotion
from .rules.pricing import price

HUNDRED = Decimal(100)
MEANWHILE = timedelta(minutes=10)  # between a till's settings and the prices it fetched beside them
ONE_MINUTE = timedelta(minutes=1)  # a basket is priced a moment before its receipt is written


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """What a till was told to sell by: who may let things pass, how much everyone may give, and the promotions, also those to come."""

    manual_discount_limit: Decimal  # percent
    points_unit: Decimal
    points_value: Decimal
    cash_step: Decimal
    managers: tuple[UUID, ...] = ()
    promotions: tuple[Promotion, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """A receipt with the moment it was made by the clock of the business, who made it, and what a manager let pass around it.

    `known` is when its till fetched the book; what changed since cannot be held against it. `labelled` are positions whose price stood
    on their label.
    """

    receipt: Receipt
    at: datetime
    operator: UUID | None = None
    known: datetime | None = None
    let_pass: bool = False
    labelled: Set[int] = field(default_factory=frozenset)


def sold_here(receipt: Receipt) -> list[Line]:
    """Return the lines that were priced at the till; what comes back of a sale mirrors that sale."""
    return [line for line in receipt.lines if line.original is None]


def wrongly_given(sale: Sale, book: Book, items: Mapping[UUID, PricedItem], digits: int) -> tuple[Reason, ...]:
    """Return what a receipt gives that its book does not; nothing where all was rightly given."""
    if sale.receipt.kind in (ReceiptKind.VOID, ReceiptKind.TRAINING):
        return ()
    return (
        *_prices(sale, book, items),
        *_by_hand(sale, book, digits),
        *_promotions(sale, book, items, digits),
        *_points(sale, book, digits),
    )


def priced_otherwise(sale: Sale, items: Mapping[UUID, PricedItem]) -> list[Line]:
    """Return the lines whose price is none that their item had, where that is known, and those with a price by hand."""
    found = []
    for line in sold_here(sale.receipt):
        item = items.get(line.item) if line.item else None
        if line.stored_value or line.position in sale.labelled:
            continue
        if line.list_price is not None or (item and item.amounts and line.unit_price not in item.amounts and not _changed(sale, item)):
            found.append(line)
    return found


def _changed(sale: Sale, item: PricedItem) -> bool:
    return sale.known is not None and item.changed_at >= sale.known - MEANWHILE


def _manager(sale: Sale, book: Book, by: UUID | None = None) -> bool:
    return by in book.managers or sale.operator in book.managers


def _prices(sale: Sale, book: Book, items: Mapping[UUID, PricedItem]) -> Iterator[Reason]:
    for line in priced_otherwise(sale, items):
        item = items.get(line.item) if line.item else None
        asked = line.unit_price if line.list_price is None else line.list_price
        if item and item.amounts and asked not in item.amounts and not _changed(sale, item):
            told = " or ".join(f"{each:f}" for each in sorted(set(item.amounts)))
            yield Reason("price", f"“{line.name}” was sold for {asked:f}; its price was {told}.")
        elif line.list_price is not None and not sale.let_pass and not _manager(sale, book):
            what = f"“{line.name}” was sold for {line.unit_price:f} instead of {line.list_price:f}"
            yield Reason("price", f"{what}, which needs a manager’s PIN; none is on record.")


def _by_hand(sale: Sale, book: Book, digits: int) -> Iterator[Reason]:
    limit = book.manual_discount_limit
    for line in sold_here(sale.receipt):
        for each in line.discounts:
            if each.source == "manual" and not each.order and not _manager(sale, book, each.by):
                percent, least = _percent(each, each.amount, line.base, digits)
                if least > limit:
                    yield Reason("discount", _above(f"off “{line.name}”", percent, limit))
    taken = [(line, each) for line in sold_here(sale.receipt) for each in line.discounts if each.source == "manual" and each.order]
    if not taken:
        return
    off = sum((each.amount for _, each in taken), ZERO)
    before = off + sum((line.amount for line in sold_here(sale.receipt) if not line.stored_value and line.amount > 0), ZERO)
    percent, least = _percent(taken[0][1], off, before, digits)
    if least > limit and not any(_manager(sale, book, each.by) for _, each in taken):
        yield Reason("discount", _above("off the receipt", percent, limit))


def _percent(discount: Discount, off: Decimal, before: Decimal, digits: int) -> tuple[Decimal, Decimal]:
    """Return how many percent were taken off, and the least it may have been: an amount is rounded to whole minor units."""
    if discount.percent is not None or not before:
        return discount.percent or ZERO, discount.percent or ZERO
    half = Decimal(5).scaleb(-digits - 1)
    return abs(off / before) * HUNDRED, (abs(off) - half) / abs(before) * HUNDRED


def _above(what: str, percent: Decimal, limit: Decimal) -> str:
    return f"{_plain(percent)} % were taken {what} by hand; more than {_plain(limit)} % needs a manager’s PIN, and none is on it."


def _plain(value: Decimal) -> str:
    return f"{round(value, 2).normalize():f}"


def _promotions(sale: Sale, book: Book, items: Mapping[UUID, PricedItem], digits: int) -> tuple[Reason, ...]:
    """Price the basket again as the till did; where an item's place or tags changed since, it may have been as they were."""
    lines = sold_here(sale.receipt)
    given = any(each.source == "promotion" for line in lines for each in line.discounts)
    if not lines or not (given or book.promotions):
        return ()
    first: tuple[Reason, ...] = ()
    touched = any(line.item in items and _changed(sale, items[line.item]) for line in lines if line.item)
    for place, (at, as_told) in enumerate(((sale.at, False), (sale.at - ONE_MINUTE, False), (sale.at, True))):
        if as_told and not touched:
            continue
        try:
            found = tuple(_differences(lines, _priced(sale, lines, book, (items, as_told), digits, at), sale.at))
        except Invalid as wrong:
            found = (Reason("promotion", str(wrong)),)
        if not found:
            return ()
        first = first if place else found
    return () if touched and any(each.goods.tags for each in book.promotions) else first


def _priced(
    sale: Sale, lines: Sequence[Line], book: Book, facts: tuple[Mapping[UUID, PricedItem], bool], digits: int, at: datetime
) -> Sequence[tuple[Discount, ...]]:
    order = next((each for line in lines for each in line.discounts if each.source == "manual" and each.order), None)
    whole = sum((each.amount for line in lines for each in line.discounts if each.source == "manual" and each.order), ZERO)
    basket = Basket(
        lines=tuple(_asked(line, *facts) for line in lines),
        digits=digits,
        promotions=book.promotions,
        coupons=sale.receipt.coupons,
        discount_percent=order.percent if order else None,
        discount_amount=whole if order and order.percent is None else None,
        day=at.date(),
        time=f"{at:%H:%M}",
    )
    return [each.discounts for each in price(basket).lines]


def _asked(line: Line, items: Mapping[UUID, PricedItem], as_told: bool) -> BasketLine:
    hand = next((each for each in line.discounts if each.source == "manual" and not each.order), None)
    item = items.get(line.item) if line.item else None
    return BasketLine(
        item=str(line.item) if line.item else "",
        category=item.category if item and not as_told else line.category,
        tags=item.tags if item else (),
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=hand.percent if hand else None,
        discount_amount=hand.amount if hand and hand.percent is None else None,
        stored_value=bool(line.stored_value),
    )


def _differences(lines: Sequence[Line], wanted: Sequence[tuple[Discount, ...]], at: datetime) -> Iterator[Reason]:
    every = (each for part in (*wanted, *(line.discounts for line in lines)) for each in part)
    titles = {each.code: each.title for each in every if each.source == "promotion"}
    for line, rules in zip(lines, wanted, strict=True):
        told, due = _sums(line.discounts), _sums(rules)
        for code in sorted(told | due):
            given, right = told.get(code, ZERO), due.get(code, ZERO)
            if given == right:
                continue
            name = titles.get(code) or code
            if not right:
                yield Reason("promotion", f"“{name}” took {given:f} off “{line.name}”; it did not hold for it on {at:%d %B %Y at %H:%M}.")
            else:
                was = f"{given:f}" if given else "nothing"
                yield Reason("promotion", f"“{name}” gives {right:f} off “{line.name}”, and {was} was taken off.")


def _sums(discounts: Sequence[Discount]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in discounts:
        if each.source == "promotion":
            found[each.code] = found.get(each.code, ZERO) + each.amount
    return found


def _points(sale: Sale, book: Book, digits: int) -> Iterator[Reason]:
    """Hold what points paid against how many were spent; where goods come back, they follow from the sale."""
    receipt = sale.receipt
    paid = sum((each.amount for each in receipt.tenders if each.type == "loyalty"), ZERO)
    if receipt.kind is not ReceiptKind.SALE or any(line.original for line in receipt.lines) or (paid <= 0 and not receipt.points):
        return
    spent = receipt.points.spent if receipt.points else 0
    if paid > 0 and not book.points_value:
        yield Reason("points", f"{paid:f} was paid with points, and points paid nothing here.")
    elif book.points_value and spent != (wanted := int(paid // book.points_value)):
        told = f"{paid:f} was paid with {spent} points"
        yield Reason("points", f"{told}; at {round(book.points_value, digits):f} a point that takes {wanted}.")
