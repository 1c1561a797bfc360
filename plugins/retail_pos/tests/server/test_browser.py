"""The pages of receipts, sessions, parked records and tills in a real browser: held by axe, light and dark, wide and narrow."""

import os
from typing import Any
from uuid import uuid4

from tests.browsing import WIDE, Visit, chromium_started, served
from weft.testing import Installation

from .conftest import Shop, Till, back, goods


async def test_the_pages_of_a_day_hold(shop: Shop, till: Till, installation: Installation) -> None:
    paths = await a_day(shop, till)
    made: Any = installation
    client: Any = shop.person
    async with served(made) as address, chromium_started() as chromium:
        home = address.replace("//", f"//{shop.tenant.slug}.")
        context = await chromium.new_context(viewport=WIDE, base_url=home, locale="en-GB", reduced_motion="reduce")
        await context.add_cookies([{"name": "weft_session", "value": client.cookies["weft_session"], "url": home}])
        visit = Visit(await context.new_page())
        for name, path in paths.items():
            await visit.page.goto(path)
            await visit.ready()
            await visit.held()
            await pictured(visit, name)
        assert visit.complaints == []


async def pictured(visit: Visit, name: str) -> None:
    """Keep pictures of a page where somebody wants to look at them."""
    if folder := os.environ.get("LOOK"):
        await visit.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        await visit.page.set_viewport_size({"width": 390, "height": 844})
        await visit.page.emulate_media(color_scheme="dark")
        await visit.page.screenshot(path=f"{folder}/{name}-dark-narrow.png", full_page=True)
        await visit.page.emulate_media(color_scheme="light")
        await visit.page.set_viewport_size(WIDE)


async def a_day(shop: Shop, till: Till) -> dict[str, str]:
    """Sell, take back, park and count; return the pages to look at."""
    item = await shop.item("Espresso beans", stock=20)
    discount = {"source": "manual", "amount": "1.00", "title": "Damaged box"}
    sale = till.sell(
        goods(item, 2, name="Espresso beans", sku="ESP-1"),
        goods(item, base="11.00", amount="10.00", discounts=[discount], name="Espresso beans"),
        tenders=[{"type": "cash", "amount": "20.00", "given": "50.00", "change": "30.00"}, {"type": "card", "amount": "12.00"}],
    )
    till.sell(back(sale))
    till.write("cash", {"kind": "pay_out", "amount": "-3.20", "reason": "Milk"})
    first = till.session
    till.write("count", {"counted": "105.00", "expected": "105.80", "denominations": {"50.00": 2, "5.00": 1}, "note": "A coin is missing"})
    till.open()
    till.sell(goods(uuid4(), name="Something nobody knows"), goods(item))
    till.write("count", {"counted": "122.00", "expected": "122.00"})
    await till.send()
    [row] = await shop.ask("SELECT id FROM retail_pos_problem WHERE state = 'open'")
    await shop.person.submit("/retail_pos/operators/new", {"name": "Kim", "role": "cashier", "pin": "2580", "active": "yes"})
    return {
        "receipts": "/retail_pos/receipts",
        "receipt": f"/retail_pos/receipts/{sale['id']}",
        "sessions": "/retail_pos/sessions",
        "session": f"/retail_pos/sessions/{first}",
        "waiting-session": f"/retail_pos/sessions/{till.session}",
        "parked": "/retail_pos/parked",
        "problem": f"/retail_pos/parked/{row['id']}",
        "tills": "/retail_pos/tills",
        "till": till.path,
    }
