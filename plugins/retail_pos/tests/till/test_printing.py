"""Receipts on paper: at the printer in the network, by the browser, later; what is printed again says so. And ways to pay of one's own."""

import asyncio
import re

from playwright.async_api import expect

from plugins.retail_pos.domain.setup import TillDraft
from plugins.retail_pos.services import setup
from weft.testing import Jobs

from ..receipts.test_pages import printer
from .conftest import COFFEE, TEA, Counter, browser, counter, shop

__all__ = ["browser", "counter", "shop"]

DRAWER = b"\x1bp0"


async def chosen(counter: Counter, **values: str) -> None:
    """Change settings as the owner does."""
    shown = (await counter.shop.person.get("/settings/retail_pos")).text
    kept = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', shown))
    saved = await counter.shop.person.submit("/settings/retail_pos", {**kept, "tax_per": "document", "receipt_columns": "48", **values})
    assert saved.status_code == 303, saved.text


async def test_receipts_are_printed_at_the_printer_later_or_here_and_again_as_copies(counter: Counter, jobs: Jobs) -> None:
    page = counter.page
    [row] = await counter.shop.ask("SELECT id, store, version FROM retail_pos_till")
    async with printer() as (address, got):
        draft = TillDraft(code="T1", title="Till T1", store=row["store"], printer=address, version=row["version"])
        await setup.save_till(counter.shop.tenant, draft, row["id"])
        await chosen(counter, public_receipts="yes", receipt_language="fr", tenders="TWINT, Meal vouchers")
        await counter.choose("Refresh prices")
        await expect(page.get_by_text("Prices are fresh.")).to_be_visible()

        await counter.scan(COFFEE)
        await page.locator("#pay").click()
        await page.locator("[data-tender=meal_vouchers]").click()
        await page.get_by_role("textbox", name="Amount").fill("10")
        await page.get_by_role("button", name="Take").click()
        await page.locator(".tile.cash").first.click()
        assert DRAWER in await got.get()  # at once, whether or not anything is printed
        link = await page.locator(".scan svg").get_attribute("aria-label")
        assert link
        await counter.sent()
        assert (
            "T1-000001"
            in (
                await counter.shop.visitors.visit(counter.shop.tenant).get(
                    link.removeprefix(counter.home.rpartition(":")[0]).partition("/public")[2].join(["/public", ""])
                )
            ).text
        )
        for copy in ("", "DUPLICATA 1"):
            async with page.expect_response("**/print*"):
                await page.get_by_role("button", name="Print").click()
            await expect(page.get_by_text("printed.").last).to_be_visible()
            await jobs.run_all()
            sent = (await asyncio.wait_for(got.get(), 10)).decode("cp858", "replace")
            assert "T1-000001" in sent
            assert "Meal vouchers" in sent
            assert ("DUPLICATA 1" in sent) == bool(copy)
        await counter.done()

        await counter.context.set_offline(True)
        await counter.scan(TEA)
        await page.locator("#pay").click()
        await page.locator(".tile.cash").first.click()
        await page.get_by_role("button", name="Print").click()
        await page.get_by_role("button", name="Print when it is back").click()
        await page.get_by_role("button", name="Print", exact=True).click()
        await page.get_by_role("button", name="Print on this device").click()
        paper = page.locator("#paper")
        await expect(paper).to_contain_text("T1-000002")
        await expect(paper).to_contain_text("DUPLICATA 1")
        await expect(paper.locator("svg.qr")).to_have_count(1)
        await counter.done()
        async with page.expect_response("**/print*"):
            await counter.context.set_offline(False)
        await counter.sent()
        await jobs.run_all()
        assert b"T1-000002" in (await asyncio.wait_for(got.get(), 10))
    kinds = [each["event"]["kind"] for each in await counter.kept("records") if each["type"] == "event"]
    assert kinds.count("printed") == 2
    assert await counter.shop.problems() == []
