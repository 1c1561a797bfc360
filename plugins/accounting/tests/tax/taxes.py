"""Taxes and lines as the tests of this folder name them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from plugins.accounting.domain.tax.compute import Per, TaxableLine, Taxed, TaxRounding, compute
from plugins.accounting.domain.tax.model import Tax, TaxKind


def tax(rate: str | Decimal, code: str = "", **more: Any) -> Tax:
    return Tax(code=code or f"tax_{rate}", title=f"Tax {rate}", rate=Decimal(rate), **more)


def fixed(rate: str | Decimal, code: str = "", currency: str = "EUR", **more: Any) -> Tax:
    return tax(rate, code or f"fixed_{rate}", kind=TaxKind.FIXED, currency=currency, **more)


def division(rate: str | Decimal, code: str = "", **more: Any) -> Tax:
    return tax(rate, code or f"division_{rate}", kind=TaxKind.DIVISION, **more)


def line(amount: str | Decimal | int, *taxes: Tax, quantity: str | Decimal | int = 1, included: bool | None = None) -> TaxableLine:
    return TaxableLine(Decimal(amount), taxes, Decimal(quantity), included)


def one(amount: str | Decimal | int, *taxes: Tax, step: str = "0.01", quantity: str | int = 1) -> Taxed:
    """A document of one line."""
    return compute([line(amount, *taxes, quantity=quantity)], TaxRounding(step=Decimal(step)))


def amounts(taxed: Taxed) -> list[Decimal]:
    return [each.amount for each in taxed.taxes]


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


money = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)
rates = st.decimals(min_value=-20, max_value=40, places=2)
roundings = st.builds(TaxRounding, per=st.sampled_from(Per))
KINDS = st.sampled_from([TaxKind.PERCENT, TaxKind.PERCENT, TaxKind.DIVISION, TaxKind.FIXED])


@st.composite
def any_tax(draw: st.DrawFn, number: int) -> Tax:
    """Any tax that can be computed; the number keeps codes apart."""
    kind = draw(KINDS)
    rate = draw(st.decimals(min_value=0, max_value=30, places=3)) if kind is not TaxKind.PERCENT else draw(rates)
    reverse = draw(st.booleans()) if kind is TaxKind.PERCENT and rate > 0 else False
    return Tax(
        code=f"t{number}",
        title=f"Tax {number}",
        kind=kind,
        rate=rate,
        currency="EUR" if kind is TaxKind.FIXED else "",
        included=False if reverse else draw(st.booleans()),
        raises_base=False if reverse else draw(st.booleans()),
        on_raised_base=draw(st.booleans()),
        reverse_charge=reverse,
        deductible=Decimal(draw(st.sampled_from([0, 40, 50, 80, 100]))),
    )


POOL = st.tuples(*(any_tax(number) for number in range(4)))


@st.composite
def any_lines(draw: st.DrawFn) -> list[TaxableLine]:
    """Lines that draw from one set of taxes, so that a tax stands on several of them."""
    pool = draw(POOL)
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        places = draw(st.lists(st.integers(0, 3), unique=True, max_size=4))
        quantity = draw(st.decimals(min_value=Decimal("0.001"), max_value=1000, places=3))
        included = draw(st.sampled_from([None, None, True, False]))
        lines.append(TaxableLine(draw(money), tuple(pool[place] for place in places), quantity, included))
    return lines
