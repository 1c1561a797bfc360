"""How old what is open is: amounts by the days they are overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from weft.errors import Invalid

from ..amounts import ZERO
from .allocation import OpenItem

USUAL = (30, 60, 90)


class AgeBy(StrEnum):
    """From which day on age is counted."""

    DUE = "due"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Days overdue from `first` through `last`; nothing first: not due yet, nothing last: and older."""

    first: int | None
    last: int | None
    total: Decimal = ZERO
    keys: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name above a column."""
        if self.first is None:
            return "Not due"
        return f"Over {self.first - 1} days" if self.last is None else f"{self.first} to {self.last} days"


def age(items: Sequence[OpenItem], today: date, ends: Sequence[int] = USUAL, by: AgeBy = AgeBy.DUE) -> tuple[Bucket, ...]:
    """Return open amounts by age: not due, then buckets that end with the days of `ends`, then what is older.

    The buckets add up to all that is open, so credits stand in them with their sign. Raises `Invalid` for ends that do not rise, and for
    items in different currencies.
    """
    if list(ends) != sorted({*ends}) or not ends or ends[0] < 1:
        raise Invalid.field("ends", "Enter days that rise, such as 30, 60, 90.")
    if len({each.currency for each in items}) > 1:
        raise Invalid("Amounts in different currencies cannot be added up: age each currency by itself.")
    spans: list[tuple[int | None, int | None]] = [
        (None, 0),
        *zip((1, *(end + 1 for end in ends[:-1])), ends, strict=True),
        (ends[-1] + 1, None),
    ]
    buckets = []
    for first, last in spans:
        held = [each for each in items if _within(days_over(each, today, by), first, last)]
        buckets.append(Bucket(first, last, sum((each.open for each in held), ZERO), tuple(each.key for each in held)))
    return tuple(buckets)


def days_over(item: OpenItem, today: date, by: AgeBy = AgeBy.DUE) -> int:
    """Return for how many days an item has been overdue, or out; less than 1 when it is not due."""
    return (today - (item.due if by is AgeBy.DUE else item.issued or item.due)).days


def _within(days: int, first: int | None, last: int | None) -> bool:
    return (first is None or days >= first) and (last is None or days <= last)
