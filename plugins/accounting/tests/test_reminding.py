"""Reminders: proposed, sent, charged for, and not sent twice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plugins.accounting.domain.documents.dunning import DunningLevel, DunningPolicy
from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import reminding
from weft import Conflict, Invalid
from weft.contracts import NewParty, Parties
from weft.testing import Client, Mailbox

from .conftest import Books
from .trade import DAY, Trade, line, open_trade

LATE = DAY + timedelta(days=40)
STRICT = DunningPolicy(
    levels=(
        DunningLevel(title="First", days=5, fee=Decimal(5)),
        DunningLevel(title="Second", days=10, fee=Decimal(10), flat_fee=True, interest=True),
    ),
    pause=7,
)


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def test_an_overdue_invoice_is_reminded_of_once_then_again_with_what_the_law_allows(trade: Trade, mailbox: Mailbox) -> None:
    law = {"EUR": "eu", "GBP": "gb"}.get(trade.tenant.currency, "none")
    await reminding.save_policy(trade.tenant, STRICT, law, 0)
    made = await trade.invoice(line(1, 1000), due=DAY)
    assert (await reminding.propose(trade.tenant, DAY + timedelta(days=4))).letters == []
    (first,) = (await reminding.propose(trade.tenant, DAY + timedelta(days=5))).letters
    assert (first.letter.level, first.letter.total) == (1, Decimal(1005))
    assert await reminding.send(trade.tenant, trade.customer, DAY + timedelta(days=5)) == 1
    (mail,) = await mailbox.to("ada@example.org")
    assert made.number in mail.text
    assert await trade.held("dunning_fees") == -5
    with pytest.raises(Conflict, match="Nothing has to be reminded"):
        await reminding.send(trade.tenant, trade.customer, DAY + timedelta(days=6))
    if law != "none":
        assert "reference rate" in (await reminding.propose(trade.tenant, LATE)).problem
    (second,) = (await reminding.propose(trade.tenant, LATE, Decimal("2.00"))).letters
    line_ = next(each for each in second.letter.lines if each.item.key == str(made.id))
    flat = {"eu": Decimal(40), "gb": Decimal(70), "none": Decimal(0)}[law]
    assert (line_.level, line_.flat_fee, line_.days) == (2, flat, 40)
    assert await reminding.send(trade.tenant, trade.customer, LATE, Decimal("2.00")) == 1
    charged = await trade.ask("SELECT r.charges FROM accounting_reminder r WHERE r.document = $1 AND r.level = 2", made.id)
    assert charged
    await trade.ties_out()


async def test_what_is_paid_credited_or_covered_is_not_reminded_of(trade: Trade) -> None:
    paid = await trade.invoice(line(1, 10), due=DAY)
    await trade.pay_for(paid, 10)
    await trade.invoice(line(1, 20), due=DAY)
    await trade.invoice(line(1, 30), kind=DocumentKind.CREDIT_NOTE, due=DAY)
    assert (await reminding.propose(trade.tenant, LATE)).letters == []


async def test_a_party_without_an_address_is_told_and_nothing_is_kept(trade: Trade) -> None:
    async with trade.tenant.transaction():
        trade.customer = (await trade.tenant.service(Parties).add(NewParty(kind="person", name="Grace Hopper"))).id
    await trade.invoice(line(1, 10), due=DAY)
    with pytest.raises(Invalid, match="Grace Hopper has no e-mail address"):
        await reminding.send(trade.tenant, trade.customer, LATE)
    assert await trade.ask("SELECT count(*) FROM accounting_reminder") == 0


async def test_the_page_shows_sends_and_says_how(client: Client, trade: Trade, mailbox: Mailbox) -> None:
    made = await trade.invoice(line(1, 10), due=DAY)
    page = (await client.get("/accounting/reminders")).text
    assert made.number in page
    assert (await client.submit("/accounting/reminders/send", {})).status_code == 409
    assert (await client.submit("/accounting/reminders/send", {"party": str(trade.customer)})).status_code == 303
    assert len(await mailbox.to("ada@example.org")) == 1
    assert made.number not in (await client.get("/accounting/reminders")).text
    sent = {"version": "0", "law": "eu", "pause": "3", "levels.0.title": "One", "levels.0.days": "9", "levels.0.fee": "2.50"}
    assert (await client.submit("/accounting/reminders/policy", sent)).status_code == 303
    assert (await client.submit("/accounting/reminders/policy", sent)).status_code == 409
    wrong = await client.submit("/accounting/reminders/policy", sent | {"version": "1", "levels.0.days": "0"})
    assert (wrong.status_code, "Enter 1 or more" in wrong.text) == (422, True)
    none = await client.submit("/accounting/reminders/policy", {"version": "1", "law": "eu"})
    assert (none.status_code, "more days after the due date" in none.text) == (422, True)
