"""A shop that buys, to test with."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest

from plugins.purchasing.domain.kept import Receipt
from plugins.purchasing.domain.matching import BillLine
from plugins.purchasing.domain.orders import Order
from plugins.purchasing.domain.prices import SupplierPrice
from plugins.purchasing.services import approving, billing, orders, receiving, returning, suppliers
from plugins.purchasing.services.orders import DraftLine, OrderDraft
from weft import Tenant, new_id
from weft.contracts import CUSTOMER, Ledger, NewMove, NewParty, Parties, Source, Stock, StockDocument
from weft.testing import Client, Clock, Jobs, Visitors

D = Decimal
DAY = date(2026, 3, 10)


class Shop:
    """A business with books, goods and a supplier."""

    def __init__(
        self, tenant: Tenant, client: Client, program: Client, jobs: Jobs, clock: Clock, again: Callable[[], Awaitable[Tenant]]
    ) -> None:
        self.tenant = tenant
        self.client = client
        self.program = program
        self.jobs = jobs
        self.clock = clock
        self.again = again

    async def settle(self, **settings: str) -> None:
        """Change settings of purchasing by their page."""
        await self._set("purchasing", settings)

    async def _set(self, module: str, settings: Mapping[str, str]) -> None:
        page = (await self.client.get(f"/settings/{module}")).text
        seen = re.search(r'name="seen" value="([^"]*)"', page)
        assert seen, page
        kept = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page)) | {
            name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="([a-z_]+)"', page)
        }
        known = {name: value for name, value in kept.items() if name not in ("seen", "_csrf_token")}
        answer = await self.client.submit(f"/settings/{module}", {**known, **settings, "seen": seen[1]})
        assert answer.status_code == 303, answer.text
        self.tenant = await self.again()

    async def stock_posts(self, how: str) -> None:
        """Choose how stock is posted."""
        await self._set("inventory", {"method": "fifo", "below_zero": "warn", "posting": how, "expiry_days": "14", "blind_counts": "on"})

    async def keep(self, item: UUID, method: str) -> None:
        """Say how an item is valued, by its page."""
        answer = await self.client.submit(f"/inventory/items/{item}/method", {"method": method, "tracking": "none"})
        assert answer.status_code == 303, answer.text

    async def fix_cost(self, item: UUID, cost: str) -> None:
        """Set the standard cost of an item, by its page."""
        answer = await self.client.submit(f"/inventory/items/{item}/cost", {"cost": cost, "date": "2026-03-09", "day": "2026-03-09"})
        assert answer.status_code == 303, answer.text

    async def item(self, name: str = "Coffee", **facts: Any) -> UUID:
        """Add a product to the catalogue; returns its item."""
        answer = await self.program.request("POST", "/api/v1/catalogue/products", json={"name": name, **facts})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["variants"][0]["id"])

    async def party(self, name: str = "Bean Importers", **facts: Any) -> UUID:
        """Add a contact."""
        async with self.tenant.transaction():
            return (await self.tenant.service(Parties).add(NewParty(kind="organisation", name=name, **facts))).id

    async def price(self, supplier: UUID, item: UUID, price: str, **facts: Any) -> SupplierPrice:
        """Keep what a supplier asks."""
        asked = SupplierPrice(id=new_id(), supplier=supplier, item=item, price=D(price), currency=facts.pop("currency", ""), **facts)
        return await suppliers.save_price(self.tenant, asked, new=True)

    async def order(self, supplier: UUID, *lines: tuple[UUID, int | str, str | None], **more: Any) -> Order:
        """Write an order and have it approved."""
        made = await orders.save(self.tenant, self.draft(supplier, *lines, **more), new_id())
        made = await approving.submit(self.tenant, made.id, made.version)
        while made.state == "waiting":
            made = await approving.approve(self.tenant, made.id, made.version)
        return made

    def draft(self, supplier: UUID, *lines: tuple[UUID, int | str, str | None], **more: Any) -> OrderDraft:
        """Return the draft of an order: item, quantity and price of each line."""
        wanted = tuple(
            DraftLine(item=item, quantity=D(quantity), unit_price=D(price) if price else None) for item, quantity, price in lines
        )
        return OrderDraft(supplier=supplier, lines=wanted, **({"ordered": DAY} | more))

    async def receive(self, order: Order, *quantities: int | str, **more: Any) -> Any:
        """Count goods, line by line; 0 leaves one out."""
        counted = tuple(
            receiving.Counted(order_line=line.id, quantity=D(quantity))
            for line, quantity in zip(order.lines, quantities, strict=False)
            if D(quantity)
        )
        facts: dict[str, Any] = {"id": new_id(), "order": order.id, "counted": counted, "day": DAY} | more
        return await receiving.receive(self.tenant, receiving.Delivery(**facts))

    async def bill(self, order: Order, *lines: tuple[int | str, str], reference: str = "", **more: Any) -> Any:
        """Enter a bill: quantity and price, line by line; a quantity of 0 leaves a line out."""
        wanted = tuple(
            BillLine(order_line=line.id, quantity=D(quantity), unit_price=D(price))
            for line, (quantity, price) in zip(order.lines, lines, strict=False)
            if D(quantity)
        )
        facts: dict[str, Any] = {"id": new_id(), "order": order.id, "issued": DAY} | more
        return await billing.enter(self.tenant, billing.BillDraft(lines=wanted, reference=reference or str(facts["id"])[-6:], **facts))

    async def post(self, document: UUID | None) -> None:
        """Post a draft of accounting by its page, and let everybody hear of it."""
        page = (await self.client.get(f"/accounting/documents/{document}")).text
        found = re.search(r'name="version" value="(\d+)"', page)
        assert found, page
        answer = await self.client.submit(f"/accounting/documents/{document}/post", {"version": found[1]})
        assert answer.status_code == 303, answer.text
        await self.hear()

    async def hear(self) -> None:
        """Let events arrive."""
        await self.jobs.run_all(self.tenant)
        assert await self.jobs.failed(self.tenant) == []

    async def billed(self, order: Order, *lines: tuple[int | str, str], **more: Any) -> Any:
        """Enter a bill and post it."""
        made = await self.bill(order, *lines, **more)
        await self.post(made.document)
        return (await billing.page(self.tenant, made.id)).bill

    async def back(self, receipt: Receipt, *quantities: int | str, **more: Any) -> Any:
        """Send goods back, line by line."""
        page = await receiving.page(self.tenant, receipt.id)
        wanted = tuple(
            returning.Back(receipt_line=line.id, quantity=D(quantity))
            for (line, _), quantity in zip(page.lines, quantities, strict=False)
            if D(quantity)
        )
        facts: dict[str, Any] = {"id": new_id(), "receipt": receipt.id, "lines": wanted, "reason": "Broken", "day": DAY} | more
        return await returning.send_back(self.tenant, returning.ReturnDraft(**facts))

    async def sell(self, item: UUID, quantity: int | str, day: date = DAY) -> Any:
        """Send goods out to a customer; returns what they cost."""
        move = NewMove(key="1", item=item, quantity=D(quantity), origin="main", destination=CUSTOMER)
        async with self.tenant.transaction():
            document = StockDocument(source=Source("shop.sale", str(new_id()), "Sale"), date=day, moves=(move,))
            return (await self.tenant.service(Stock).move(document)).moves[0].cost

    async def now(self, order: Order) -> Any:
        """Return an order as it stands."""
        return await orders.get(self.tenant, order.id)

    async def held(self, item: UUID) -> Any:
        """Return how much of an item there is, and what it is worth."""
        row = (await self.ask("SELECT i.quantity, i.value FROM inventory_item i WHERE i.item = $1", item))[0]
        return row["quantity"], row["value"]

    async def on(self, event: str) -> Any:
        """Return what the account of a posting rule holds, debits positive."""
        async with self.tenant.transaction():
            ledger = self.tenant.service(Ledger)
            found = await ledger.balance(await ledger.account_for(event), date(2026, 12, 31))
            return sum((each.base for each in found), D(0))

    async def waiting(self) -> Any:
        """Return what purchasing says is received and not billed, in base currency."""
        rows = await self.ask("SELECT coalesce(sum(c.value), 0) AS value FROM purchasing_receipt_line c WHERE c.waits")
        return rows[0]["value"]

    async def ask(self, sql: str, *args: object) -> Sequence[Any]:
        """Ask the tables."""
        async with self.tenant.transaction() as db:
            return await db.fetch(sql, *args)


@pytest.fixture
async def shop(tenant: Tenant, client: Client, visitors: Visitors, clock: Clock, jobs: Jobs, installation: Any) -> Shop:
    """Return a business with books for 2026 by the generic chart."""
    clock.set(datetime(2026, 3, 31, 10, tzinfo=UTC))
    answer = await client.submit("/accounting/begin", {"chart": "generic"})
    assert answer.status_code == 303, answer.text

    async def again() -> Tenant:
        return cast(Tenant, await installation.runtime.tenant_by_id(tenant.id))

    return Shop(tenant, client, await visitors.program(tenant), jobs, clock, again)
