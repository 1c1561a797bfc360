"""From a basket to its figures: base, manual discounts, promotions, discounts on the receipt, taxes, total. In this order."""

from collections.abc import Sequence

from weft.errors import Invalid

from ..records import Discount
from .basket import Basket, BasketLine, Priced, PricedLine
from .exact import HUNDRED, MICRO, divide, major, micro, minor
from .promotions import Pricing, promote, share
from .taxes import Taxation, Taxed, tax


def base_of(line: BasketLine, digits: int) -> int:
    """Return price times quantity in minor units, half away from zero."""
    return divide(micro(line.unit_price) * micro(line.quantity) * 10**digits, MICRO * MICRO)


def price(basket: Basket) -> Priced:
    """Price a basket; raises `Invalid` for a discount that is greater than what it is taken off, and for figures too fine."""
    digits = basket.digits
    bases = [base_of(line, digits) for line in basket.lines]
    pricing = Pricing(basket.lines, digits, list(bases), [[] for _ in bases])
    for i, line in enumerate(basket.lines):
        _by_hand(pricing, i, line)
    promote(pricing, basket)
    _whole_receipt_by_hand(pricing, basket)
    taxation = _taxed(basket, pricing.amounts)
    lines = tuple(
        PricedLine(
            base=major(base, digits),
            amount=major(amount, digits),
            discounts=tuple(discounts),
            taxes=tuple(major(each, digits) for each in taxes),
        )
        for base, amount, discounts, taxes in zip(bases, pricing.amounts, pricing.discounts, taxation.lines, strict=True)
    )
    total = sum(pricing.amounts) + taxation.on_top
    off = sum(bases) - sum(pricing.amounts)
    return Priced(lines=lines, taxes=taxation.totals, total=major(total, digits), discount=major(off, digits))


def _taxed(basket: Basket, amounts: Sequence[int]) -> Taxation:
    lines = [
        Taxed(amount, micro(line.quantity), () if line.stored_value else line.taxes)
        for line, amount in zip(basket.lines, amounts, strict=True)
    ]
    return tax(lines, included=basket.taxes_included, per=basket.tax_per, digits=basket.digits)


def _by_hand(pricing: Pricing, i: int, line: BasketLine) -> None:
    """Take the manual discount off a line; on goods that come back without a receipt it has their sign."""
    if line.stored_value:
        return
    whole, off = pricing.amounts[i], 0
    if line.discount_percent is not None:
        off = divide(whole * _percent(micro(line.discount_percent)), HUNDRED)
    elif line.discount_amount is not None:
        off = minor(line.discount_amount, pricing.digits)
        if off * whole < 0 or abs(off) > abs(whole):
            raise Invalid("A discount is greater than the price it is taken off.")
    if off:
        pricing.amounts[i] -= off
        pricing.discounts[i].append(Discount(source="manual", amount=major(off, pricing.digits), percent=line.discount_percent))


def _whole_receipt_by_hand(pricing: Pricing, basket: Basket) -> None:
    places = [i for i, line in enumerate(basket.lines) if not line.stored_value and pricing.amounts[i] > 0]
    whole = sum(pricing.amounts[i] for i in places)
    if basket.discount_percent is not None:
        off = divide(whole * _percent(micro(basket.discount_percent)), HUNDRED)
    elif basket.discount_amount is not None:
        off = minor(basket.discount_amount, basket.digits)
        if off < 0 or off > whole:
            raise Invalid("The discount is greater than the receipt.")
    else:
        return
    for i, units in share(pricing, places, off).items():
        if units:
            pricing.amounts[i] -= units
            told = Discount(source="manual", amount=major(units, basket.digits), order=True, percent=basket.discount_percent)
            pricing.discounts[i].append(told)


def _percent(value: int) -> int:
    if not 0 <= value <= HUNDRED:
        raise Invalid("A discount is from 0 to 100 percent.")
    return value
