"""The pages about people in a real Chromium: as somebody new meets them, wide and narrow, light and dark, with and without scripts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from core.tenancy.tenant import LiveTenant
from tests.browsing import NARROW, PATIENCE, WIDE, Visit
from tests.people.conftest import PASSWORD, Town
from weft.ids import new_id

GOOD = "seven wooden garden chairs"
GATE = ("/", "/sign-in", "/sign-up", "/reset", "/mailbox")
ACCOUNT = ("/", "/account", "/account/email", "/account/password", "/account/sign-ins", "/sign-up")
TENANT = (
    "/welcome",
    "/people",
    "/people/invite",
    "/people/roles",
    "/people/roles/new",
    "/people/tokens",
    "/people/tokens/new",
    "/settings/close",
)


class Desk(Visit):
    """A person at a browser of their own."""

    def __init__(self, address: str, context: BrowserContext, page: Page) -> None:
        super().__init__(page)
        self.address, self.context = address, context

    async def to(self, where: str) -> None:
        """Open a page, and wait until its scripts have taken it over."""
        await self.page.goto(where if where.startswith("http") else f"{self.address}{where}")
        await self.ready()

    async def letter(self, subject: str) -> None:
        """Open the newest letter of a subject in the mailbox, and follow its link."""
        await self.to("/mailbox")
        await self.page.get_by_role("link", name=subject).first.click()
        await self.page.locator(".pf-letter a").first.click()
        await self.ready()


@pytest_asyncio.fixture(loop_scope="session")
async def desks(chromium: Browser, server: str) -> AsyncIterator["Desks"]:
    """Yield a maker of desks; whatever a browser complained about fails the test."""
    made = Desks(chromium, server)
    yield made
    for desk in made.open:
        await desk.context.close()
    assert [complaint for desk in made.open for complaint in desk.complaints] == []


class Desks:
    """Makes desks."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.open: list[Desk] = []

    async def __call__(self, *, narrow: bool = False, dark: bool = False, script: bool = True, session: str = "") -> Desk:
        context = await self.chromium.new_context(
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-IE",
            timezone_id="Europe/Dublin",
        )
        context.set_default_timeout(PATIENCE)
        if session:
            await context.add_cookies([{"name": "weft_session", "value": session, "url": self.address}])
        desk = Desk(self.address, context, await context.new_page())
        self.open.append(desk)
        return desk


async def _session(town: Town, tenant: LiveTenant) -> str:
    """Return the cookie of an owner of a tenant."""
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    return human.cookie("weft_session") or ""


async def test_a_newcomer_signs_up_and_sets_the_business_up(town: Town, desks: Desks, new_email: str) -> None:
    await town.spare("echo")
    desk, unique = await desks(), new_id().hex[-8:]
    page = desk.page
    await desk.to("/")
    await page.get_by_role("link", name="Start a business").first.click()
    await desk.ready()
    await page.get_by_label("Name of the business").press_sequentially(f"O’Hara & Söhne {unique} Ltd")
    await page.get_by_text(f"ohara-and-sohne-{unique}.localhost").wait_for()
    assert await page.get_by_label("Address").input_value() == f"ohara-and-sohne-{unique}"
    await page.get_by_text("Country, currency, time zone").click()
    assert await page.get_by_label("Country").input_value() == "IE"
    assert await page.get_by_label("Currency").input_value() == "EUR"
    assert await page.get_by_label("Time zone").input_value() == "Europe/Dublin"
    await page.get_by_label("Your name").fill("Maeve O’Hara")
    await page.get_by_label("E-mail").fill(new_email)
    await page.get_by_label("Password", exact=False).first.fill("short")
    await page.get_by_text("Too short").wait_for()
    await page.get_by_label("Password", exact=False).first.fill(GOOD)
    await page.get_by_text("Excellent").wait_for()
    await page.get_by_role("button", name="Create the business").click()
    await page.get_by_role("heading", name="Welcome to Weft, Maeve").wait_for()
    await page.get_by_text("Shop", exact=True).click()
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("Notes").check()
    await page.get_by_role("button", name="Switch these on").click()
    await page.get_by_text("Switching your modules on").wait_for()
    await town.operator().work_off()
    await page.get_by_text("Switching your modules on").wait_for(state="detached")
    await page.get_by_role("link", name="Dashboard").click()
    await page.get_by_role("heading", name="Getting started").wait_for()
    assert await page.get_by_role("link", name="Invite people").is_visible()


async def test_a_new_business_waits_for_its_schema_and_opens_by_itself(town: Town, desks: Desks, new_email: str) -> None:
    await town.no_spares()
    desk, unique = await desks(), new_id().hex[-8:]
    page = desk.page
    await desk.to("/sign-up")
    await page.get_by_label("Name of the business").press_sequentially(f"Patience {unique}")
    await page.get_by_text("is free").wait_for()
    await page.get_by_label("Your name").fill("Maeve O’Hara")
    await page.get_by_label("E-mail").fill(new_email)
    await page.get_by_label("Password", exact=False).first.fill(GOOD)
    await page.get_by_role("button", name="Create the business").click()
    await page.get_by_role("heading", name="is being prepared").wait_for()
    await town.operator().work_off()
    await page.get_by_role("heading", name="Welcome to Weft, Maeve").wait_for()


async def test_an_invitation_is_accepted_in_another_browser(town: Town, tenant: LiveTenant, desks: Desks, new_email: str) -> None:
    await town.role(tenant, "notes.note.read", title="Reader")
    owner = await desks(session=await _session(town, tenant))
    await owner.to(f"http://{tenant.slug}.{owner.address.removeprefix('http://')}/people")
    await owner.page.get_by_role("link", name="Invite people").click()
    dialog = owner.page.get_by_role("dialog")
    await dialog.get_by_label("E-mail addresses").fill(new_email)
    await dialog.get_by_label("Reader", exact=True).check()
    await dialog.get_by_role("button", name="Send the invitation").click()
    await owner.page.get_by_text(f"{new_email} is invited").wait_for()

    guest = await desks()
    await guest.letter(f"Ada Lovelace invites you to {tenant.name}")
    await guest.page.get_by_label("Your name").fill("Ben Bitdiddle")
    await guest.page.get_by_label("Password", exact=False).first.fill(GOOD)
    await guest.page.get_by_role("button", name=f"Join {tenant.name}").click()
    await guest.page.get_by_role("button", name="You: Ben Bitdiddle").wait_for()

    await owner.page.reload()
    await owner.page.get_by_role("link", name="Ben Bitdiddle").click()
    await owner.page.get_by_role("heading", name="Ben Bitdiddle").wait_for()
    await owner.page.get_by_role("button", name="Remove…").click()
    await owner.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await owner.page.get_by_text("no longer belongs").wait_for()
    await guest.page.reload()
    await guest.page.get_by_role("heading", name="There is nothing here").wait_for()


async def test_a_forgotten_password_is_set_anew_through_the_mailbox(town: Town, tenant: LiveTenant, desks: Desks) -> None:
    human = await town.member(tenant, signed_in=False)
    desk = await desks()
    page = desk.page
    await desk.to("/sign-in")
    await page.get_by_role("link", name="Forgotten the password?").click()
    await page.get_by_label("E-mail").fill(human.email)
    await page.get_by_role("button", name="Mail me a link").click()
    await page.get_by_role("heading", name="Look into your mail").wait_for()
    await desk.letter("Set a new password")
    await page.get_by_label("New password").fill(GOOD)
    await page.get_by_label("Once more").fill(GOOD)
    await page.get_by_role("button", name="Set the password").click()
    await page.get_by_text("Your new password is set").wait_for()
    await page.get_by_label("E-mail").fill(human.email)
    await page.get_by_label("Password", exact=False).first.fill(GOOD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name=tenant.name).click()
    await page.get_by_role("button", name="You: Ada Lovelace").wait_for()


async def test_one_signs_in_and_works_without_scripts(town: Town, tenant: LiveTenant, desks: Desks) -> None:
    human = await town.member(tenant, signed_in=False)
    desk = await desks(script=False)
    page = desk.page
    await page.goto(f"http://{tenant.slug}.{desk.address.removeprefix('http://')}/people")
    await page.get_by_label("E-mail").fill(human.email)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="People and roles").wait_for()
    await page.get_by_role("link", name="Invite people").click()
    await page.get_by_role("heading", name="Invite people").wait_for()
    await page.get_by_label("E-mail addresses").fill("nobody")
    await page.get_by_role("button", name="Send the invitation").click()
    await page.get_by_text("is not an e-mail address").wait_for()


async def test_the_theme_one_chooses_is_there_on_the_next_page(town: Town, tenant: LiveTenant, desks: Desks) -> None:
    desk = await desks(session=await _session(town, tenant))
    page = desk.page
    await desk.to(f"http://{tenant.slug}.{desk.address.removeprefix('http://')}/people")
    await page.get_by_role("button", name="You: Ada Lovelace").click()
    async with page.expect_response("**/theme"):
        await page.get_by_role("button", name="Dark").click()
    await page.reload()
    assert await page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize(("narrow", "dark"), [(False, False), (True, True)], ids=["wide-light", "narrow-dark"])
async def test_every_page_is_accessible_and_fits(town: Town, tenant: LiveTenant, desks: Desks, narrow: bool, dark: bool) -> None:
    session = await _session(town, tenant)
    stranger, person = await desks(narrow=narrow, dark=dark), await desks(narrow=narrow, dark=dark, session=session)
    home = f"http://{tenant.slug}.{person.address.removeprefix('http://')}"
    for desk, paths in ((stranger, GATE), (person, ACCOUNT), (person, [f"{home}{path}" for path in TENANT])):
        for place, path in enumerate(paths):
            await desk.to(path)
            if place % 2 == narrow:  # half of them in each look: it takes as long as all the rest
                assert await desk.violations() == [], path
            overflow = await desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, path
