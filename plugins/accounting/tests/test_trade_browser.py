"""Invoices in a real browser: written with the keyboard while totals follow; its pages held by axe, light and dark, wide and narrow."""

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import expect

from plugins.accounting.domain.documents.model import DocumentKind
from plugins.accounting.services import taxes
from tests.browsing import WIDE, Visit, chromium_started, served
from weft import Tenant
from weft.testing import Installation, Visitors

from .conftest import Books
from .trade import Trade, line, open_trade


async def catalogue_of_two(visitors: Visitors, tenant: Tenant) -> None:
    """Sell tea at a reduced rate and pens at the usual one; their prices hold the tax."""
    program: Any = await visitors.program(tenant)
    for name, price, barcode, category in (("Green tea", "10.00", "96385074", "reduced"), ("Pen", "2.00", "4006381333931", "")):
        variant = {"barcodes": [{"code": barcode}], "prices": [{"amount": price}]}
        made = await program.post("/api/v1/catalogue/products", json={"name": name, "tax_category": category, "variants": [variant]})
        assert made.status_code == 201, made.text


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


async def test_lines_come_from_the_catalogue_by_name_and_by_scan_with_the_keyboard_alone(
    desk: Visit, visitors: Visitors, trade: Trade
) -> None:
    await catalogue_of_two(visitors, trade.tenant)
    page = desk.page
    await page.goto(f"/accounting/documents/new?kind=invoice&party={trade.customer}")
    await desk.ready()
    await page.get_by_label("Description of line 1").focus()
    await page.keyboard.type("green te")
    await expect(page.get_by_role("option", name=re.compile("Green tea"))).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Quantity of line 1")).to_be_focused()
    await expect(page.get_by_label("Price of line 1")).to_have_value("10.00")
    await page.keyboard.type("3")
    await expect(page.locator("#totals")).to_contain_text("28.57")  # without the reduced tax, which the item's category brings
    await page.get_by_label("Description of line 2").focus()
    await page.keyboard.type("4006381333931")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Description of line 2")).to_have_value("Pen")
    await expect(page.get_by_label("Description of line 3")).to_be_focused()
    await expect(page.locator("#totals")).to_contain_text("32.00")
    await page.get_by_label("Tax of line 2", exact=True).select_option("sale_standard")
    await page.get_by_label("Further tax of line 2").first.select_option("sale_reduced")
    await expect(page.locator("#line-1-taken")).to_have_text("Standard, 10 %, Reduced, 5 %")
    await page.get_by_label("Description of line 3").fill("By hand")
    await page.get_by_label("Price of line 3").fill("1")
    await expect(page.get_by_label("Description of line 4")).to_be_visible()
    await desk.held()
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_role("heading", name="Draft invoice")).to_be_visible()
    lines = msgspec.json.decode(await trade.ask("SELECT d.lines::text FROM accounting_document d"))
    assert [(each["by_category"], each["taxes"]) for each in lines] == [
        (True, ["sale_reduced"]),
        (False, ["sale_standard", "sale_reduced"]),
        (True, ["sale_standard"]),
    ]
    assert all(each["item"] for each in lines[:2])


async def test_the_pages_of_documents_hold(desk: Visit, trade: Trade) -> None:
    terms = next(each for each in await taxes.all_terms(trade.tenant) if each.terms.early)
    made = await trade.invoice(line(1, 100, "sale_standard", discount=Decimal(10)), terms=terms.id, note="Thank you")
    paid = await trade.pay_for(made, 40)
    draft = await trade.draft(line(1, 10, "sale_standard"))
    await trade.invoice(line(1, 5), kind=DocumentKind.CREDIT_NOTE)
    for path in (
        *("invoices", "taxes", "payment-terms", "rates", "reminders", "months", "rules", ""),
        *(f"documents/{made.id}", f"documents/{draft.id}/edit", f"payments/{paid.id}", f"payments/new?document={made.id}"),
        "tax-return?first=2026-01-01&last=2026-12-31",
        *("taxes/categories", "taxes/categories/edit?key=reduced"),
    ):
        await desk.page.goto(f"/accounting/{path}")
        await desk.ready()
        await desk.held()
