"""Fiscal years and their periods."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from weft.errors import Invalid

YearState = Literal["open", "closing", "closed"]
LONGEST = 24  # months; most laws say 12, and 15 to 18 for a first year


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a fiscal year, or what its first or last month has of it."""

    id: UUID
    fiscal_year: UUID
    number: int
    first: date
    last: date


class FiscalYear(msgspec.Struct, frozen=True, kw_only=True):
    """A year of the books."""

    id: UUID
    code: str
    first: date
    last: date
    state: YearState = "open"
    version: int = 1
    periods: tuple[Period, ...] = ()


class YearDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A fiscal year to open; without a code it is called by its years: ``2026``, ``2026/27``."""

    first: date
    last: date
    code: str = ""


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day of the month some months later, or the month's last where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_around(day: date, starts_in: int) -> YearDraft:
    """Return the twelve months around a day that begin with a month (1 to 12)."""
    first = date(day.year if day.month >= starts_in else day.year - 1, starts_in, 1)
    return YearDraft(first=first, last=add_months(first, 12) - timedelta(days=1))


def checked_year(draft: YearDraft, others: Sequence[FiscalYear]) -> YearDraft:
    """Return a year that can be opened, with its code; raises `Invalid` by field."""
    if draft.last < draft.first:
        raise Invalid.field("last", "The last day comes before the first.")
    if add_months(draft.first, LONGEST) <= draft.last:
        raise Invalid.field("last", f"A fiscal year has at most {LONGEST} months.")
    for each in others:
        if each.first <= draft.last and draft.first <= each.last:
            raise Invalid.field(
                "first", f"These days meet the fiscal year {each.code} ({each.first} to {each.last}): years do not overlap."
            )
    code = draft.code.strip() or (
        str(draft.first.year) if draft.first.year == draft.last.year else f"{draft.first.year}/{draft.last.year % 100:02}"
    )
    if any(each.code.casefold() == code.casefold() for each in others):
        raise Invalid.field("code", f"There is a fiscal year {code} already: give this one another name.")
    return msgspec.structs.replace(draft, code=code)


def months(first: date, last: date) -> list[tuple[date, date]]:
    """Split days into calendar months; the first and the last may be parts of one. They cover every day once."""
    found = []
    while first <= last:
        end = min(month_end(first), last)
        found.append((first, end))
        first = end + timedelta(days=1)
    return found


def find_period(years: Sequence[FiscalYear], day: date) -> Period | None:
    """Return the period that a day lies in."""
    for year in years:
        if year.first <= day <= year.last:
            return next((each for each in year.periods if each.first <= day <= each.last), None)
    return None
