"""Deposits, from the draft of an invoice to the final one."""

from decimal import Decimal
from uuid import UUID

import pytest

from plugins.accounting.services import deposits, documents, issuing
from weft import Conflict, Invalid
from weft.testing import Client

from .conftest import Books
from .trade import DAY, Trade, changed, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


@pytest.mark.parametrize("included", [False, True])
async def test_a_deposit_is_invoiced_paid_and_taken_off_the_final_invoice(trade: Trade, included: bool) -> None:
    price = "1100" if included else "1000"
    order = await trade.draft(line(1, price, "sale_standard"), line(2, 100), included=included)
    assert order.total == Decimal("1300.00")
    first = await deposits.draft_deposit(trade.tenant, order.id, Decimal(30))
    assert (first.net, first.tax, first.deposit_for) == (Decimal("360.00"), Decimal("30.00"), order.id)
    with pytest.raises(Conflict, match="no posted deposit"):
        await deposits.take_off(trade.tenant, order.id)
    first = await issuing.post(trade.tenant, first.id, first.version)
    assert [await trade.held(event) for event in ("customer_deposits", "output_tax", "receivable")] == [-360, -30, 390]
    await trade.pay_for(first, 390)
    final = await deposits.take_off(trade.tenant, order.id)
    assert (final.total, final.tax, len(final.lines)) == (Decimal("910.00"), Decimal("70.00"), 4)
    with pytest.raises(Conflict, match="no posted deposit"):
        await deposits.take_off(trade.tenant, order.id)
    await issuing.post(trade.tenant, final.id, final.version)
    assert [await trade.held(event) for event in ("customer_deposits", "output_tax", "sales_revenue")] == [0, -100, -1200]
    await trade.ties_out()


async def test_what_no_deposit_can_be_asked_for_is_refused(trade: Trade) -> None:
    order = await trade.draft(line(1, 100))
    for percent in ("0", "101", "-1", "NaN"):
        with pytest.raises(Invalid):
            await deposits.draft_deposit(trade.tenant, order.id, Decimal(percent))
    posted = await trade.invoice(line(1, 100))
    with pytest.raises(Conflict, match="on a draft of an invoice"):
        await deposits.draft_deposit(trade.tenant, posted.id, Decimal(30))


async def test_a_draft_with_a_deposit_is_kept_and_its_lines_survive_the_editor(client: Client, trade: Trade) -> None:
    order = await trade.draft(line(1, 100, "sale_standard"))
    path = f"/accounting/documents/{order.id}"
    answer = await client.submit(f"{path}/deposit", {"percent": "50"})
    assert answer.status_code == 303
    with pytest.raises(Conflict, match="A deposit was invoiced for this draft"):
        await documents.delete(trade.tenant, order.id)
    deposit = await documents.get(trade.tenant, UUID(answer.headers["location"].rpartition("/")[2]))
    await issuing.post(trade.tenant, deposit.id, deposit.version)
    assert "Take it off" in (await client.get(path)).text
    assert (await client.submit(f"{path}/take-off")).status_code == 303
    form = (await client.get(f"{path}/edit")).text
    assert f'name="lines.1.deposit" value="{deposit.id}"' in form
    again = await documents.get(trade.tenant, order.id)
    kept = await documents.save(trade.tenant, changed(again, note="x"), again.id, again.version)
    assert [each.deposit for each in kept.lines] == [None, deposit.id]
    assert kept.issued == DAY
