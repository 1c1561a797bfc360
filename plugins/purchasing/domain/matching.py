"""Three-way match: what a supplier's bill asks for, against what was ordered and what came."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.money import minor_unit, round_to

from .orders import Order, OrderLine

ZERO = Decimal(0)


class MatchRules(msgspec.Struct, frozen=True, kw_only=True):
    """How far a bill may be off: a price by percent of the ordered one, and a line by an amount in the bill's currency, the smaller counts.

    `quantity` is in percent of what came and is not billed.
    """

    price_percent: Decimal = ZERO
    price_amount: Decimal = ZERO
    quantity: Decimal = ZERO


class BillLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a bill for a line of the order: `unit_price` is after discounts and without tax, in the order's currency."""

    order_line: UUID
    quantity: Decimal
    unit_price: Decimal


class MatchedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bill beside its order and its receipts; the variances are amounts in the order's currency, above zero when more is asked.

    `blocked` are sentences that say why it may not be paid yet.
    """

    order_line: UUID
    description: str
    ordered: Decimal
    received: Decimal
    billed_before: Decimal
    quantity: Decimal
    order_price: Decimal
    unit_price: Decimal
    net: Decimal
    quantity_variance: Decimal  # billed less what came and was not billed, in units
    price_variance: Decimal
    blocked: tuple[str, ...] = ()

    @property
    def verdict(self) -> Literal["matches", "tolerated", "blocked"]:
        """What the match came to."""
        if self.blocked:
            return "blocked"
        return "tolerated" if self.price_variance or self.quantity_variance > 0 else "matches"


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A bill, matched."""

    lines: tuple[MatchedLine, ...]
    net: Decimal
    price_variance: Decimal

    @property
    def blocked(self) -> tuple[str, ...]:
        """Every reason why the bill is blocked, line by line."""
        return tuple(f"{line.description}: {sentence}" for line in self.lines for sentence in line.blocked)


def match(order: Order, lines: Sequence[BillLine], rules: MatchRules) -> Match:
    """Lay a bill beside its order and what came; raises `Invalid` by field for a line that cannot be matched at all."""
    wrong: dict[str, str] = {}
    known: Mapping[UUID, OrderLine] = {each.id: each for each in order.lines}
    seen: set[UUID] = set()
    if not lines:
        wrong["lines"] = "A bill has a line at least: enter how much is billed."
    for place, line in enumerate(lines):
        if line.order_line not in known or line.order_line in seen:
            wrong[f"lines.{place}.quantity"] = "Each line of the order is billed once on a bill."
        elif line.quantity <= 0:
            wrong[f"lines.{place}.quantity"] = "A bill asks for more than nothing."
        if line.unit_price < 0:
            wrong[f"lines.{place}.unit_price"] = "A price is zero or more."
        seen.add(line.order_line)
    if wrong:
        raise Invalid(fields=wrong)
    step = minor_unit(order.currency)
    matched = tuple(_line(known[line.order_line], line, rules, step, order.currency) for line in lines)
    return Match(
        lines=matched,
        net=sum((each.net for each in matched), ZERO),
        price_variance=sum((each.price_variance for each in matched), ZERO),
    )


def _line(ordered: OrderLine, line: BillLine, rules: MatchRules, step: Decimal, currency: str) -> MatchedLine:
    net = round_to(line.quantity * line.unit_price, step)
    due = round_to(line.quantity * ordered.price, step)
    blocked = []
    open_quantity = max(ordered.to_bill, ZERO)
    over = line.quantity - open_quantity
    if line.quantity > open_quantity * (100 + rules.quantity) / 100:
        blocked.append(f"{plain(line.quantity)} are billed, but {plain(ordered.kept)} came and {plain(ordered.billed)} were billed before.")
    variance = net - due
    if variance and outside(variance, due, rules):
        percent = f" ({abs(variance) / due * 100:.1f} %)" if due else ""
        blocked.append(
            f"the price is {plain(line.unit_price)} instead of {plain(ordered.price)} {currency}: "
            f"{abs(variance):f} {'more' if variance > 0 else 'less'}{percent}."
        )
    return MatchedLine(
        order_line=ordered.id,
        description=ordered.description,
        ordered=ordered.quantity,
        received=ordered.kept,
        billed_before=ordered.billed,
        quantity=line.quantity,
        order_price=ordered.price,
        unit_price=line.unit_price,
        net=net,
        quantity_variance=over,
        price_variance=variance,
        blocked=tuple(blocked),
    )


def outside(variance: Decimal, due: Decimal, rules: MatchRules) -> bool:
    """Tell whether a difference of price is more than is tolerated: by percent, or by amount, whichever allows less."""
    allowed = min(abs(due) * rules.price_percent / 100, rules.price_amount)
    return abs(variance) > allowed


def plain(value: Decimal) -> str:
    """Return a number without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
