"""Converting: straight, backwards and by way of a third currency, with the latest rate that is not after the day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.currency.rates import NoRate, Rate, RateBook
from weft import Invalid, minor_unit

MONDAY = date(2026, 3, 2)


def rate(base: str, quote: str, value: str, days: int = 0) -> Rate:
    return Rate(MONDAY + timedelta(days=days), base, quote, Decimal(value), "test")


def test_the_latest_rate_that_is_not_after_the_day_holds() -> None:
    book = RateBook([rate("EUR", "USD", "1.20", 2), rate("EUR", "USD", "1.10"), rate("EUR", "USD", "1.30", 5)])
    converted = [book.convert(Decimal(100), "EUR", "USD", MONDAY + timedelta(days=days)) for days in (0, 1, 2, 4, 5)]
    assert converted == [Decimal(each) for each in ("110.00", "110.00", "120.00", "120.00", "130.00")]


def test_a_rate_works_both_ways_round() -> None:
    book = RateBook([rate("USD", "EUR", "1.20")])
    assert book.convert(Decimal(400), "EUR", "USD", MONDAY) == Decimal("333.33")
    assert book.convert(Decimal(100), "USD", "EUR", MONDAY) == Decimal("120.00")


def test_two_rates_against_a_third_currency_make_one() -> None:
    book = RateBook([rate("EUR", "USD", "1.25"), rate("EUR", "GBP", "0.80"), rate("EUR", "JPY", "160")])
    found = book.find("GBP", "USD", MONDAY)
    assert found.convert(Decimal(80)) == Decimal("125.00")
    assert (found.value, [each.quote for each in found.rates]) == (Decimal("1.5625"), ["GBP", "USD"])
    assert book.convert(Decimal("99.99"), "USD", "JPY", MONDAY) == Decimal(12799)  # the yen has no smaller unit: 12,798.72


def test_the_newer_of_a_rate_and_its_reverse_holds() -> None:
    book = RateBook([rate("EUR", "USD", "1.25"), rate("USD", "EUR", "0.5", 1)])
    assert book.convert(Decimal(10), "EUR", "USD", MONDAY) == Decimal("12.50")
    assert book.convert(Decimal(10), "EUR", "USD", MONDAY + timedelta(days=1)) == Decimal("20.00")


def test_a_rate_of_the_pair_goes_before_one_made_of_two_and_newer_parts_before_older() -> None:
    crossing = [rate("EUR", "USD", "1.25"), rate("EUR", "GBP", "0.80")]
    assert RateBook([*crossing, rate("GBP", "USD", "2")]).convert(Decimal(1), "GBP", "USD", MONDAY) == Decimal("2.00")
    newer = [rate("CHF", "USD", "1", 1), rate("CHF", "GBP", "0.5", 1)]
    book = RateBook([*crossing, *newer])
    assert book.convert(Decimal(1), "GBP", "USD", MONDAY) == Decimal("1.56")
    assert book.convert(Decimal(1), "GBP", "USD", MONDAY + timedelta(days=1)) == Decimal("2.00")
    assert book.find("GBP", "USD", MONDAY + timedelta(days=1)).as_of == MONDAY + timedelta(days=1)


def test_a_missing_or_old_rate_is_told_and_nothing_is_guessed() -> None:
    book = RateBook([rate("EUR", "USD", "1.25")], max_age=3)
    assert book.convert(Decimal(1), "EUR", "USD", MONDAY + timedelta(days=3)) == Decimal("1.25")
    for base, quote, days in (("EUR", "USD", 4), ("EUR", "USD", -1), ("EUR", "CHF", 0), ("CHF", "PLN", 0)):
        with pytest.raises(NoRate, match=f"from {base} to {quote}"):
            book.find(base, quote, MONDAY + timedelta(days=days))


def test_a_currency_in_itself_needs_no_rate() -> None:
    found = RateBook([]).find("EUR", "EUR", MONDAY)
    assert (found.convert(Decimal("12.345")), found.value, found.as_of) == (Decimal("12.35"), Decimal(1), MONDAY)


@pytest.mark.parametrize("wrong", [rate("EUR", "USD", "0"), rate("EUR", "USD", "-1"), rate("EUR", "USD", "NaN"), rate("EUR", "EUR", "1")])
def test_what_is_no_rate_is_refused(wrong: Rate) -> None:
    with pytest.raises(Invalid, match="exchange rate"):
        RateBook([wrong])


values = st.decimals(min_value=Decimal("0.0005"), max_value=20_000, places=4)


@given(values, values, st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2))
def test_there_and_back_with_one_rate_differs_by_no_more_than_rounding(one: Decimal, other: Decimal, amount: Decimal) -> None:
    book = RateBook([Rate(MONDAY, "EUR", "USD", one), Rate(MONDAY, "EUR", "GBP", other)])
    there, back = book.find("USD", "GBP", MONDAY), book.find("GBP", "USD", MONDAY)
    assert there.factor * back.factor == 1
    once = there.convert(amount)
    half = minor_unit("GBP") / 2
    assert abs(back.convert(once) - amount) <= half * Decimal(float(back.factor)) * Decimal("1.0001") + half
    assert there.convert(-amount) == -once
