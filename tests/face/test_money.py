"""Amounts are exact: what is split adds up again, and rounding goes away from zero at the half."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from weft import CurrencyMismatch, Invalid, Money, allocate, is_currency, minor_unit, round_to

CURRENCIES = ("EUR", "JPY", "KWD", "USD", "CLP", "HUF")
amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=5, allow_nan=False, allow_infinity=False)
currencies = st.sampled_from(CURRENCIES)
weight = st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False, allow_infinity=False)
weights = st.lists(weight, min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(("currency", "step"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001"), ("USD", "0.01"), ("CLP", "1")])
def test_the_smallest_amount_is_the_currencys(currency: str, step: str) -> None:
    assert minor_unit(currency) == Decimal(step)


def test_only_codes_of_iso_4217_are_currencies() -> None:
    assert all(is_currency(code) for code in CURRENCIES)
    assert not any(is_currency(code) for code in ("", "eur", "EURO", "XYZW", "€", "E\u0055R "))


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        ("42.06", "0.05", "42.05"),
        ("42.075", "0.05", "42.10"),
        ("0.005", "0.01", "0.01"),
        ("-0.005", "0.01", "-0.01"),
        ("2.5", "1", "3"),
        ("-2.5", "1", "-3"),
        ("0", "0.01", "0.00"),
    ],
)
def test_half_is_rounded_away_from_zero(amount: str, step: str, rounded: str) -> None:
    assert round_to(Decimal(amount), Decimal(step)) == Decimal(rounded)


def test_another_rule_of_rounding_can_be_asked_for() -> None:
    assert round_to(Decimal("2.5"), Decimal(1), ROUND_HALF_EVEN) == 2
    assert Money(Decimal("-1.239"), "EUR").rounded(ROUND_DOWN) == Money(Decimal("-1.23"), "EUR")


@given(amounts, currencies)
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_only_once(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    rounded = money.rounded()
    assert abs(rounded.amount - amount) * 2 <= minor_unit(currency)
    assert rounded.rounded() == rounded
    assert (-money).rounded() == -rounded


@given(amounts, amounts, currencies)
def test_sums_and_differences_undo_each_other(one: Decimal, other: Decimal, currency: str) -> None:
    left, right = Money(one, currency), Money(other, currency)
    assert left + right - right == left
    assert left + right == right + left
    assert (left < right) == (one < other)
    assert (left <= right) == (one <= other)
    assert left * 3 == left + left + left


@pytest.mark.parametrize("mix", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b])
def test_currencies_do_not_mix(mix: object) -> None:
    assert callable(mix)
    with pytest.raises(CurrencyMismatch, match="EUR and USD cannot be added or compared"):
        mix(Money(Decimal(1), "EUR"), Money(Decimal(1), "USD"))


@given(amounts, currencies, weights)
def test_parts_add_up_to_the_rounded_total(total: Decimal, currency: str, shares: list[Decimal]) -> None:
    parts = allocate(Money(total, currency), shares)
    assert sum((part.amount for part in parts), Decimal(0)) == Money(total, currency).rounded().amount
    assert all(part == part.rounded() for part in parts)
    assert len(parts) == len(shares)


@given(amounts, currencies, weights)
def test_a_negative_total_is_split_as_the_mirror_of_the_positive(total: Decimal, currency: str, shares: list[Decimal]) -> None:
    assert allocate(Money(-total, currency), shares) == [-part for part in allocate(Money(total, currency), shares)]


@given(amounts, currencies, weights)
def test_no_part_is_a_unit_away_from_its_exact_share(total: Decimal, currency: str, shares: list[Decimal]) -> None:
    assume(sum(shares) < 10**6)
    whole, step = sum(shares, Decimal(0)), minor_unit(currency)
    for part, share in zip(allocate(Money(total, currency), shares), shares, strict=True):
        assert abs(part.amount * whole - total * share) <= step * whole


@given(amounts, currencies, weights, weight)
def test_who_has_no_weight_gets_nothing_unless_all_round_up(total: Decimal, currency: str, shares: list[Decimal], more: Decimal) -> None:
    parts = allocate(Money(total, currency), [*shares, Decimal(0)])
    assert parts[-1].amount == 0
    assert allocate(Money(total, currency), [each * 2 for each in shares]) == parts[:-1]


def test_the_largest_remainder_gets_the_last_unit_and_the_first_of_equals() -> None:
    assert [part.amount for part in allocate(Money(Decimal("0.05"), "EUR"), [Decimal(3), Decimal(7)])] == [Decimal("0.02"), Decimal("0.03")]
    assert [part.amount for part in allocate(Money(Decimal(100), "EUR"), [Decimal(1)] * 3)] == [
        *(Decimal("33.34"), Decimal("33.33"), Decimal("33.33")),
    ]


@pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
def test_an_amount_is_not_split_over_nothing(shares: list[Decimal]) -> None:
    with pytest.raises(Invalid, match="do not add up to zero"):
        allocate(Money(Decimal(1), "EUR"), shares)
