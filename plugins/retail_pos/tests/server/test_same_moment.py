"""Two who move the same goods at the same moment: the second is tried again, and is no record that waits for a person."""

import asyncio
from decimal import Decimal
from typing import Any

import asyncpg

from tests.workers.waiting import until
from weft.testing import Installation

from .conftest import API, Shop, Till, back, goods

BEFORE = """
INSERT INTO inventory_valuation (id, item, seq, move, document, date, quantity, value, kind)
SELECT uuidv7(), item, seq + 1, move, document, date, 0, 0, 'correction' FROM inventory_valuation WHERE item = $1 ORDER BY seq DESC LIMIT 1
"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"


async def waiting(db: Any, count: int) -> None:
    """Return when so many connections wait for others."""

    async def there() -> bool:
        return bool(await db.fetchval(WAITING) >= count)

    await until(there, f"{count} wait")


async def test_goods_that_somebody_else_moved_at_the_same_moment_are_sold_at_the_next_try(
    shop: Shop, till: Till, installation: Installation
) -> None:
    item = await shop.item(stock=5)
    await till.send()
    sale = till.sell(goods(item))
    made: Any = installation
    tenant: Any = shop.tenant
    first, second, watching = [
        await asyncpg.connect(made.superuser_url, server_settings={"search_path": tenant.schema}, timeout=20) for _ in range(3)
    ]
    try:
        await first.execute("SET session_replication_role = replica")  # no check of a reference, which would hold the goods
        taken = first.transaction()
        await taken.start()
        await first.execute(BEFORE, item)
        sending = asyncio.create_task(till.states(sale))
        await waiting(watching, 1)  # the sale waits for the place that is taken
        moving = asyncio.create_task(second.execute("UPDATE inventory_item SET seq = seq + 1 WHERE item = $1", item))
        await waiting(watching, 2)  # and that one for the goods
        await taken.commit()
        await moving
        assert await sending == ["applied"]
    finally:
        for each in (first, second, watching):
            await each.close()
    assert await shop.problems() == []
    assert await shop.on_hand(item) == Decimal(4)
    assert await shop.receipts() == ["T1-000001"]


async def test_a_return_that_came_at_the_moment_of_its_sale_is_taken_when_its_till_says_hello(
    shop: Shop, till: Till, installation: Installation
) -> None:
    sale = till.sell(goods(await shop.item(stock=5)))
    other = await shop.till("T2")
    other.open()
    other.sell(back(sale))
    other.write("count", {"counted": "89.00", "expected": "89.00"})
    assert await other.states() == ["applied", "parked", "applied"]
    made: Any = installation
    tenant: Any = shop.tenant
    behind = await asyncpg.connect(made.superuser_url, server_settings={"search_path": tenant.schema}, timeout=20)
    try:  # whoever takes the sale does not see that something waits for it
        await behind.execute("UPDATE retail_pos_problem SET reason = 'stock'")
        await till.send()
        await behind.execute("UPDATE retail_pos_problem SET reason = 'original'")
    finally:
        await behind.close()
    assert await shop.problems() == [("parked", "original")]
    said = await other.device.request("GET", f"{API}/state", headers=other.keyed)
    assert said.json()["seq"] == 3
    assert await shop.problems() == []
    assert await shop.receipts() == ["T1-000001", "T2-000001"]
    [row] = await shop.ask("SELECT state, over_short FROM retail_pos_session WHERE state <> 'open'")
    assert (row["state"], row["over_short"]) == ("closed", 0)
