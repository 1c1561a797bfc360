"""Two times side by side, days told by words, and what a query string keeps: rules that hold for any figures."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.reports.comparing import CHANGE, SHARE, THEN, side_by_side
from core.reports.running import Totals, shown_columns
from core.reports.spans import Span, days_of
from core.reports.wish import Wish
from weft import CellKind, Comparison, Permission, Report, ReportColumn, ReportRow, RowKind, Tenant, shifted

AMOUNTS = st.decimals(-10_000, 10_000, places=2)
FIGURES = st.dictionaries(st.sampled_from("abcdefgh"), AMOUNTS, max_size=8)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


class Days(msgspec.Struct, frozen=True):
    first: date
    last: date


class Day(msgspec.Struct, frozen=True):
    day: date


async def no_rows(tenant: Tenant, asked: Days) -> AsyncIterator[ReportRow]:
    for row in list[ReportRow]():
        yield row


REPORT = Report(
    name="sample.days",
    title="Days",
    permission=Permission("sample.days.read", "Read"),
    parameters=Days,
    columns=(
        ReportColumn(key="what", title="What"),
        ReportColumn(key="amount", title="Amount", kind=CellKind.MONEY, total=True, compared=True),
        ReportColumn(key="foreign", title="Foreign", kind=CellKind.MONEY, total=True, currency="currency"),
    ),
    rows=no_rows,
    earlier=shifted,
)


def rows(figures: dict[str, Decimal]) -> list[ReportRow]:
    return [ReportRow({"what": key, "amount": value}, key=key) for key, value in figures.items()]


@given(FIGURES)
def test_equal_times_differ_by_nothing(figures: dict[str, Decimal]) -> None:
    told = side_by_side(rows(figures), rows(figures), ["amount"])
    assert [row.key for row in told] == list(figures)
    assert all(row.cells["amount" + CHANGE] == 0 for row in told)
    assert all(not row.cells["amount" + SHARE] for row in told)


@given(FIGURES, FIGURES)
def test_every_row_of_both_times_is_there_once_with_both_figures(now: dict[str, Decimal], then: dict[str, Decimal]) -> None:
    told = side_by_side(rows(now), rows(then), ["amount"])
    assert sorted(row.key for row in told) == sorted({*now, *then})
    assert [row.key for row in told if row.key in now] == list(now)
    for row in told:
        assert row.cells.get("amount") == now.get(row.key)
        assert row.cells["amount" + THEN] == then.get(row.key)
        assert row.cells["amount" + CHANGE] == now.get(row.key, 0) - then.get(row.key, 0)


@given(FIGURES, FIGURES)
def test_sums_at_the_foot_are_those_of_the_lines_and_so_is_their_difference(now: dict[str, Decimal], then: dict[str, Decimal]) -> None:
    days = Days(date(2026, 1, 1), date(2026, 1, 31))
    totals = Totals(shown_columns(Wish(REPORT, days, days, Comparison.YEAR)))
    for row in side_by_side(rows(now), rows(then), ["amount"]):
        totals.add(row)
    totals.add(ReportRow({"amount": Decimal(999)}, RowKind.SUBTOTAL))
    cells = totals.cells()
    assert cells.get("amount", 0) == sum(now.values())
    assert cells.get("amount" + THEN, 0) == sum(then.values())
    assert cells.get("amount" + CHANGE, 0) == sum(now.values()) - sum(then.values())


def test_amounts_in_two_currencies_are_not_added_up() -> None:
    totals = Totals(REPORT.columns)
    totals.add(ReportRow({"foreign": Decimal(1), "currency": "EUR"}))
    assert totals.cells() == {"foreign": Decimal(1), "currency": "EUR"}
    totals.add(ReportRow({"foreign": Decimal(1), "currency": "USD"}))
    assert "foreign" not in totals.cells()


@given(DAYS, st.integers(0, 800))
def test_the_period_before_ends_the_day_before_and_is_as_long_or_as_many_months(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = shifted(Days(first, last), Comparison.PERIOD)
    assert found is not None
    assert found.last == first - timedelta(days=1)
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    assert found.first.day == 1 if whole else found.last - found.first == last - first


@given(DAYS)
def test_a_year_before_is_the_same_month_and_its_end_stays_its_end(day: date) -> None:
    found = shifted(Day(day), Comparison.YEAR)
    assert found is not None
    assert (found.day.year, found.day.month) == (day.year - 1, day.month)
    assert ((day + timedelta(days=1)).day == 1) <= ((found.day + timedelta(days=1)).day == 1)


def test_there_is_no_time_before_the_first_year() -> None:
    assert shifted(Day(date(1, 6, 1)), Comparison.YEAR) is None
    assert shifted(Days(date(1, 1, 1), date(1, 2, 1)), Comparison.PERIOD) is None


@given(DAYS, st.sampled_from(Span))
def test_days_told_by_a_word_are_whole_months_around_or_right_before_today(today: date, span: Span) -> None:
    first, last = days_of(span, today)
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1
    assert first <= today <= last if span.value.startswith("this") else last < today
