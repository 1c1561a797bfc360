"""Money on account and credits that are set against documents later, and taken back one by one."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import crediting, payments, taxes
from weft import Conflict, Invalid
from weft.testing import Client

from .conftest import Books
from .trade import DAY, Trade, line, open_trade

LATER = date(2026, 4, 2)


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def uses(trade: Trade) -> list[UUID]:
    return [
        row["id"]
        for row in await Books(trade.tenant).figures(
            "SELECT s.id FROM accounting_settlement s WHERE s.later AND NOT s.undone ORDER BY s.id"
        )
    ]


async def test_an_advance_pays_the_invoices_that_come_after_it_and_what_is_left_stays_open(trade: Trade) -> None:
    advance = await trade.pay(150)
    first, second = await trade.invoice(line(1, 100)), await trade.invoice(line(1, 100))
    assert await crediting.use_payment(trade.tenant, advance.id, first.id) == 100
    assert await crediting.use_payment(trade.tenant, advance.id, second.id) == 50
    assert [(await trade.again(each)).open for each in (first, second)] == [0, 50]
    await trade.ties_out()
    with pytest.raises(Invalid, match="at most 0"):
        await crediting.use_payment(trade.tenant, advance.id, second.id)


async def test_a_use_is_taken_back_alone_and_can_be_made_again(trade: Trade) -> None:
    advance, invoice = await trade.pay(100), await trade.invoice(line(1, 100))
    await crediting.use_payment(trade.tenant, advance.id, invoice.id, Decimal(60))
    await crediting.use_payment(trade.tenant, advance.id, invoice.id, Decimal(40))
    first, _ = await uses(trade)
    await crediting.take_back(trade.tenant, first, LATER, "meant for another")
    assert (await trade.again(invoice)).open == 60
    await trade.ties_out()
    with pytest.raises(Conflict, match="already"):
        await crediting.take_back(trade.tenant, first, LATER, "twice")
    await crediting.use_payment(trade.tenant, advance.id, invoice.id)
    assert (await trade.again(invoice)).open == 0
    await trade.ties_out()


async def test_taking_the_payment_back_opens_all_that_it_was_used_for(trade: Trade) -> None:
    invoice, other = await trade.invoice(line(1, 100)), await trade.invoice(line(1, 30))
    payment = await trade.pay(130)
    await crediting.use_payment(trade.tenant, payment.id, invoice.id)
    await crediting.use_payment(trade.tenant, payment.id, other.id)
    await payments.take_back(trade.tenant, payment.id, LATER, "bounced")
    assert [(await trade.again(each)).open for each in (invoice, other)] == [100, 30]
    assert await trade.held("bank") == 0
    with pytest.raises(Conflict, match="was taken back"):
        await crediting.use_payment(trade.tenant, payment.id, invoice.id)


async def test_cash_basis_tax_falls_due_when_the_advance_is_used_and_waits_again_when_that_is_taken_back(trade: Trade) -> None:
    advance, invoice = await trade.pay(110), await trade.invoice(line(1, 100, "sale_cash"))
    assert [await trade.held("output_tax"), await trade.held("output_tax_unpaid")] == [Decimal(0), Decimal(-10)]
    await crediting.use_payment(trade.tenant, advance.id, invoice.id, Decimal(55), LATER)
    assert [await trade.held("output_tax"), await trade.held("output_tax_unpaid")] == [Decimal(-5), Decimal(-5)]
    assert await trade.ask("SELECT sum(t.amount) FROM accounting_tax_amount t") == 5
    await crediting.take_back(trade.tenant, (await uses(trade))[0], LATER, "wrong invoice")
    assert [await trade.held("output_tax"), await trade.held("output_tax_unpaid")] == [Decimal(0), Decimal(-10)]
    assert await trade.ask("SELECT sum(t.amount) FROM accounting_tax_amount t") == 0
    await trade.ties_out()


async def test_an_advance_in_a_foreign_currency_leaves_the_exchange_difference_in_the_books(trade: Trade) -> None:
    await taxes.add_rates(
        trade.tenant, [Rate(DAY, "USD", "GBP", Decimal("0.80"), "test"), Rate(LATER, "USD", "GBP", Decimal("0.75"), "test")]
    )
    advance = await trade.pay(100, currency="USD")
    invoice = await trade.invoice(line(1, 90), currency="USD", issued=LATER)
    await crediting.use_payment(trade.tenant, advance.id, invoice.id, day=LATER)
    assert await trade.held("receivable") == Decimal("-8.00")  # the 10 USD that are left, at the rate they came in
    assert await trade.held("exchange_gain") == Decimal("-4.50")  # 90 USD that were worth 72.00 and pay for 67.50
    await crediting.take_back(trade.tenant, (await uses(trade))[0], LATER, "wrong")
    assert await trade.held("exchange_gain") == 0
    assert await trade.held("receivable") == Decimal("-12.50")
    await trade.ties_out()


async def test_a_credit_note_is_set_against_a_later_invoice_and_taken_back(trade: Trade) -> None:
    paid = await trade.invoice(line(1, 50))
    await trade.pay_for(paid, 50)
    credit = await trade.invoice(line(1, 50), kind=DocumentKind.CREDIT_NOTE)
    later = await trade.invoice(line(1, 80))
    assert await crediting.apply_credit(trade.tenant, later.id, credit.id) == 50
    await crediting.take_back(trade.tenant, (await uses(trade))[0], LATER, "the customer wants it paid out")
    assert [(await trade.again(each)).open for each in (later, credit)] == [80, 50]
    await trade.ties_out()


async def test_money_of_one_side_or_party_settles_nothing_of_another(trade: Trade) -> None:
    advance = await trade.pay(100)
    bill = await trade.bill(line(1, 100))
    with pytest.raises(Invalid, match="invoices"):
        await crediting.use_payment(trade.tenant, advance.id, bill.id)
    draft = await trade.draft(line(1, 10))
    with pytest.raises(Invalid, match="not posted"):
        await crediting.use_payment(trade.tenant, advance.id, draft.id)
    euro = await trade.invoice(line(1, 10), currency="EUR", rate=Decimal(1))
    with pytest.raises(Invalid, match="one currency"):
        await crediting.use_payment(trade.tenant, advance.id, euro.id)


async def test_what_we_paid_ahead_settles_the_bill(trade: Trade) -> None:
    ahead = await trade.pay(40, incoming=False)
    bill = await trade.bill(line(1, 100))
    assert await crediting.use_payment(trade.tenant, ahead.id, bill.id) == 40
    assert (await trade.again(bill)).open == 60
    await trade.ties_out()


async def test_the_pages_set_money_against_a_document_and_take_it_back(trade: Trade, client: Client) -> None:
    advance, invoice = await trade.pay(60), await trade.invoice(line(1, 100))
    page = await client.get(f"/accounting/payments/{advance.id}")
    assert invoice.number in page.text
    done = await client.submit(f"/accounting/payments/{advance.id}/use", {"document": str(invoice.id), "amount": "25"})
    assert done.status_code == 303, done.text
    assert (await trade.again(invoice)).open == 75
    offered = await client.get(f"/accounting/documents/{invoice.id}")
    assert advance.number in offered.text
    assert (await client.submit(f"/accounting/documents/{invoice.id}/use", {"payment": str(advance.id)})).status_code == 303
    assert (await trade.again(invoice)).open == 40
    for each in await uses(trade):
        answer = await client.submit(f"/accounting/settlements/{each}/take-back", {"reason": "mixed up", "day": str(LATER)})
        assert answer.status_code == 303
    assert (await trade.again(invoice)).open == 100
    refused = await client.submit(f"/accounting/payments/{advance.id}/use", {"document": str(invoice.id), "amount": "61"})
    assert refused.status_code == 422
    assert "at most 60" in refused.text
