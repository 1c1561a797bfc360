"""Everything breaks while tills sell: lines, tabs, clocks, servers. Each receipt is there once: in stock, books, drawers and Z reports."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import expect

from infra.testing import Installation
from plugins.retail_pos.services.proving import SALES_CHECKS
from plugins.retail_pos.tests.server.conftest import Shop
from plugins.retail_pos.tests.till.conftest import CASHIER, MANAGER, TILL, Counter, pairing_code
from tests.browsing import chromium_started
from tests.workers.waiting import until
from weft import Tenant
from weft.testing import Client, Visitors

from . import expected
from .processes import PATIENCE, Running, running
from .tills import Line, RandomTill, Street

LONG = os.environ.get("WEFT_CHAOS") == "long"
RECEIPTS, TILLS, BROWSED, KILLS = (10_000, 10, 40, 20) if LONG else (200, 4, 4, 1)
SEED = int(os.environ.get("WEFT_CHAOS_SEED", "1"))
STOCK = 100_000
PRICES = ("11.00", "3.30", "0.35", "4.99", "12.50", "22.00", "1.10", "7.77")
BREAKS = ("net::ERR_", "the server responded with a status of", "was preloaded using link preload", "Failed to load resource")


@pytest.fixture
async def shop(tenant: Tenant, client: Client, visitors: Visitors) -> Shop:
    """Return a shop with books and taxes, on the day it is."""
    for path, form in (("/accounting/begin", {"chart": "generic"}), ("/accounting/taxes/choose", {"code": "generic"})):
        answer = await client.submit(path, form)
        assert answer.status_code == 303, answer.text
    made = Shop(tenant, client, await visitors.program(tenant), visitors)
    for name, role, pin in (("Kim Cashier", "cashier", CASHIER), ("Mo Manager", "manager", MANAGER)):
        answer = await client.submit("/retail_pos/operators/new", {"name": name, "role": role, "pin": pin, "active": "yes"})
        assert answer.status_code == 303, answer.text
    return made


async def shelves(shop: Shop) -> list[tuple[UUID, str]]:
    """Put goods on the shelves, each of them bought for the same."""
    found = []
    for place, price in enumerate(PRICES):
        variant = {"barcodes": [{"code": f"INT-{place}", "kind": "internal"}], "sku": f"SKU-{place}", "prices": [{"amount": price}]}
        found.append((await shop.item(f"Goods {place}", stock=STOCK, cost=str(expected.COST), variants=[variant]), price))
    return found


async def test_each_receipt_is_there_once_whatever_breaks(
    shop: Shop, installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random, began = Random(SEED), perf_counter()
    tenant: Any = shop.tenant
    street = Street(random, str(tenant.today()), await shelves(shop))
    with running(installation, tmp_path) as (web, worker):
        worker.start()
        web.start()
        line = Line(web.port, f"{tenant.slug}.localhost:{web.port}", random)
        tills = [RandomTill(await shop.till(f"T{number + 1}"), street, line) for number in range(TILLS)]
        await web.answers()
        async with tab(shop, web.port) as counter, asyncio.TaskGroup() as together:
            browsing = together.create_task(browsed(counter, random))
            together.create_task(sold(tills, line))
            together.create_task(havoc(random, tills, line, web, worker))
        chain = browsing.result()
        lasted = perf_counter() - began
        for till in tills:
            await till.hello()
        await settled(shop, installation)
        chains: Sequence[Any] = [chain, *(till.records for till in tills)]
        await proven(shop, chains)
        figures = (
            f"seed {SEED}: {RECEIPTS + BROWSED} receipts, {sum(map(len, chains))} records, {sum(till.uploads for till in tills)} uploads, "
            f"{line.cuts} cut off, {sum(till.damaged for till in tills)} damaged; web killed {web.kills} times, worker {worker.kills}; "
            f"{lasted:.0f} s"
        )
        with capsys.disabled():
            print(f"\n{figures}" if LONG else "", end="")  # noqa: T201  # what a long run was like is asked for


async def sold(tills: Sequence[RandomTill], line: Line) -> None:
    """Sell at all tills at once, in two sessions each, while they send; return when everything was heard."""
    each = RECEIPTS // len(tills)
    over = asyncio.Event()

    async def few() -> bool:  # the shop is open for about as long as the server is troubled
        return sum(len(till.outbox) for till in tills) < 40 * len(tills)

    async def work() -> None:
        for till in tills:
            till.begin()
        for number in range(each):
            for till in tills:
                if number == each // 2:
                    till.finish()
                    till.begin()
                till.serve()
            await asyncio.sleep(0)
            await until(few, "the tills are heard", PATIENCE)
        for place, till in enumerate(tills):
            till.finish("1.00" if place == 0 else "-0.50" if place == 1 else "0.00")
        over.set()

    async with asyncio.TaskGroup() as together:
        together.create_task(work())
        for till in tills:
            together.create_task(till.send_on(over))
    line.faults = 0


async def havoc(random: Random, tills: Sequence[RandomTill], line: Line, web: Running, worker: Running) -> None:
    """Kill the server and cut the line, again and again until the shop has sold half of what it will."""
    for number in range(KILLS):
        mark = RECEIPTS * (number + random.random()) / (KILLS + 1)

        async def far(mark: float = mark) -> bool:
            return sum(till.heard for till in tills) >= mark

        await until(far, "the tills are heard", 900)
        web.kill()
        if number % 3 == 0:
            worker.kill()
            worker.start()
        line.down = random.random() < 0.5
        web.start()
        await web.answers()
        await asyncio.sleep(random.random() * 0.3)
        line.down = False


@asynccontextmanager
async def tab(shop: Shop, port: int) -> AsyncIterator[Counter]:
    """Yield a till that is open in a tab of a real browser."""
    tenant: Any = shop.tenant
    async with chromium_started() as chromium:
        context = await chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/London")
        context.set_default_timeout(PATIENCE * 1000)
        counter = Counter(await context.new_page(), context, shop, f"http://{tenant.slug}.localhost:{port}")
        counter.of_its_own = BREAKS
        await counter.begin(await pairing_code(shop, "B1"))
        await counter.open()
        yield counter
        assert counter.complaints == []
        await context.close()


async def browsed(counter: Counter, random: Random) -> list[dict[str, Any]]:
    """Sell at the till in the browser, whose tab dies with goods in its basket and while it sends; return its records."""
    for number in range(BROWSED):
        for place in random.sample(range(len(PRICES)), random.randint(1, 3)):
            await counter.scan(f"INT-{place}")
        if number % 5 == 1:  # in mid-sale
            await expect(counter.page.locator(".line").first).to_be_visible()
            await _killed(counter)
            await expect(counter.page.locator("#lines > li")).not_to_have_count(0)
            if await counter.page.locator(".line").count() == 0:  # what was scanned in its last moment may have died with it
                await counter.scan("INT-0")
        await counter.pay_cash()
        if number % 5 == 3:  # in mid-sync
            await _killed(counter)
    await counter.choose("Count and close")
    await counter.page.get_by_role("button", name="Close the till").click()
    await counter.page.locator("dialog").last.get_by_role("button", name="Close the till").click()
    await expect(counter.page.locator("#open")).to_be_visible()
    await expect(counter.page.locator("#waiting")).to_have_count(0, timeout=PATIENCE * 1000)
    await expect(counter.page.locator("#status")).to_have_class(re.compile("good"))
    return await counter.kept("records")


async def _killed(counter: Counter) -> None:
    """Kill the tab's process, and open another tab."""
    session = await counter.context.new_cdp_session(counter.page)
    async with counter.page.expect_event("crash"):
        crash = asyncio.create_task(session.send("Page.crash"))
    crash.cancel()
    await counter.page.close()
    counter.page = await counter.context.new_page()
    await counter.page.goto(f"{counter.home}{TILL}")
    await counter.page.wait_for_selector("html[data-ready]", state="attached")


async def settled(shop: Shop, installation: Installation) -> None:
    """Wait until the worker carried everything away that was told, and see that nothing of it died."""
    made: Any = installation

    async def done() -> bool:
        left = await made.runtime.platform.fetchval("SELECT count(*) FROM platform.outbox")
        waiting = await made.runtime.platform.fetchval("SELECT count(*) FROM platform.job WHERE state IN ('queued', 'running')")
        return (left, waiting) == (0, 0)

    await until(done, "the worker is through", PATIENCE)
    assert await made.runtime.platform.fetchval("SELECT count(*) FROM platform.job WHERE state = 'dead'") == 0


async def proven(shop: Shop, chains: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Hold what is there against what the tills wrote."""
    sums = expected.told(record for chain in chains for record in chain)
    assert len(sums.receipts) == RECEIPTS + BROWSED
    moved = sum((Decimal(each["cash"]["amount"]) for chain in chains for each in chain if each["type"] == "cash"), Decimal(0))
    await expected.in_the_inbox(shop, chains)
    await expected.in_the_drawers(shop, sums)
    await expected.in_stock(shop, sums, STOCK)
    await expected.in_the_books(shop, sums, moved)
    findings = [finding for check in SALES_CHECKS for finding in (await check.run(shop.tenant)).findings]
    assert findings == []
