"""What an owner reads off the books, the stock and the tills: files of reports, and figures of pages, held against each other."""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from playwright.async_api import Page

from tests.browser.accounting import amount

STOCK, RECEIVED, PAYABLE, TAX, DIFFERENCE = "1000", "2010", "2000", "2210", "5060"  # accounts of the demo's shop


@dataclass(frozen=True, slots=True)
class Standing:
    """What accounts hold at the end of a day, debits positive, beside what purchasing and inventory say of it."""

    accounts: dict[str, Decimal]
    not_billed: Decimal
    stock: Decimal

    def agrees(self) -> bool:
        """Tell whether the books say what purchasing and stock say."""
        return (self.accounts[STOCK], -self.accounts[RECEIVED]) == (self.stock, self.not_billed)


async def rows(page: Page, report: str, query: str) -> Sequence[Sequence[str]]:
    """Return the rows of a report's file, without its head."""
    text = await page.evaluate("path => fetch(path).then(answer => answer.text())", f"/reports/{report}/file.csv?{query}")
    return list(csv.reader(io.StringIO(text)))[1:]


async def trial(page: Page, first: date, last: date) -> dict[str, Sequence[Decimal]]:
    """Return opening, debit, credit and closing of each account."""
    found = await rows(page, "accounting.trial_balance", f"first={first}&last={last}")
    return {row[0].split()[0]: [amount(each) for each in row[1:]] for row in found}


async def standing(page: Page, day: date) -> Standing:
    """Read books, goods received and stock off their reports."""
    held = {account: figures[3] for account, figures in (await trial(page, day.replace(day=1), day)).items()}
    waits = await rows(page, "purchasing.not_billed", f"day={day}")
    worth = await rows(page, "inventory.value", f"day={day}")
    lines = [row for row in worth if row[1]]  # neither a category nor its total
    return Standing(
        defaultdict(Decimal, held), sum((amount(row[-1]) for row in waits), Decimal(0)), sum((amount(row[-1]) for row in lines), Decimal(0))
    )
