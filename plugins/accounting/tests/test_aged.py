"""Aged receivables and payables as they were on any day, and statements of account."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugins.accounting.services import aged, documents, issuing, payments
from weft.testing import Client

from .conftest import Books
from .trade import DAY, Trade, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


async def buckets(trade: Trade, day: date, *, receivable: bool = True) -> list[list[Decimal]]:
    found = await aged.aged_report(trade.tenant, day, receivable=receivable)
    assert [sum(bucket.total for bucket in row.buckets) for row in found.sums] == [sum(row.total for row in found.rows)] * len(found.sums)
    return [[bucket.total for bucket in row.buckets] for row in found.rows]


async def test_what_was_open_on_a_day_stays_what_it_was_then_whatever_was_paid_later(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100), due=DAY + timedelta(days=10))
    later = DAY + timedelta(days=50)
    paid = await trade.pay_for(made, 40, day=DAY + timedelta(days=20))
    assert await buckets(trade, DAY - timedelta(days=1)) == []
    assert await buckets(trade, DAY) == [[100, 0, 0, 0, 0]]
    assert await buckets(trade, DAY + timedelta(days=19)) == [[0, 100, 0, 0, 0]]
    assert await buckets(trade, DAY + timedelta(days=20)) == [[0, 60, 0, 0, 0]]
    assert await buckets(trade, later) == [[0, 0, 60, 0, 0]]
    await payments.take_back(trade.tenant, paid.id, later, "Bounced")
    assert await buckets(trade, later) == [[0, 0, 100, 0, 0]]
    credit = await documents.draft_credit(trade.tenant, made.id, later)
    await issuing.post(trade.tenant, credit.id, credit.version)
    assert await buckets(trade, later) == []
    assert await buckets(trade, DAY) == [[100, 0, 0, 0, 0]]


async def test_payables_are_told_as_what_is_owed_and_money_on_account_counts_against_it(trade: Trade) -> None:
    await trade.bill(line(1, 80), due=DAY)
    await trade.pay(30, incoming=False, day=DAY + timedelta(days=5))
    assert await buckets(trade, DAY + timedelta(days=5), receivable=False) == [[Decimal(-30), 80, 0, 0, 0]]


async def test_the_aged_report_adds_up_to_the_control_account(trade: Trade) -> None:
    for number in range(6):
        made = await trade.invoice(line(1, 100 + number), due=DAY + timedelta(days=number * 20))
        if number % 2:
            await trade.pay_for(made, 30 + number, day=DAY + timedelta(days=number))
    day = DAY + timedelta(days=70)
    found = await aged.aged_report(trade.tenant, day, receivable=True)
    assert found.sums[0].total == await trade.held("receivable")


async def test_a_statement_of_account_carries_its_balance(trade: Trade) -> None:
    made = await trade.invoice(line(1, 100), issued=DAY)
    await trade.pay_for(made, 40, day=DAY + timedelta(days=20))
    await trade.invoice(line(1, 10), issued=DAY + timedelta(days=30))
    party, (whole,) = await aged.statements(trade.tenant, trade.customer, DAY, DAY + timedelta(days=40))
    assert party.name == "Ada & Söhne"
    assert [each.balance for each in whole.lines] == [100, 60, 70]
    _, (rest,) = await aged.statements(trade.tenant, trade.customer, DAY + timedelta(days=25), DAY + timedelta(days=40))
    assert (rest.opening, rest.closing) == (Decimal(60), Decimal(70))


async def test_the_pages_show_and_export_them(client: Client, trade: Trade) -> None:
    made = await trade.invoice(line(1, 100), due=DAY, issued=DAY - timedelta(days=40))
    day = (DAY + timedelta(days=31)).isoformat()
    page = (await client.get("/reports/accounting.aged_receivables", params={"day": day})).text
    assert "Ada &amp; Söhne" in page
    assert f"/accounting/statements/{trade.customer}" in page
    told = (await client.get("/reports/accounting.aged_receivables/file.csv", params={"day": day})).text
    assert told.splitlines()[1] == f"Ada & Söhne,0,0,100.00,0,0,100.00,{trade.tenant.currency}"
    issued = (await client.get("/reports/accounting.aged_receivables/file.csv", params={"day": day, "by": "issued"})).text
    assert issued.splitlines()[1] != told.splitlines()[1]
    assert (await client.get("/reports/accounting.aged_payables")).status_code == 200
    page = (await client.get(f"/accounting/statements/{trade.customer}", params={"first": "2026-01-01", "last": "2026-12-31"})).text
    assert made.number in page
    wrong = await client.get(f"/accounting/statements/{trade.customer}", params={"first": "2026-02-01", "last": "2026-01-01"})
    assert wrong.status_code == 422
