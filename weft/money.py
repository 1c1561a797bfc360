"""Amounts that cannot be mixed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from weft.errors import Invalid


class CurrencyMismatch(Invalid):
    """Two amounts in different currencies met."""


def minor_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency (ISO 4217), such as ``Decimal("0.01")`` for EUR and ``Decimal("1")`` for JPY."""
    return _minor_unit(currency)


def is_currency(code: str) -> bool:
    """Tell whether `code` is an ISO 4217 alphabetic code."""
    return code in _currencies()


@lru_cache(1024)
def _minor_unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-get_currency_precision(currency))


@cache
def _currencies() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def round_to(amount: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round `amount` to a multiple of `step`; half away from zero unless told otherwise.

    >>> round_to(Decimal("42.06"), Decimal("0.05"))
    Decimal('42.05')
    """
    return (amount / step).quantize(Decimal(1), rounding=rounding) * step


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. It may carry more digits than the currency has, until `rounded()`."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def rounded(self, rounding: str = ROUND_HALF_UP) -> "Money":
        """Return this amount in whole minor units of its currency."""
        return Money(round_to(self.amount, minor_unit(self.currency), rounding), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added or compared: convert one first.")
        return other.amount


def allocate(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split `total` in proportion to `weights`, in whole minor units, by largest remainder.

    The parts add up to the rounded total, and a negative total is split as the mirror of the positive one.

    Raises `Invalid` when the weights add up to nothing.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        raise Invalid("An amount can only be split over weights that do not add up to zero.")
    if total.amount < 0:
        return [-part for part in allocate(-total, weights)]
    step = minor_unit(total.currency)
    exact = [total.amount * weight / whole / step for weight in weights]
    units = [value.to_integral_value(rounding=ROUND_FLOOR) for value in exact]
    missing = int(total.rounded().amount / step - sum(units))
    by_remainder = sorted(range(len(weights)), key=lambda i: (units[i] - exact[i], i))
    for i in by_remainder[:missing]:
        units[i] += 1
    return [Money(each * step, total.currency) for each in units]
