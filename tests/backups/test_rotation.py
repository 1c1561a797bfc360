"""Which backups are kept: 7 days, 4 weeks, 12 months and 10 years, however often one looks."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenants.backups.rotation import KEPT, MOST, kept

MOMENTS = st.lists(st.integers(0, 20 * 365 * 24).map(lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)), max_size=60)


@given(MOMENTS)
def test_the_newest_of_each_of_the_last_periods_is_kept_and_nothing_else(moments: list[datetime]) -> None:
    found = kept(moments)
    assert found <= set(moments)
    assert len(found) <= MOST == 33
    assert not moments or max(moments) in found
    wanted: set[datetime] = set()
    for count, period in KEPT:
        periods = sorted({period(at) for at in moments}, reverse=True)  # type: ignore[type-var]  # each function's periods compare
        wanted |= {max(at for at in moments if period(at) == each) for each in periods[:count]}
    assert found == wanted


@given(st.integers(1, 2000), st.lists(st.integers(1, 72), min_size=1, max_size=120))
def test_it_makes_no_difference_how_often_old_ones_are_thrown_away(first: int, gaps: list[int]) -> None:
    at, every, left = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=first), [], frozenset[datetime]()
    for gap in gaps:
        at += timedelta(hours=gap)
        every.append(at)
        left = kept({*left, at})
    assert left == kept(every)


def test_a_year_of_daily_backups_leaves_seven_days_four_weeks_and_twelve_months() -> None:
    days = [datetime(2030, 1, 1, 3, tzinfo=UTC) + timedelta(days=each) for each in range(365)]
    left = sorted(kept(days), reverse=True)
    assert left[:7] == days[:-8:-1]
    assert {(at.year, at.month) for at in left} == {(2030, month) for month in range(1, 13)}
    assert 7 + 2 + 11 <= len(left) <= 7 + 4 + 12
