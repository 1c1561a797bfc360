"""Amounts of entries: whatever is typed, base amounts balance where the entry does."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.entries import Amount, check_balance, conversion, with_base, wrong_amount
from weft.contracts import MissingRate, NewLine, Unbalanced

CENTS = st.integers(1, 10**11).map(lambda units: Decimal(units) / 100)
RATES = st.decimals(min_value="0.0001", max_value="20000", places=6)


@st.composite
def even(draw: st.DrawFn, currency: str) -> list[Amount]:
    """Return amounts of one currency that add up to nothing."""
    debits = draw(st.lists(CENTS, min_size=1, max_size=8))
    left, credits_ = sum(debits, Decimal(0)), list[Decimal]()
    for part in draw(st.lists(CENTS, max_size=6)):
        if part < left:
            credits_.append(part)
            left -= part
    amounts = [*debits, *(-each for each in credits_), -left]
    return [Amount(currency, each, None) for each in draw(st.permutations(amounts))]


@given(even("USD"), RATES)
def test_a_balanced_entry_balances_in_base_currency_to_the_cent(amounts: list[Amount], rate: Decimal) -> None:
    done = with_base(amounts, "EUR", {"USD": rate})
    check_balance(done, "EUR")
    for each in done:
        assert each.base is not None
        assert each.base % Decimal("0.01") == 0
        assert abs(each.base - each.amount * rate) < 1


@given(even("JPY"), RATES)
def test_base_amounts_have_the_minor_units_of_the_base_currency(amounts: list[Amount], rate: Decimal) -> None:
    done = with_base([each._replace(currency="USD") for each in amounts], "JPY", {"USD": rate})
    assert all(each.base is not None and each.base == each.base.to_integral_value() for each in done)
    assert sum(each.base or 0 for each in done) == 0


@given(even("USD"), even("GBP"), CENTS, CENTS, RATES)
def test_an_entry_in_two_currencies_is_made_even_in_each(
    dollars: list[Amount], pounds: list[Amount], more: Decimal, rate: Decimal, other: Decimal
) -> None:
    base = (more * other).quantize(Decimal("0.01"))
    lines = with_base([*dollars, *pounds], "EUR", {"USD": rate, "GBP": other})
    lines += [Amount("USD", more, base), Amount("EUR", -base, -base)] if base else []
    check_balance([*lines, *conversion(lines)], "EUR")


@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD"]), st.integers(-500, 500)), min_size=2, max_size=6))
def test_what_is_uneven_is_refused(parts: list[tuple[str, int]]) -> None:
    amounts = [Amount(currency, Decimal(value), Decimal(value)) for currency, value in parts]
    sums = {currency: sum(value for each, value in parts if each == currency) for currency, _ in parts}
    if any(sums.values()):
        with pytest.raises(Unbalanced):
            check_balance(amounts, "EUR")
    else:
        check_balance(amounts, "EUR")


def test_a_foreign_amount_without_a_rate_is_refused() -> None:
    with pytest.raises(MissingRate):
        with_base([Amount("USD", Decimal(1), None)], "EUR", {})


def test_base_amounts_that_are_given_stay() -> None:
    done = with_base([Amount("USD", Decimal(100), Decimal("91.23")), Amount("USD", Decimal(-100), None)], "EUR", {"USD": Decimal("0.9")})
    assert [each.base for each in done] == [Decimal("91.23"), Decimal("-90.00")]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (NewLine(code="1", debit=Decimal(-1)), "debit"),
        (NewLine(code="1", debit=Decimal(1), credit=Decimal(1)), "credit"),
        (NewLine(code="1"), "debit"),
        (NewLine(code="1", debit=Decimal("0.001")), "debit"),
        (NewLine(code="1", credit=Decimal("1e15")), "credit"),
        (NewLine(code="1", debit=Decimal(1), base=Decimal(-1)), "base"),
        (NewLine(code="1", debit=Decimal(1), base=Decimal(2)), "base"),
    ],
)
def test_wrong_figures_are_told_at_their_field(line: NewLine, field: str) -> None:
    assert list(wrong_amount(line, "EUR", "EUR")) == [field]


def test_a_yen_has_no_decimals() -> None:
    assert wrong_amount(NewLine(code="1", debit=Decimal("1.5")), "JPY", "EUR") == {"debit": "JPY has no decimals: 1.5 is finer."}
