"""Whatever happens in whatever order, late goods included: quantity and value are conserved in stock, places, lots and the ledger."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from plugins.inventory.queries import valued
from plugins.inventory.services import closing, proving
from plugins.inventory.services.moving import undo
from weft import Conflict, new_id
from weft.contracts import ADJUSTMENT, CUSTOMER, SUPPLIER, ExpectedLine, NewMove, ReservedLine, Source, Stock, StockDocument

from .conftest import HERE, D, Shop

FIRST, DAYS = date(2026, 1, 2), 88
RACK, WAY = "main/rack", ":transit"
HOW = ((SUPPLIER, HERE), (SUPPLIER, RACK), (HERE, CUSTOMER), (RACK, CUSTOMER), (HERE, RACK), (RACK, HERE), (HERE, WAY), (WAY, RACK),
       (ADJUSTMENT, HERE), (RACK, ADJUSTMENT), (SUPPLIER, CUSTOMER), (CUSTOMER, HERE))  # fmt: skip


class Warehouse:
    """Somebody who does anything."""

    def __init__(self, shop: Shop, plain: UUID, told_apart: UUID, chance: random.Random) -> None:
        self.shop, self.chance = shop, chance
        self.items = (plain, plain, told_apart)
        self.told_apart = told_apart
        self.receipts: list[UUID] = []
        self.documents: list[tuple[Source, date]] = []
        self.done = 0

    def day(self) -> date:
        """Return a day, before what was done already or after."""
        return FIRST + timedelta(self.chance.randrange(DAYS))

    async def act(self) -> None:
        """Do one thing; what the rules refuse leaves nothing behind."""
        acts = (self.move, self.move, self.move, self.move, self.hold, self.coming, self.bill, self.take_back)
        try:
            async with self.shop.tenant.transaction(unaudited="a test"):
                await self.chance.choice(acts)()
            self.done += 1
        except Conflict:
            pass

    @property
    def stock(self) -> Stock:
        """The contract."""
        return self.shop.stock

    async def move(self) -> None:
        """Move something of an item."""
        origin, destination = self.chance.choice(HOW)
        item, day = self.chance.choice(self.items), self.day()
        comes = origin in (SUPPLIER, ADJUSTMENT, CUSTOMER)
        lot = self.chance.choice(("A", "B", "C")) if item == self.told_apart and (comes or self.chance.random() < 0.3) else ""
        cost = D(self.chance.randrange(0, 2000)) / 100 if comes and self.chance.random() < 0.8 else None
        quantity = D(self.chance.randrange(1, 4000)) / 100
        note = RACK if destination == WAY else ""
        move = NewMove(key="1", item=item, quantity=quantity, origin=origin, destination=destination, unit_cost=cost, lot=lot, note=note)
        source = Source("shop.test", str(new_id()), "Test")
        moved = await self.stock.move(StockDocument(source=source, date=day, moves=(move,)))
        self.documents.append((source, day))
        if origin == SUPPLIER and destination != CUSTOMER:
            self.receipts += [each.id for each in moved.moves]

    async def hold(self) -> None:
        """Hold something for one of a few documents, instead of what it held before."""
        line = ReservedLine(key="1", item=self.chance.choice(self.items), quantity=D(self.chance.randrange(1, 50)), location=HERE)
        held = await self.stock.reserve(Source("shop.order", str(self.chance.randrange(4))), [line] if self.chance.random() < 0.7 else [])
        assert all(0 <= each <= line.quantity for each in held.values())

    async def coming(self) -> None:
        """Expect something of one of a few orders, instead of what was expected of it before."""
        line = ExpectedLine(key="1", item=self.chance.choice(self.items), quantity=D(7), location=RACK, day=self.day())
        await self.stock.expect(Source("shop.order", str(self.chance.randrange(4))), [line] if self.chance.random() < 0.7 else [])

    async def bill(self) -> None:
        """Say that a receipt cost otherwise, as a bill or freight does."""
        if self.receipts:
            cost = D(self.chance.randrange(0, 3000)) / 100
            await self.stock.revalue(self.chance.choice(self.receipts), cost, self.day(), Source("shop.bill", str(new_id()), "Bill"))

    async def take_back(self) -> None:
        """Undo a document."""
        if self.documents:
            source, day = self.documents.pop(self.chance.randrange(len(self.documents)))
            await undo(self.shop.tenant, source, max(day, self.day()), "Test")


@pytest.mark.parametrize(("method", "seed"), [("fifo", 1), ("average", 2), ("standard", 3)])
async def test_random_days_in_a_warehouse_conserve_quantity_and_value(shop: Shop, method: str, seed: int) -> None:
    assert (await shop.client.submit("/inventory/locations", {"parent": "main", "code": "rack", "title": "Rack"})).status_code == 303
    await shop.keep("", method)
    plain = await shop.item("Coffee")
    await shop.know(plain)
    await shop.keep("", method, tracking="lot")
    told_apart = await shop.item("Milk")
    await shop.know(told_apart)
    warehouse = Warehouse(shop, plain, told_apart, random.Random(seed))  # the same days every time
    for _ in range(70):
        await warehouse.act()
    assert warehouse.done > 35, "most of it was done"
    for check in (proving.balances, proving.values, proving.ledger, closing.held):
        assert (await check(shop.tenant)).findings == (), check.__name__
    await _every_day_is_what_its_flows_add_up_to(shop)


async def _every_day_is_what_its_flows_add_up_to(shop: Shop) -> None:
    ways = set()
    scan = "SELECT v.item, sum(v.quantity) AS quantity, sum(v.value) AS value FROM inventory_valuation v WHERE v.date <= $1 GROUP BY v.item"
    [ends] = await shop.ask("SELECT min(v.date) AS first, max(v.date) AS last FROM inventory_valuation v")

    def there(rows: Any) -> dict[UUID, tuple[Any, Any]]:
        return {row["item"]: (row["quantity"], row["value"]) for row in rows if row["quantity"] or row["value"]}

    for number in range(0, DAYS + 6, 3):
        day = FIRST - timedelta(2) + timedelta(number)
        scanned = there(await shop.ask(scan, day))
        async with shop.tenant.transaction() as db:
            assert there(await valued.value_at(db, day)) == scanned, day
            assert await valued.value_of_all(db, day) == sum(value for _, value in scanned.values()), day
        if day < ends["last"]:
            ways.add(valued.way_to(day, ends["first"], ends["last"]))
    assert len(ways) == 4, "from the beginning and back from now, both until the day and less what came after it"
