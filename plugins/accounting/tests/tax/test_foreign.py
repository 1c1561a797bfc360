"""Documents in foreign currencies: the tax return says in base currency what the accounts of tax hold."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import desk, issuing, taxes
from plugins.accounting.tests.conftest import Books
from plugins.accounting.tests.trade import DAY, Trade, line, open_trade

D = Decimal


@pytest.fixture
async def trade(books: Books) -> Trade:
    trade = await open_trade(books.tenant)
    await taxes.choose_system(books.tenant, "gb")
    await taxes.add_rates(books.tenant, [Rate(DAY, "EUR", "GBP", D("0.85337"), "test"), Rate(DAY, "USD", "GBP", D("0.75"), "test")])
    return trade


async def boxes(trade: Trade, day: date = DAY) -> dict[str, Decimal]:
    page = await desk.tax_return(trade.tenant, day.replace(day=1), day)
    assert page is not None
    assert not page.unplaced
    return {each.box.code: each.exact for each in page.boxes}


@pytest.mark.parametrize("price", ["3530.13", "0.07", "99.99", "1234567.89"])
async def test_a_bill_and_an_invoice_in_euros_enter_the_return_as_the_books_hold_them(trade: Trade, price: str) -> None:
    assert trade.tenant.currency == "GBP"
    await trade.bill(line(1, price, "gb_p_standard"), line(1, "10.10", "gb_p_import_postponed"), currency="EUR")
    await trade.invoice(line(3, price, "gb_s_standard"), currency="EUR")
    due, reclaimed = -await trade.held("output_tax"), await trade.held("input_tax")
    found = await boxes(trade)
    assert (found["1"], found["4"]) == (due, reclaimed)
    assert found["6"] == abs(await trade.held("sales_revenue"))


async def test_a_credit_note_in_dollars_takes_back_what_its_invoice_brought(trade: Trade) -> None:
    invoice = await trade.invoice(line(1, "1000", "gb_s_standard"), currency="USD")
    assert (await boxes(trade))["1"] == D("150.00")
    credit = await trade.draft(line(1, "1000", "gb_s_standard"), kind=DocumentKind.CREDIT_NOTE, currency="USD", credits=invoice.id)
    await issuing.post(trade.tenant, credit.id, credit.version)
    assert (await boxes(trade))["1"] == 0
