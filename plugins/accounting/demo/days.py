"""Days and amounts that look like a business's and are the same each time they are made for one day."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..domain.documents.terms import months_later

CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; `back` says how many months it lies before this one."""

    first: date
    back: int

    @property
    def last(self) -> date:
        """Its last day."""
        return months_later(self.first, 1) - ONE_DAY

    def day(self, number: int) -> date:
        """Return its nth day, or its last when it is shorter."""
        return min(self.first + timedelta(days=number - 1), self.last)


def months(today: date, count: int) -> list[Month]:
    """Return some whole months before this one, and this one, the oldest first."""
    this = today.replace(day=1)
    return [Month(months_later(this, -back), back) for back in range(count, -1, -1)]


def days(first: date, last: date) -> Iterator[date]:
    """Return each day from one to another, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


def working_day(day: date) -> date:
    """Return a day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def chance(*key: object) -> Decimal:
    """Return a number from 0 to 1 that is the same for the same key."""
    return Decimal(zlib.crc32("/".join(map(str, key)).encode()) % 10_000) / 10_000


def about(amount: int | str | Decimal, spread: str, *key: object, step: Decimal = CENT) -> Decimal:
    """Return an amount that is at most a share of it more or less, the same for the same key."""
    factor = 1 + Decimal(spread) * (2 * chance(*key) - 1)
    return (Decimal(amount) * factor / step).quantize(Decimal(1)) * step
