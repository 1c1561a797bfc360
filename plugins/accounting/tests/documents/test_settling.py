"""From payments to entries: what is settled, discounts, write-offs, taxes that fall due, and gains on exchange."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.accounting.domain.currency.gains import OpenAmount, settle
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.domain.documents.settling import Paid, Settled, payment_entry, settled_total
from plugins.accounting.domain.documents.terms import EarlyPayment, PaymentTerms, correction, early_discount
from plugins.accounting.domain.tax.cash import due_at_payment
from plugins.accounting.domain.tax.model import Exigibility, Use
from weft import Invalid

from .making import DAY, PARTY, balanced, base_of, by_event, computed, facts, line, tax


def received(amount: str | int, *settled: Settled, currency: str = "EUR", **more: object) -> Paid:
    return Paid(incoming=True, currency=currency, amount=Decimal(amount), settled=settled, **more)  # type: ignore[arg-type]  # named below


def sale(amount: str | int, **more: object) -> Settled:
    return Settled(use=Use.SALE, amount=Decimal(amount), **more)  # type: ignore[arg-type]  # named below


def test_s1_the_last_payment_of_99_settles_100_and_gives_one_up() -> None:
    entry = payment_entry(received(99, sale(99, write_off=Decimal(1))), facts())
    assert by_event(entry) == {"bank": Decimal(99), "receivable": Decimal(-100), "write_off": Decimal(1)}
    assert [each.party for each in entry.lines] == [None, PARTY, None]
    assert balanced(entry)


def test_s5_an_invoice_in_euros_paid_when_the_euro_is_dearer_gains_30_31() -> None:
    now = 1 / Fraction("1.10")
    done = settle(OpenAmount(Decimal(400), Decimal("333.33")), Decimal(400), Decimal("363.64"))
    paid = received(400, sale(400, base=done.base_released), worth=Decimal("363.64"))
    entry = payment_entry(paid, facts("USD", now))
    assert [(each.event, base_of(each)) for each in entry.lines] == [
        ("bank", Decimal("363.64")),
        ("receivable", Decimal("-333.33")),
        ("exchange_gain", Decimal("-30.31")),
    ]
    assert balanced(entry)


def test_a_payment_into_an_account_of_another_currency_keeps_each_currency_even() -> None:
    paid = received(
        400, sale(400, base=Decimal("333.33")), worth=Decimal("363.64"), bank="1810", bank_currency="USD", bank_amount=Decimal("363.64")
    )
    entry = payment_entry(paid, facts("USD", Fraction(1)))
    assert balanced(entry)
    assert [(each.code or each.event, each.currency, base_of(each)) for each in entry.lines] == [
        ("1810", "USD", Decimal("363.64")),
        ("currency_conversion", "USD", Decimal("-363.64")),
        ("currency_conversion", "EUR", Decimal("363.64")),
        ("receivable", "EUR", Decimal("-333.33")),
        ("exchange_gain", "EUR", Decimal("-30.31")),
    ]


def test_s8_a_payment_of_60_makes_5_22_of_the_cash_basis_tax_due() -> None:
    invoice = computed(line(1, 100, tax("10", "cash", exigibility=Exigibility.PAYMENT), tax("5", "five")))
    taxes = due_at_payment(invoice.taxes, invoice.total, Decimal(0), Decimal(60))
    found = by_event(payment_entry(received(60, sale(60, due_taxes=taxes)), facts()))
    assert found == {
        "bank": Decimal(60),
        "receivable": Decimal(-60),
        "output_tax_unpaid cash": Decimal("5.22"),
        "output_tax cash": Decimal("-5.22"),
    }


NINETEEN = tax("19", "vat19")
TERMS = PaymentTerms(early=EarlyPayment(percent=Decimal(2), days=10))


def test_an_early_payment_discount_corrects_the_sellers_tax() -> None:
    invoice = computed(line(1, 100, NINETEEN))
    discount = early_discount(TERMS, invoice.net, invoice.taxes, invoice.total, DAY)
    entry = payment_entry(received("116.62", sale("116.62", discount=discount)), facts())
    assert by_event(entry) == {
        "bank": Decimal("116.62"),
        "receivable": Decimal("-119.00"),
        "sales_discount": Decimal("2.00"),
        "output_tax vat19": Decimal("0.38"),
    }


def test_a_vendor_paid_early_gets_less_and_so_does_the_buyers_deduction() -> None:
    half = tax("19", "in19", use=Use.PURCHASE, deductible=Decimal(50))
    reverse = tax("10", "rc", use=Use.PURCHASE, reverse_charge=True)
    bill = computed(line(1, 100, half), line(1, 50, reverse), kind=DocumentKind.BILL)
    discount = early_discount(TERMS, bill.net, bill.taxes, bill.total, DAY)
    assert discount is not None
    settled = Settled(use=Use.PURCHASE, amount=bill.total - discount.amount, discount=discount)
    entry = payment_entry(Paid(incoming=False, currency="EUR", amount=settled.amount, settled=(settled,)), facts())
    assert by_event(entry) == {
        "bank": Decimal("-165.62"),
        "payable": Decimal("169.00"),
        "purchase_discount": Decimal("-3.19"),  # 3.00 of the net and half of the 0.38 tax
        "input_tax in19": Decimal("-0.19"),
        "input_tax rc": Decimal("-0.10"),
        "output_tax rc": Decimal("0.10"),
    }
    assert balanced(entry)


def test_a_refund_of_a_credit_note_pays_out_and_settles_it() -> None:
    paid = Paid(incoming=False, currency="EUR", amount=Decimal(50), settled=(sale(50),))
    assert by_event(payment_entry(paid, facts())) == {"bank": Decimal(-50), "receivable": Decimal(50)}


def test_what_settles_nothing_stays_open_with_the_party_or_is_a_deposit() -> None:
    assert by_event(payment_entry(received(180, sale(100)), facts())) == {"bank": Decimal(180), "receivable": Decimal(-180)}
    found = payment_entry(received(80, unused_event="customer_deposits"), facts())
    assert by_event(found) == {"bank": Decimal(80), "customer_deposits": Decimal(-80)}
    assert [each.party for each in found.lines] == [None, PARTY]


def test_a_cash_basis_tax_of_what_is_written_off_never_falls_due() -> None:
    cash = tax("10", "cash", exigibility=Exigibility.PAYMENT)
    invoice = computed(line(1, 100, cash))
    lost = tuple(correction(each, Decimal(11), invoice.total, Decimal("0.01")) for each in invoice.taxes)
    due = due_at_payment(invoice.taxes, invoice.total, Decimal(0), Decimal(99))
    settled = sale(99, write_off=Decimal(11), due_taxes=due, lost_taxes=lost)
    found = by_event(payment_entry(received(99, settled), facts()))
    assert found == {
        "bank": Decimal(99),
        "receivable": Decimal(-110),
        "write_off": Decimal(10),
        "output_tax_unpaid cash": Decimal(10),
        "output_tax cash": Decimal(-9),
    }


def test_more_settled_than_paid_and_a_payment_of_nothing_are_refused() -> None:
    for paid in (received(10, sale(11)), received(0)):
        with pytest.raises(Invalid, match="has to reach"):
            payment_entry(paid, facts())


pieces = st.decimals(min_value=Decimal("0.01"), max_value=3_000, places=2)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(pieces, st.booleans(), st.decimals(min_value=0, max_value=50, places=2)), min_size=1, max_size=4),
    st.decimals(min_value=0, max_value=500, places=2),
    st.booleans(),
    st.sampled_from(["EUR", "USD", "JPY"]),
    st.sampled_from(["", "EUR", "USD", "CHF"]),
    st.decimals(min_value=Decimal("0.5"), max_value=150, places=3),
)
def test_every_payment_balances_in_all_its_currencies(
    documents: list[tuple[Decimal, bool, Decimal]], unused: Decimal, incoming: bool, base: str, bank: str, rate: Decimal
) -> None:
    use = Use.SALE if incoming else Use.PURCHASE
    vat = tax("19", "vat", use=use, deductible=Decimal(50) if use is Use.PURCHASE else Decimal(100))
    settled = []
    for price, early, write_off in documents:
        one = computed(line(1, str(price), vat), kind=DocumentKind.INVOICE if incoming else DocumentKind.BILL)
        discount = early_discount(TERMS, one.net, one.taxes, one.total, DAY) if early else None
        settled.append(Settled(use=use, amount=one.total, discount=discount, write_off=write_off, base=Decimal(round(one.total * rate))))
    amount = sum((each.amount for each in settled), Decimal(0)) + unused
    paid = Paid(
        incoming=incoming,
        currency="EUR",
        amount=amount,
        bank_currency=bank,
        bank_amount=Decimal(round(amount)) if bank else Decimal(0),
        worth=amount if base == "EUR" else Decimal(round(amount)) if base == bank else Decimal(round(amount * rate)),
        settled=tuple(settled),
    )
    entry = payment_entry(paid, facts(base, Fraction(rate)))
    assert balanced(entry)
    owed = sum((each.debit - each.credit for each in entry.lines if each.event in ("receivable", "payable")), Decimal(0))
    assert abs(owed) == settled_total(settled) + unused
