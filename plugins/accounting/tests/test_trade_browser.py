"""Invoices in a real browser: written with the keyboard while totals follow; its pages held by axe, light and dark, wide and narrow."""

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import taxes
from tests.browsing import WIDE, Visit, chromium_started, served
from weft.testing import Installation, Visitors

from .conftest import Books
from .trade import Trade, line, open_trade


@pytest.fixture
async def trade(books: Books) -> Trade:
    return await open_trade(books.tenant)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(installation: Installation, visitors: Visitors, trade: Trade) -> AsyncIterator[Visit]:
    """Yield an accountant at a browser; the page's complaints fail the test."""
    client: Any = await visitors.sign_in(trade.tenant)
    made: Any = installation
    async with served(made) as address, chromium_started() as chromium:
        home = address.replace("//", f"//{trade.tenant.slug}.")
        context = await chromium.new_context(viewport=WIDE, base_url=home, locale="en-GB", reduced_motion="reduce")
        await context.add_cookies([{"name": "weft_session", "value": client.cookies["weft_session"], "url": home}])
        visit = Visit(await context.new_page())
        yield visit
        await context.close()
        assert visit.complaints == []


async def test_an_invoice_is_written_with_the_keyboard_while_totals_follow(desk: Visit, trade: Trade) -> None:
    page = desk.page
    await page.goto(f"/accounting/documents/new?kind=invoice&party={trade.customer}")
    await desk.ready()
    await page.get_by_label("Description of line 1").focus()
    for text in ("Advice", "5", "40"):
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    totals = page.locator("#totals")
    await expect(totals).to_contain_text("220.00")
    await expect(page.locator("#line-0-net")).to_have_text("200.00")
    await page.get_by_label("Price of line 1").fill("x")
    await expect(totals).to_contain_text("Line 1: “x” is not a number")
    await page.get_by_label("Price of line 1").fill("50")
    await expect(totals).to_contain_text("275.00")
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    await desk.held()
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("heading", name=re.compile("Invoice SAL"))).to_be_visible()
    assert await trade.ask("SELECT d.total FROM accounting_document d") == Decimal("275.00")


async def test_the_pages_of_documents_hold(desk: Visit, trade: Trade) -> None:
    terms = next(each for each in await taxes.all_terms(trade.tenant) if each.terms.early)
    made = await trade.invoice(line(1, 100, "sale_standard", discount=Decimal(10)), terms=terms.id, note="Thank you")
    paid = await trade.pay_for(made, 40)
    draft = await trade.draft(line(1, 10, "sale_standard"))
    await trade.invoice(line(1, 5), kind=DocumentKind.CREDIT_NOTE)
    for path in (
        *("invoices", "taxes", "payment-terms", "rates", "reminders"),
        *(f"documents/{made.id}", f"documents/{draft.id}/edit", f"payments/{paid.id}", f"payments/new?document={made.id}"),
        "tax-return?first=2026-01-01&last=2026-12-31",
    ):
        await desk.page.goto(f"/accounting/{path}")
        await desk.ready()
        await desk.held()
