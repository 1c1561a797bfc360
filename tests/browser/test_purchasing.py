"""A buyer's order from what reorder rules suggest to goods that go back, with books, stock and purchasing saying the same all the time."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.accounting import amount
from tests.browser.conftest import MANY, Desk, Up
from tests.browser.retail import DIFFERENCE, PAYABLE, RECEIVED, STOCK, TAX, Standing, standing
from tests.browsing import PATIENCE, WIDE

ORDERED, CAME, BACK = Decimal(1440), Decimal(720), Decimal(24)
DEARER = Decimal("1.05")


@pytest_asyncio.fixture(loop_scope="session")
async def owner(up: Up, chromium: Browser) -> AsyncIterator[Desk]:
    """Yield a second person at a browser of their own: the shop's owner."""
    context = await chromium.new_context(viewport=WIDE, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    made = Desk(up, await context.new_page())
    await made.sign_in("shop", "ada@shop.example")
    yield made
    await context.close()
    assert made.complaints == []


async def test_a_suggestion_becomes_an_order_goods_a_bill_and_a_return_and_every_figure_agrees(desk: Desk, owner: Desk) -> None:
    today = datetime.now(UTC).date()
    await desk.sign_in("shop", "ben@shop.example")
    order, price = await _order_what_is_suggested(desk)
    path = order.removeprefix(desk.up.of("shop"))
    await _approve(owner, path)
    await _send(desk, order)
    before = await standing(owner.page, today)
    assert before.agrees()

    receipt = await _receive_half(owner, path)
    came = await standing(owner.page, today)
    worth = CAME * price
    assert came.agrees()
    assert (came.accounts[STOCK] - before.accounts[STOCK], came.not_billed - before.not_billed) == (worth, worth)

    net = await _bill_more_than_agreed(owner, path, price)
    billed = await standing(owner.page, today)
    assert billed.agrees()
    assert net == CAME * (price * DEARER).quantize(Decimal("0.01"))
    assert billed.accounts[RECEIVED] == before.accounts[RECEIVED], "all that came is billed"
    assert owed(billed) - owed(before) == net
    assert billed.stock == before.stock + net, "goods cost what their bill says"

    await _send_back(owner, receipt)
    after = await standing(owner.page, today)
    assert after.agrees()
    assert after.accounts[RECEIVED] == before.accounts[RECEIVED]
    assert owed(after) - owed(before) == net * (CAME - BACK) / CAME
    credited, difference = net * BACK / CAME, after.accounts[DIFFERENCE] - billed.accounts[DIFFERENCE]
    assert billed.stock - after.stock == credited + difference, "they leave at what they cost in stock"


def owed(now: Standing) -> Decimal:
    """Return what suppliers are owed without the tax that comes back."""
    return -now.accounts[PAYABLE] - now.accounts[TAX]


async def _order_what_is_suggested(ben: Desk) -> tuple[str, Decimal]:
    """Draft an order of one suggestion, enough of it for somebody to be asked; returns its address and the price."""
    page = ben.page
    await ben.follow("To buy")
    await expect(page.get_by_role("heading", name="To buy")).to_be_visible()
    chosen = page.get_by_role("checkbox")
    assert await chosen.count() >= 8
    await page.evaluate("document.querySelectorAll('[name=select]').forEach(box => { box.checked = false })")
    row = page.get_by_role("row").filter(has=page.get_by_role("combobox")).filter(has_text=re.compile(r"£(1\.[1-9]|[2-9]\.)\d")).first
    price = amount(re.findall(r"£(\d+\.\d\d)", await row.inner_text())[0])
    await row.get_by_role("checkbox").check()
    await row.get_by_role("textbox").fill(f"{ORDERED}")
    await page.get_by_role("button", name="Draft the orders").click()
    await expect(page.get_by_text("This is a draft")).to_be_visible()
    price = min(price, amount(await page.get_by_role("table", name="Lines").locator("tbody td").nth(4).inner_text()))  # from four dozen up
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Waits for approval", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    return page.url, price


async def _approve(ada: Desk, path: str) -> None:
    page = ada.page
    await ada.follow("Approvals")
    card = page.locator(".wf-card, section, article").filter(has=page.locator(f'a[href="{path}"]')).last
    await card.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text(re.compile("is approved"))).to_be_visible()


async def _send(ben: Desk, order: str) -> None:
    """Look at the PDF, and mail it."""
    page = ben.page
    await page.goto(order)
    head = await page.evaluate("path => fetch(path).then(a => a.text()).then(text => text.slice(0, 5))", f"{order}/pdf")
    assert head == "%PDF-"
    await page.get_by_role("button", name="Send", exact=True).first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text(re.compile("^Sent to "))).to_be_visible()


async def _receive_half(ada: Desk, path: str) -> str:
    """Count half of it; returns the address of the receipt."""
    page = ada.page
    await page.goto(f"{ada.up.of('shop')}{path}")
    await page.get_by_role("link", name="Receive goods").last.click()
    await page.get_by_label(re.compile("^Counted of")).fill(f"{CAME}")
    await page.get_by_role("button", name="Take into stock").click()
    await expect(page.get_by_role("heading", name=re.compile("Goods receipt GR-"))).to_be_visible()
    return page.url


async def _bill_more_than_agreed(ada: Desk, path: str, price: Decimal) -> Decimal:
    """Enter a bill that asks too much, release it, and post it; returns what it comes to without tax."""
    page = ada.page
    await page.goto(f"{ada.up.of('shop')}{path}/bill")
    await page.get_by_label("Number on the bill").fill(f"TB-{path[-6:]}")
    await page.get_by_label(re.compile("^Price of")).fill(f"{(price * DEARER).quantize(Decimal('0.01'))}")
    await expect(page.locator("#match")).to_contain_text("instead of")
    await page.get_by_role("button", name="Enter the bill").click()
    await expect(page.get_by_text("It is not paid like this")).to_be_visible()
    bill = page.url
    await page.get_by_role("button", name="Release it…").click()
    await page.get_by_role("dialog").get_by_label("Why").fill("Agreed by phone")
    await page.get_by_role("dialog").get_by_role("button", name="Release it").click()
    await expect(page.get_by_text("Released by Ada Brooks")).to_be_visible()
    await page.get_by_role("link", name="Post it in accounting").click()
    await _post(page)
    await _until(page, bill, "Posted")
    return amount(await page.locator("dt", has_text="Without tax").locator("xpath=following-sibling::dd").inner_text())


async def _post(page: Page) -> None:
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("heading", name=re.compile("PUR"))).to_be_visible()


async def _send_back(ada: Desk, receipt: str) -> None:
    """Send some of it back, and post the credit that the supplier owes for it."""
    page = ada.page
    await page.goto(receipt)
    await page.get_by_role("button", name="Send back…").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("[name='lines.0.quantity']").fill(f"{BACK}")
    await dialog.get_by_label("Why").fill("Broken")
    await dialog.get_by_role("button", name="Send back").click()
    await expect(page.get_by_role("heading", name=re.compile("Return RS-"))).to_be_visible()
    gone = page.url
    await page.locator('main a[href^="/accounting/documents/"]').first.click()
    await _post(page)
    await _until(page, gone, "PUR/")


async def _until(page: Page, address: str, text: str) -> None:
    """Look at a page again until it says something: a worker hears of it meanwhile."""
    async with asyncio.timeout(MANY / 1000):
        while True:
            await page.goto(address)
            if text in await page.locator("main").inner_text():
                return
