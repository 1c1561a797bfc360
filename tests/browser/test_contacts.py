"""The pages of contacts over the demo's records, held by axe: light and dark, wide and narrow, nothing beyond the edge."""

import asyncio

from playwright.async_api import expect

from tests.browser.conftest import MANY, Desk


async def test_every_page_of_contacts_holds_and_a_pair_is_found_compared_and_merged(desk: Desk) -> None:
    page, home = desk.page, desk.up.of("shop")
    seen = desk
    await desk.sign_in("shop", "ada@shop.example")
    await page.goto(f"{home}/contacts?q=tideway")
    await seen.held()
    await page.get_by_role("link", name="Tideway Packaging").click()
    await page.get_by_role("heading", name="Tideway Packaging").wait_for()
    await seen.held()
    await page.keyboard.press("e")
    await page.get_by_role("heading", name="Edit Tideway Packaging").wait_for()
    await seen.held()
    for path in ("/contacts?q=nobody", "/contacts/new?kind=person", "/contacts?segment=archived"):
        await page.goto(f"{home}{path}")
        await seen.held()

    await page.goto(f"{home}/contacts/duplicates")
    await seen.held()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Look now").click()
    found = page.get_by_role("link", name="Compare and merge")
    async with asyncio.timeout(MANY / 1000):  # a worker looks; the page shows what it finds once it is loaded again
        while not await found.count():
            await page.reload()
    await expect(page.get_by_text("64% likely")).to_be_visible()
    await seen.held()
    await found.click()
    await page.get_by_role("heading", name="Merge two contacts").wait_for()
    await seen.held()
    await page.get_by_role("button", name="Merge", exact=True).click()
    await page.get_by_text("was merged into this contact").wait_for()
    await seen.held()
