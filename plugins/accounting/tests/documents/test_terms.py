"""When how much falls due, and what paying early takes off."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.documents.terms import (
    DiscountOn,
    EarlyPayment,
    Instalment,
    Part,
    PaymentTerms,
    check_terms,
    early_discount,
    months_later,
    schedule,
)
from plugins.accounting.domain.tax.compute import TaxAmount
from weft import Invalid

from .making import computed, line, tax


@pytest.mark.parametrize(
    ("issued", "instalment", "due"),
    [
        ((2026, 1, 31), Instalment(days=30), (2026, 3, 2)),
        ((2026, 1, 31), Instalment(months=1), (2026, 2, 28)),
        ((2024, 1, 31), Instalment(months=1), (2024, 2, 29)),
        ((2026, 11, 15), Instalment(months=14), (2028, 1, 15)),
        ((2026, 3, 5), Instalment(days=45, end_of_month=True), (2026, 4, 30)),
        ((2026, 3, 5), Instalment(end_of_month=True, then_days=45), (2026, 5, 15)),
        ((2026, 3, 5), Instalment(end_of_month=True, then_days=10), (2026, 4, 10)),
        ((2026, 3, 5), Instalment(months=1, day_of_month=15), (2026, 4, 15)),
        ((2026, 3, 20), Instalment(months=1, day_of_month=15), (2026, 5, 15)),
        ((2026, 1, 31), Instalment(months=1, day_of_month=31), (2026, 2, 28)),
        ((2026, 12, 30), Instalment(day_of_month=5), (2027, 1, 5)),
        ((2026, 3, 5), Instalment(), (2026, 3, 5)),
    ],
)
def test_a_due_date_is_counted_as_the_terms_say(issued: tuple[int, int, int], instalment: Instalment, due: tuple[int, int, int]) -> None:
    assert instalment.due(date(*issued)) == date(*due)


def test_instalments_by_percentage_amount_and_remainder_add_up() -> None:
    terms = PaymentTerms(
        instalments=(
            Instalment(part=Part.PERCENT, value=Decimal("33.33"), days=10),
            Instalment(part=Part.FIXED, value=Decimal(20), days=5),
            Instalment(months=1),
        )
    )
    found = schedule(terms, Decimal("100.01"), date(2026, 3, 2))
    assert [(due.day.isoformat(), due.amount) for due in found] == [
        ("2026-03-07", Decimal("20.00")),
        ("2026-03-12", Decimal("33.33")),
        ("2026-04-02", Decimal("46.68")),
    ]


def test_a_fixed_instalment_asks_for_no_more_than_there_is() -> None:
    terms = PaymentTerms(instalments=(Instalment(part=Part.FIXED, value=Decimal(50)), Instalment(days=30)))
    assert [due.amount for due in schedule(terms, Decimal("30.00"), date(2026, 3, 2))] == [Decimal("30.00")]
    assert [due.amount for due in schedule(terms, Decimal("0.00"), date(2026, 3, 2))] == [Decimal(0)]


instalments = st.lists(
    st.builds(
        Instalment,
        part=st.sampled_from([Part.PERCENT, Part.FIXED]),
        value=st.decimals(min_value=Decimal("0.01"), max_value=30, places=2),
        days=st.integers(0, 90),
        end_of_month=st.booleans(),
    ),
    max_size=3,
)


@given(instalments, st.decimals(min_value=-100_000, max_value=100_000, places=2))
def test_all_of_a_total_falls_due_and_nothing_on_the_other_side(parts: list[Instalment], total: Decimal) -> None:
    found = schedule(PaymentTerms(instalments=(*parts, Instalment(days=30))), total, date(2026, 3, 2))
    assert sum(due.amount for due in found) == total
    assert all(due.amount * total >= 0 for due in found)
    assert [due.day for due in found] == sorted(due.day for due in found)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_later_is_that_month_and_never_a_later_day(day: date, months: int) -> None:
    found = months_later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


NINETEEN = tax("19")


def terms(on: DiscountOn) -> PaymentTerms:
    return PaymentTerms(instalments=(Instalment(days=30),), early=EarlyPayment(percent=Decimal(2), days=10, on=on))


def test_taken_off_the_total_the_discount_corrects_the_tax() -> None:
    invoice = computed(line(1, 100, NINETEEN))
    found = early_discount(terms(DiscountOn.TOTAL), invoice.net, invoice.taxes, invoice.total, date(2026, 3, 2))
    assert found is not None
    assert (found.until, found.amount, found.net) == (date(2026, 3, 12), Decimal("2.38"), Decimal("2.00"))
    assert found.taxes == (TaxAmount(NINETEEN, Decimal("2.00"), Decimal("0.38"), Decimal("0.38")),)


def test_taken_off_the_net_amount_the_tax_stays() -> None:
    invoice = computed(line(1, 100, NINETEEN))
    found = early_discount(terms(DiscountOn.NET), invoice.net, invoice.taxes, invoice.total, date(2026, 3, 2))
    assert found is not None
    assert (found.amount, found.net, found.taxes) == (Decimal("2.00"), Decimal("2.00"), ())


@given(st.decimals(min_value=Decimal("0.01"), max_value=9_999, places=2), st.decimals(min_value=Decimal("0.01"), max_value=99, places=2))
def test_a_discount_is_its_net_part_and_the_taxes_it_corrects(price: Decimal, percent: Decimal) -> None:
    invoice = computed(line(1, str(price), NINETEEN, tax("7")))
    early = PaymentTerms(early=EarlyPayment(percent=percent, days=10))
    found = early_discount(early, invoice.net, invoice.taxes, invoice.total, date(2026, 3, 2))
    assert found is not None
    assert found.amount == found.net + sum(each.amount for each in found.taxes)
    assert all(0 <= part.amount <= whole.amount for part, whole in zip(found.taxes, invoice.taxes, strict=True))


def test_without_a_discount_in_the_terms_or_anything_to_pay_there_is_none() -> None:
    assert early_discount(PaymentTerms(), Decimal(100), (), Decimal(100), date(2026, 3, 2)) is None
    assert early_discount(terms(DiscountOn.TOTAL), Decimal(0), (), Decimal(0), date(2026, 3, 2)) is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (PaymentTerms(instalments=()), "is the remainder"),
        (PaymentTerms(instalments=(Instalment(), Instalment())), "is the remainder"),
        (PaymentTerms(instalments=(Instalment(part=Part.PERCENT, value=Decimal(50)),)), "is the remainder"),
        (PaymentTerms(instalments=(Instalment(part=Part.FIXED), Instalment())), "more than zero"),
        (PaymentTerms(instalments=(Instalment(part=Part.PERCENT, value=Decimal(100)), Instalment())), "less than 100 % together"),
        (PaymentTerms(early=EarlyPayment(percent=Decimal(0), days=5)), "more than 0 and less than 100"),
    ],
)
def test_terms_that_do_not_add_up_are_refused(wrong: PaymentTerms, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        check_terms(wrong)
