"""Gains and losses on exchange: at payment, at the end of a period, and the reversal after it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.currency.gains import OpenAmount, Position, Valuation, revalue, settle, undone
from plugins.accounting.domain.currency.rates import NoRate, Rate, RateBook
from weft import Invalid

TODAY, TOMORROW = date(2026, 3, 30), date(2026, 3, 31)


def test_s5_an_invoice_in_euros_paid_a_day_later_leaves_nothing_open_and_gains_30_31() -> None:
    book = RateBook([Rate(TODAY, "USD", "EUR", Decimal("1.20")), Rate(TOMORROW, "USD", "EUR", Decimal("1.10"))])
    owed = Decimal(5 * 80)
    invoiced = book.convert(owed, "EUR", "USD", TODAY)
    paid = book.convert(owed, "EUR", "USD", TOMORROW)
    done = settle(OpenAmount(owed, invoiced), owed, paid)
    assert (invoiced, paid) == (Decimal("333.33"), Decimal("363.64"))
    assert invoiced - done.base_released == Decimal("0.00")
    assert -done.gain == Decimal("-30.31")  # what the exchange account holds: a credit


def test_paying_a_bill_with_dearer_money_is_a_loss() -> None:
    done = settle(OpenAmount(Decimal(-400), Decimal("-333.33")), Decimal(-400), Decimal("-363.64"))
    assert done.gain == Decimal("-30.31")


@given(
    st.lists(st.decimals(min_value=Decimal("0.01"), max_value=5_000, places=2), min_size=1, max_size=8),
    st.decimals(min_value=Decimal("0.2"), max_value=5, places=4),
    st.sampled_from([1, -1]),
)
def test_parts_release_all_of_the_open_amount_whatever_their_number(parts: list[Decimal], rate: Decimal, sign: int) -> None:
    item = OpenAmount(sum(parts, Decimal(0)) * sign, (sum(parts, Decimal(0)) * rate * sign).quantize(Decimal("0.01")))
    before, released, gain, paid = Decimal(0), Decimal(0), Decimal(0), Decimal(0)
    for each in parts:
        worth = (each * sign * rate * 2).quantize(Decimal("0.01"))
        done = settle(item, each * sign, worth, before)
        before, released, gain, paid = before + each * sign, released + done.base_released, gain + done.gain, paid + worth
    assert released == item.base_amount
    assert gain == paid - item.base_amount


@pytest.mark.parametrize(("paid", "before"), [("101", "0"), ("60", "50"), ("-10", "0"), ("0", "0")])
def test_no_more_is_settled_than_is_open(paid: str, before: str) -> None:
    with pytest.raises(Invalid, match="more than is open"):
        settle(OpenAmount(Decimal(100), Decimal(80)), Decimal(paid), Decimal(1), Decimal(before))


def closing(*rates: tuple[str, str]) -> RateBook:
    return RateBook([Rate(TOMORROW, "EUR", currency, Decimal(value)) for currency, value in rates])


def test_balances_are_worth_what_the_closing_rate_says() -> None:
    positions = [
        Position("1210", "USD", Decimal(1000), Decimal(900)),
        Position("3310", "USD", Decimal(-500), Decimal("-450")),
        Position("1810", "JPY", Decimal(160_000), Decimal(1000)),
    ]
    found = revalue(positions, "EUR", TOMORROW, closing(("USD", "1.25"), ("JPY", "160")))
    assert [(each.position.key, each.worth, each.difference) for each in found] == [
        ("1210", Decimal("800.00"), Decimal("-100.00")),
        ("3310", Decimal("-400.00"), Decimal("50.00")),
        ("1810", Decimal("1000.00"), Decimal("0.00")),
    ]
    assert {each.rate_day for each in found} == {TOMORROW}


def test_where_only_losses_are_taken_a_gain_stays_out_of_the_books() -> None:
    positions = [
        Position("long claim", "USD", Decimal(1000), Decimal(900), Valuation.LOSSES),
        Position("long debt", "USD", Decimal(-1000), Decimal(-900), Valuation.LOSSES),
    ]
    found = revalue(positions, "EUR", TOMORROW, closing(("USD", "1.25")))
    assert [(each.worth, each.difference) for each in found] == [(Decimal("800.00"), Decimal("-100.00")), (Decimal(-900), Decimal("0.00"))]


def test_the_reversal_undoes_the_revaluation_on_the_next_day() -> None:
    found = revalue([Position("1210", "USD", Decimal(1000), Decimal(900))], "EUR", TOMORROW, closing(("USD", "1.25")))
    day, mirrored = undone(found, TOMORROW)
    assert day == date(2026, 4, 1)
    assert [one.difference + other.difference for one, other in zip(found, mirrored, strict=True)] == [0]
    assert mirrored[0].worth == Decimal(900)


def test_a_missing_rate_stops_the_whole_revaluation() -> None:
    positions = [Position("a", "USD", Decimal(1), Decimal(1)), Position("b", "CHF", Decimal(1), Decimal(1))]
    with pytest.raises(NoRate, match="from CHF to EUR"):
        revalue(positions, "EUR", TOMORROW, closing(("USD", "1.25")))
