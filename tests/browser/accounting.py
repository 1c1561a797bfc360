"""What an accountant reads off the pages: amounts, tables, reports, and the boxes of a tax return."""

import re
from datetime import date, timedelta
from decimal import Decimal

from playwright.async_api import Locator, expect

from tests.browser.conftest import Desk

ZERO = Decimal(0)
NO_FIGURE = ("", "-", "–", "—")


def amount(text: str) -> Decimal:
    """Return the amount that a page shows, whatever stands around it; nothing shown is nothing."""
    bare = re.sub(r"[^\d.,()−–-]", "", text.replace("\N{NO-BREAK SPACE}", "")).replace(",", "").replace("−", "-")
    return ZERO if bare in NO_FIGURE else Decimal(bare)


def last_month(today: date) -> tuple[date, date]:
    """Return the first and the last day of the month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


class Accountant:
    """Somebody who keeps the books of a business at a browser."""

    def __init__(self, desk: Desk, slug: str) -> None:
        self.desk, self.page, self.home = desk, desk.page, desk.up.of(slug)

    async def open(self, path: str) -> None:
        """Go to a page of the business, and wait until its scripts have taken it over."""
        await self.page.goto(f"{self.home}{path}")
        await self.desk.ready()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for each in keys:
            await self.page.keyboard.press(each)

    async def go(self, letter: str, where: str) -> None:
        """Go to an entry of the navigation by `g` and its letter."""
        await self.press("g", letter)
        await self.page.wait_for_url(f"**{where}")
        await self.desk.ready()

    async def cells(self, caption: str) -> list[list[str]]:
        """Return the cells of a table, row by row."""
        found: list[list[str]] = await self.page.get_by_role("table", name=caption).evaluate(
            "t => [...t.querySelectorAll('tbody tr, tfoot tr')].map(r => [...r.children].map(c => c.innerText.trim()))"
        )
        return found

    async def report(self, name: str, query: str) -> dict[str, list[Decimal]]:
        """Read a report: what its first column says, and the amounts beside it."""
        await self.open(f"/reports/accounting.{name}?{query}")
        rows: list[list[str]] = await self.page.locator("main table.wf-table").last.evaluate(
            "t => [...t.querySelectorAll('tbody tr, tfoot tr')].map(r => [...r.children].map(c => c.innerText.trim()))"
        )
        return {row[0].split("\n")[0]: [amount(each) for each in row[1:]] for row in rows if len(row) > 1}

    async def box(self, code: str) -> Decimal:
        """Return a box of the tax return that is shown."""
        row = self.page.locator("main tbody tr").filter(has=self.page.locator("td:first-child", has_text=re.compile(f"^{code}$")))
        return amount(await row.locator("td").last.inner_text())

    async def choose(self, name: str, text: str, option: str) -> None:
        """Choose from what a search field finds, by keys alone."""
        field = self.page.get_by_role("combobox", name=name, exact=True)
        await field.focus()
        await self.page.keyboard.type(text)
        await expect(self.page.get_by_role("option", name=option).first).to_be_visible()
        await self.press("Enter")

    async def fill(self, field: Locator, text: str) -> None:
        """Type into a field, and go on with Tab."""
        await field.focus()
        await self.press("ControlOrMeta+a")
        await self.page.keyboard.type(text)
        await self.press("Tab")
