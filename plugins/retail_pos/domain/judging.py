"""Whether a receipt can be applied as it is: every reason why a person should look at it first."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from weft.contracts import PricedItem

from .figures import ZERO
from .reasons import Reason
from .records import Receipt, ReceiptKind, TaxTotal
from .rules.checking import differences
from .rules.exact import minor
from .rules.payment import points


@dataclass(frozen=True, slots=True)
class Sold:
    """A line that was sold: its figures, and what of them came back already; all as on its receipt."""

    name: str
    quantity: Decimal
    amount: Decimal
    returned_quantity: Decimal = ZERO
    returned_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known here of what a receipt names. `values` are balances by kind and number, `points` by customer."""

    currency: str
    digits: int
    cash_step: Decimal = ZERO
    points_unit: Decimal = ZERO  # money for one point
    items: Mapping[UUID, PricedItem] = field(default_factory=dict)
    customers: Set[UUID] = frozenset()
    sold: Mapping[tuple[UUID, int], Sold] = field(default_factory=dict)
    receipts: Mapping[UUID, "Known"] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    points: Mapping[UUID, int] = field(default_factory=dict)
    mirrored: tuple[TaxTotal, ...] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A receipt that is here: what its tenders came to by type, and whether it is void or partly returned."""

    reference: str
    total: Decimal
    voided: bool = False
    returned: bool = False


def value_number(kind: str, reference: str, customer: UUID | None) -> str:
    """Return by which number a gift card or store credit is known: store credit without one is the customer's."""
    return reference or (str(customer) if kind == "store_credit" and customer else "")


def judge(receipt: Receipt, ground: Ground) -> tuple[Reason, ...]:
    """Return why a receipt is parked; nothing where it is applied."""
    return tuple(_found(receipt, ground))


def _found(receipt: Receipt, ground: Ground) -> Iterator[Reason]:
    if receipt.currency != ground.currency:
        yield Reason("currency", f"It is in {receipt.currency}, and this business counts in {ground.currency}.")
        return
    step = minor(ground.cash_step, ground.digits)
    for sentence in differences(receipt, digits=ground.digits, cash_step=step, mirrored=ground.mirrored):
        yield Reason("tenders" if " was paid for " in sentence else "figures", sentence)
    for line in receipt.lines:
        if line.item is not None and line.item not in ground.items:
            yield Reason("item", f"Line {line.position}, “{line.name}”, is of an item that is not in the catalogue.")
    if receipt.customer is not None and receipt.customer not in ground.customers:
        yield Reason("customer", "Its customer is not among the contacts.")
    yield from _returns(receipt, ground)
    yield from _values(receipt, ground)
    yield from _points(receipt, ground)
    if receipt.points and receipt.points.spent > 0:
        held = ground.points.get(receipt.customer, 0) if receipt.customer else 0
        if receipt.points.spent > held:
            yield Reason("points", f"{receipt.points.spent} points are spent, and the customer has {held}.")


def _points(receipt: Receipt, ground: Ground) -> Iterator[Reason]:
    """Compute the points of a plain sale again; those of a return follow from its sale."""
    if receipt.kind is not ReceiptKind.SALE or any(line.original or line.stored_value for line in receipt.lines):
        return
    told = receipt.points.earned if receipt.points else 0
    unit = minor(ground.points_unit, ground.digits)
    wanted = points(minor(receipt.total, ground.digits), unit) if receipt.customer else 0
    if told != wanted:
        yield Reason("points", f"It earns {told} points; the rules give {wanted}.")


def _returns(receipt: Receipt, ground: Ground) -> Iterator[Reason]:
    if receipt.kind is ReceiptKind.VOID:
        known = ground.receipts.get(receipt.voids) if receipt.voids else None
        if known is None:
            yield Reason("original", "The receipt that it voids has not arrived.")
        elif known.voided:
            yield Reason("voided", f"{known.reference} is void already.")
        elif known.returned:
            yield Reason("voided", f"Goods of {known.reference} came back already, so it cannot be voided.")
        elif known.total != -receipt.total:
            yield Reason("voided", f"{known.reference} comes to {known.total}, and this takes back {-receipt.total}.")
        return
    back: dict[tuple[UUID, int], tuple[Decimal, Decimal]] = {}
    for line in receipt.lines:
        if line.original is None:
            continue
        place = (line.original.receipt, line.original.position)
        quantity, amount = back.get(place, (ZERO, ZERO))
        back[place] = (quantity - line.quantity, amount - line.amount)
    for place, (quantity, amount) in back.items():
        sold = ground.sold.get(place)
        if sold is None:
            yield Reason("original", f"Line {place[1]} of the receipt that goods come back from has not arrived.")
            continue
        left, worth = sold.quantity - sold.returned_quantity, sold.amount - sold.returned_amount
        if quantity > left:
            yield Reason("returned", f"{quantity:f} of “{sold.name}” come back; {left:f} of what was sold are left to return.")
        elif amount > worth:
            yield Reason("returned", f"{amount} is given back for “{sold.name}”; {worth} of what was paid is left to give back.")


def _values(receipt: Receipt, ground: Ground) -> Iterator[Reason]:
    taken: dict[tuple[str, str], Decimal] = {}
    for tender in receipt.tenders:
        if tender.type in ("gift_card", "store_credit"):
            key = (tender.type, value_number(tender.type, tender.reference, receipt.customer))
            taken[key] = taken.get(key, ZERO) + tender.amount
    for (kind, number), amount in taken.items():
        word = "The gift card" if kind == "gift_card" else "The store credit"
        if not number:
            yield Reason("value", f"{word} that {abs(amount)} was {'paid with' if amount > 0 else 'given back on'} is not named.")
        elif amount > 0 and (kind, number) not in ground.values:
            yield Reason("value", f"{word} {number} is not known here.")
        elif amount > 0 and amount > ground.values[kind, number]:
            yield Reason("value", f"{word} {number} holds {ground.values[kind, number]}, and {amount} was paid with it.")
