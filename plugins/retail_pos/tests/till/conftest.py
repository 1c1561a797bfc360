"""A shop with a few things to sell, and an assistant at a till in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browsing import PATIENCE, Visit, chromium_started, served

from ..server.conftest import API, Shop, shop

__all__ = ["shop"]

TILL = "/public/retail_pos/till"
COFFEE, TEA, BISCUITS, APPLES, GIFT = "4006381333931", "9780306406157", "9520000010027", "2110001000003", "96385074"
PRODUCTS = (
    ("Espresso beans", COFFEE, "12.50", "Drinks"),
    ("Green tea", TEA, "8.30", "Drinks"),
    ("Oat biscuits", BISCUITS, "2.35", "Food"),
    ("Apples, loose", APPLES, "2.99", "Food"),
    ("Gift wrap", GIFT, "4.00", "Sundries"),
)
CASHIER, MANAGER = "2580", "9143"
STOCK = 50  # of each product, bought at 4.00


class Counter(Visit):
    """An assistant at a till."""

    def __init__(self, page: Page, context: BrowserContext, shop: Shop, home: str) -> None:
        super().__init__(
            page,
            (
                "the server responded with a status of",
                "was preloaded using link preload",
                "net::ERR_INTERNET_DISCONNECTED",
                "net::ERR_FAILED",
            ),
        )
        self.context, self.shop, self.home = context, shop, home

    async def begin(self, code: str, name: str = "Kim Cashier", pin: str = CASHIER) -> None:
        """Pair the device and sign in."""
        await self.page.goto(f"{self.home}{TILL}#pair={code}")
        await self.page.get_by_role("button", name="Pair").click()
        await self.sign_in(name, pin)
        await self.page.wait_for_selector("html[data-offline-ready]", state="attached")

    async def sign_in(self, name: str, pin: str) -> None:
        """Choose somebody and type their PIN."""
        await self.page.get_by_role("button", name=name).click()
        await self.page.get_by_role("textbox", name="PIN").fill(pin)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.locator("dialog[open]")).to_have_count(0)

    async def open(self, **notes: int) -> None:
        """Open the till with some notes in the drawer."""
        await self.page.locator("#open").click()
        for note, count in (notes or {"20": 5}).items():
            await self.page.get_by_label(f"How many of {note.replace('_', '.')}", exact=True).fill(str(count))
        await self.page.get_by_role("button", name="Open", exact=True).click()
        await expect(self.page.locator("#open")).to_have_count(0)

    async def scan(self, code: str) -> None:
        """Do what a scanner that types does."""
        await self.page.keyboard.type(code, delay=1)
        await self.page.keyboard.press("Enter")

    async def choose(self, what: str) -> None:
        """Choose something in the menu."""
        await self.page.locator("#menu").click()
        await self.page.get_by_role("button", name=what, exact=True).click()

    async def pay_cash(self) -> str:
        """Take cash, exactly; returns what the till says that was paid."""
        await self.page.locator("#pay").click()
        await self.page.locator(".tile.cash").first.click()
        return await self.done()

    async def done(self) -> str:
        """Go on to the next customer; returns the large figure."""
        figure = await self.page.locator("#change").inner_text()
        await self.page.get_by_role("button", name="Next customer").click()
        await expect(self.page.locator("dialog[open]")).to_have_count(0)
        return figure

    async def total(self) -> str:
        """Return what is to be paid, as it is shown."""
        return await self.page.locator("#total").inner_text()

    async def sent(self) -> None:
        """Wait until nothing waits to be sent."""
        await expect(self.page.locator("#waiting")).to_have_count(0)
        await expect(self.page.locator("#status")).to_have_class(re.compile("good"))

    async def kept(self, store: str) -> list[dict[str, Any]]:
        """Return what the device keeps in a store."""
        found: list[dict[str, Any]] = await self.page.evaluate(
            "store => new Promise((resolve, reject) => { const opened = indexedDB.open('weft-till'); opened.onerror = reject;"
            "opened.onsuccess = () => { const asked = opened.result.transaction(store).objectStore(store).getAll();"
            "asked.onsuccess = () => { opened.result.close(); resolve(asked.result); } } })",
            store,
        )
        return found


async def stock_up(shop: Shop) -> None:
    """Put the products into the catalogue and on the shelves, and two people at the till."""
    for name, code, price, _ in PRODUCTS:
        barcode = {"code": code}
        await shop.item(name, stock=STOCK, variants=[{"barcodes": [barcode], "prices": [{"amount": price}]}])
    for name, role, pin in (("Kim Cashier", "cashier", CASHIER), ("Mo Manager", "manager", MANAGER)):
        made = await shop.person.submit("/retail_pos/operators/new", {"name": name, "role": role, "pin": pin, "active": "yes"})
        assert made.status_code == 303, made.text


async def arrived(counter: Counter) -> list[Any]:
    """Return what is in the server's inbox: number, state, and whether it follows the one before."""
    return [tuple(row) for row in await counter.shop.ask("SELECT seq, state, chain FROM retail_pos_inbox ORDER BY seq")]


async def pairing_code(shop: Shop, code: str = "T1") -> str:
    """Make a till and return its pairing code."""
    page = (await shop.person.get("/retail_pos/tills/new")).text
    store = re.search(r'name="store".*?<option value="([0-9a-f-]{36})"', page, re.DOTALL)
    assert store, page
    made = await shop.person.submit("/retail_pos/tills/new", {"title": f"Till {code}", "code": code, "store": store[1], "active": "yes"})
    shown = await shop.person.submit(f"{made.headers['location']}/pairing")
    found = re.search(r"data-pairing-code>([A-Z0-9-]+)<", shown.text)
    assert found, shown.text
    return found[1]


@pytest.fixture
def moment() -> datetime:
    """Return now: a browser has its own clock, and sells on the day it is."""
    return datetime.now(UTC)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start a browser for all tests of the till."""
    async with chromium_started() as started:
        yield started


@pytest.fixture
async def counter(shop: Shop, installation: Any, browser: Browser) -> AsyncIterator[Counter]:
    """Yield an assistant at a till that is paired, signed in and open; what the browser complained about fails the test."""
    await stock_up(shop)
    async with served(installation) as base:
        context = await browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        made = Counter(await context.new_page(), context, shop, base.replace("//", f"//{shop.tenant.slug}."))
        await made.begin(await pairing_code(shop))
        await made.open()
        yield made
        await asyncio.wait_for(context.close(), 60)
    assert made.complaints == []


__all__ += ["API", "TILL", "Counter", "browser", "counter"]
