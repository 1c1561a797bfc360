"""More than one device: goods come back to another till, and a lost device's till goes on with its numbers."""

import asyncio

from playwright.async_api import Browser, expect

from tests.browsing import PATIENCE

from .conftest import COFFEE, TEA, Counter, browser, counter, pairing_code, shop

__all__ = ["browser", "counter", "shop"]


async def test_goods_come_back_to_another_till_and_a_new_device_goes_on_with_the_numbers(counter: Counter, browser: Browser) -> None:
    await counter.scan(COFFEE)
    await counter.scan(COFFEE)
    await counter.pay_cash()
    await counter.sent()

    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(PATIENCE)
    other = Counter(await context.new_page(), context, counter.shop, counter.home)
    await other.begin(await pairing_code(counter.shop, "T2"))
    await other.open()
    await other.choose("Receipts and returns")
    await other.page.get_by_role("searchbox", name="Find a receipt").fill("t1-000001")
    await other.page.get_by_role("button", name="Look for T1-000001 on all tills").click()
    await other.page.get_by_role("button", name="Take goods back").click()
    await other.page.get_by_role("button", name="One Espresso beans more").click()
    await other.page.get_by_role("button", name="Damaged").click()
    await other.page.get_by_role("button", name="Put into the basket").click()
    await expect(other.page.locator("#total")).to_have_text("£12.50")
    await other.page.locator("#pay").click()
    await other.page.get_by_role("button", name="As it was paid").click()
    assert await other.done() == "£12.50"
    await other.sent()
    assert await counter.shop.receipts() == ["T1-000001", "T2-000001"]
    assert await counter.shop.problems() == []
    assert other.complaints == []
    await asyncio.wait_for(context.close(), 20)

    path = (await counter.shop.ask("SELECT id FROM retail_pos_till WHERE code = 'T1'"))[0]["id"]
    shown = await counter.shop.person.submit(f"/retail_pos/tills/{path}/pairing")
    code = shown.text.split("data-pairing-code>")[1].split("<")[0]
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/London")
    context.set_default_timeout(PATIENCE)
    fresh = Counter(await context.new_page(), context, counter.shop, counter.home)
    await fresh.begin(code)
    await fresh.open()
    await fresh.scan(TEA)
    await fresh.pay_cash()
    await fresh.sent()
    assert await counter.shop.receipts() == ["T1-000001", "T1-000002", "T2-000001"]
    assert await counter.shop.problems() == []
    assert fresh.complaints == []
    await asyncio.wait_for(context.close(), 20)
