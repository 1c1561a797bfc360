"""Dates as people of many countries write them: which order a whole column uses, and what one cell says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Order = Literal["dmy", "mdy", "ymd", ""]  # empty: each cell for itself
ORDERS: dict[str, str] = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
# Countries that write the month first (CLDR, short dates).
MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "MP", "AS", "PR", "VI", "UM"})

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)? ?(Z|[+-]\d{2}:?\d{2})?"
_NUMERIC = re.compile(rf"(\d{{1,2}})[./-] ?(\d{{1,2}})[./-] ?(\d{{4}}|\d{{2}})\.?{_TIME}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./-]?)(\d{{1,2}})\2(\d{{1,2}})\.?{_TIME}")
_NAMED = re.compile(rf"(?:[A-Za-z]{{3,9}}\.?,? )?(\d{{1,2}})(?:st|nd|rd|th|\.)?[ -]([A-Za-z]{{3,9}})\.?,?[ -](\d{{4}}|\d{{2}}){_TIME}")
_NAME_FIRST = re.compile(rf"(?:[A-Za-z]{{3,9}}\.?,? )?([A-Za-z]{{3,9}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}")
_MONTHS = {
    name: place for place, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}

_LINE = r"^\s*(\d{1,2})[./-] ?(\d{1,2})[./-] ?(?:\d{4}|\d{2})\b"
_NUMERIC_LINE = re.compile(_LINE, re.MULTILINE)
_DAY_FIRST = re.compile(r"^\s*(?:1[3-9]|2\d|3[01])[./-] ?\d{1,2}[./-] ?\d{2}", re.MULTILINE)
_MONTH_FIRST = re.compile(r"^\s*\d{1,2}[./-] ?(?:1[3-9]|2\d|3[01])[./-] ?\d{2}", re.MULTILINE)
_YEAR_FIRST_LINE = re.compile(r"^\s*\d{4}([./-])\d{1,2}\1\d{1,2}", re.MULTILINE)


@dataclass(slots=True)
class Dates:
    """What was seen in a column: dates that only make sense in one order, and those that do in two."""

    day_first: bool = False
    month_first: bool = False
    year_first: bool = False
    either: str = ""  # an example

    def look(self, joined: str) -> None:
        """Take note of cells, one per line."""
        self.day_first = self.day_first or _DAY_FIRST.search(joined) is not None
        self.month_first = self.month_first or _MONTH_FIRST.search(joined) is not None
        self.year_first = self.year_first or _YEAR_FIRST_LINE.search(joined) is not None
        if not self.either and (found := _NUMERIC_LINE.search(joined)):
            self.either = found[0].strip()

    @property
    def order(self) -> Order | None:
        """The order, as far as the column tells: nothing at all when it could be either, empty when it has both."""
        if self.day_first and self.month_first:
            return ""
        if self.day_first or self.month_first:
            return "dmy" if self.day_first else "mdy"
        return None if self.either else "ymd"


def usual_order(country: str) -> Order:
    """Return the order that people of a country (ISO 3166-1 alpha-2) write dates of numbers in."""
    return "mdy" if country in MONTH_FIRST else "dmy"


def is_date(text: str) -> bool:
    """Tell whether a text looks like a date."""
    return any(pattern.fullmatch(text) for pattern in (_NUMERIC, _NAMED, _NAME_FIRST)) or (
        (found := _YEAR_FIRST.fullmatch(text)) is not None and bool(found[2])
    )


def read_moment(text: str, order: Order) -> datetime:
    """Read one cell; without a time it is midnight, without a zone it is naive. Raises `ValueError` with a sentence."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, *rest = found.groups()
        return _moment(text, int(year), int(month), int(day), rest)
    if found := _NUMERIC.fullmatch(text):
        first, second, year_text, *rest = found.groups()
        day_number, month_number = _which(text, int(first), int(second), order)
        told = f", read as {ORDERS[order]}" if order in ORDERS else ""
        return _moment(text, _year(year_text), month_number, day_number, rest, told)
    for pattern, day_place, month_place in ((_NAMED, 0, 1), (_NAME_FIRST, 1, 0)):
        if found := pattern.fullmatch(text):
            parts = found.groups()
            if month_named := _MONTHS.get(parts[month_place][:3].lower()):
                return _moment(text, _year(parts[2]), month_named, int(parts[day_place]), parts[3:])
    raise ValueError(f"“{text}” is not a date such as 2026-03-31.")


def _which(text: str, first: int, second: int, order: Order) -> tuple[int, int]:
    """Return day and month."""
    if order == "mdy":
        return second, first
    if order == "dmy" or first == second:
        return first, second
    if first > 12 or second > 12:
        return (first, second) if first > 12 else (second, first)
    raise ValueError(f"“{text}” could be two different days: write it as year-month-day, such as 2026-03-31.")


def _year(text: str) -> int:
    """Return a year; of two digits as POSIX reads them: 69 to 99 are of the last century."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (1900 if year >= 69 else 2000)


def _moment(text: str, year: int, month: int, day: int, rest: Sequence[str | None], told: str = "") -> datetime:
    hour, minute, second, half, zone = rest
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        if half:
            clock = clock.replace(hour=clock.hour % 12 + (12 if half.lower() == "p" else 0))
        found = datetime.combine(date(year, month, day), clock)
        return datetime.fromisoformat(f"{found.isoformat()}{zone}") if zone else found
    except ValueError:
        raise ValueError(f"“{text}” is not a day of the calendar{told}.") from None
