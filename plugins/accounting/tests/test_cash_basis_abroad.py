"""Cash-basis taxes of documents in foreign currencies: the return, the accounts and what waits agree to the cent, however it is paid."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.services import crediting, payments, taxes
from weft import Tenant

from .conftest import Books
from .trade import DAY, Trade, line, open_trade

LATER = DAY + timedelta(days=1)


@pytest.fixture
async def trade(books: Books) -> Trade:
    """Return a business with a customer, and what a dollar is worth today and tomorrow."""
    made = await open_trade(books.tenant)
    told = [Rate(day, made.tenant.currency, "USD", Decimal(rate), "test") for day, rate in ((DAY, "1.2749"), (LATER, "1.3187"))]
    await taxes.add_rates(made.tenant, told)
    return made


async def returned(tenant: Tenant, code: str) -> Decimal:
    """Return what the tax return tells of a tax."""
    async with tenant.transaction() as db:
        found = await db.fetchval(
            "SELECT coalesce(sum(CASE WHEN t.credit_note THEN -t.amount ELSE t.amount END), 0) FROM accounting_tax_amount t "
            "WHERE t.tax_code = $1",
            code,
        )
    return Decimal(found)


async def agrees(trade: Trade, *, waits: bool) -> None:
    """Hold the return against the account, and what waits against nothing once all is settled."""
    assert await trade.held("output_tax") == -await returned(trade.tenant, "sale_cash")
    assert (await trade.held("output_tax_unpaid") != 0) is waits
    await trade.ties_out()


@pytest.mark.parametrize("parts", [("50.07", "50.07", "9.87"), ("0.01", "110.00"), ("36.67", "36.67", "36.67"), ("13.37", "0.05", "96.59")])
async def test_parts_of_an_invoice_make_its_tax_due_to_the_cent(trade: Trade, parts: tuple[str, ...]) -> None:
    made = await trade.invoice(line(1, "33.35", "sale_cash"), line(1, "66.65", "sale_cash"), currency="USD")
    assert made.total == Decimal("110.01")
    for place, part in enumerate(parts, 1):
        await trade.pay_for(made, part, currency="USD", day=LATER)
        await agrees(trade, waits=place < len(parts))


async def test_what_is_written_off_will_never_be_due(trade: Trade) -> None:
    made = await trade.invoice(line(3, "33.37", "sale_cash"), currency="USD")
    await trade.pay_for(made, "41.13", currency="USD", day=LATER)
    await trade.pay_for(made, "33.33", currency="USD", day=LATER, write_off=f"{made.total - Decimal('74.46')}")
    await agrees(trade, waits=False)


async def test_money_on_account_makes_tax_due_when_it_is_set_against_the_invoice(trade: Trade) -> None:
    advance = await trade.pay("47.11", currency="USD")
    made = await trade.invoice(line(7, "14.29", "sale_cash"), currency="USD", issued=LATER)
    await crediting.use_payment(trade.tenant, advance.id, made.id, Decimal("47.11"), LATER)
    await agrees(trade, waits=True)
    await trade.pay_for(made, f"{made.total - Decimal('47.11')}", currency="USD", day=LATER)
    await agrees(trade, waits=False)


async def test_a_payment_taken_back_takes_its_tax_back(trade: Trade) -> None:
    made = await trade.invoice(line(7, "14.29", "sale_cash"), currency="USD")
    paid = await trade.pay_for(made, "50.07", currency="USD", day=LATER)
    before = await trade.held("output_tax_unpaid")
    await payments.take_back(trade.tenant, paid.id, LATER, "The cheque bounced")
    assert await returned(trade.tenant, "sale_cash") == 0 == await trade.held("output_tax")
    assert abs(await trade.held("output_tax_unpaid")) > abs(before)
