"""Days told by a word, so that a saved layout and a monthly letter mean the month they are looked at in."""

from datetime import date, timedelta
from enum import StrEnum


class Span(StrEnum):
    """Days seen from today; calendar months, quarters and years, whole ones."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"

    @property
    def words(self) -> str:
        """Its name on a button."""
        return self.value.replace("_", " ").capitalize()


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def days_of(span: Span, today: date) -> tuple[date, date]:
    """Return its first and its last day; those of this year with today's date in it."""
    which, _, unit = span.value.partition("_")
    length = _MONTHS[unit]
    number = today.year * 12 + today.month - 1
    start = number // length * length - (length if which == "last" else 0)
    return _first(start), _first(start + length) - timedelta(days=1)


def _first(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
