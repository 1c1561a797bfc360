"""Which accounts stock goes to: events of posting rules, by what goods did."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from weft.contracts import LocationKind, NewLine

Style = Literal["anglo_saxon", "continental", "off"]
OPENING = "inventory.opening"  # the kind of document that stock is brought along with


@dataclass(frozen=True, slots=True)
class Share:
    """What changed of the value of stock of a category; `paid` is what was paid for it, when that differs (standard cost)."""

    category: str
    outside: LocationKind  # where the goods came from or went
    value: Decimal
    paid: Decimal | None = None


def counter(style: Style, outside: LocationKind, source_kind: str = "") -> str:
    """Return the event of the account beside the stock's."""
    if source_kind == OPENING:
        return "opening_balance"
    if style == "continental":
        return "stock_receipts" if outside == "supplier" else "stock_issues"
    return {"supplier": "goods_received", "customer": "cost_of_sales", "scrap": "scrap"}.get(outside, "stock_adjustment")


def lines(style: Style, shares: Iterable[Share], source_kind: str = "", description: str = "") -> tuple[NewLine, ...]:
    """Return the lines that post some changes of value, debits first; they add up to nothing."""
    if style == "off":
        return ()
    sums: dict[tuple[str, str], Decimal] = {}

    def put(event: str, detail: str, amount: Decimal) -> None:
        sums[event, detail] = sums.get((event, detail), Decimal(0)) + amount

    for each in shares:
        paid = each.value if each.paid is None or style == "continental" else each.paid
        put("inventory", each.category, each.value)
        put(counter(style, each.outside, source_kind), "", -paid)
        put("purchase_price_difference", "", paid - each.value)
    posted = sorted(((event, detail, amount) for (event, detail), amount in sums.items() if amount), key=lambda each: each[2] < 0)
    return tuple(
        NewLine(event=event, detail=detail, debit=max(amount, Decimal(0)), credit=max(-amount, Decimal(0)), description=description)
        for event, detail, amount in posted
    )


def passed_through(style: Style, origin: LocationKind, destination: LocationKind, value: Decimal) -> tuple[Share, ...]:
    """Return the changes of goods that go from outside to outside, such as from a supplier straight to a customer."""
    return (Share("", origin, value), Share("", destination, -value)) if style != "off" else ()
