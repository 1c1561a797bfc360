"""Recurring invoices: made on their days, once, and never silently left out."""

from datetime import UTC, date, datetime

import pytest

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.jobs import SCHEDULES
from plugins.accounting.services import recurring
from plugins.accounting.services.recurring import Repeat
from weft import Conflict, Invalid
from weft.testing import Client, Clock, Jobs, Mailbox

from .conftest import Books
from .trade import Trade, line, open_trade


@pytest.fixture
async def trade(books: Books, clock: Clock) -> Trade:
    clock.set(datetime(2026, 1, 15, 12, tzinfo=UTC))
    return await open_trade(books.tenant)


async def made(trade: Trade) -> list[tuple[str, str]]:
    async with trade.tenant.transaction() as db:
        rows = await db.fetch("SELECT d.issued, d.state FROM accounting_document d ORDER BY d.issued, d.id")
    return [(f"{row['issued']}", row["state"]) for row in rows]


async def test_it_is_made_on_its_days_and_the_31st_comes_back_after_february(trade: Trade, clock: Clock, jobs: Jobs) -> None:
    draft = await trade.draft(line(1, 10, "sale_standard"), issued=date(2026, 1, 15))
    await recurring.repeat(trade.tenant, draft.id, Repeat(first=date(2026, 1, 31), action="post"))
    assert await recurring.make_due(trade.tenant) == 0
    clock.set(datetime(2026, 3, 31, 12, tzinfo=UTC))
    async with trade.tenant.transaction():  # as the schedule asks for it each morning
        await trade.tenant.enqueue(recurring.MAKE, recurring.Nothing())
    ran = await jobs.run_all(trade.tenant)
    assert {(each.name, each.state) for each in ran if each.name == recurring.MAKE.name} == {(recurring.MAKE.name, "done")}
    assert (await made(trade))[1:] == [("2026-01-31", "posted"), ("2026-02-28", "posted"), ("2026-03-31", "posted")]
    assert await recurring.make_due(trade.tenant) == 0
    (found,) = await recurring.all_recurring(trade.tenant)
    assert (found.next_date, found.made) == (date(2026, 4, 30), 3)


def test_it_is_made_every_morning() -> None:
    (daily,) = [each for each in SCHEDULES if each.job is recurring.MAKE]
    assert daily.cron.split()[2:] == ["*", "*", "*"]


async def test_it_is_sent_when_it_is_to_be_and_ends_on_its_day(trade: Trade, clock: Clock, mailbox: Mailbox) -> None:
    first = await trade.invoice(line(1, 10), issued=date(2026, 1, 15))
    wish = Repeat(first=date(2026, 2, 1), every_months=2, until=date(2026, 5, 1), action="send")
    await recurring.repeat(trade.tenant, first.id, wish)
    clock.set(datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert await recurring.make_due(trade.tenant) == 2
    assert len(await mailbox.to("ada@example.org")) == 2
    assert not (await recurring.all_recurring(trade.tenant))[0].active


async def test_one_that_cannot_be_made_keeps_its_day_says_why_and_holds_up_no_other(trade: Trade, clock: Clock) -> None:
    draft = await trade.draft(line(1, 10), issued=date(2026, 1, 15), currency="USD" if trade.tenant.currency != "USD" else "EUR")
    good = await trade.draft(line(1, 10), issued=date(2026, 1, 15))
    for each in (draft, good):
        await recurring.repeat(trade.tenant, each.id, Repeat(first=date(2026, 2, 1), action="post"))
    clock.set(datetime(2026, 2, 2, 12, tzinfo=UTC))
    assert await recurring.make_due(trade.tenant) == 1
    (waiting,) = [each for each in await recurring.all_recurring(trade.tenant) if each.problem]
    assert "no exchange rate" in waiting.problem
    assert waiting.next_date == date(2026, 2, 1)
    assert [state for _, state in await made(trade)] == ["draft", "draft", "posted"]


async def test_what_cannot_come_again_is_refused_and_the_page_stops_and_goes_on(client: Client, trade: Trade, clock: Clock) -> None:
    note = await trade.invoice(line(1, 10), kind=DocumentKind.CREDIT_NOTE, issued=date(2026, 1, 15))
    with pytest.raises(Conflict, match="Only invoices and bills"):
        await recurring.repeat(trade.tenant, note.id, Repeat(first=date(2026, 2, 1)))
    draft = await trade.draft(line(1, 10), issued=date(2026, 1, 15))
    with pytest.raises(Invalid, match="is before the first"):
        await recurring.repeat(trade.tenant, draft.id, Repeat(first=date(2026, 2, 1), until=date(2026, 1, 1)))
    path = f"/accounting/documents/{draft.id}/repeat"
    assert (await client.submit(path, {"first": "soon"})).status_code == 422
    assert (await client.submit(path, {"first": "2026-02-01", "every_months": "3", "action": "draft"})).status_code == 303
    assert "every 3 months" in (await client.get("/accounting/recurring")).text
    (found,) = await recurring.all_recurring(trade.tenant)
    for state in (False, True):
        clock.set(datetime(2026, 9, 1, 12, tzinfo=UTC))
        assert (await client.submit(f"/accounting/recurring/{found.id}/switch")).status_code == 303
        (after,) = await recurring.all_recurring(trade.tenant)
        assert after.active is state
    assert after.next_date == date(2026, 11, 1)
