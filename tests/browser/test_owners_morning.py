"""An owner's morning at the demo's shop: what was sold, what it left in the books and on the shelves, and what waits to be decided.

What is read off one page is held against another: whatever does not agree to the penny fails.
"""

import asyncio
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from tests.browser.accounting import amount
from tests.browser.conftest import MANY, Desk
from tests.browser.retail import rows, standing, trial

VAT, CARDS, CASH = "2200", "1250", "1230"
TILL = "T2"  # the one with a session closed every day


async def test_an_owner_reads_yesterday_down_to_a_receipt_decides_what_waits_and_finds_the_books_agree(desk: Desk) -> None:
    page, home = desk.page, desk.up.of("shop")
    today = datetime.now(ZoneInfo("Europe/London")).date()
    yesterday = today - timedelta(days=1)
    await desk.sign_in("shop", "ada@shop.example")
    await expect(page.get_by_role("heading", name="Sales by hour")).to_be_visible()
    on_the_shelves = (await desk.figures())["Stock value"]

    await desk.follow("Sales figures")
    await page.get_by_role("link", name="Yesterday", exact=True).click()
    await page.wait_for_url("**yesterday**")
    shown = await desk.figures()
    net, sales = amount(shown["Turnover without tax"]), int(shown["Sales"])
    assert net > 100
    assert sales > 20
    cost = net - await _margin(page)
    categories = await _column(page, "Turnover by category", 1)
    cashiers = await _column(page, "Turnover by cashier", 1)
    assert sum(categories, Decimal(0)) == sum(cashiers, Decimal(0)) == net
    await _drill_down(desk, categories[0])

    booked = await _booked(page, yesterday)
    z = await _z_report(desk, yesterday)
    income = -sum((amount for account, amount in booked.items() if account.startswith("4")), Decimal(0))
    spent = sum((amount for account, amount in booked.items() if account.startswith("5")), Decimal(0))
    assert (income, spent) == (net, cost), "the figures of the day are what its receipts left in the books"
    assert (z["Net"], z["Tax"]) == (net, -booked[VAT])
    assert (z["Card"], z["Cash"]) == (booked[CARDS], booked[CASH])
    moved = await trial(page, yesterday, yesterday)
    assert moved[VAT][2] - moved[VAT][1] == z["Tax"], "and all the tax of the day"
    now = await standing(page, today)
    assert amount(on_the_shelves) == now.stock
    assert now.agrees(), "stock is worth what its account holds, goods received wait for what purchasing lists"

    await page.goto(home)
    await _decide(desk)
    assert (await standing(page, today)).agrees()
    await _check(desk, retail_pos="Point of sale", inventory="Inventory", purchasing="Purchasing")


async def _margin(page: Page) -> Decimal:
    card = page.locator(".wf-stat").filter(has_text=re.compile(r"^\s*Margin"))
    return amount(re.findall(r"£[\d,.]+", await card.inner_text())[0])


async def _column(page: Page, table: str, place: int) -> list[Decimal]:
    cells = page.get_by_role("table", name=table).locator(f"tbody tr > :nth-child({place + 1})")
    return [amount(each) for each in await cells.all_inner_texts()]


async def _drill_down(desk: Desk, most: Decimal) -> None:
    """Follow the largest category to what was sold of it, and a receipt to its page; and back to all of it."""
    page = desk.page
    await page.get_by_role("table", name="Turnover by category").get_by_role("link").first.click()
    await expect(page.get_by_role("link", name=re.compile("^Category: "))).to_be_visible()
    assert amount((await desk.figures())["Turnover without tax"]) == most
    await page.get_by_role("table", name="Receipts behind these figures").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name=re.compile(f"{TILL}-"))).to_be_visible()
    await page.go_back()
    await page.get_by_role("link", name=re.compile("^Category: ")).click()


async def _booked(page: Page, day: date) -> defaultdict[str, Decimal]:
    """Return what the receipts of the till put on each account, debits positive, off the general ledger."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    account = ""
    for row in await rows(page, "accounting.general_ledger", f"first={day}&last={day}"):
        if re.match(r"\d{4} ", row[0]):
            account = row[0].split()[0]
        elif re.search(rf"\b{TILL}-\d{{6}}", row[2]):
            found[account] += amount(row[4]) - amount(row[5])
    return found


async def _z_report(desk: Desk, day: date) -> dict[str, Decimal]:
    """Return taxes and tenders of the day's Z report."""
    page = desk.page
    await desk.follow("Sessions")
    await page.get_by_role("row").filter(has_text=TILL).filter(has_text=f"{day.day} {day:%b}").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name=re.compile(f"Session {TILL}-"))).to_be_visible()
    taxes = {name: sum(await _column(page, "Taxes", place), Decimal(0)) for place, name in ((2, "Net"), (3, "Tax"))}
    paid = {}
    for name in ("Card", "Cash"):
        paid[name] = amount(await page.locator("dt").filter(has_text=re.compile(f"^{name}$")).locator("xpath=../dd").first.inner_text())
    return taxes | paid


async def _decide(desk: Desk) -> None:
    """Take goods that nobody knows in as a sale by amount, with the reason; the others still wait."""
    page = desk.page
    await desk.follow("Parked")
    waiting = page.get_by_role("table").locator("tbody tr")
    await expect(waiting.first).to_be_visible()
    before = await waiting.count()
    assert before >= 3
    await page.get_by_role("link", name="Unknown item").first.click()
    await page.get_by_label("Why").fill("Sold from the crate")
    await page.locator("button[value=accept]").click()
    await desk.follow("Parked")
    await expect(waiting).to_have_count(before - 1)


async def _check(desk: Desk, **modules: str) -> None:
    """Run the checks of modules as somebody who wants to know now; every question has the answer that it should."""
    page = desk.page
    await desk.follow("Checks")
    for key in modules:
        await page.locator(f'form[action="/checks/{key}"] button').click()
    states: set[str] = {"Not checked yet"}
    async with asyncio.timeout(MANY / 1000):
        while "Not checked yet" in states:
            await page.reload()
            found = [page.get_by_role("table", name=f"Checks of {title}").locator("tbody td:nth-child(2)") for title in modules.values()]
            states = {each.strip() for cells in found for each in await cells.all_inner_texts()}
    assert states == {"Holds"}
