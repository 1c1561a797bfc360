"""What a thing costs on a day and for a quantity."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.price_change import PriceChange, changed, check_change
from plugins.catalogue.domain.prices import Price, applied, check_days, lowest_before, overlapping, overlay, price_on, timeline
from weft import Invalid, new_id

START = date(2026, 1, 1)
RETAIL, TRADE = new_id(), new_id()
WINDOW = range(-2, 45)


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def any_price(draw: st.DrawFn) -> Price:
    first = draw(st.integers(0, 40))
    length = draw(st.one_of(st.none(), st.integers(0, 20)))
    return Price(
        id=new_id(),
        price_list=draw(st.sampled_from([RETAIL, TRADE])),
        amount=Decimal(draw(st.integers(0, 9))),
        valid_from=day(first),
        valid_to=None if length is None else day(first + length),
        min_quantity=Decimal(draw(st.sampled_from([0, 5, 10]))),
    )


def laid(prices: list[Price]) -> list[Price]:
    """Set prices one after the other, as people do."""
    standing: list[Price] = []
    for each in prices:
        standing = applied(standing, overlay(standing, each))
    return standing


@given(st.lists(any_price(), max_size=8))
def test_prices_set_one_after_the_other_never_overlap(prices: list[Price]) -> None:
    standing = laid(prices)
    assert not any(overlapping(one, other) for place, one in enumerate(standing) for other in standing[:place])
    assert len({each.id for each in standing}) == len(standing)
    assert all(each.valid_from <= each.last_day for each in standing)


@given(st.lists(any_price(), max_size=7), st.sampled_from([RETAIL, TRADE]), st.integers(0, 12))
def test_the_price_of_a_day_is_what_was_set_last_for_it(prices: list[Price], price_list: object, quantity: int) -> None:
    standing = laid(prices)
    for number in WINDOW:
        tiers: dict[Decimal, Decimal] = {}  # by brute force: the last word on this day, for each minimum quantity
        for each in prices:
            if each.price_list == price_list and each.holds_on(day(number)):
                tiers[each.min_quantity] = each.amount
        wanted = max((tier for tier in tiers if tier <= quantity), default=None)
        found = price_on(standing, RETAIL if price_list == RETAIL else TRADE, day(number), Decimal(quantity))
        assert (found.amount if found else None) == (None if wanted is None else tiers[wanted])


@given(st.lists(any_price(), max_size=6), any_price())
def test_setting_a_price_again_changes_nothing(prices: list[Price], last: Price) -> None:
    standing = laid([*prices, last])
    assert overlay(standing, last).is_empty


@given(st.lists(any_price(), max_size=6))
def test_the_timeline_tells_every_price_of_every_day(prices: list[Price]) -> None:
    standing = laid(prices)
    steps = timeline(standing, RETAIL)
    for number in WINDOW:
        told = [amount for turn, amount in steps if turn <= day(number)]
        found = price_on(standing, RETAIL, day(number))
        assert (told[-1] if told else None) == (found.amount if found else None)
    assert all(one[1] != other[1] for one, other in pairwise(steps))


@given(st.lists(any_price(), max_size=6), st.integers(0, 44), st.integers(1, 30))
def test_the_lowest_price_before_a_day_is_the_lowest_of_those_days(prices: list[Price], on: int, days: int) -> None:
    standing = [each for each in laid(prices) if each.min_quantity <= 1]
    held = [price_on(standing, RETAIL, day(number)) for number in range(on - days, on)]
    assert lowest_before(standing, RETAIL, day(on), days) == min((each.amount for each in held if each), default=None)


def test_an_offer_ends_by_itself_and_what_held_before_holds_again() -> None:
    usual = Price(id=new_id(), price_list=RETAIL, amount=Decimal(10), valid_from=START)
    offer = Price(id=new_id(), price_list=RETAIL, amount=Decimal(8), valid_from=day(10), valid_to=day(16))
    what = overlay([usual], offer)
    assert [each.id for each in what.changed] == [usual.id]
    standing = applied([usual], what)
    amounts = [found.amount for number in (9, 10, 16, 17) if (found := price_on(standing, RETAIL, day(number)))]
    assert amounts == [10, 8, 8, 10]


def test_a_price_for_more_needs_as_much() -> None:
    prices = [
        Price(id=new_id(), price_list=RETAIL, amount=Decimal(10), valid_from=START),
        Price(id=new_id(), price_list=RETAIL, amount=Decimal(9), valid_from=START, min_quantity=Decimal(12)),
    ]
    found = [price_on(prices, RETAIL, START, Decimal(quantity)) for quantity in ("0.5", "11.999", "12")]
    assert [each.amount for each in found if each] == [10, 10, 9]


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(Invalid, match="is before the first"):
        check_days(day(1), day(0))
    with pytest.raises(Invalid, match="between 1900"):
        check_days(date(1, 1, 1), None)


changes = st.builds(
    PriceChange,
    how=st.just("percent"),
    value=st.decimals(min_value=-90, max_value=300, places=2).filter(lambda value: value != 0),
    rounding=st.sampled_from(["nearest", "up", "down"]),
    step=st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal(1)]),
)


@given(st.decimals(min_value=0, max_value=100_000, places=2), changes)
def test_a_changed_price_is_rounded_as_it_was_told(amount: Decimal, change: PriceChange) -> None:
    exact = amount + amount * change.value / 100
    new = changed(amount, change, "EUR")
    assert new % change.step == 0
    assert abs(new - exact) < change.step
    assert (
        (new >= exact) if change.rounding == "up" else (new <= exact) if change.rounding == "down" else abs(new - exact) * 2 <= change.step
    )


def test_prices_can_be_made_to_end_in_ninety_nine() -> None:
    change = PriceChange(value=Decimal(10), rounding="up", step=Decimal(1), less=Decimal("0.01"))
    assert changed(Decimal("9.49"), change, "EUR") == Decimal("10.99")


def test_no_price_falls_below_zero_and_no_change_makes_no_sense() -> None:
    with pytest.raises(Invalid, match=r"would become -1\.00"):
        changed(Decimal(1), PriceChange(how="amount", value=Decimal(-2)), "EUR")
    for change, field in (
        (PriceChange(value=Decimal(-100)), "value"),
        (PriceChange(value=Decimal(0)), "value"),
        (PriceChange(how="set", value=Decimal(-1)), "value"),
        (PriceChange(value=Decimal(5), step=Decimal("0.001")), "step"),
        (PriceChange(value=Decimal(5), step=Decimal("0.05"), less=Decimal("0.05")), "less"),
        (PriceChange(value=Decimal("NaN")), "value"),
    ):
        with pytest.raises(Invalid) as found:
            check_change(change, "EUR")
        assert list(found.value.fields) == [field]
    assert changed(Decimal(100), PriceChange(value=Decimal("12.5")), "JPY") == Decimal(113)
