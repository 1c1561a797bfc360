"""Foreign balances at the end of a period, and their reversal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.rates import NoRate, Rate
from plugins.accounting.services import revaluing, taxes
from weft import Conflict, Invalid
from weft.testing import Client

from .conftest import Books
from .trade import Trade, line, open_trade

END = date(2026, 3, 31)


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


def foreign(trade: Trade) -> str:
    return "USD" if trade.tenant.currency == "EUR" else "EUR"


async def rate(trade: Trade, day: date, value: str) -> None:
    await taxes.add_rates(trade.tenant, [Rate(day, foreign(trade), trade.tenant.currency, Decimal(value), "test")])


async def test_open_items_are_valued_at_the_closing_rate_and_paid_as_if_they_had_not_been(trade: Trade) -> None:
    await rate(trade, date(2026, 3, 10), "0.80")
    made = await trade.invoice(line(1, 1000), currency=foreign(trade), issued=date(2026, 3, 10))
    await trade.bill(line(1, 300, "purchase_standard"), currency=foreign(trade), issued=date(2026, 3, 10))
    await rate(trade, END, "0.90")
    found = await revaluing.value(trade.tenant, END)
    assert [(each.position.amount, each.position.base_amount, each.worth, each.difference) for _, each in found.lines] == [
        tuple(map(Decimal, ("1000", "800.00", "900.00", "100.00"))),
        tuple(map(Decimal, ("-330", "-264.00", "-297.00", "-33.00"))),
    ]
    done = await revaluing.post(trade.tenant, END)
    assert done.entry
    assert done.reversal
    assert (done.entry.date, done.reversal.date, done.difference) == (END, END + timedelta(days=1), Decimal("67.00"))
    upto = (
        "SELECT sum(l.base) FROM accounting_line l JOIN accounting_posting_rule r ON r.account = l.account "
        "WHERE r.event = $1 AND l.date <= $2"
    )
    assert await trade.ask(upto, "unrealised_exchange", END) == Decimal("-67.00")
    assert await trade.ask(upto, "unrealised_exchange", END + timedelta(days=1)) == 0
    with pytest.raises(Conflict, match="valued already"):
        await revaluing.post(trade.tenant, END)
    await rate(trade, date(2026, 4, 8), "0.85")
    await trade.pay_for(made, 1000, currency=foreign(trade), day=date(2026, 4, 8))
    assert await trade.held("exchange_gain") == Decimal("-50.00")  # from 0.80 to 0.85, whatever was unrealised between
    await trade.ties_out()


async def test_without_a_rate_or_a_difference_nothing_is_posted(trade: Trade) -> None:
    with pytest.raises(Invalid, match="nothing to post"):
        await revaluing.post(trade.tenant, END)
    await rate(trade, date(2026, 3, 10), "0.80")
    await trade.invoice(line(1, 1000), currency=foreign(trade), issued=date(2026, 3, 10))
    with pytest.raises(NoRate, match="import the rates of that day"):
        await revaluing.post(trade.tenant, END)
    await rate(trade, END, "0.80")
    with pytest.raises(Invalid, match="nothing to post"):
        await revaluing.post(trade.tenant, END)
    assert await trade.ask("SELECT count(*) FROM accounting_entry WHERE source_kind = 'accounting.revaluation'") == 0


async def test_the_page_shows_balances_posts_once_and_asks_for_missing_rates(client: Client, trade: Trade) -> None:
    assert "Nothing in foreign currencies" in (await client.get("/accounting/revaluation")).text
    await rate(trade, date(2026, 3, 10), "0.80")
    await trade.invoice(line(1, 1000), currency=foreign(trade), issued=date(2026, 3, 10))
    assert "There is no exchange rate" in (await client.get("/accounting/revaluation", params={"day": END.isoformat()})).text
    assert (await client.submit("/accounting/revaluation", {"day": END.isoformat()})).status_code == 409
    await rate(trade, END, "0.90")
    assert "100.00" in (await client.get("/accounting/revaluation", params={"day": END.isoformat()})).text
    assert (await client.submit("/accounting/revaluation", {"day": END.isoformat()})).status_code == 303
    assert "This day is valued" in (await client.get("/accounting/revaluation", params={"day": END.isoformat()})).text
    assert (await client.submit("/accounting/revaluation", {"day": "soon"})).status_code == 422
