"""Goods that come back at the back office: the mirror of their sale, and never more than it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from weft.testing import Visitors

from .conftest import D, Shop, Till, back, goods


async def refund(shop: Shop, till: Till, receipt: str, **told: str) -> Any:
    """Take goods back by the form."""
    wanted = {"reason": "Does not fit", "tender": "as_paid", "session": till.session, **told}
    return await shop.person.submit(f"/retail_pos/receipts/{receipt}/refund", wanted)


async def discounted(shop: Shop, till: Till) -> tuple[UUID, dict[str, Any]]:
    """Sell three for 32.00 instead of 33.00, to be paid in part by a card."""
    item = await shop.item(stock=10)
    off = {"source": "manual", "amount": "1.00", "code": "", "title": "One off"}
    line = goods(item, 3, base="33.00", amount="32.00", discounts=[off])
    sale = till.sell(line, tenders=[{"type": "cash", "amount": "20.00"}, {"type": "card", "amount": "12.00"}])
    await till.send()
    return item, sale


async def test_parts_that_come_back_add_up_to_exactly_the_sale(shop: Shop, till: Till) -> None:
    item, sale = await discounted(shop, till)
    for _ in range(3):
        answer = await refund(shop, till, sale["id"], **{"quantity-1": "1"})
        assert answer.status_code == 303, answer.text
    rows = await shop.ask("SELECT kind, total, tax, seq, reference FROM retail_pos_receipt ORDER BY seq DESC")
    assert [row["total"] for row in rows] == [D("32.00"), D("-10.67"), D("-10.66"), D("-10.67")]
    assert sum(row["tax"] for row in rows) == 0
    assert [row["reference"] for row in rows][1:] == ["T1-B00001", "T1-B00002", "T1-B00003"]
    for event in ("cash", "sales_revenue", "output_tax", "cost_of_sales"):
        assert await shop.balance(event) == 0, event
    assert await shop.balance("card_clearing", "card") == 0
    assert await shop.on_hand(item) == 10


async def test_more_than_was_sold_is_refused(shop: Shop, till: Till) -> None:
    item, sale = await discounted(shop, till)
    answer = await refund(shop, till, sale["id"], **{"quantity-1": "4"})
    assert answer.status_code == 422
    assert "At most 3 of “Coffee” can come back" in answer.text
    assert (await refund(shop, till, sale["id"], **{"quantity-1": "2"})).status_code == 303
    again = await refund(shop, till, sale["id"], **{"quantity-1": "2"})
    assert again.status_code == 422
    assert "At most 1 of" in again.text
    assert await shop.on_hand(item) == 9


async def test_a_till_and_the_back_office_know_of_each_other(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item, 2))
    await till.send()
    assert (await refund(shop, till, sale["id"], **{"quantity-1": "2"})).status_code == 303
    till.sell(back(sale))
    assert (await till.states())[-1] == "parked"
    assert await shop.problems() == [("parked", "returned")]


async def test_store_credit_is_given_under_a_number_of_its_own(shop: Shop, till: Till) -> None:
    item = await shop.item(stock=5)
    sale = till.sell(goods(item))
    await till.send()
    assert (await refund(shop, till, sale["id"], tender="store_credit", **{"quantity-1": "1"})).status_code == 303
    [row] = await shop.ask("SELECT number, balance FROM retail_pos_stored_value")
    assert (row["number"][:3], row["balance"]) == ("SC-", Decimal("11.00"))
    assert await shop.balance("store_credit") == -11
    till.sell(goods(item), tenders=[{"type": "store_credit", "amount": "11.00", "reference": row["number"]}])
    assert (await till.states())[-1] == "applied"
    assert await shop.balance("store_credit") == 0


async def test_the_drawer_gives_the_money_and_its_z_counts_it(shop: Shop, till: Till) -> None:
    sale = till.sell(goods(await shop.item(stock=5), 2))
    await till.send()
    assert (await refund(shop, till, sale["id"], tender="cash", **{"quantity-1": "1"})).status_code == 303
    till.write("count", {"counted": "111.00", "expected": "122.00"})
    await till.send()
    [row] = await shop.ask("SELECT over_short FROM retail_pos_session")
    assert row["over_short"] == 0
    closed = await refund(shop, till, sale["id"], **{"quantity-1": "1"})
    assert closed.status_code == 409
    assert "Choose a till whose session is open" in closed.text


async def test_a_refund_says_why_and_is_for_those_who_may(shop: Shop, till: Till, visitors: Visitors) -> None:
    sale = till.sell(goods(await shop.item(stock=5)))
    await till.send()
    assert "Say why it comes back" in (await refund(shop, till, sale["id"], reason="", **{"quantity-1": "1"})).text
    assert "Say how many" in (await refund(shop, till, sale["id"])).text
    reader = await visitors.sign_in(shop.tenant, "retail_pos.sales.read")
    assert (await reader.get(f"/retail_pos/receipts/{sale['id']}/refund")).status_code == 403
    assert "Take back" not in (await reader.get(f"/retail_pos/receipts/{sale['id']}")).text
