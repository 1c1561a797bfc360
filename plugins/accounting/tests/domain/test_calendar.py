"""Years, periods, numbers and charts."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.accounts import Account, tree
from plugins.accounting.domain.calendar import FiscalYear, YearDraft, checked_year, months, year_around
from plugins.accounting.domain.charts import CHARTS, our_chart, read_chart
from plugins.accounting.domain.numbering import check_format, gaps, pattern
from plugins.accounting.domain.rules import EVENTS
from weft import Invalid, new_id

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(DAYS, st.integers(0, 800))
def test_months_cover_every_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = months(first, last)
    assert found[0][0] == first
    assert found[-1][1] == last
    assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(found))
    assert all((begin.year, begin.month) == (end.year, end.month) for begin, end in found)


@given(DAYS, st.integers(1, 12))
def test_the_year_around_a_day_has_twelve_months_and_the_day(day: date, starts_in: int) -> None:
    year = year_around(day, starts_in)
    assert year.first <= day <= year.last
    assert (year.first.month, year.first.day, len(months(year.first, year.last))) == (starts_in, 1, 12)


def test_years_do_not_meet_and_are_called_by_their_days() -> None:
    there = [FiscalYear(id=new_id(), code="2026", first=date(2026, 1, 1), last=date(2026, 12, 31))]
    assert checked_year(YearDraft(first=date(2027, 1, 1), last=date(2028, 3, 31)), there).code == "2027/28"
    for first, last in (
        (date(2026, 12, 31), date(2027, 12, 30)),
        (date(2028, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2029, 1, 1)),
    ):
        with pytest.raises(Invalid):
            checked_year(YearDraft(first=first, last=last), there)


@given(st.sets(st.integers(1, 200)), st.integers(0, 200))
def test_gaps_and_numbers_are_all_there_is(taken: set[int], upto: int) -> None:
    found = gaps(taken, upto)
    missing = {number for gap in found for number in range(gap.first, gap.last + 1)}
    assert missing == set(range(1, upto + 1)) - taken


@pytest.mark.parametrize("wrong", ["{number}", "{year}", "{code}/{year}", "{year}{number}{number}", "{year}/{nr}", "{year}/{number:99}"])
def test_a_format_has_the_number_once_and_the_year(wrong: str) -> None:
    with pytest.raises(Invalid):
        check_format(wrong)


def test_numbers_are_written_in_their_format() -> None:
    made = pattern(check_format("{code}-{yy}{month}-{number:4}"), "SAL", "2026", date(2026, 3, 1))
    assert (made.write(7), made.write(123456)) == ("SAL-2603-0007", "SAL-2603-123456")
    assert pattern("{year}.{number}", "SAL", "2026/27", date(2026, 3, 1)).write(1) == "2026-27.1"


@pytest.mark.parametrize("key", CHARTS)
def test_our_charts_have_an_account_for_every_event_and_no_other(key: str) -> None:
    chart = our_chart(key)
    events = [event for row in chart.rows for event in row.events]
    assert sorted(events) == sorted(EVENTS)
    assert not [row for row in chart.rows if row.events and row.code in chart.headings]


@given(st.lists(st.integers(-1, 12), max_size=12))
def test_a_tree_has_every_account_once_even_in_a_circle(parents: list[int]) -> None:
    ids = [new_id() for _ in parents]
    chart = [
        Account(id=ids[place], code=str(place), name="x", type="expense", parent=ids[parent] if 0 <= parent < len(ids) else None)
        for place, parent in enumerate(parents)
    ]
    assert sorted(node.account.code for node in tree(chart)) == sorted(each.code for each in chart)


def test_a_tree_in_json_becomes_a_chart_whose_leaves_have_their_roots_class() -> None:
    chart = read_chart(
        b"""{"tree": {"Assets": {"rootType": "Asset", "Bank": {"accountType": "Bank", "isGroup": true, "Checking": {"accountNumber": "1010",
        "accountType": "Bank"}}, "Prepaid tax": {"accountType": "Tax"}, "Odd": {"accountType": "Payable"}},
        "Costs": {"rootType": "Expense", "Rent": {}}}}"""
    )
    found = {row.name: row for row in chart.rows}
    assert (found["Checking"].code, found["Checking"].type, found["Checking"].parent) == ("1010", "bank", found["Bank"].code)
    assert [found[name].type for name in ("Prepaid tax", "Odd", "Rent")] == ["current_asset", "current_asset", "expense"]
    assert "liability" in chart.warnings[0]
    assert chart.headings == {found["Assets"].code, found["Bank"].code, found["Costs"].code}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "code, name"),
        (b"code;name;type\n1;A;asset?\n", "no type"),
        (b"code,name,type\n1,A,expense\n1,B,expense\n", "line 2 too"),
        (b"code,name,type,parent\n1,A,expense,7\n", "no account 7"),
        (b"code,name,type,parent\n1,A,expense,2\n2,B,expense,1\n", "circle"),
        ("code,name,type\n1,Büro,expense\n".encode("latin-1"), "UTF-8"),
        (b'{"a": ', "JSON"),
        (b"code,name,type\n", "no accounts"),
    ],
)
def test_a_wrong_chart_is_refused_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_chart(content)
