"""What surrounds the work, in a real browser: from sign-up to the end of a business, every page held by axe and its policy."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import Desk, Up
from tests.browsing import NARROW, PATIENCE, Visit
from weft.ids import new_id

GOOD = "seven wooden garden chairs"
REFUSED = "the server responded with a status of"  # what Chromium says of every answer from 400 on; the tests ask for some


@dataclass(frozen=True, slots=True)
class Founded:
    """A business, its founder's desk, and who belongs to it."""

    desk: Desk
    home: str  # its address
    slug: str
    founder: str  # their e-mail address


async def look(page: Page, path: str = "") -> None:
    """Open a page, or stay; it must be accessible, and no wider than the screen."""
    if path:
        await page.goto(path)
    visit = Visit(page)
    await visit.ready()
    assert await visit.violations() == [], page.url
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


async def letter(desk: Desk, subject: str) -> None:
    """Open the newest letter of a subject in the mailbox, and follow its link."""
    await look(desk.page, f"{desk.up.address}/mailbox")
    await desk.page.get_by_role("link", name=subject).first.click()
    await look(desk.page)
    await desk.page.locator(".pf-letter a").first.click()
    await look(desk.page)


@pytest_asyncio.fixture(loop_scope="session")
async def founded(up: Up, desk: Desk) -> AsyncIterator[Founded]:
    """Sign a business up as somebody new does, confirm the address, and choose what kind of business it is."""
    page, unique = desk.page, new_id().hex[-8:]
    founder = f"maeve-{unique}@corner.example"
    await look(page, up.address)
    typed = asyncio.Event()

    async def slow(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/htmx.min.js*", slow)  # who types before the page's scripts are there is answered all the same
    await page.get_by_role("link", name="Start a business").first.click()
    await page.get_by_label("Name of the business").press_sequentially(f"Corner {unique}")
    typed.set()
    await page.get_by_text("is free").wait_for()
    await page.unroute("**/htmx.min.js*", slow)
    await page.get_by_label("Your name").fill("Maeve O’Hara")
    await page.get_by_label("E-mail").fill(founder)
    await page.locator("[name=password]").fill(GOOD)
    await look(page)
    await page.get_by_role("button", name="Create the business").click()
    await page.get_by_text("Something else", exact=True).click()
    await look(page)
    home = re.match(r"https?://[^/]+", page.url)
    assert home
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name=re.compile("Go on|Switch these on")).click()
    await page.get_by_text("Choose your modules").wait_for()
    await letter(desk, f"Corner {unique} is ready")
    await page.get_by_role("button", name="Yes, it is mine").click()
    await page.get_by_text("Your address is confirmed").wait_for()
    yield Founded(desk, home[0], f"corner-{unique}", founder)
    desk.complaints[:] = [each for each in desk.complaints if REFUSED not in each]


@pytest_asyncio.fixture(loop_scope="session")
async def guest(up: Up, chromium: Browser) -> AsyncIterator[Desk]:
    """Yield somebody else, at a telephone that is dark."""
    context = await chromium.new_context(viewport=NARROW, color_scheme="dark", locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    made = Desk(up, await context.new_page())
    yield made
    await context.close()
    assert [each for each in made.complaints if REFUSED not in each] == []


async def test_a_business_from_its_sign_up_to_its_end_and_back(founded: Founded, guest: Desk) -> None:
    await _switch_a_module(founded)
    await _invite(founded, guest)
    await _make_a_token(founded)
    await _change_a_setting(founded)
    await _read_the_log(founded, guest)
    await _arrange_the_dashboard(founded)
    await _find_and_command(founded)
    await _sign_out_everywhere(founded, guest)
    await _close_and_bring_back(founded, guest)


async def _switch_a_module(at: Founded) -> None:
    page = at.desk.page
    await look(page, f"{at.home}/modules")
    await page.get_by_role("button", name="Switch off Catalogue").click()
    await page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    await page.get_by_role("button", name="Switch on Catalogue").wait_for()
    await expect(page.locator(".wf-side-nav a[href='/catalogue/products']")).to_have_count(0)
    await look(page, f"{at.home}/catalogue/products")  # says that its module is off
    await expect(page.get_by_role("heading", name="Catalogue is switched off")).to_be_visible()
    await page.get_by_role("link", name="See what it adds").click()
    await page.get_by_role("button", name="Switch on Catalogue").click()
    await page.get_by_role("button", name="Switch off Catalogue").wait_for()
    await expect(page.locator(".wf-side-nav a[href='/catalogue/products']")).to_have_count(1)


async def _invite(at: Founded, guest: Desk) -> None:
    page, email = at.desk.page, at.founder.replace("maeve", "ben")
    await look(page, f"{at.home}/people/invite")
    await page.get_by_label("E-mail addresses").fill(email)
    await page.get_by_label("Contacts reader", exact=True).check()
    await page.get_by_role("button", name="Send the invitation").click()
    await page.get_by_text(f"{email} is invited").wait_for()
    await look(page)
    await letter(guest, "Maeve O’Hara invites you")
    await guest.page.get_by_label("Your name").fill("Ben Bitdiddle")
    await guest.page.get_by_label("Password", exact=False).first.fill(GOOD)
    await guest.page.get_by_role("button", name="Join").click()
    await guest.page.get_by_role("button", name="You: Ben Bitdiddle").wait_for()
    await look(guest.page)
    await look(guest.page, f"{at.home}/catalogue/products")
    await expect(guest.page.get_by_role("heading", name="You need a permission for this")).to_be_visible()
    await page.reload()
    await page.get_by_role("link", name="Ben Bitdiddle").click()
    await page.get_by_label("Catalogue reader").check()
    await page.get_by_role("button", name="Save roles").click()
    await page.get_by_text("roles are saved").wait_for()
    await look(page)
    await look(guest.page, f"{at.home}/catalogue/products")
    await expect(guest.page.get_by_role("heading", name="Products", exact=True)).to_be_visible()


async def _make_a_token(at: Founded) -> None:
    page = at.desk.page
    await look(page, f"{at.home}/people/tokens/new")
    await page.get_by_label("What it is for").fill("Web shop")
    await page.get_by_label("See contacts", exact=True).check()
    await page.get_by_role("button", name="Make the token").click()
    await page.get_by_text("Copy it now").wait_for()
    await look(page)
    secret = await page.locator(".pf-secret code").inner_text()
    asking = "async ([path, secret]) => (await fetch(path, {headers: {authorization: `Bearer ${secret}`}})).status"
    assert await page.evaluate(asking, ["/api/v1/lists/contacts.parties", secret]) == 200
    assert await page.evaluate(asking, ["/api/v1/lists/catalogue.products", secret]) == 403
    await look(page, f"{at.home}/people/tokens")
    await expect(page.get_by_role("row", name=re.compile("Web shop"))).to_be_visible()


async def _change_a_setting(at: Founded) -> None:
    page = at.desk.page
    await look(page, f"{at.home}/settings")
    await page.get_by_label("Name of the business").fill("Corner Coffee")
    await page.get_by_label("Name of the business").press("Control+Enter")
    await page.get_by_text("Settings saved").wait_for()
    await expect(page.get_by_role("button", name="Corner Coffee")).to_be_visible()


async def _read_the_log(at: Founded, guest: Desk) -> None:
    page = at.desk.page
    await look(page, f"{at.home}/audit")
    for told in ("changed settings “Corner Coffee”", "created “Web shop”", "joined “Ben Bitdiddle”"):
        await expect(page.get_by_text(told)).to_be_visible()
    await page.get_by_label("Everybody").select_option(label="Ben Bitdiddle")
    await expect(page.get_by_text("created “Web shop”")).to_have_count(0)
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_role("heading", name="The log is intact")).to_be_visible()
    await look(page)
    for path in ("/jobs?tab=done", "/jobs/schedules", "/notifications", "/help", "/imports", "/people/roles"):
        await look(page, f"{at.home}{path}")
    for path in ("/", "/help", "/notifications", "/search?q=contacts", "/audit"):
        await look(guest.page, f"{at.home}{path}")


async def _arrange_the_dashboard(at: Founded) -> None:
    page = at.desk.page
    await page.goto(at.home)
    await page.get_by_role("link", name="Arrange").click()
    await look(page)
    cards = page.locator(".wf-widget")
    first, count = await cards.first.get_attribute("data-widget"), await cards.count()
    card = page.locator(f"[data-widget='{first}']")
    name = (await card.get_by_role("button", name=re.compile("^Hide ")).get_attribute("title") or "").removeprefix("Hide ")
    for press in ("later", "wider"):
        verb = {"later": f"Move {name} later", "wider": f"Make {name} wider"}[press]
        button = card.get_by_role("button", name=verb)
        await button.focus()
        async with page.expect_response("**/dashboard/order"):
            await page.keyboard.press("Enter")
        await expect(button).to_be_focused()
    await card.get_by_role("button", name=f"Hide {name}").press("Enter")
    add = page.get_by_role("button", name=name, exact=True)
    await expect(add).to_be_focused()
    await expect(cards).to_have_count(count - 1)
    await page.reload()
    await page.get_by_role("button", name=name, exact=True).press("Enter")
    await expect(cards).to_have_count(count)
    await expect(card.get_by_role("button", name=f"Hide {name}")).to_be_focused()
    await expect(cards.nth(1)).to_have_attribute("data-widget", first or "")
    grip, target = card.locator(".wf-widget-grip"), cards.nth(0)
    async with page.expect_response("**/dashboard/order"):
        await grip.drag_to(target, target_position={"x": 5, "y": 5})
    await page.get_by_role("link", name="Done").click()
    await expect(page.locator(".wf-widget").first).to_have_attribute("data-widget", first or "")


async def _find_and_command(at: Founded) -> None:
    page = at.desk.page
    await page.keyboard.press("/")
    await page.keyboard.type("colleague")
    await expect(page.get_by_role("option", name="Invite people")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/people/invite")
    await page.get_by_label("E-mail addresses").blur()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("audit")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/audit")
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await page.wait_for_url("**/modules")


async def _sign_out_everywhere(at: Founded, guest: Desk) -> None:
    await look(guest.page, f"{at.desk.up.address}/account/sign-ins")
    page = at.desk.page
    await page.goto(f"{at.home}/people")
    await page.get_by_role("link", name="Ben Bitdiddle").click()
    await page.get_by_role("button", name="Sign out everywhere here").click()
    await page.get_by_text("Signed out of 1 device").wait_for()
    await look(guest.page, f"{at.home}/help")
    await expect(guest.page.get_by_text("your password opens it again")).to_be_visible()
    await guest.page.get_by_label("E-mail").fill(at.founder.replace("maeve", "ben"))
    await guest.page.locator("[name=password]").fill(GOOD)
    await guest.page.get_by_role("button", name="Sign in").click()
    await expect(guest.page.get_by_role("heading", name="Help", exact=True)).to_be_visible()


async def _close_and_bring_back(at: Founded, guest: Desk) -> None:
    page = at.desk.page
    await look(page, f"{at.home}/settings/close")
    await page.get_by_role("textbox", name=re.compile("to show that you mean it")).fill(at.slug)
    await page.get_by_role("button", name="Close the business").click()
    await page.get_by_role("link", name=re.compile("Bring .* back")).wait_for()
    await look(page)
    await look(guest.page, at.home)
    await expect(guest.page.get_by_role("heading", name="Corner Coffee is closed")).to_be_visible()
    await page.get_by_role("link", name=re.compile("Bring .* back")).click()
    await page.get_by_role("button", name="Bring it back").click()
    await page.get_by_role("button", name="You: Maeve O’Hara").wait_for()
    await look(guest.page, f"{at.desk.up.address.replace('//', '//nobody-at-all.')}/")
    await expect(guest.page.get_by_role("heading", name="No business has this address")).to_be_visible()
