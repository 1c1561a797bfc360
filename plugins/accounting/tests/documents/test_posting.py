"""From documents to entries: who is debited and credited with what, in the document's currency and in base currency."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.accounting.domain.amounts import Rounding, rounded
from plugins.accounting.domain.documents.model import Document, DocumentKind, compute_document, credit_of
from plugins.accounting.domain.documents.posting import document_entry
from plugins.accounting.domain.documents.terms import Due, Instalment, Part, PaymentTerms, schedule
from plugins.accounting.domain.tax.cash import CashRounding
from plugins.accounting.domain.tax.model import Exigibility, Use
from weft import Invalid

from .making import DAY, PARTY, any_document, balanced, base_of, by_event, computed, facts, line, tax

TEN = tax("10", "vat10")
CENT = Decimal("0.01")


def due(total: Decimal) -> list[Due]:
    return [Due(DAY, total)]


def test_s1_an_invoice_debits_the_customer_and_credits_revenue_and_tax_and_its_credit_note_takes_all_back() -> None:
    invoice = computed(line(5, 40, TEN), line(1, 20))
    entry = document_entry(invoice, due(invoice.total), facts())
    assert by_event(entry) == {"receivable": Decimal(240), "sales_revenue": Decimal(-220), "output_tax vat10": Decimal(-20)}
    assert (entry.journal, entry.rate, {each.base for each in entry.lines}) == ("sales", None, {None})
    credit = compute_document(credit_of(invoice.document, DAY))
    mirrored = by_event(document_entry(credit, due(credit.total), facts()))
    assert {name: -amount for name, amount in mirrored.items()} == by_event(entry)


def test_s2_a_bill_debits_the_expense_and_the_tax_and_credits_the_vendor() -> None:
    ten = tax("10", "in10", use=Use.PURCHASE)
    bill = computed(line(5, 20, ten), line(1, 10, account="6800"), kind=DocumentKind.BILL)
    entry = document_entry(bill, due(bill.total), facts())
    assert by_event(entry) == {"payable": Decimal(-120), "purchases": Decimal(100), "6800": Decimal(10), "input_tax in10": Decimal(10)}
    assert entry.journal == "purchases"


def test_s4_cash_rounding_goes_to_an_account_of_its_own() -> None:
    invoice = computed(line(1, "42.06"), cash_rounding=CashRounding(Decimal("0.05"), Rounding.UP))
    entry = document_entry(invoice, due(invoice.total), facts())
    assert by_event(entry) == {"receivable": Decimal("42.10"), "sales_revenue": Decimal("-42.06"), "rounding": Decimal("-0.04")}


def test_s8_a_cash_basis_tax_waits_on_an_account_of_its_own() -> None:
    invoice = computed(line(1, 100, tax("10", "cash", exigibility=Exigibility.PAYMENT), tax("5", "five")))
    found = by_event(document_entry(invoice, due(invoice.total), facts()))
    assert found == {
        "receivable": Decimal(115),
        "sales_revenue": Decimal(-100),
        "output_tax_unpaid cash": Decimal(-10),
        "output_tax five": Decimal(-5),
    }


def test_under_reverse_charge_the_buyer_owes_and_deducts_and_what_cannot_be_deducted_is_a_cost() -> None:
    reverse = tax("19", "rc", use=Use.PURCHASE, reverse_charge=True, deductible=Decimal(60))
    bill = computed(line(1, 1000, reverse), kind=DocumentKind.BILL)
    found = by_event(document_entry(bill, due(bill.total), facts()))
    assert found == {
        "payable": Decimal(-1000),
        "purchases": Decimal(1076),
        "input_tax rc": Decimal(114),
        "output_tax rc": Decimal(-190),
    }


def test_what_a_customer_withholds_is_a_claim_and_what_is_withheld_from_a_vendor_a_debt() -> None:
    invoice = computed(line(1, 100, TEN, tax("-20", "wh")))
    assert by_event(document_entry(invoice, due(invoice.total), facts()))["withholding_tax wh"] == 20
    bill = computed(line(1, 100, tax("-24", "backup", use=Use.PURCHASE)), kind=DocumentKind.BILL)
    found = by_event(document_entry(bill, due(bill.total), facts()))
    assert found == {"payable": Decimal(-76), "purchases": Decimal(100), "withholding_tax backup": Decimal(-24)}


def test_each_instalment_is_a_line_with_the_party_and_its_due_date() -> None:
    invoice = computed(line(1, 100, TEN))
    terms = PaymentTerms(instalments=(Instalment(part=Part.PERCENT, value=Decimal(30)), Instalment(days=30)))
    entry = document_entry(invoice, schedule(terms, invoice.total, DAY), facts())
    owed = [(each.debit, each.due, each.party) for each in entry.lines if each.event == "receivable"]
    assert [(amount, party) for amount, _, party in owed] == [(Decimal(33), PARTY), (Decimal(77), PARTY)]
    assert [day.isoformat() for _, day, _ in owed if day] == ["2026-03-02", "2026-04-01"]
    assert not [each for each in entry.lines if each.party and each.event != "receivable"]


def test_dimensions_and_words_of_a_line_reach_the_books() -> None:
    invoice = computed(line(1, 100, description="Advice", detail="services", dimensions={"cost_centre": "north"}))
    entry = document_entry(invoice, due(invoice.total), facts())
    assert [(each.event, each.detail, each.description, each.dimensions) for each in entry.lines[1:]] == [
        ("sales_revenue", "services", "Advice", {"cost_centre": "north"})
    ]


def test_a_deposit_line_goes_to_the_customers_deposits() -> None:
    invoice = computed(line(1, 100, TEN, detail="deposit"))
    assert by_event(document_entry(invoice, due(invoice.total), facts()))["customer_deposits"] == -100


def test_s5_in_base_currency_the_customer_owes_what_the_total_is_worth() -> None:
    invoice = computed(line(5, 80), currency="EUR")
    entry = document_entry(invoice, due(invoice.total), facts("USD", 1 / Fraction("1.20")))
    assert [(each.event, base_of(each)) for each in entry.lines] == [
        ("receivable", Decimal("333.33")),
        ("sales_revenue", Decimal("-333.33")),
    ]
    assert entry.rate == Decimal("0.833333333333")


@settings(max_examples=150, deadline=None)
@given(
    any_document(), st.fractions(min_value=Fraction(1, 200), max_value=200, max_denominator=10_000), st.sampled_from(["EUR", "USD", "JPY"])
)
def test_every_entry_balances_in_both_currencies(one: Document, rate: Fraction, base: str) -> None:
    found = compute_document(one)
    terms = PaymentTerms(instalments=(Instalment(part=Part.PERCENT, value=Decimal(40)), Instalment(days=30)))
    try:
        entry = document_entry(found, schedule(terms, found.total, DAY), facts(base, rate))
    except Invalid as nothing:
        assert "comes to nothing" in nothing.message  # noqa: PT017 - both outcomes are claimed
        return
    assert balanced(entry)
    owed = [each for each in entry.lines if each.event in ("receivable", "payable")]
    if base != "EUR":
        step = Decimal(1) if base == "JPY" else CENT
        worth = rounded(Fraction(found.total) * rate, step) * one.kind.sign
        assert sum((base_of(each) for each in owed), Decimal(0)) == worth


@settings(max_examples=60, deadline=None)
@given(any_document())
def test_a_credit_takes_back_exactly_what_its_document_posted(one: Document) -> None:
    found, back = compute_document(one), compute_document(credit_of(one, DAY))
    try:
        first = by_event(document_entry(found, due(found.total), facts()))
    except Invalid as nothing:
        assert "comes to nothing" in nothing.message  # noqa: PT017 - both outcomes are claimed
        return
    assert {name: -amount for name, amount in by_event(document_entry(back, due(back.total), facts())).items()} == first


def test_instalments_that_are_not_the_total_and_documents_of_nothing_are_refused() -> None:
    invoice = computed(line(1, 100))
    with pytest.raises(Invalid, match=r"add up to 99, but the total is 100\.00"):
        document_entry(invoice, due(Decimal(99)), facts())
    free = computed(line(1, 0))
    with pytest.raises(Invalid, match="nothing to post"):
        document_entry(free, due(free.total), facts())
