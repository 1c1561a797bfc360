"""Numbers and dates are read as the whole column writes them; what could mean two things is asked or refused, never guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.dates import Dates, Order, read_moment
from core.imports.numbers import Numbers, Sign, read_number

amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2, allow_nan=False)


def written(amount: Decimal, sign: Sign, group: str) -> str:
    text = f"{amount:,.2f}"
    return text.replace(",", "\0").replace(".", sign).replace("\0", group)


@given(amounts, st.sampled_from([(".", ","), (".", ""), (".", " "), (".", "’"), (",", "."), (",", ""), (",", "\u202f"), (",", "\u00a0")]))
def test_a_number_is_read_as_it_was_written(amount: Decimal, style: tuple[Sign, str]) -> None:
    assert read_number(written(amount, *style), style[0]) == amount


@given(st.lists(amounts, min_size=1, max_size=30), st.sampled_from([(".", ","), (",", ".")]))
def test_a_column_with_cents_tells_its_decimal_sign(numbers: list[Decimal], style: tuple[Sign, str]) -> None:
    seen = Numbers()
    seen.look("\n".join(written(number, *style) for number in numbers))
    assert seen.sign == style[0]


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1,234", "5,678"], None),
        (["1.234"], None),
        (["1,234", "5.50"], "."),
        (["1.234", "5,5"], ","),
        (["1,5", "1.5"], ""),
        (["12", "7"], "."),
        (["0.125", "0.250"], "."),
        (["1,234,567"], "."),
        (["€ 12,50"], ","),
        (["12.50 EUR"], "."),
        (["-1.234,00"], ","),
        (["text, with commas"], "."),
    ],
)
def test_the_decimal_sign_of_a_column_is_known_asked_or_mixed(cells: list[str], sign: Sign | None) -> None:
    seen = Numbers()
    seen.look("\n".join(cells))
    assert seen.sign == sign


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("€ 1.234,50", ",", "1234.50"),
        ("$1,234.50", ".", "1234.50"),
        ("12,50 kr", ",", "12.50"),
        ("(1,234.00)", ".", "-1234"),
        ("12.50-", ".", "-12.5"),
        ("- 5", ".", "-5"),
        ("12,34,567.5", ".", "1234567.5"),
        ("1.2E+3", ".", "1200"),
        ("1,23", "", "1.23"),
    ],
)
def test_what_stands_around_a_number_in_ledgers_is_understood(text: str, sign: Sign, value: str) -> None:
    assert read_number(text, sign) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("1,5", "."),
        ("1.5", ","),
        ("1,234", ""),
        ("1.234", ""),
        ("12,3456", "."),
        ("abc", "."),
        ("", "."),
        ("1.2.3", "."),
        ("--5", "."),
        ("NaN", "."),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(text: str, sign: Sign) -> None:
    with pytest.raises(ValueError, match="“"):
        read_number(text, sign)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(["dmy", "mdy", "ymd"]), st.sampled_from("./-"))
def test_a_date_is_read_in_the_order_of_its_column(day: date, order: Order, sign: str) -> None:
    pattern = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}[order].format(sign)
    assert read_moment(day.strftime(pattern), order).date() == day
    if order != "ymd":
        assert read_moment(day.strftime(pattern.replace("%Y", "%y")), order).date() == day


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_with_the_name_of_its_month_needs_no_order(day: date) -> None:
    for pattern in ("%d %b %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y", "%A, %d %B %Y"):
        assert read_moment(day.strftime(pattern), "").date() == day


@given(st.lists(st.dates(date(2000, 1, 1), date(2050, 12, 31)), min_size=1, max_size=40), st.sampled_from(["dmy", "mdy"]))
def test_a_column_is_never_taken_for_the_other_order(days: list[date], order: Order) -> None:
    seen = Dates()
    seen.look("\n".join(day.strftime({"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[order]) for day in days))
    assert seen.order == (order if any(day.day > 12 for day in days) else None)


def test_a_column_with_both_orders_is_read_cell_by_cell_and_refuses_what_could_be_either() -> None:
    seen = Dates()
    seen.look("31/01/2026\n01/31/2026\n03/04/2026")
    assert seen.order == ""
    assert read_moment("31/01/2026", "").date() == read_moment("01/31/2026", "").date() == date(2026, 1, 31)
    with pytest.raises(ValueError, match="two different days"):
        read_moment("03/04/2026", "")


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "tomorrow", "2026", "12:30", "32 Mar 2026", "31 Foo 2026"])
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_moment(text, "dmy")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:30:00Z", datetime(2026, 3, 31, 14, 30, tzinfo=UTC)),
        ("2026-03-31 14:30:00+02:00", datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("31/03/2026 2:30 PM", datetime(2026, 3, 31, 14, 30)),  # noqa: DTZ001
        ("31/03/2026 12:30 AM", datetime(2026, 3, 31, 0, 30)),  # noqa: DTZ001
        ("20260331", datetime(2026, 3, 31)),  # noqa: DTZ001
    ],
)
def test_times_and_zones_are_read(text: str, moment: datetime) -> None:
    assert read_moment(text, "dmy") == moment
