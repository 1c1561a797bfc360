"""What other modules may rely on: documents that move goods once, undo, policy, lots, units, reservations, costs."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from weft import Conflict, Invalid, Missing
from weft.contracts import (
    ADJUSTMENT,
    CUSTOMER,
    SUPPLIER,
    AlreadyMoved,
    ExpectedLine,
    NewMove,
    PeriodLocked,
    ReservedLine,
    ShortOfStock,
    Source,
    StockDocument,
)

from .conftest import DAY, HERE, D, Shop

SALE = Source("shop.sale", "1", "Sale 1")


def sale(item: object, quantity: str = "2", **more: object) -> NewMove:
    return NewMove(key="1", item=item, quantity=D(quantity), origin=HERE, destination=CUSTOMER, **more)  # type: ignore[arg-type]


async def test_the_same_document_again_moves_nothing(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    first = await shop.move(sale(item), source=SALE)
    assert await shop.move(sale(item), source=SALE) == first
    assert await shop.on_hand(item) == 8
    with pytest.raises(AlreadyMoved, match="Sale 1 moved goods already"):
        await shop.move(sale(item, "3"), source=SALE)
    async with shop.tenant.transaction():
        assert await shop.stock.moved(SALE) == first


async def test_undoing_moves_everything_back_at_the_same_cost(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 4, 10)
    await shop.receive(item, 4, 20)
    await shop.move(sale(item, "6"), source=SALE)
    async with shop.tenant.transaction():
        back = await shop.stock.undo(SALE, DAY, "Wrong customer")
    assert back.moves[0].cost == 80
    assert await shop.held(item) == (D(8), D(120))
    assert await shop.balance("5000") == 0
    assert await shop.balance("1200") == 120
    async with shop.tenant.transaction():
        with pytest.raises(Conflict, match="undone already"):
            await shop.stock.undo(SALE, DAY, "Again")
        with pytest.raises(Missing):
            await shop.stock.undo(Source("shop.sale", "none"), DAY, "Nothing")


async def test_an_undone_receipt_is_as_if_it_had_never_come(shop: Shop) -> None:
    item = await shop.item()
    receipt = Source("shop.receipt", "1", "Receipt 1")
    await shop.move(NewMove(key="1", item=item, quantity=D(10), origin=SUPPLIER, destination=HERE, unit_cost=D(10)), source=receipt)
    await shop.receive(item, 10, 20)
    await shop.deliver(item, 5)
    async with shop.tenant.transaction():
        await shop.stock.undo(receipt, DAY, "Not ours")
    assert await shop.held(item) == (D(5), D(100))
    assert await shop.balance("2050") == -200
    assert await shop.balance("5000") == 100


async def test_goods_that_come_back_come_in_at_what_they_went_out_for(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 2, 10)
    await shop.receive(item, 8, 30)
    sold = await shop.move(sale(item), source=SALE)
    back = NewMove(key="1", item=item, quantity=D(1), origin=CUSTOMER, destination=HERE, returns=sold.moves[0].id)
    assert (await shop.move(back)).moves[0].cost == 10
    assert await shop.held(item) == (D(9), D(250))


async def test_stock_falls_below_zero_only_where_the_policy_lets_it(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 3, 5)
    await shop.settle(below_zero="forbid")
    with pytest.raises(ShortOfStock, match=r"Coffee \(.*\) at main: 3 are there, 4 are to go"):
        await shop.deliver(item, 4)
    assert await shop.on_hand(item) == 3
    await shop.move(sale(item, "4"), forced=True)
    assert await shop.on_hand(item) == -1


async def test_everything_wrong_with_a_document_is_told_at_once(shop: Shop) -> None:
    item = await shop.item()
    with pytest.raises(Invalid) as refused:
        await shop.move(
            sale(item, "0"),
            NewMove(key="2", item=item, quantity=D(1), origin=HERE, destination="nowhere"),
            NewMove(key="3", item=item, quantity=D(1), origin=HERE, destination=HERE),
            NewMove(key="4", item=item, quantity=D("0.0000001"), origin=HERE, destination=CUSTOMER),
        )
    assert set(refused.value.fields) == {"moves.0.quantity", "moves.1.destination", "moves.2.destination", "moves.3.quantity"}
    with pytest.raises(Invalid) as refused:
        await shop.move(sale(item, unit="kg"))
    assert set(refused.value.fields) == {"moves.0.unit"}


async def test_services_are_passed_over(shop: Shop) -> None:
    item = await shop.item("Advice", kind="service")
    assert (await shop.move(sale(item))).moves == ()
    async with shop.tenant.transaction():
        assert await shop.stock.availability([item]) == {}
        assert await shop.stock.tracking([item]) == {}


async def test_quantities_in_other_units_are_converted(shop: Shop) -> None:
    item = await shop.item("Rice", unit="kg")
    assert await shop.receive(item, 2500, "0.002", unit="g") == 5
    assert await shop.held(item) == (D("2.5"), D(5))


async def test_the_caller_posts_what_it_is_handed(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    moved = await shop.move(sale(item), post="caller")
    assert [(line.event, line.debit, line.credit) for line in moved.lines] == [("cost_of_sales", D(10), 0), ("inventory", 0, D(10))]
    assert await shop.balance("1200") == 50


async def test_many_documents_at_once_come_to_the_same_as_one_by_one(shop: Shop) -> None:
    one, other = await shop.item("One"), await shop.item("Other")
    documents = []
    for number, (kind, on) in enumerate([("in", 3), ("out", 5), ("in", 1), ("out", 2), ("out", 9), ("in", 7)]):
        places = {"origin": SUPPLIER, "destination": HERE} if kind == "in" else {"origin": HERE, "destination": CUSTOMER}
        cost = D(10 + number) if kind == "in" else None
        documents.append((f"{number}", date(2026, 3, on), places, cost, D(5 + number)))
    for key, day, places, cost, quantity in documents:
        move = NewMove(key="1", item=one, quantity=quantity, unit_cost=cost, **places)  # type: ignore[arg-type]
        await shop.move(move, day=day, source=Source("shop.one", key))
    async with shop.tenant.transaction():
        await shop.stock.move_many(
            [
                StockDocument(
                    source=Source("shop.other", key),
                    date=day,
                    moves=(NewMove(key="1", item=other, quantity=quantity, unit_cost=cost, **places),),  # type: ignore[arg-type]
                )
                for key, day, places, cost, quantity in documents
            ]
        )
    assert await shop.held(one) == await shop.held(other)
    sql = (
        "SELECT m.date, sum(v.value) AS value FROM inventory_valuation v JOIN inventory_move m ON m.id = v.move "
        "WHERE v.item = $1 GROUP BY m.date ORDER BY 1"
    )
    assert [tuple(row.values()) for row in await shop.ask(sql, one)] == [tuple(row.values()) for row in await shop.ask(sql, other)]


async def test_sixteen_sales_of_one_item_at_once_lose_nothing(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 100, 5)
    await asyncio.gather(*(shop.deliver(item, 1) for _ in range(16)))
    assert await shop.held(item) == (D(84), D(420))
    assert await shop.on_hand(item) == 84


async def test_what_expires_first_goes_first(shop: Shop) -> None:
    await shop.keep("", tracking="lot")
    item = await shop.item("Milk")
    await shop.receive(item, 5, 1, lot="B", expires=date(2026, 5, 1))
    await shop.receive(item, 3, 1, lot="A", expires=date(2026, 4, 1))
    with pytest.raises(Invalid, match="lot number"):
        await shop.receive(item, 1, 1)
    await shop.deliver(item, 4)
    rows = await shop.ask("SELECT l.number, b.on_hand FROM inventory_lot_balance b JOIN inventory_lot l ON l.id = b.lot ORDER BY l.number")
    assert [tuple(row.values()) for row in rows] == [("A", 0), ("B", 4)]
    with pytest.raises(ShortOfStock, match="known lots"):
        await shop.deliver(item, 5)


async def test_a_serial_number_is_sold_once(shop: Shop) -> None:
    await shop.keep("", tracking="serial")
    item = await shop.item("Phone")
    await shop.receive(item, 1, 200, lot="S1")
    with pytest.raises(Invalid, match="in stock already"):
        await shop.receive(item, 1, 200, lot="S1")
    with pytest.raises(Invalid, match="one by one"):
        await shop.receive(item, 2, 200, lot="S2")
    await shop.deliver(item, 1, lot="S1")
    with pytest.raises(ShortOfStock, match="S1 is not at main"):
        await shop.deliver(item, 1, lot="S1")
    await shop.move(sale(item, "1", lot="S1"), forced=True)


async def test_what_is_held_for_one_document_is_not_held_for_another(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    line = ReservedLine(key="1", item=item, quantity=D(7), location=HERE)
    async with shop.tenant.transaction(unaudited="a test"):
        assert await shop.stock.reserve(SALE, [line]) == {"1": 7}
        assert await shop.stock.reserve(Source("shop.sale", "2"), [line]) == {"1": 3}
        assert await shop.stock.reserve(SALE, [line]) == {"1": 7}
        there = (await shop.stock.availability([item]))[item]
        assert (there.on_hand, there.reserved, there.available) == (D(10), D(10), D(0))
        await shop.stock.reserve(SALE, [])
        await shop.stock.expect(SALE, [ExpectedLine(key="1", item=item, quantity=D(4), location=HERE, day=DAY)])
        there = (await shop.stock.availability([item], HERE))[item]
        assert (there.reserved, there.expected) == (D(3), D(4))
        await shop.stock.expect(SALE, [])
        assert (await shop.stock.availability([item]))[item].expected == 0


async def test_a_bill_that_costs_more_corrects_what_went_out_since(shop: Shop) -> None:
    item = await shop.item()
    receipt = await shop.move(NewMove(key="1", item=item, quantity=D(10), origin=SUPPLIER, destination=HERE, unit_cost=D(10)))
    await shop.deliver(item, 4)
    bill = Source("shop.bill", "1", "Bill 1")
    async with shop.tenant.transaction():
        assert await shop.stock.revalue(receipt.moves[0].id, D(12), DAY + timedelta(9), bill) == 20
        assert await shop.stock.revalue(receipt.moves[0].id, D(12), DAY + timedelta(9), bill) == 20
    assert await shop.held(item) == (D(6), D(72))
    assert await shop.balance("5000") == 48
    assert await shop.balance("2050") == -120
    await shop.receive(item, 1, 9, day=DAY - timedelta(1))
    assert await shop.held(item) == (D(7), D(84))
    assert await shop.balance("5000") == 45


async def test_a_locked_day_refuses_the_goods_as_well(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    with pytest.raises((PeriodLocked, Invalid)):
        await shop.receive(item, 1, 5, day=date(2019, 1, 1))
    assert await shop.on_hand(item) == 10


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inventory_move SET quantity = 1",
        "DELETE FROM inventory_move",
        "UPDATE inventory_valuation SET value = 1",
        "DELETE FROM inventory_valuation",
        "UPDATE inventory_document SET date = '2020-01-01'",
    ],
)
async def test_what_moved_stands_whoever_asks(shop: Shop, sql: str) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    with pytest.raises(asyncpg.CheckViolationError, match="stands for good"):
        await shop.ask(sql)


async def test_goods_that_are_found_come_in_at_what_a_piece_costs(shop: Shop) -> None:
    item = await shop.item()
    await shop.receive(item, 10, 5)
    found = NewMove(key="1", item=item, quantity=D(3), origin=ADJUSTMENT, destination=HERE)
    assert (await shop.move(found)).moves[0].cost == 15
    assert await shop.held(item) == (D(13), D(65))
    assert await shop.balance("5400") == -15
