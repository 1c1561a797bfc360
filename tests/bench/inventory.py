"""Sales of five lines with stock, valuation, ledger, audit and outbox, beside bare asyncpg: ``python -m tests.bench.inventory [SECONDS]``.

Sixteen at a time, one sale a transaction: the goods are moved, the sale's entry takes the lines of their cost in, and an event goes to the
outbox. The baseline sends statements that write the same rows, their values made beforehand, on connections of its own; nothing is read,
checked or numbered there. The sales are of other items each, then all of one popular item, where each waits for the other's cost.
"""

import itertools
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from asyncpg.connection import LoggedQuery

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from plugins.accounting.services import setup, years
from plugins.catalogue.domain.products import Facts, ProductDraft, VariantDraft
from plugins.catalogue.events import ProductArchived
from plugins.catalogue.services import products
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.bench.posting import AT_ONCE, analyse, rate
from weft import new_id
from weft.contracts import CUSTOMER, SUPPLIER, Ledger, NewEntry, NewLine, NewMove, Source, Stock, StockDocument

ITEMS, LINES = 400, 5
SEQ = 5_000_000  # numbers of flows begin there, so that they are told from other whole numbers
DAY = date(2026, 3, 10)
RUNNING = itertools.count(10**9)  # numbers of flows that the baseline writes


async def fill(tenant: LiveTenant) -> list[UUID]:
    """Make items, and bring plenty of each in."""
    made = []
    for number in range(ITEMS):
        draft = ProductDraft(facts=Facts(name=f"Item {number}"), variants=(VariantDraft(),))
        made.append((await products.create(tenant, draft)).variants[0].id)
    for round_ in range(4):
        moves = tuple(
            NewMove(
                key=str(item), item=item, quantity=Decimal(1_000_000), origin=SUPPLIER, destination="main", unit_cost=Decimal(5 + round_)
            )
            for item in made
        )
        async with tenant.transaction():
            await tenant.service(Stock).move(StockDocument(source=Source("bench.receipt", str(round_)), date=DAY, moves=moves))
    async with tenant.transaction(unaudited="so that numbers of flows are told from other whole numbers") as db:
        await db.execute("UPDATE inventory_item SET seq = seq + $1", SEQ)
    return made


class Captured:
    """What sales sent to the database to be written, and how to send it again as other sales."""

    def __init__(self) -> None:
        self.since = new_id()
        self.sales: list[list[tuple[str, tuple[Any, ...]]]] = []

    async def watch(self, tenant: LiveTenant, items: Sequence[Sequence[UUID]]) -> None:
        """Make some sales, and keep what they write."""
        seen: list[tuple[str, tuple[Any, ...]]] = []

        def query(record: LoggedQuery) -> None:
            if record.args and not record.query.lstrip().startswith(("SELECT", "WITH locked")):
                seen.append((record.query, record.args))

        for number, chosen in enumerate(items):
            seen.clear()
            async with tenant.transaction(unaudited="what is pending is written before the end") as db:
                connection = db.connection  # type: ignore[attr-defined]
                with connection.query_logger(query):
                    await sell_in(tenant, chosen, number)
                    await db.pending.flush(db, db.actor)  # type: ignore[attr-defined]
                    db.pending.cut((0, 0, 0, 0))  # type: ignore[attr-defined]
            self.sales.append(list(seen))

    def again(self, number: int) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the statements of a sale with ids of their own."""
        fresh: dict[UUID, UUID] = {}

        def other(value: Any) -> Any:
            if isinstance(value, list | tuple):
                return [other(each) for each in value]
            if isinstance(value, UUID) and value > self.since:
                return fresh.setdefault(value, new_id())
            if isinstance(value, str) and len(value) == 36 and value > str(self.since) and value.count("-") == 4:
                return str(fresh.setdefault(UUID(value), new_id()))
            if isinstance(value, int) and not isinstance(value, bool) and value > SEQ:
                return next(RUNNING)
            return value

        return [(sql, tuple(other(each) for each in args)) for sql, args in self.sales[number % len(self.sales)]]


async def sell_in(tenant: LiveTenant, items: Sequence[UUID], number: int) -> None:
    """Sell five lines as a till does, in the open transaction: goods, entry, event and audit."""
    source = Source("inventory.item", str(new_id()), f"Sale {number}")
    moves = tuple(
        NewMove(key=str(place), item=item, quantity=Decimal(1 + number % 3), origin="main", destination=CUSTOMER)
        for place, item in enumerate(items)
    )
    moved = await tenant.service(Stock).move(StockDocument(source=source, date=DAY, moves=moves, post="caller"))
    lines = (NewLine(event="cash", debit=Decimal(120)), NewLine(event="sales_revenue", credit=Decimal(120)), *moved.lines)
    await tenant.service(Ledger).post(NewEntry(journal="sales", date=DAY, description=source.title, lines=lines, source=source))
    await tenant.emit(ProductArchived(product_id=new_id(), name=source.title))  # an event of the size that a sale tells


async def bare(made: Installation, tenant: LiveTenant, captured: Captured, seconds: float) -> float:
    """Return the rate of the same statements that write, on connections of their own: no reading, no rules."""
    pool = await asyncpg.create_pool(
        made.superuser_url,
        min_size=AT_ONCE,
        max_size=AT_ONCE,
        connection_class=WeftConnection,
        server_settings={"search_path": f"{tenant.schema}, platform"},
    )

    async def work(number: int) -> None:
        statements = captured.again(number)
        async with pool.acquire() as connection, connection.transaction():
            for sql, args in statements:
                await connection.fetch(sql, *args)

    found = await rate(seconds, work)
    await pool.close()
    return found


async def main(seconds: float) -> None:
    """Measure on servers of its own, and print."""
    async with ground(Registry.installed(), pool_size=AT_ONCE) as made:
        tenant = await made.new_tenant()
        await setup.set_up(tenant, "generic")
        await years.ensure_year(tenant, DAY)
        items = await fill(tenant)
        baskets = [[items[(number * LINES + place) % ITEMS] for place in range(LINES)] for number in range(ITEMS // LINES)]
        popular = [[items[0], *basket[1:]] for basket in baskets]

        def sale(chosen: Sequence[Sequence[UUID]]) -> Callable[[int], Awaitable[None]]:
            async def work(number: int) -> None:
                async with tenant.transaction():
                    await sell_in(tenant, chosen[number % len(chosen)], number)

            return work

        await rate(1, sale(baskets))  # warm
        await analyse(made)
        kinds = ((baskets, "other items"), (popular, "one popular item"))
        rates = [await rate(seconds, sale(chosen)) for chosen, _ in kinds]
        captured = [Captured() for _ in kinds]
        for each, (chosen, _) in zip(captured, kinds, strict=True):
            await each.watch(tenant, chosen)
        for found, each, (_, words) in zip(rates, captured, kinds, strict=True):
            baseline = await bare(made, tenant, each, seconds)
            hold = Hold(0.35, at_most=False, of_ratio=True)
            tell(f"sale of five lines, {words}", found, "sales/s", baseline=baseline, baseline_is="bare asyncpg", hold=hold)


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 8))
