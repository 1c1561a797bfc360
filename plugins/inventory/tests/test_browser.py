"""A day in the warehouse in a real browser: received by scan, put away, sent, held, picked, counted blind, and every figure agrees."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from plugins.inventory.services import closing, proving
from tests.browsing import PATIENCE, WIDE, Visit, chromium_started, served
from weft.testing import Installation, Visitors

from .conftest import D, Shop

EARLY, LATE = "01040063813339311726060110L-EARLY", "01040063813339311726120110L-LATE"


@pytest_asyncio.fixture(loop_scope="session")
async def desk(installation: Installation, visitors: Visitors, shop: Shop) -> AsyncIterator[Visit]:
    """Yield a storekeeper at a browser; the page's complaints fail the test."""
    client: Any = await visitors.sign_in(shop.tenant)
    made: Any = installation
    async with served(made) as address, chromium_started() as chromium:
        home = address.replace("//", f"//{shop.tenant.slug}.")
        context = await chromium.new_context(viewport=WIDE, base_url=home, locale="en-GB", reduced_motion="reduce")
        await context.add_cookies([{"name": "weft_session", "value": client.cookies["weft_session"], "url": home}])
        context.set_default_timeout(PATIENCE)
        visit = Visit(await context.new_page())
        yield visit
        await context.close()
        assert visit.complaints == []


async def typed(desk: Visit, *lines: tuple[str, ...]) -> None:
    """Fill lines as a scanner and two hands do: what is scanned ends with Enter, which goes on to the next field."""
    await desk.ready()
    await desk.page.get_by_label("SKU or barcode, line 1").focus()
    for line in lines:
        for text in line:
            await desk.page.keyboard.type(text)
            await desk.page.keyboard.press("Enter")


async def test_a_day_in_the_warehouse(desk: Visit, shop: Shop, visitors: Visitors) -> None:
    await shop.settle(second_person="on")
    await shop.keep("", tracking="lot")
    item = await shop.item("Oat milk", variants=[{"sku": "OAT", "barcodes": [{"code": "4006381333931"}]}])
    for parent, code, title in (("main", "rack", "Rack"), ("", "shop", "Shop")):
        assert (await shop.client.submit("/inventory/locations", {"parent": parent, "code": code, "title": title})).status_code == 303
    await _receive(desk, shop, item)
    await _put_away_and_send(desk, shop, item)
    await _hold_and_pick(desk, shop, item)
    await _count(desk, shop, visitors, item)
    await _look_at_it(desk, shop)


async def _receive(desk: Visit, shop: Shop, item: Any) -> None:
    page = desk.page
    await page.goto("/inventory/move?kind=receipt")
    await typed(desk, (EARLY, "6", "2", "", ""), (LATE, "6", "3", "", ""))
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_role("heading", name="Receipt of 2026-03-31")).to_be_visible()
    await expect(page.get_by_text("L-EARLY")).to_be_visible()
    assert await shop.held(item) == (D(12), D(30))


async def _put_away_and_send(desk: Visit, shop: Shop, item: Any) -> None:
    page = desk.page
    await page.goto("/inventory/move?kind=transfer")
    await page.locator("[name=location]").select_option("main")
    await page.locator("[name=to]").select_option("main/rack")
    await typed(desk, ("OAT", "12"))
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_role("heading", name="Transfer of 2026-03-31")).to_be_visible()
    await page.goto("/inventory/move?kind=transfer")
    await page.locator("[name=location]").select_option("main/rack")
    await page.locator("[name=to]").select_option("shop")
    await page.locator("[name=on_the_way]").check(force=True)
    await page.locator("[name=reference]").fill("Van 7")
    await typed(desk, ("OAT", "4"))
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_text("What has arrived?")).to_be_visible()
    await page.goto("/inventory/transit")
    await page.get_by_role("link", name="Van 7").first.click()
    await page.get_by_role("button", name="They have arrived").click()
    await expect(page.get_by_role("heading", name="Van 7, arrived")).to_be_visible()
    assert await shop.on_hand(item, "shop") == 4


async def _hold_and_pick(desk: Visit, shop: Shop, item: Any) -> None:
    page = desk.page
    await page.goto("/inventory/move?kind=delivery")
    await page.locator("[name=location]").select_option("main/rack")
    await page.locator("[name=reference]").fill("Order 12")
    await typed(desk, ("OAT", "9"))
    await page.get_by_role("button", name="Keep as a draft").click()
    await page.get_by_role("button", name="Reserve", exact=True).click()
    await expect(page.get_by_text("Reserved in part")).to_be_visible()
    await desk.held()
    await page.get_by_label("Move now: Oat milk").fill("5")
    await page.get_by_role("button", name="Carry out").click()
    await expect(page.get_by_role("heading", name="Order 12")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="L-EARLY")).to_contain_text("2")
    await expect(page.get_by_role("row").filter(has_text="L-LATE")).to_contain_text("3")
    await page.goto("/inventory/movements?segment=open")
    await expect(page.get_by_role("link", name="Order 12, the rest").first).to_be_visible()
    assert await shop.on_hand(item, "main/rack") == 3


async def _count(desk: Visit, shop: Shop, visitors: Visitors, item: Any) -> None:
    page = desk.page
    await page.goto("/inventory/counts")
    await desk.ready()
    await page.keyboard.press("c")
    await page.locator("dialog [name=location]").select_option("main/rack")
    await page.get_by_role("dialog").get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("columnheader", name="Counted")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Should be")).to_have_count(0)
    await page.get_by_label(re.compile("Counted: Oat milk")).fill("2")
    await desk.held()
    await page.get_by_role("button", name="Hand in for approval").click()
    await expect(page.get_by_text("You counted here yourself")).to_be_visible()
    other = await visitors.sign_in(shop.tenant)
    path = page.url.partition(".localhost")[2].partition("/")[2]
    assert (await other.submit(f"/{path}/approve", {"do": "approve", "version": "2"})).status_code == 303
    assert await shop.held(item) == (D(6), D(18)), "five were sent and one was lost, each at 2"


async def _look_at_it(desk: Visit, shop: Shop) -> None:
    page = desk.page
    await page.goto("/reports/inventory.value?day=2026-03-31")
    await expect(page.get_by_text("18.00").first).to_be_visible()
    assert await shop.balance("1200") == 18
    for check in (proving.balances, proving.values, proving.ledger, closing.held, closing.below):
        assert (await check(shop.tenant)).findings == ()
    await page.goto("/search?q=L-EARLY")
    await expect(page.get_by_role("heading", name="L-EARLY")).to_be_visible()
    await expect(page.get_by_text("4 pcs")).to_be_visible()
    for words in ("Suppliers → Main warehouse", "Rack → Customers", "In transit → Shop"):
        await expect(page.get_by_text(words).first).to_be_visible()
    await page.goto("/inventory/categories")
    await desk.held()
