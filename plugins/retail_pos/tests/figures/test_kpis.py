"""What figures mean."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plugins.retail_pos.domain.kpis import NOTHING, Days, Stocked, Sums, change, gmroi, last_week, last_year, total
from plugins.retail_pos.services.numbers import Overview, Part

D = Decimal
SUNDAY = date(2026, 11, 22)
money = st.decimals(min_value=-(10**6), max_value=10**6, places=2)


def test_a_day_of_sales_gives_the_figures_an_owner_asks_for() -> None:
    day = Sums(
        receipts=4, returns=1, units=D(10), net=D(90), gross=D(96), sold=D(108), discount=D(12), returned=D(10), costed=D(80), cost=D(50)
    )
    assert (day.basket, day.units_each) == (D(24), D("2.5"))
    assert (day.margin, day.margin_rate) == (D(30), D("0.375"))
    assert (day.discount_rate, day.return_rate) == (D("0.1"), D("0.1"))


def test_a_day_without_sales_has_no_rates_rather_than_zero() -> None:
    assert [NOTHING.basket, NOTHING.units_each, NOTHING.margin_rate, NOTHING.discount_rate, NOTHING.return_rate] == [None] * 5
    assert NOTHING.margin == 0


@given(st.lists(st.builds(Sums, receipts=st.integers(0, 99), net=money, cost=money, costed=money, units=money), max_size=6))
def test_sums_of_days_are_the_sums_of_their_parts(parts: list[Sums]) -> None:
    assert total(parts).net == sum((each.net for each in parts), D(0))
    assert total(parts).margin == sum((each.margin for each in parts), D(0))
    assert total(parts) == total(reversed(parts))


def test_growth_is_told_only_where_there_was_something_to_grow() -> None:
    assert change(D(110), D(100)) == D("0.1")
    assert change(D(50), D(100)) == D("-0.5")
    assert [change(D(1), None), change(D(1), D(0)), change(D(1), D(-5)), change(None, D(5))] == [None] * 4


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 800))
def test_days_are_compared_with_the_same_weekdays_before_them(first: date, count: int) -> None:
    days = Days(first, first + timedelta(count - 1))
    for before in (last_week(days), last_year(days)):
        assert before.count == days.count == count
        assert before.first.weekday() == first.weekday()
        assert before.last < days.first


def test_a_sunday_is_compared_with_the_sunday_before_and_that_of_last_year() -> None:
    assert last_week(Days(SUNDAY, SUNDAY)).first == date(2026, 11, 15)
    assert last_year(Days(SUNDAY, SUNDAY)).first == date(2025, 11, 23)


def test_stock_tells_how_long_it_lasts_and_what_nobody_buys() -> None:
    tea = Stocked(sold=D(30), on_hand=D(90), cost=D(2), days=30)
    assert (tea.sell_through, tea.cover, tea.value, tea.is_dead) == (D("0.25"), D(90), D(180), False)
    vase = Stocked(sold=D(0), on_hand=D(3), cost=D(20), days=30)
    assert (vase.sell_through, vase.cover, vase.is_dead) == (D(0), None, True)
    assert Stocked(sold=D(5), on_hand=D(-2), days=7).sell_through is None
    assert gmroi(D(100), D(1000), 73) == D("0.5")
    assert gmroi(D(100), D(0), 73) is None


def compared(days: Days, now_is: datetime, *, hours: Sequence[Part] = (), by_day: Sequence[Part] = ()) -> Overview:
    year_before = Sums(net=D(200))
    return Overview(
        days=days,
        week=last_week(days),
        year=last_year(days),
        now=Sums(net=D(1)),
        before=Sums(net=D(1_000_000)),
        year_before=year_before,
        hours=hours,
        by_day=by_day,
        categories=(),
        cashiers=(),
        items=(),
        receipts=(),
        now_is=now_is,
    )


def test_a_day_that_is_not_over_is_compared_with_the_same_hours() -> None:
    hours = [Part(key=str(hour), now=Sums(net=D(60)) if hour < 12 else NOTHING, before=Sums(net=D(50))) for hour in range(9, 18)]
    noon = datetime.combine(SUNDAY, time(12, 20), UTC)
    found = compared(Days(SUNDAY, SUNDAY), noon, hours=hours)
    assert found.grew("net") == D("0.2")
    assert found.grew_in_a_year("net") is None
    assert compared(Days(SUNDAY, SUNDAY), noon.replace(hour=9), hours=hours).grew("net") is None


def test_days_of_which_the_last_is_not_over_are_compared_up_to_yesterday() -> None:
    days = Days(SUNDAY - timedelta(2), SUNDAY)
    by_day = [
        Part(key=day.isoformat(), day=day, now=NOTHING if day == SUNDAY else Sums(net=D(150)), before=Sums(net=D(100)))
        for day in days.every()
    ]
    found = compared(days, datetime.combine(SUNDAY, time(8), UTC), by_day=by_day)
    assert (found.grew("net"), found.grew_in_a_year("net")) == (D("0.5"), D("0.5"))
