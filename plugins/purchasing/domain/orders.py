"""Purchase orders: their lines, what they come to, and how far they are."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from weft.errors import Conflict, Invalid
from weft.money import is_currency, minor_unit, round_to

from .approval import Approval
from .quantities import Tolerances, closes, received_share

MOST_LINES = 500
LARGEST = Decimal(10) ** 9
ZERO = Decimal(0)


class State(StrEnum):
    """How far an order is; what came and what was billed is told by its lines."""

    DRAFT = "draft"
    WAITING = "waiting"  # for approval
    APPROVED = "approved"
    SENT = "sent"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    BILLED = "billed"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """What people call it."""
        return TITLES[self]


TITLES = {
    State.DRAFT: "Draft",
    State.WAITING: "Waiting for approval",
    State.APPROVED: "Approved",
    State.SENT: "Sent",
    State.PARTLY_RECEIVED: "Partly received",
    State.RECEIVED: "Received",
    State.BILLED: "Billed",
    State.CLOSED: "Closed",
    State.CANCELLED: "Cancelled",
}
OPEN = frozenset({State.APPROVED, State.SENT, State.PARTLY_RECEIVED})  # goods may still come
RUNNING = OPEN | {State.RECEIVED, State.BILLED}


class OrderTax(msgspec.Struct, frozen=True, kw_only=True):
    """A tax as it was when the order was written: `rate` is a percentage of the net amount."""

    code: str
    title: str
    rate: Decimal


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: quantities are in the item's own unit, `unit_price` is for one of it in the order's currency, without tax."""

    id: UUID
    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    item: UUID | None = None
    sku: str = ""
    supplier_code: str = ""
    unit: str = ""
    pack: Decimal = Decimal(1)
    discount: Decimal = ZERO  # percent
    tax_category: str = ""
    taxes: tuple[OrderTax, ...] = ()
    category: str = ""  # of the item; narrows the account of what is no stock
    expected: date | None = None
    stocked: bool = True  # whether it is goods that are kept in stock
    received: Decimal = ZERO
    returned: Decimal = ZERO
    billed: Decimal = ZERO

    @property
    def kept(self) -> Decimal:
        """What came and was not sent back."""
        return self.received - self.returned

    @property
    def outstanding(self) -> Decimal:
        """What has not come yet."""
        return max(self.quantity - self.received, ZERO)

    @property
    def to_bill(self) -> Decimal:
        """What came and is not billed."""
        return self.kept - self.billed

    @property
    def price(self) -> Decimal:
        """What one unit costs after the discount, not rounded."""
        return self.unit_price * (100 - self.discount) / 100

    def net(self, currency: str) -> Decimal:
        """What the line comes to without tax."""
        return round_to(self.quantity * self.price, minor_unit(currency))


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order. `rate` is how much base currency one unit of its currency is worth; 1 in base currency."""

    id: UUID
    number: str
    state: State
    supplier: UUID
    supplier_name: str
    currency: str
    ordered: date
    location: str  # code of the location that goods come to
    lines: tuple[OrderLine, ...] = ()
    rate: Decimal = Decimal(1)
    expected: date | None = None
    note: str = ""
    reference: str = ""  # the supplier's own number for it
    approvals: tuple[Approval, ...] = ()
    asked_by: UUID | None = None
    asked_name: str = ""
    reason: str = ""  # why it was sent back, closed early or cancelled
    sent_at: datetime | None = None
    sent_to: str = ""
    version: int = 1
    made_at: datetime | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Purchase order {self.number}"

    def line(self, line_id: UUID) -> OrderLine:
        """Return one of its lines; raises `Invalid`."""
        found = next((each for each in self.lines if each.id == line_id), None)
        if found is None:
            raise Invalid(f"{self.title} has no such line.")
        return found


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What an order comes to, in its currency; `base_net` without tax in base currency."""

    net: Decimal
    taxes: tuple[tuple[str, Decimal], ...]  # title and amount
    total: Decimal
    base_net: Decimal


def totals(lines: Sequence[OrderLine], currency: str, rate: Decimal, base_currency: str) -> Totals:
    """Return what lines come to: net amounts are rounded by line, each tax once over all lines that bear it."""
    net = sum((each.net(currency) for each in lines), ZERO)
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        for tax in line.taxes:
            key = (tax.title, tax.rate)
            bases[key] = bases.get(key, ZERO) + line.net(currency)
    taxes = tuple((title, round_to(base * each / 100, minor_unit(currency))) for (title, each), base in bases.items())
    total = net + sum((amount for _, amount in taxes), ZERO)
    return Totals(net=net, taxes=taxes, total=total, base_net=round_to(net * rate, minor_unit(base_currency)))


def check(order: Order) -> None:
    """Raise `Invalid` by field for all that keeps an order from being kept."""
    wrong: dict[str, str] = {}
    if not order.lines:
        wrong["lines"] = "Add a line: say what to buy."
    if len(order.lines) > MOST_LINES:
        wrong["lines"] = f"An order has {MOST_LINES} lines at most: make two of it."
    if not is_currency(order.currency):
        wrong["currency"] = f"“{order.currency}” is no currency: write three letters such as EUR."
    if not ZERO < order.rate < LARGEST:
        wrong["rate"] = "Enter what one unit of the order's currency is worth."
    if order.expected and order.expected < order.ordered:
        wrong["expected"] = "Goods cannot come before they are ordered."
    for place, line in enumerate(order.lines):
        wrong |= {f"lines.{place}.{name}": sentence for name, sentence in _wrong(line).items()}
    if wrong:
        raise Invalid(fields=wrong)


def _wrong(line: OrderLine) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not ZERO < line.quantity < LARGEST:
        wrong["quantity"] = "Order more than nothing."
    elif line.quantity % line.pack:
        wrong["quantity"] = f"It comes in packs of {line.pack.normalize():f}: order a multiple of it."
    if not ZERO <= line.unit_price < LARGEST:
        wrong["unit_price"] = "A price is zero or more."
    if not ZERO <= line.discount <= 100:
        wrong["discount"] = "A discount is between 0 and 100 percent."
    if line.item is None and not line.description:
        wrong["description"] = "Say what it is, or choose an item."
    return wrong


def state_by_lines(order: Order, tolerances: Tolerances) -> State:
    """Return the state of a running order by what came and what was billed of its lines."""
    if order.state not in RUNNING:
        return order.state
    complete = all(closes(each.quantity, each.received, tolerances) for each in order.lines)
    if complete:
        return State.BILLED if all(each.to_bill <= 0 for each in order.lines) else State.RECEIVED
    if received_share(tuple((each.quantity, each.received) for each in order.lines)) > 0:
        return State.PARTLY_RECEIVED
    return State.SENT if order.sent_at else State.APPROVED


def must_be(order: Order, *states: State, doing: str) -> None:
    """Raise `Conflict` with a sentence when an order is in none of some states."""
    if order.state not in states:
        raise Conflict(f"{order.title} is {order.state.label.lower()}: it cannot be {doing}.")
