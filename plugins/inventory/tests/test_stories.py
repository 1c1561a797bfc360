"""The scenarios of the field, through the contract, to the cent in stock and ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest

from weft.contracts import ADJUSTMENT, CUSTOMER, SUPPLIER, NewMove, PeriodLocked, ReservedLine, Source

from .conftest import DAY, HERE, D, Shop

STOCK, GOODS_IN, SALES_COST, DIFFERENCES = "1200", "2050", "5000", "5400"


async def test_s19_first_in_first_out(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 4, 10)
    assert await shop.cost(item) == 10
    await shop.receive(item, 2, 25)
    assert await shop.cost(item) == 15
    assert await shop.deliver(item, 3) == 30
    assert await shop.cost(item) == 20
    assert await shop.deliver(item, 1) == 10
    assert await shop.deliver(item, 1) == 25
    assert await shop.cost(item) == 25
    assert await shop.held(item) == (D(1), D(25))
    assert await shop.balance(STOCK) == 25
    assert await shop.balance(SALES_COST) == 65
    assert await shop.balance(GOODS_IN) == -90


async def test_s20_first_in_first_out_of_the_textbook(shop: Shop) -> None:
    item = await shop.item()
    assert await shop.receive(item, 68, 15) == 1020
    assert await shop.receive(item, 140, "15.50") == 2170
    assert await shop.deliver(item, 94) == 1423
    assert await shop.receive(item, 40, 16) == 640
    assert await shop.receive(item, 78, "16.50") == 1287
    assert await shop.deliver(item, 116) == 1799
    assert await shop.deliver(item, 62) == 1004
    passed = await shop.move(NewMove(key="1", item=item, quantity=D(10), origin=HERE, destination=":transit"))
    assert passed.moves[0].cost == 0
    assert await shop.held(item) == (D(54), D(891))
    assert await shop.deliver(item, 10) == 165
    assert await shop.held(item) == (D(44), D(726))
    assert await shop.balance(STOCK) == 726


async def test_s22_stock_below_zero_is_corrected_by_the_next_receipts(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 1, 8)
    await shop.deliver(item, 1)
    assert await shop.deliver(item, 50) == 400
    assert await shop.balance(STOCK) == -400
    await shop.receive(item, 40, 15)
    assert await shop.balance(STOCK) == -400 + 250
    assert await shop.held(item) == (D(-10), D(-150))
    await shop.receive(item, 20, 25)
    assert await shop.held(item) == (D(10), D(250))
    assert await shop.balance(STOCK) == 250


async def test_s22_average_below_zero_and_a_receipt_that_was_larger(shop: Shop) -> None:
    await shop.keep("", "average")
    item = await shop.item()
    await shop.receive(item, 10, 10)
    await shop.receive(item, 10, 15)
    assert await shop.cost(item) == D("12.50")
    await shop.deliver(item, 25, day=DAY + timedelta(1))
    assert await shop.held(item) == (D(-5), D("-62.50"))
    await shop.receive(item, 10, 15)
    assert await shop.held(item) == (D(5), D("66.67"))
    assert await shop.cost(item) == D("13.33")
    assert await shop.balance(STOCK) == D("66.67")


async def test_goods_that_come_in_late_change_what_went_out_since(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 20, day=date(2026, 3, 2))
    await shop.deliver(item, 5, day=date(2026, 3, 20))
    assert await shop.balance(SALES_COST) == 100
    await shop.receive(item, 10, 10, day=date(2026, 3, 1))
    assert await shop.held(item) == (D(15), D(250))
    assert await shop.balance(SALES_COST) == 50
    assert await shop.balance(STOCK) == 250
    assert await shop.balance(STOCK, date(2026, 3, 10)) == 300
    assert await shop.balance(SALES_COST, date(2026, 3, 19)) == 0


async def test_s25_continental_posting(shop: Shop) -> None:
    await shop.settle(posting="continental")
    accounts = {"stock_receipts": "5100", "stock_issues": "5200"}
    for event, code in accounts.items():
        answer = await shop.client.submit("/accounting/rules", {"event": event, "detail": "", "code": code})
        assert answer.status_code == 303, answer.text
    await shop.keep("", "standard")
    fixed = await shop.item("Rope", unit="cm")
    await shop.know(fixed)
    await shop.set_cost(fixed, "5")
    await shop.keep("", "average")
    average = await shop.item("Cord", unit="cm")
    await shop.receive(fixed, 4, 400, unit="m")
    await shop.receive(average, 5, 600, unit="m")
    assert [(await shop.held(item))[1] for item in (fixed, average)] == [2000, 3000]
    assert (await shop.balance(STOCK), await shop.balance("5100")) == (D(5000), D(-5000))
    assert await shop.deliver(fixed, 2) + await shop.deliver(average, 3) == 28
    assert await shop.balance("5200") == 28
    for item, counted in ((fixed, 298), (average, 397)):
        await shop.move(NewMove(key="1", item=item, quantity=D(counted), origin=HERE, destination=ADJUSTMENT))
    assert await shop.balance("5200") == 3900
    await shop.move(
        NewMove(key="1", item=fixed, quantity=D(300), origin=SUPPLIER, destination=CUSTOMER, unit_cost=D(6)),
        NewMove(key="2", item=average, quantity=D(400), origin=SUPPLIER, destination=CUSTOMER, unit_cost=D(5)),
    )
    assert (await shop.balance("5100"), await shop.balance("5200")) == (D(-8800), D(7700))
    await shop.set_cost(fixed, "3")
    assert await shop.balance("5200") == 7900
    receipt = Source("shop.receipt", "cancelled", "Receipt 9")
    before = await shop.balance(STOCK)
    await shop.move(NewMove(key="1", item=average, quantity=D(1), origin=SUPPLIER, destination=HERE, unit_cost=D(10)), source=receipt)
    async with shop.tenant.transaction():
        await shop.stock.undo(receipt, DAY, "Cancelled")
    assert await shop.balance(STOCK) == before
    assert len(await shop.ask("SELECT m.id FROM inventory_move m WHERE m.cost = 10 AND m.quantity = 1")) == 2


async def test_s29_a_closed_period_refuses_goods_and_is_not_closed_over_reserved_ones(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    sale = Source("shop.sale", "1", "Sale 1")

    async def close(day: str, do: str = "close") -> int:
        return (await shop.client.submit("/inventory/periods", {"through": day, "do": do})).status_code

    async with shop.tenant.transaction(unaudited="a test"):
        await shop.stock.reserve(sale, [ReservedLine(key="1", item=item, quantity=D(1), location=HERE)])
    assert await close("2026-03-31") == 422
    assert await close("2026-04-30") == 422
    assert await close("2026-03-20") == 303
    assert await close("2026-03-15") == 422
    with pytest.raises(PeriodLocked, match="closed through 2026-03-20"):
        await shop.move(NewMove(key="1", item=item, quantity=D(1), origin=HERE, destination=":transit"), day=date(2026, 3, 20))
    await shop.deliver(item, 1, day=date(2026, 3, 21))
    shop.clock.set(datetime(2026, 4, 2, 10, tzinfo=UTC))
    assert await close("2026-03-31") == 409
    async with shop.tenant.transaction(unaudited="a test"):
        await shop.stock.reserve(sale, [])
    assert await close("2026-03-31") == 303
    assert await close("2026-03-20", "open") == 409
    assert await close("2026-03-31", "open") == 303
    assert await shop.deliver(item, 1, day=date(2026, 3, 31)) == 5
