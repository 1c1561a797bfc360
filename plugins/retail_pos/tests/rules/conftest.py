"""A browser with the till's modules in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, Route

from tests.browsing import chromium_started

ASSETS = Path(__file__).parents[2] / "assets"
ORIGIN = "http://till.localhost"


@pytest_asyncio.fixture(scope="session")
async def modules() -> AsyncIterator[Page]:
    """Open a blank page of an origin at which the till's files are; ``import('/till/rules/pricing.js')`` works in it."""

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            await route.fulfill(content_type="text/html", body="<!doctype html>")
        else:
            await route.fulfill(path=ASSETS / path.lstrip("/"), content_type="text/javascript")

    async with chromium_started() as browser:
        page = await browser.new_page()
        await page.route(f"{ORIGIN}/**", answer)
        await page.goto(f"{ORIGIN}/")
        yield page
