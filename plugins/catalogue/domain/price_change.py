"""Changing many prices at once: by a percentage or an amount, rounded as it is told."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

from weft.errors import Invalid
from weft.money import minor_unit, round_to

from .limits import MOST, wrong_numbers

Rounding = Literal["nearest", "up", "down"]
_MODES = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


class PriceChange(msgspec.Struct, frozen=True, kw_only=True):
    """How prices change. `step` is what the result is a multiple of (0: the currency's smallest amount); `less` is taken from the rounded
    result, so a step of 1 and less 0.01 makes prices that end in .99.
    """

    how: Literal["percent", "amount", "set"] = "percent"
    value: Decimal
    rounding: Rounding = "nearest"
    step: Decimal = Decimal(0)
    less: Decimal = Decimal(0)


def check_change(change: PriceChange, currency: str) -> None:
    """Raise `Invalid` for a change that makes no sense in a currency."""
    step = change.step or minor_unit(currency)
    wrong = wrong_numbers({"value": change.value}, least=-MOST) | wrong_numbers({"step": change.step, "less": change.less})
    if wrong:
        raise Invalid(fields=wrong)
    if change.how == "percent" and change.value <= -100:
        wrong["value"] = "Prices cannot fall by 100 % or more."
    if change.how == "set" and change.value < 0:
        wrong["value"] = "A price is 0 or more."
    if change.how != "set" and change.value == 0:
        wrong["value"] = "Enter how much the prices change."
    if step % minor_unit(currency):
        wrong["step"] = f"{currency} has no amount smaller than {minor_unit(currency):f}: round to a multiple of that."
    if change.less % minor_unit(currency) or change.less >= step:
        wrong["less"] = f"Take less than {step:f} off, in steps of {minor_unit(currency):f}."
    if wrong:
        raise Invalid(fields=wrong)


def changed(amount: Decimal, change: PriceChange, currency: str) -> Decimal:
    """Return what a price becomes; raises `Invalid` when it would fall below zero.

    >>> changed(Decimal("9.49"), PriceChange(value=Decimal(10), step=Decimal(1), rounding="up", less=Decimal("0.01")), "EUR")
    Decimal('10.99')
    """
    new = {"percent": amount + amount * change.value / 100, "amount": amount + change.value, "set": change.value}[change.how]
    step = change.step or minor_unit(currency)
    result = round_to(new, step, _MODES[change.rounding]) - change.less
    if result < 0:
        raise Invalid(f"{amount:f} would become {result:f}: a price is 0 or more.")
    return result.quantize(minor_unit(currency))
