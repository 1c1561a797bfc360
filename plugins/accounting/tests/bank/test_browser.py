"""Reconciling in a real browser without the mouse; every page of banks held by axe, light and dark, wide and narrow."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from plugins.accounting.services import bank_statements
from plugins.accounting.tests.conftest import Books
from plugins.accounting.tests.trade import line
from tests.browsing import WIDE, Visit, chromium_started, served
from weft.testing import Installation, Visitors

from .test_open_lines import receipts
from .test_story import Bank, bank

__all__ = ["bank"]
D = Decimal


@pytest_asyncio.fixture(loop_scope="session")
async def desk(installation: Installation, visitors: Visitors, bank: Bank) -> AsyncIterator[Visit]:
    """Yield an accountant at a browser; the page's complaints fail the test."""
    client: Any = await visitors.sign_in(bank.tenant)
    made: Any = installation
    async with served(made) as address, chromium_started() as chromium:
        home = address.replace("//", f"//{bank.tenant.slug}.")
        context = await chromium.new_context(viewport=WIDE, base_url=home, locale="en-GB", reduced_motion="reduce")
        await context.add_cookies([{"name": "weft_session", "value": client.cookies["weft_session"], "url": home}])
        visit = Visit(await context.new_page())
        yield visit
        await context.close()
        assert visit.complaints == []


async def test_lines_are_walked_accepted_and_taken_back_by_key(desk: Visit, bank: Bank) -> None:
    first, second = await bank.trade.invoice(line(1, 100)), await bank.trade.invoice(line(1, 150))
    await bank.bring(
        bank.mt940("0", "242", ("100", f"Invoice {first.number}"), ("150", f"Invoice {second.number}"), ("-8", "Kontofuehrung"))
    )
    page = desk.page
    await page.goto(f"/accounting/bank/{bank.account.id}/reconcile")
    await desk.ready()
    shown = page.locator("#line h2").first
    await expect(shown).to_contain_text(first.number)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(shown).to_contain_text(second.number)
    await page.keyboard.press("k")
    await expect(shown).to_contain_text(first.number)
    await desk.held()
    async with page.expect_navigation():
        await page.keyboard.press("a")
    await expect(shown).to_contain_text(second.number)
    assert (await bank.trade.again(first)).open == 0
    await desk.ready()
    async with page.expect_navigation():
        await page.keyboard.press("u")
    await expect(shown).to_contain_text(first.number)
    assert (await bank.trade.again(first)).open == D(100)
    await page.get_by_role("button", name="Accept all 2").click()
    await expect(page.get_by_text("Nothing that is open fits")).to_be_visible()
    await desk.ready()
    heading = page.locator("[data-key=h]")
    await page.keyboard.press("h")  # it was open: now it is closed
    await expect(heading).to_be_focused()
    await page.keyboard.press("h")
    assert await heading.evaluate("each => each.parentElement.contains(document.activeElement) && document.activeElement !== each")
    await page.get_by_label("or account").first.select_option("6100")
    await page.get_by_role("button", name="Settle it").click()
    await expect(page.get_by_role("heading", name="Everything is reconciled")).to_be_visible()
    await desk.held()


async def test_every_page_of_banks_holds(desk: Visit, bank: Bank) -> None:
    await bank.bring(bank.mt940("50", "150", ("60", "one")))
    (statement,) = await bank.statements()
    content = b"When;What;Change\n03/04/2026;rent;-700,00\n"
    asking = await bank_statements.upload(bank.tenant, "bank.csv", content, bank.account.id)
    for path in (
        "",
        "/new",
        "/rules",
        f"/{bank.account.id}",
        f"/{bank.account.id}/edit",
        f"/statements/{statement.id}",
        f"/files/{asking.id}/columns",
    ):
        await desk.page.goto(f"/accounting/bank{path}")
        await desk.ready()
        await desk.held()


async def test_a_payout_is_ticked_together_and_rules_are_tried(desk: Visit, bank: Bank, books: Books) -> None:
    await receipts(books, "40.00", "60.00")
    await bank.bring(bank.mt940("0", "97.10", ("97.10", "SUMUP PAYOUT")))
    page = desk.page
    await page.goto(f"/accounting/bank/{bank.account.id}/reconcile")
    await desk.ready()
    await expect(page.locator("#line")).to_contain_text("2 open items of 17 March 2026")
    await page.get_by_text("Several at once").click()
    for box in await page.locator("input[name=items]").all():
        await box.check()
    await expect(page.locator("#chosen-sum")).to_contain_text("2 items chosen")
    await expect(page.locator("#chosen-sum")).to_contain_text("2.90")
    await desk.held()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Settle them").click()
    await expect(page.get_by_text("Everything is reconciled")).to_be_visible()
    await page.goto("/accounting/bank/rules")
    await desk.ready()
    await page.locator("[name=name]").fill("Payouts")
    await page.locator("[name=words]").fill("payout")
    await page.locator("[name=to_account]").select_option("1050")
    await page.get_by_role("button", name="Try it on past lines").click()
    await expect(page.get_by_text("1 of the latest 1 lines")).to_be_visible()
    await desk.ready()
    await desk.held()
