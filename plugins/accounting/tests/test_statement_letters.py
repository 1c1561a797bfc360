"""Statements of account as paper and by mail."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import aged, statement_letters
from weft.testing import Client, Mailbox

from .conftest import Books
from .trade import Trade, line, open_trade

DAYS = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def said(trade: Trade, language: str = "", days: tuple[date, date] = DAYS) -> dict[str, Any]:
    party, found = await aged.statements(trade.tenant, trade.customer, *days)
    kinds = {each["id"]: each["kind"] for each in await Books(trade.tenant).figures("SELECT d.id, d.kind FROM accounting_document d")}
    known = {key: DocumentKind(kind) for key, kind in kinds.items()}
    return statement_letters.told(trade.tenant, msgspec.structs.replace(party, language=language), found, known, days)


async def test_a_statement_begins_with_the_balance_before_and_ends_with_what_is_owed(trade: Trade) -> None:
    old = await trade.invoice(line(1, 30), issued=date(2026, 2, 10))
    new = await trade.invoice(line(1, 100, "sale_standard"))
    payment = await trade.pay(50)
    told = await said(trade)
    assert [row[0] for row in told["lines"]] == ["Balance before", f"Payment received {payment.number}", f"Invoice {new.number}"]
    assert old.number not in str(told["lines"])
    assert [row[3:] for row in told["lines"]] == [["", "", "£30.00"], ["", "£50.00", "-£20.00"], ["£110.00", "", "£90.00"]]
    assert told["total"]["value"] == "£90.00"
    assert told["recipient"][0] == "Ada & Söhne"


async def test_each_currency_has_its_own_balance(trade: Trade) -> None:
    await trade.invoice(line(1, 100))
    await trade.invoice(line(1, 70), currency="USD", rate=Decimal("0.8"))
    told = await said(trade)
    assert [each["value"] for each in (*told["totals"], told["total"])] == ["£100.00", "US$70.00"]


async def test_it_is_written_in_the_words_of_whom_it_is_for(trade: Trade) -> None:
    await trade.invoice(line(1, 100))
    told = await said(trade, "de")
    assert told["title"] == "Kontoauszug: Ada & Söhne"
    assert told["lines"][1][0].startswith("Rechnung ")
    assert "100,00\xa0£" in told["total"]["value"]


async def test_a_time_in_which_nothing_moved_says_so(trade: Trade) -> None:
    told = await said(trade)
    assert told["lines"] == []
    assert "Nothing moved in this time." in told["notes"]


async def test_it_is_shown_printed_and_sent_from_its_page(trade: Trade, client: Client, mailbox: Mailbox) -> None:
    made = await trade.invoice(line(1, 100))
    address, days = f"/accounting/statements/{trade.customer}", f"first={DAYS[0]}&last={DAYS[1]}"
    assert made.number in (await client.get(f"{address}?{days}")).text
    paper = await client.get(f"{address}/pdf?{days}")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    form = {"first": str(DAYS[0]), "last": str(DAYS[1])}
    refused = await client.submit(f"{address}/send", form | {"to": "nobody"})
    assert refused.status_code == 422
    assert "not one e-mail address" in refused.text
    assert (await client.submit(f"{address}/send", form | {"to": "ada@example.org"})).status_code == 303
    letter = (await mailbox.to("ada@example.org"))[-1]
    assert "Statement of account" in letter.subject
    assert "£100.00" in letter.text
    assert "ada@example.org" in (await client.get(f"{address}?{days}")).text
