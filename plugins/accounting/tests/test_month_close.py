"""A month is closed when what belongs to it is done: the checklist, the lock, and what was left open on purpose."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plugins.accounting.domain.currency.rates import Rate
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.domain.drafts import DraftHead, DraftLine
from plugins.accounting.domain.period_end import Unfinished, what_is_left
from plugins.accounting.queries import setup as setup_queries
from plugins.accounting.services import drafts, issuing, month_close, revaluing, taxes, years
from plugins.accounting.tests.conftest import Books
from plugins.accounting.tests.trade import Trade, line, open_trade
from weft import Conflict
from weft.contracts import PeriodLocked
from weft.testing import Client, Clock

MARCH = date(2026, 3, 31)


@pytest.fixture
async def trade(books: Books, clock: Clock) -> Trade:
    clock.set(datetime(2026, 4, 9, 10, tzinfo=UTC))
    await years.set_lock(books.tenant, "all", date(2026, 2, 28))
    return await open_trade(books.tenant)


async def left(trade: Trade) -> list[str]:
    found = await month_close.month_end(trade.tenant)
    assert found is not None
    assert found.period.last == MARCH
    return [each.title for each in found.checks if not each.done]


async def test_what_nobody_finished_in_the_month_is_told_and_keeps_it_open(trade: Trade) -> None:
    assert await left(trade) == []
    invoice, bill = await trade.draft(line(1, 100)), await trade.draft(line(1, 40), kind=DocumentKind.BILL)
    await trade.draft(line(1, 7), issued=date(2026, 4, 2))
    async with trade.tenant.transaction() as db:
        journal = (await setup_queries.journals(db))[0].id
    entry = await drafts.save(trade.tenant, DraftHead(journal=journal, date=MARCH), [DraftLine(code="6100", debit=Decimal(5))])
    assert await left(trade) == ["Invoices posted", "Bills approved", "Entries posted"]
    with pytest.raises(Conflict, match=r"1 invoice is a draft.*1 bill waits for approval.*1 entry is a draft"):
        await month_close.close(trade.tenant, MARCH)
    await issuing.post(trade.tenant, invoice.id, invoice.version)
    await issuing.post(trade.tenant, bill.id, bill.version)
    await drafts.delete(trade.tenant, entry.id)
    assert (await month_close.close(trade.tenant, date(2026, 3, 7))).period.last == MARCH
    with pytest.raises(PeriodLocked):
        await trade.invoice(line(1, 1))
    assert await month_close.month_end(trade.tenant) is None


async def test_foreign_balances_are_valued_first(trade: Trade) -> None:
    base = trade.tenant.currency
    other = "USD" if base == "EUR" else "EUR"
    await taxes.add_rates(trade.tenant, [Rate(date(2026, 3, 16), other, base, Decimal("0.80"), "test")])
    await trade.invoice(line(1, 100), currency=other)
    await taxes.add_rates(trade.tenant, [Rate(MARCH, other, base, Decimal("0.90"), "test")])
    assert await left(trade) == ["Foreign balances valued"]
    await revaluing.post(trade.tenant, MARCH)
    assert await left(trade) == []


async def test_a_month_can_be_closed_with_what_is_left_but_not_before_it_is_over(trade: Trade) -> None:
    await trade.draft(line(1, 100))
    assert (await month_close.close(trade.tenant, MARCH, unfinished=True)).period.last == MARCH
    assert (await years.read_calendar(trade.tenant)).locks["all"] == MARCH
    with pytest.raises(Conflict, match="ends on 2026-04-30"):
        await month_close.close(trade.tenant, date(2026, 4, 9), unfinished=True)
    with pytest.raises(Conflict, match="No fiscal year"):
        await month_close.close(trade.tenant, date(2031, 1, 1))


async def test_closing_an_earlier_month_again_moves_no_lock_back(trade: Trade) -> None:
    await month_close.close(trade.tenant, date(2026, 1, 31))
    assert (await years.read_calendar(trade.tenant)).locks["all"] == date(2026, 2, 28)


def test_a_bank_may_have_been_silent_over_the_last_weekend_but_not_for_longer() -> None:
    def told(day: date | None) -> bool:
        return what_is_left(Unfinished(0, 0, 0, 0, 0, day), MARCH)[3].done

    assert [told(day) for day in (None, date(2026, 3, 28), date(2026, 3, 27), MARCH)] == [True, True, False, True]


async def test_the_page_shows_the_list_and_closes_the_month(client: Client, trade: Trade) -> None:
    draft = await trade.draft(line(1, 100))
    page = await client.get("/accounting/months")
    assert "Close Mar 2026" in page.text
    assert "1 invoice is a draft." in page.text
    refused = await client.submit("/accounting/months", {"day": "2026-03-31"})
    assert refused.status_code == 409
    assert "Invoices posted: 1 invoice is a draft." in refused.text
    await issuing.post(trade.tenant, draft.id, draft.version)
    assert (await client.submit("/accounting/months", {"day": "2026-03-31"})).status_code == 303
    assert "Everybody is locked out through 31 Mar 2026" in (await client.get("/accounting/months?day=2026-03-01")).text
    assert "Every month that is over is closed" in (await client.get("/accounting/months")).text
    assert (await client.submit("/accounting/months", {"day": "soon"})).status_code == 422
