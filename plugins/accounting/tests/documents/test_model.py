"""What documents come to, to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings

from plugins.accounting.domain.amounts import Rounding
from plugins.accounting.domain.documents.model import Document, DocumentKind, DocumentLine, compute_document, credit_of
from plugins.accounting.domain.tax.cash import CashRounding
from plugins.accounting.domain.tax.model import Use
from weft import Invalid

from .making import DAY, any_document, computed, document, line, tax

TEN = tax("10")


def test_s1_five_at_forty_taxed_and_one_at_twenty_untaxed() -> None:
    found = computed(line(5, 40, TEN), line(1, 20), currency="USD")
    assert (found.net, found.tax, found.total) == (Decimal("220.00"), Decimal("20.00"), Decimal("240.00"))
    assert [(each.base, each.amount) for each in found.taxes] == [(Decimal("200.00"), Decimal("20.00"))]


def test_s2_a_bill_and_its_credit_note_come_to_the_same() -> None:
    ten = tax("10", use=Use.PURCHASE)
    bill = computed(line(5, 20, ten), line(1, 10), kind=DocumentKind.BILL)
    assert (bill.net, bill.tax, bill.total) == (Decimal("110.00"), Decimal("10.00"), Decimal("120.00"))
    credit = compute_document(credit_of(bill.document, date(2026, 4, 1)))
    assert (credit.document.kind, credit.document.kind.sign) == (
        DocumentKind.BILL_CREDIT,
        1,
    )
    assert (credit.net, credit.tax, credit.total) == (bill.net, bill.tax, bill.total)
    assert credit.document.tax_day == DAY  # taxed as the supply was


@pytest.mark.parametrize(
    ("rule", "total", "rounding"), [(CashRounding(Decimal("0.05"), Rounding.UP), "42.10", "0.04"), (None, "42.06", "0")]
)
def test_s4_cash_rounding_is_part_of_the_total_and_of_no_tax(rule: CashRounding | None, total: str, rounding: str) -> None:
    found = computed(line(1, "42.06"), cash_rounding=rule)
    assert (found.total, found.rounding, found.net) == (Decimal(total), Decimal(rounding), Decimal("42.06"))


def test_a_line_is_quantity_times_price_of_six_decimals_less_discount_rounded_once() -> None:
    assert line("1234", "0.012345").amount("EUR") == Decimal("15.23")
    assert line("3", "33.335", discount=Decimal("2.5")).amount("EUR") == Decimal("97.50")  # 97.504875
    assert line("7", "0.5").amount("JPY") == Decimal(4)
    assert line("1", "1.2345").amount("TND") == Decimal("1.235")
    assert line("1", "99", discount=Decimal(100)).amount("EUR") == 0


def test_price_with_tax_in_it_times_quantity_less_discount_splits_to_the_cent() -> None:
    found = computed(line(3, "119", tax("19"), discount=Decimal(10), included=True))
    assert (found.net, found.tax, found.total) == (Decimal("270.00"), Decimal("51.30"), Decimal("321.30"))


@settings(max_examples=80, deadline=None)
@given(any_document())
def test_a_document_is_the_sum_of_its_lines_and_taxes_and_its_credit_comes_to_the_same(one: Document) -> None:
    found = compute_document(one)
    assert found.total == found.net + found.tax == sum((taxed.gross for _, taxed in found.lines), Decimal(0))
    other = compute_document(credit_of(one, DAY))
    assert (other.net, other.taxes, other.total) == (found.net, found.taxes, found.total)
    assert other.document.kind.sign == -one.kind.sign


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (document(line("NaN", 1)), "lines.0.quantity", "Enter a number"),
        (document(line(1, 1), line(1, "1e12")), "lines.1.unit_price", "Enter a number"),
        (document(line(1, "0.1234567")), "lines.0.unit_price", "more than 6 decimals"),
        (document(line(1, 1, discount=Decimal(101))), "lines.0.discount", "0 to 100 %"),
        (document(line(1, 1, discount=Decimal(-1))), "lines.0.discount", "0 to 100 %"),
        (document(line(1, 1, TEN), kind=DocumentKind.BILL), "lines.0.taxes", "is a tax on sales"),
        (document(line(1, 1), currency="EURO"), "currency", "is no currency"),
        (document(*[line(1, 1)] * 1001), "lines", "at most 1000 lines"),
    ],
)
def test_what_cannot_be_is_told_by_field(wrong: Document, field: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as found:
        compute_document(wrong)
    assert list(found.value.fields) == [field]


def test_all_wrong_lines_are_told_at_once() -> None:
    with pytest.raises(Invalid) as found:
        compute_document(document(line("Infinity", 1), line(1, 1), line(1, "0.0000001")))
    assert list(found.value.fields) == ["lines.0.quantity", "lines.2.unit_price"]


def test_a_document_without_lines_comes_to_nothing() -> None:
    assert compute_document(replace(document(), lines=())).total == 0
    assert DocumentLine().amount("EUR") == 0
