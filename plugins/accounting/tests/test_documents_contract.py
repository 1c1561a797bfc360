"""Invoices and bills that other modules ask for, and what they hear of them."""

from decimal import Decimal
from typing import Any

import pytest

from plugins.accounting.events import DocumentCancelled, DocumentPaid, DocumentPosted
from plugins.accounting.services import documents, issuing
from weft import Invalid
from weft.contracts import DocumentFacts, Documents, NewDocument, NewDocumentLine, Source
from weft.testing import Events

from .conftest import Books
from .trade import DAY, Trade, open_trade

ORDER = Source("shop.order", "42", "Order 42")


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


def order(trade: Trade, *lines: NewDocumentLine, **more: Any) -> NewDocument:
    given: dict[str, Any] = {"type": "invoice", "party": trade.customer, "source": ORDER, "issued": DAY} | more
    return NewDocument(lines=lines or (item("Tea", 3, "5.00", source_line="7"),), **given)


def item(description: str, quantity: int, price: str, **more: Any) -> NewDocumentLine:
    return NewDocumentLine(description=description, quantity=Decimal(quantity), unit_price=Decimal(price), **more)


async def ask(trade: Trade, new: NewDocument) -> DocumentFacts:
    async with trade.tenant.transaction():
        return await trade.tenant.service(Documents).draft(new)


async def now(trade: Trade, made: DocumentFacts) -> DocumentFacts:
    async with trade.tenant.transaction():
        return await trade.tenant.service(Documents).get(made.id)


async def test_an_order_becomes_one_draft_however_often_it_asks(trade: Trade) -> None:
    made = await ask(trade, order(trade))
    assert (made.step, made.number, made.net, made.total) == ("draft", "", Decimal("15.00"), Decimal("16.50"))
    assert [(each.position, each.quantity, each.net, each.source_line) for each in made.lines] == [(1, Decimal(3), Decimal("15.00"), "7")]
    assert await ask(trade, order(trade)) == made
    async with trade.tenant.transaction():
        assert await trade.tenant.service(Documents).of(ORDER) == made
        assert await trade.tenant.service(Documents).of(Source("shop.order", "43")) is None


async def test_a_draft_is_posted_for_who_asked_and_only_once(trade: Trade) -> None:
    made = await ask(trade, order(trade))
    async with trade.tenant.transaction():
        posted = await trade.tenant.service(Documents).post(made.id)
        assert (posted.step, posted.open) == ("posted", Decimal("16.50"))
        assert posted.number
        assert await trade.tenant.service(Documents).post(made.id) == posted


async def test_taxes_follow_from_the_category_unless_the_order_names_some(trade: Trade) -> None:
    made = await ask(
        trade,
        order(
            trade,
            item("Book", 1, "100", tax_category="reduced"),
            item("Export", 1, "100", tax_category="zero"),
            item("Named", 1, "100", taxes=("sale_standard",)),
            item("None", 1, "100", taxes=()),
        ),
    )
    found = await documents.get(trade.tenant, made.id)
    assert [line.taxes for line in found.lines] == [("sale_reduced",), ("sale_zero",), ("sale_standard",), ()]
    assert made.total == Decimal("415.00")


async def test_what_is_wrong_is_told_by_field_and_nothing_is_drafted(trade: Trade) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(trade, order(trade, item("Tea", 1, "5"), item("Gold", 1, "5", tax_category="luxury")))
    assert list(refused.value.fields) == ["lines.1.taxes"]
    with pytest.raises(Invalid, match="one line"):
        await ask(trade, NewDocument(type="invoice", party=trade.customer, source=ORDER, lines=()))
    async with trade.tenant.transaction():
        assert await trade.tenant.service(Documents).of(ORDER) is None


async def test_lines_go_where_their_event_says(trade: Trade) -> None:
    made = await ask(trade, order(trade, item("Goods", 1, "80", event="goods_received", taxes=()), type="bill", party=trade.vendor))
    draft = await documents.get(trade.tenant, made.id)
    await issuing.post(trade.tenant, draft.id, draft.version)
    assert await trade.held("goods_received") == 80


async def test_whoever_asked_hears_that_it_stands_is_paid_and_is_taken_back(trade: Trade, events: Events) -> None:
    made = await ask(trade, order(trade))
    draft = await documents.get(trade.tenant, made.id)
    invoice = await issuing.post(trade.tenant, draft.id, draft.version)
    heard = (await events.of(trade.tenant, DocumentPosted))[-1]
    assert (heard.source, heard.number, heard.total) == (ORDER, invoice.number, Decimal("16.50"))
    assert [(each.source_line, each.quantity, each.net) for each in heard.lines] == [("7", Decimal(3), Decimal("15.00"))]
    await trade.pay_for(invoice, "6.50")
    assert await events.of(trade.tenant, DocumentPaid) == []
    await trade.pay_for(await trade.again(invoice), "10")
    assert [each.number for each in await events.of(trade.tenant, DocumentPaid)] == [invoice.number]
    assert (await now(trade, made)).step == "paid"


async def test_an_invoice_that_is_credited_whole_is_cancelled(trade: Trade, events: Events) -> None:
    made = await ask(trade, order(trade))
    draft = await documents.get(trade.tenant, made.id)
    invoice = await issuing.post(trade.tenant, draft.id, draft.version)
    assert (await now(trade, made)).step == "posted"
    credit = await documents.draft_credit(trade.tenant, invoice.id, DAY)
    await issuing.post(trade.tenant, credit.id, credit.version)
    assert (await now(trade, made)).step == "cancelled"
    assert [(each.number, each.by) for each in await events.of(trade.tenant, DocumentCancelled)] == [(invoice.number, credit.id)]
