"""Deposits, and the final invoice that takes them off."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.documents.deposits import deposit_lines, still_owed
from plugins.accounting.domain.tax.model import TaxKind
from weft import Invalid

from .making import computed, line, tax

NINETEEN, SEVEN = tax("19"), tax("7")


def test_a_deposit_is_taxed_as_what_it_is_for_and_comes_off_with_its_taxes() -> None:
    order = computed(line(1, 1000, NINETEEN), line(2, 100, SEVEN))
    deposit = computed(*deposit_lines(order, Decimal(30)))
    assert [(each.base, each.amount) for each in deposit.taxes] == [(Decimal(300), Decimal(57)), (Decimal(60), Decimal("4.20"))]
    final = still_owed(order, [("Deposit invoice 7", deposit)])
    assert final.total == order.total - deposit.total
    assert [each.amount for each in final.taxes] == [Decimal(133), Decimal("9.80")]
    assert {each.detail for each, _ in final.lines[2:]} == {"deposit"}


@given(
    st.lists(st.tuples(st.decimals(min_value=1, max_value=900, places=2), st.sampled_from([NINETEEN, SEVEN])), min_size=1, max_size=5),
    st.decimals(min_value=1, max_value=100, places=1),
)
def test_deposit_and_final_invoice_are_the_order_without_tax_to_the_cent(lines: list[tuple[Decimal, object]], percent: Decimal) -> None:
    order = computed(*(line(1, str(price), rate) for price, rate in lines))  # type: ignore[arg-type]  # hypothesis tells object
    deposit = computed(*deposit_lines(order, percent))
    final = still_owed(order, [("Deposit", deposit)])
    assert deposit.net + final.net == order.net
    assert abs(deposit.total + final.total - order.total) <= Decimal("0.01") * (len(lines) + 4)


def test_a_tax_for_each_unit_waits_for_the_goods() -> None:
    eco = tax("2", "eco", kind=TaxKind.FIXED, currency="EUR")
    order = computed(line(10, 50, eco, NINETEEN))
    deposit = computed(*deposit_lines(order, amount=Decimal(100)))
    assert [each.tax for each in deposit.taxes] == [NINETEEN]
    assert deposit.total == Decimal("119.00")


@pytest.mark.parametrize(("percent", "amount"), [("0", "0"), ("101", "0"), ("0", "1000.01"), ("-5", "0")])
def test_a_deposit_of_nothing_or_of_more_than_the_order_is_refused(percent: str, amount: str) -> None:
    order = computed(line(1, 1000, NINETEEN))
    with pytest.raises(Invalid, match=r"at most 1000\.00 EUR"):
        deposit_lines(order, Decimal(percent), Decimal(amount))
