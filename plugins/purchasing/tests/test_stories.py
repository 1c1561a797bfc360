"""Buying from order to bill: what is received and not billed is exactly what the account says, and stock is worth what the ledger says."""

from datetime import date
from decimal import Decimal

from plugins.purchasing.domain.landing import Basis
from plugins.purchasing.services import billing, landing
from weft import new_id

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
