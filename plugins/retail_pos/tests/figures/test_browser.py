"""The owner's morning in a real browser: figures, down to a receipt, its page for the customer, the proof; each page held by axe."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from plugins.retail_pos.tests.server.conftest import DAY, Shop, goods, shop
from tests.browsing import WIDE, Visit, chromium_started, served
from weft.testing import Installation, Visitors

__all__ = ["shop"]


@pytest_asyncio.fixture(loop_scope="session")
async def owner(installation: Installation, visitors: Visitors, shop: Shop) -> AsyncIterator[Visit]:
    """Yield an owner at a browser, in a shop that sold two coffees today; the page's complaints fail the test."""
    item = await shop.item(stock=10)
    till = await shop.till()
    till.open()
    till.sell(goods(item, 2))
    till.write("count", {"counted": "122.00", "expected": "122.00"})
    await till.send()
    client: Any = await visitors.sign_in(shop.tenant)
    made: Any = installation
    async with served(made) as address, chromium_started() as chromium:
        home = address.replace("//", f"//{shop.tenant.slug}.")
        context = await chromium.new_context(viewport=WIDE, base_url=home, locale="en-GB", reduced_motion="reduce")
        await context.add_cookies([{"name": "weft_session", "value": client.cookies["weft_session"], "url": home}])
        visit = Visit(await context.new_page())
        yield visit
        await context.close()
        assert visit.complaints == []


async def test_an_owner_goes_from_the_days_figures_to_a_receipt_its_page_and_the_proof(owner: Visit) -> None:
    page = owner.page
    await page.goto("/retail_pos/figures")
    await owner.ready()
    await expect(page.get_by_role("main")).to_contain_text("£20.00")
    await owner.held()
    await page.get_by_role("link", name="11:00", exact=True).click()
    await owner.ready()
    await expect(page.get_by_role("link", name="Hour: 11:00")).to_be_visible()
    await page.get_by_role("link", name="T1-000001").click()
    await owner.ready()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("link", name="Print and send").or_(page.get_by_role("menuitem", name="Print and send")).click()
    await owner.ready()
    await owner.held()
    await page.get_by_role("link", name="Open the customer’s page").click()
    await owner.ready()
    await expect(page.get_by_role("heading", name="£22.00")).to_be_visible()
    await owner.held()
    await page.goto("/retail_pos/fiscal")
    await owner.ready()
    await expect(page.get_by_role("table", name="Chains of the tills")).to_contain_text("Unbroken")
    await expect(page.get_by_role("table", name="Closings, the latest first")).to_contain_text("£22.00")
    await owner.held()
    await page.goto(f"/reports/retail_pos.by_day?first={DAY}&last={DAY}")
    await owner.ready()
    await expect(page.get_by_role("table").first).to_contain_text("20.00")
