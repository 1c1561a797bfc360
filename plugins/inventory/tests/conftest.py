"""A shop with books, goods and a warehouse to test with."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from plugins.inventory.domain.policies import CategoryRule
from plugins.inventory.queries import setup
from plugins.inventory.services import revaluing
from plugins.inventory.services.basics import make_known
from weft import Tenant
from weft.contracts import CUSTOMER, SUPPLIER, Ledger, Moved, NewMove, Source, Stock, StockDocument
from weft.testing import Client, Clock, Visitors

D = Decimal
DAY = date(2026, 3, 10)
HERE = "main"


class Shop:
    """A business whose goods move."""

    clock: Clock

    def __init__(self, tenant: Tenant, client: Client, program: Client, again: Callable[[], Awaitable[Tenant]]) -> None:
        self.tenant = tenant
        self.client = client
        self.program = program
        self.again = again

    @property
    def stock(self) -> Stock:
        """The contract."""
        return self.tenant.service(Stock)

    async def settle(self, **settings: str) -> None:
        """Change settings by their page."""
        page = (await self.client.get("/settings/inventory")).text
        seen = re.search(r'name="seen" value="([^"]*)"', page)
        assert seen, page
        kept = {
            "method": "fifo",
            "below_zero": "warn",
            "posting": "anglo_saxon",
            "expiry_days": "14",
            "blind_counts": "on",
            "count_limit": "0",
        }
        kept["transit_days"] = "14"
        answer = await self.client.submit("/settings/inventory", {**kept, **settings, "seen": seen[1]})
        assert answer.status_code == 303, answer.text
        self.tenant = await self.again()

    async def item(self, name: str = "Coffee", **facts: Any) -> UUID:
        """Add a product to the catalogue; returns its item."""
        answer = await self.program.request("POST", "/api/v1/catalogue/products", json={"name": name, **facts})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["variants"][0]["id"])

    async def keep(self, category: str = "", method: str = "", tracking: str = "") -> None:
        """Say how items of a category are kept."""
        async with self.tenant.transaction(unaudited="a test") as db:
            standing = (await setup.category_rules(db)).get(category, CategoryRule(category, version=0))
            await setup.put_category_rule(db, replace(standing, method=method, tracking=tracking))

    async def move(self, *moves: NewMove, day: date = DAY, title: str = "", **more: Any) -> Moved:
        """Move goods by a document of their own."""
        source = more.pop("source", None) or Source("shop.test", str(uuid4()), title)
        async with self.tenant.transaction(unaudited="the caller's" if more.get("post") == "caller" else ""):
            return await self.stock.move(StockDocument(source=source, date=day, moves=moves, **more))

    async def receive(self, item: UUID, quantity: int | str, cost: int | str | None = None, **more: Any) -> Decimal:
        """Bring goods in; returns what they are worth."""
        return await self._one(item, quantity, SUPPLIER, HERE, cost, **more)

    async def deliver(self, item: UUID, quantity: int | str, **more: Any) -> Decimal:
        """Send goods out; returns what they were worth."""
        return await self._one(item, quantity, HERE, CUSTOMER, None, **more)

    async def _one(self, item: UUID, quantity: int | str, origin: str, destination: str, cost: int | str | None, **more: Any) -> Decimal:
        facts = {name: more.pop(name) for name in ("lot", "expires", "unit", "returns") if name in more}
        unit_cost = None if cost is None else D(cost)
        move = NewMove(key="1", item=item, quantity=D(quantity), origin=origin, destination=destination, unit_cost=unit_cost, **facts)
        return (await self.move(move, **more)).moves[0].cost

    async def know(self, item: UUID) -> None:
        """Take an item over from the catalogue before anything moved."""
        async with self.tenant.transaction(unaudited="a test"):
            await make_known(self.tenant, [item])

    async def set_cost(self, item: UUID, cost: str, day: date = DAY) -> None:
        """Set a standard cost."""
        async with self.tenant.transaction():
            await revaluing.set_cost(self.tenant, item, D(cost), day, Source("shop.cost", str(uuid4())))

    async def held(self, item: UUID) -> tuple[Decimal, Decimal]:
        """Return how much of an item there is, and what it is worth."""
        row = (await self.ask("SELECT i.quantity, i.value FROM inventory_item i WHERE i.item = $1", item))[0]
        return row["quantity"], row["value"]

    async def cost(self, item: UUID) -> Decimal:
        """Return what a piece costs."""
        async with self.tenant.transaction():
            return round((await self.stock.cost([item]))[item], 2)

    async def on_hand(self, item: UUID, location: str = "") -> Decimal:
        """Return what there is at a place."""
        async with self.tenant.transaction():
            return (await self.stock.availability([item], location))[item].on_hand

    async def balance(self, code: str, at: date | None = None) -> Decimal:
        """Return what an account holds, debits positive."""
        async with self.tenant.transaction():
            return sum((each.base for each in await self.tenant.service(Ledger).balance(code, at or date(2026, 12, 31))), D(0))

    async def ask(self, sql: str, *args: object) -> Sequence[Any]:
        """Ask the tables."""
        async with self.tenant.transaction() as db:
            return await db.fetch(sql, *args)


@pytest.fixture
async def shop(tenant: Tenant, client: Client, visitors: Visitors, clock: Clock, installation: Any) -> Shop:
    """Return a business with books for 2026 by the generic chart."""
    clock.set(datetime(2026, 3, 31, 10, tzinfo=UTC))
    answer = await client.submit("/accounting/begin", {"chart": "generic"})
    assert answer.status_code == 303, answer.text

    async def again() -> Tenant:
        return cast(Tenant, await installation.runtime.tenant_by_id(tenant.id))

    made = Shop(tenant, client, await visitors.program(tenant), again)
    made.clock = clock
    return made
