"""Buying from order to bill: what is received and not billed is exactly what the account says, and stock is worth what the ledger says."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from plugins.purchasing.domain.landing import Basis
from plugins.purchasing.services import billing, figures, landing
from weft import new_id
from weft.testing import Visitors

from .conftest import Shop

D = Decimal


async def agrees(shop: Shop) -> None:
    """The books, the stock and purchasing say the same."""
    assert -await shop.on("goods_received") == await shop.waiting()
    [row] = await shop.ask("SELECT coalesce(sum(i.value), 0) AS value FROM inventory_item i")
    assert await shop.on("inventory") == row["value"]


async def test_goods_wait_for_their_bill_and_a_bill_that_matches_clears_them(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 4)
    assert (await shop.held(coffee), await shop.on("goods_received")) == ((4, 32), -32)
    assert (await shop.now(order)).state == "partly_received"
    bill = await shop.billed(order, (4, "8"))
    assert (bill.state, bill.variance) == ("posted", 0)
    assert await shop.on("goods_received") == 0
    await shop.receive(order, 6)
    assert (await shop.now(order)).state == "received"
    await agrees(shop)
    await shop.billed(order, (6, "8"))
    assert (await shop.now(order)).state == "billed"
    assert (await shop.on("goods_received"), await shop.on("payable")) == (0, -80)
    await agrees(shop)


async def test_a_dearer_bill_makes_the_stock_dearer_and_what_was_sold_of_it_too(shop: Shop) -> None:
    await shop.settle(price_percent="10")
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 10)
    assert await shop.sell(coffee, 4) == 32
    bill = await shop.billed(order, (10, "8.50"))
    assert bill.variance == 5
    assert (await shop.held(coffee), await shop.on("cost_of_sales")) == ((6, 51), 34)
    assert await shop.on("goods_received") == 0
    await agrees(shop)


async def test_freight_joins_the_cost_and_waits_for_the_carriers_bill(shop: Shop) -> None:
    coffee, tea, supplier, carrier = await shop.item(), await shop.item("Tea"), await shop.party(), await shop.party("Carrier")
    order = await shop.order(supplier, (coffee, 10, "8"), (tea, 5, "4"))
    receipt = await shop.receive(order, 10, 5)
    draft = landing.LandedDraft(
        id=new_id(), title="Freight", amount=D("10.01"), receipts=(receipt.id,), basis=Basis.VALUE, supplier=carrier, day=date(2026, 3, 11)
    )
    made = await landing.land(shop.tenant, draft)
    assert (await shop.held(coffee), await shop.held(tea)) == ((10, D("88.01")), (5, D("22.00")))
    assert await landing.land(shop.tenant, draft) == made
    assert (await shop.on("landed_costs"), await shop.on("goods_received")) == (D("-10.01"), -100)
    await shop.post(made.document)
    assert await shop.on("landed_costs") == 0
    await agrees(shop)
    await shop.billed(order, (10, "8"), (5, "4"))
    assert await shop.held(coffee) == (10, D("88.01"))
    assert await shop.on("goods_received") == 0


async def test_goods_go_back_before_and_after_their_bill(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    receipt = await shop.receive(order, 10)
    early = await shop.back(receipt, 2)
    assert (early.document, await shop.on("goods_received"), await shop.held(coffee)) == (None, -64, (8, 64))
    await agrees(shop)
    bill = await shop.billed(order, (8, "8"))
    assert (bill.state, await shop.on("goods_received")) == ("posted", 0)
    late = await shop.back(receipt, 3)
    assert await shop.on("goods_received") == 24, "the supplier owes a credit"
    await shop.post(late.document)
    assert (await shop.on("goods_received"), await shop.on("payable"), await shop.held(coffee)) == (0, -40, (5, 40))
    await agrees(shop)


async def test_goods_billed_before_they_come_find_their_bill_when_they_do(shop: Shop) -> None:
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    await shop.receive(order, 4)
    blocked = await shop.bill(order, (10, "8"))
    assert blocked.state == "blocked"
    assert blocked.reasons == ("Coffee: 10 are billed, but 4 came and 0 were billed before.",)
    released = await billing.release(shop.tenant, blocked.id, blocked.version, "Paid in advance")
    await shop.post(released.document)
    assert await shop.on("goods_received") == 48, "six were paid that did not come"
    await shop.receive(order, 6)
    assert (await shop.on("goods_received"), (await shop.now(order)).state) == (0, "billed")
    await agrees(shop)


async def test_s25_what_is_bought_by_the_metre_costs_what_it_did_when_it_came_and_its_bill_is_an_expense(shop: Shop) -> None:
    """S25, continental: 4 m of fixed cost 5 a centimetre and 5 m at 6 come to 5,000; the bills say 6 and 4 a metre: 44 owed and spent."""
    await shop.stock_posts("continental")
    await shop.settle(price_percent="100", price_amount="100000", bill_percent="0")
    supplier, fixed, average = await shop.party(), await shop.item("Fixed", unit="cm"), await shop.item("Average", unit="cm")
    order = await shop.order(supplier, (fixed, 500, "4"), (average, 700, "6"))
    for item, method in ((fixed, "standard"), (average, "average")):
        await shop.keep(item, method)
    await shop.fix_cost(fixed, "5")
    await shop.receive(order, 400, 500)
    assert (await shop.held(fixed), await shop.held(average)) == ((400, 2000), (500, 3000))
    assert (await shop.on("inventory"), await shop.on("stock_receipts")) == (5000, -5000)
    blocked = await shop.bill(order, (400, "0.06"), (500, "0.04"))
    assert blocked.state == "drafted"
    made = await billing.page(shop.tenant, blocked.id)
    assert made.bill.net == 44
    await shop.post(blocked.document)
    assert (await shop.on("payable"), await shop.on("purchases")) == (-44, 44)
    assert await shop.held(fixed) == (400, 2000), "a fixed cost stays, whatever the bill says"
    assert await shop.held(average) == (500, 20), "the bill says what it cost"


async def test_s25_where_bills_do_not_set_the_cost_goods_leave_at_what_was_ordered(shop: Shop) -> None:
    """S25 goes on: 2 cm and 3 cm are shipped for 28, and counting both down to 100 cm brings what went out to 3,900."""
    await shop.stock_posts("continental")
    await shop.settle(price_percent="100", price_amount="100000", bill_sets_cost="")
    supplier, fixed, average = await shop.party(), await shop.item("Fixed", unit="cm"), await shop.item("Average", unit="cm")
    order = await shop.order(supplier, (fixed, 500, "4"), (average, 700, "6"))
    for item, method in ((fixed, "standard"), (average, "average")):
        await shop.keep(item, method)
    await shop.fix_cost(fixed, "5")
    await shop.receive(order, 400, 500)
    await shop.billed(order, (400, "0.06"), (500, "0.04"))
    assert (await shop.on("payable"), await shop.on("purchases")) == (-44, 44)
    assert (await shop.held(fixed), await shop.held(average)) == ((400, 2000), (500, 3000))
    assert await shop.sell(fixed, 2) + await shop.sell(average, 3) == 28
    assert await shop.sell(fixed, 298) + await shop.sell(average, 397) == 3900 - 28
    assert (await shop.on("inventory"), await shop.on("stock_issues")) == (1100, 3900 - 5000), "receipts have the same account"
    await agrees(shop)


async def test_where_bills_do_not_set_the_cost_their_difference_is_one_of_price(shop: Shop) -> None:
    await shop.settle(price_percent="10", bill_sets_cost="")
    coffee, supplier = await shop.item(), await shop.party()
    order = await shop.order(supplier, (coffee, 10, "8"))
    receipt = await shop.receive(order, 10)
    bill = await shop.billed(order, (10, "8.50"))
    assert (bill.variance, await shop.held(coffee)) == (5, (10, 80))
    assert (await shop.on("purchase_price_difference"), await shop.on("goods_received")) == (5, 0)
    await agrees(shop)
    late = await shop.back(receipt, 4)
    await shop.post(late.document)
    assert (await shop.held(coffee), await shop.on("payable")) == ((6, 48), -51)
    assert await shop.on("purchase_price_difference") == 3, "what goods cost more that went back is credited as well"
    await agrees(shop)


async def test_a_year_of_buying_leaves_exactly_what_is_not_billed(shop: Shop, visitors: Visitors) -> None:
    """In a month: an order, a part of it received, freight on it, a bill with a variance, a return, some of it sold."""
    await shop.settle(price_percent="50", price_amount="1000", approval_from="100000")
    shop.clock.set(datetime(2026, 12, 31, 12, tzinfo=UTC))
    shop.client = await visitors.sign_in(shop.tenant)
    suppliers = [await shop.party(name) for name in ("Roaster", "Blender", "Carrier")]
    items = [await shop.item(name) for name in ("Coffee", "Tea", "Cocoa")]
    chance = random.Random(25)
    for month in (1, 2, 3, 4, 12):
        day = date(2026, month, 3)
        lines = [(item, chance.randint(5, 30), str(D(chance.randint(100, 900)) / 100)) for item in items]
        order = await shop.order(suppliers[month % 2], *lines, ordered=day)
        came = [chance.randint(1, int(quantity)) for _, quantity, _ in lines]
        receipt = await shop.receive(order, *came, day=day + timedelta(days=2))
        cost: dict[str, Any] = {
            "title": "Freight",
            "amount": D(chance.randint(500, 3000)) / 100,
            "receipts": (receipt.id,),
            "day": day + timedelta(days=3),
        }
        if month % 3 == 0:
            carried = await landing.land(shop.tenant, landing.LandedDraft(id=new_id(), supplier=suppliers[2], **cost))
            await shop.post(carried.document)
        await shop.sell(items[0], chance.randint(1, came[0]), day + timedelta(days=4))
        if month % 2:
            await shop.back(receipt, 0, 1, 0, day=day + timedelta(days=5))
        if month != 12:
            billed = [
                (max(quantity - (month % 2 if place == 1 else 0), 0), str(D(price) + D(chance.randint(-20, 30)) / 100))
                for place, (quantity, (_, _, price)) in enumerate(zip(came, lines, strict=True))
            ]
            await shop.billed(order, *billed, issued=day + timedelta(days=8))
        if month % 4 == 0:
            back = await shop.back(receipt, 0, 0, 1, day=day + timedelta(days=10))
            if back.document:
                await shop.post(back.document)
        await agrees(shop)
    assert await shop.on("landed_costs") == 0
    assert await shop.waiting() > 0, "December's goods wait for their bill"
    found = await figures.uncleared(shop.tenant, date(2026, 12, 31))
    assert sum((each.value for each in found), D(0)) == await shop.waiting()
    assert {each.day for each in found} == {date(2026, 12, 5)}
