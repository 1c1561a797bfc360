"""Exchange rates by day, and amounts converted with them: straight, backwards, or by way of a third currency."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from weft.errors import Invalid, Missing
from weft.money import minor_unit

from ..amounts import rounded

FIRST_PIVOT = "EUR"  # central banks' reference rates are told against one currency, most often the euro
SIGNIFICANT = 12  # digits of a rate that a person is shown


class NoRate(Missing):
    """There is no exchange rate, or only one that is too old."""

    title = "An exchange rate is missing"


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` costs `value` units of `quote` on a day; `source` says who told it."""

    day: date
    base: str
    quote: str
    value: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class FoundRate:
    """How to convert on a day: the exact factor, and the rates it was made of, which may be older than the day."""

    day: date
    base: str
    quote: str
    factor: Fraction
    rates: tuple[Rate, ...] = ()

    @property
    def value(self) -> Decimal:
        """The factor as a decimal of 12 significant digits, to be stored and shown."""
        return _shown(self.factor)

    @property
    def as_of(self) -> date:
        """The day of the oldest rate in it."""
        return min((each.day for each in self.rates), default=self.day)

    def convert(self, amount: Decimal) -> Decimal:
        """Return an amount of `base` in `quote`, rounded half up to its smallest unit."""
        return rounded(Fraction(amount) * self.factor, minor_unit(self.quote))


class RateBook:
    """Rates that can be looked up by day: the latest that is not after it, and not older than `max_age` days.

    Raises `Invalid` for a rate of nothing, or of a currency against itself. Of two rates of one pair and day, the later given holds.
    """

    def __init__(self, rates: Iterable[Rate], max_age: int = 10) -> None:
        self.max_age = max_age
        found: dict[tuple[str, str], dict[date, Rate]] = {}
        for each in rates:
            if not each.value.is_finite() or each.value <= 0:
                raise Invalid(
                    f"{each.value} is no exchange rate for {each.base} to {each.quote} on {each.day}: it has to be more than zero."
                )
            if each.base == each.quote:
                raise Invalid(f"{each.base} against itself needs no exchange rate: choose another currency.")
            found.setdefault((each.base, each.quote), {})[each.day] = each
        self._pairs = {pair: [held for _, held in sorted(days.items())] for pair, days in found.items()}

    def find(self, base: str, quote: str, day: date) -> FoundRate:
        """Return how to convert `base` to `quote` on a day; raises `NoRate`.

        A rate told for the pair, either way round, goes before one made of two; among those, the one whose older part is newest.
        """
        if base == quote:
            return FoundRate(day, base, quote, Fraction(1))
        if direct := self._leg(base, quote, day):
            return FoundRate(day, base, quote, direct[0], (direct[1],))
        crossed = []
        for pivot in self._partners(base) & self._partners(quote):
            first, second = self._leg(base, pivot, day), self._leg(pivot, quote, day)
            if first and second:
                crossed.append((min(first[1].day, second[1].day), pivot == FIRST_PIVOT, pivot, first, second))
        if not crossed:
            raise NoRate(self._why_not(base, quote, day))
        _, _, _, first, second = max(crossed, key=lambda each: each[:3])
        return FoundRate(day, base, quote, first[0] * second[0], (first[1], second[1]))

    def convert(self, amount: Decimal, base: str, quote: str, day: date) -> Decimal:
        """Return an amount in another currency on a day; raises `NoRate`."""
        return self.find(base, quote, day).convert(amount)

    def _leg(self, base: str, quote: str, day: date) -> tuple[Fraction, Rate] | None:
        told = self._latest(base, quote, day)
        turned = self._latest(quote, base, day)
        if told and (turned is None or told.day >= turned.day):
            return Fraction(told.value), told
        return (1 / Fraction(turned.value), turned) if turned else None

    def _latest(self, base: str, quote: str, day: date) -> Rate | None:
        held = self._pairs.get((base, quote), [])
        place = bisect_right(held, day, key=lambda each: each.day)
        if not place or held[place - 1].day < day - timedelta(days=self.max_age):
            return None
        return held[place - 1]

    def _partners(self, currency: str) -> set[str]:
        return {other for pair in self._pairs if currency in pair for other in pair if other != currency}

    def _why_not(self, base: str, quote: str, day: date) -> str:
        return (
            f"There is no exchange rate from {base} to {quote} for {day}, nor on the {self.max_age} days before: "
            "enter one, or import the rates of that day."
        )


def _shown(factor: Fraction) -> Decimal:
    """Return a fraction as a decimal of `SIGNIFICANT` digits."""
    exact = Decimal(factor.numerator) / Decimal(factor.denominator)
    shown = exact.quantize(Decimal(1).scaleb(exact.adjusted() - SIGNIFICANT + 1))
    return shown.normalize() if shown % 1 else shown.quantize(Decimal(1))
