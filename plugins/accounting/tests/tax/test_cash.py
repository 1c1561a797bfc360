"""Cash accounting, split at each payment, and totals rounded to coins."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.accounting.domain.amounts import Rounding
from plugins.accounting.domain.tax.cash import CashRounding, cash_difference, due_at_invoice, due_at_payment
from plugins.accounting.domain.tax.compute import TaxAmount, compute
from plugins.accounting.domain.tax.model import Exigibility
from weft import Invalid

from .taxes import decimals, line, tax

CASH, NORMAL = tax("10", exigibility=Exigibility.PAYMENT), tax("5")


def test_s8_a_cash_basis_tax_falls_due_with_each_payment_and_the_others_with_the_invoice() -> None:
    taxed = compute([line(100, CASH, NORMAL)])
    assert taxed.gross == Decimal("115.00")
    assert [(each.base, each.amount) for each in due_at_invoice(taxed.taxes)] == [(Decimal(100), Decimal(5))]
    first = due_at_payment(taxed.taxes, taxed.gross, Decimal(0), Decimal(60))
    assert [(each.base, each.amount) for each in first] == [tuple(decimals("52.17", "5.22"))]
    rest = due_at_payment(taxed.taxes, taxed.gross, Decimal(60), Decimal(55))
    assert [(each.base, each.amount) for each in rest] == [tuple(decimals("47.83", "4.78"))]


def test_a_document_without_cash_basis_taxes_owes_nothing_when_it_is_paid() -> None:
    taxed = compute([line(100, NORMAL)])
    assert due_at_payment(taxed.taxes, taxed.gross, Decimal(0), Decimal(50)) == ()


def test_no_more_tax_falls_due_than_was_charged() -> None:
    taxed = compute([line(100, CASH)])
    for before, paid in ((Decimal(60), Decimal(51)), (Decimal(0), Decimal(-1))):
        with pytest.raises(Invalid, match="open amount only"):
            due_at_payment(taxed.taxes, taxed.gross, before, paid)


@settings(deadline=None)
@given(st.lists(st.decimals(min_value=Decimal("0.01"), max_value=500, places=2), min_size=1, max_size=8), st.sampled_from([1, -1]))
def test_the_parts_of_all_payments_are_the_tax_of_the_document(payments: list[Decimal], sign: int) -> None:
    total = sum(payments, Decimal(0)) * sign
    taxes = (TaxAmount(CASH, Decimal("123.45"), Decimal("12.35"), Decimal("6.18")),)
    before, base, amount, deductible = Decimal(0), Decimal(0), Decimal(0), Decimal(0)
    for each in payments:
        for part in due_at_payment(taxes, total, before, each * sign):
            base, amount, deductible = base + part.base, amount + part.amount, deductible + part.deductible
        before += each * sign
    assert (base, amount, deductible) == (taxes[0].base, taxes[0].amount, taxes[0].deductible)


def test_s4_a_total_is_rounded_up_to_five_cents_or_left_alone() -> None:
    assert cash_difference(Decimal("42.06"), CashRounding(Decimal("0.05"), Rounding.UP)) == Decimal("0.04")
    assert cash_difference(Decimal("42.06"), None) == 0


@pytest.mark.parametrize(("total", "swiss", "swedish"), [("42.06", "-0.01", "-0.06"), ("42.08", "0.02", "-0.08"), ("42.50", "0", "0.50")])
def test_swiss_totals_go_to_five_rappen_and_swedish_ones_to_the_krona(total: str, swiss: str, swedish: str) -> None:
    amount = Decimal(total)
    for step, wanted in (("0.05", swiss), ("1", swedish)):
        assert cash_difference(amount, CashRounding(Decimal(step))) == Decimal(wanted)
        assert cash_difference(-amount, CashRounding(Decimal(step))) == -Decimal(wanted)


def test_rounding_to_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="more than zero"):
        cash_difference(Decimal(1), CashRounding(Decimal(0)))
