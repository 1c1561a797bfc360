"""A design server and a real browser, shared by the tests of this folder."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.browsing import AXE, NARROW, PATIENCE, WIDE, axe, told
from web.design.screenshots import CHROMIUM, FLAGS, serving


@pytest.fixture(scope="package")  # while a synchronous Playwright runs, nothing asynchronous can
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture(scope="package")  # while a synchronous Playwright runs, nothing asynchronous can
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """A page in a browser, and everything it complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        told = message.type in ("error", "warning")
        if told and "the server responded with a status of" not in message.text:  # the samples of errors answer with their status
            self.complaints.append(message.text)

    def to(self, path: str) -> Page:
        """Open a page and wait until its scripts have taken it over."""
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def violations(self, *rules: str) -> list[str]:
        """What axe finds wrong by WCAG 2.2 A and AA and by good practice, or by these rules alone; one line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())  # evaluated from outside, so the policy of the page stays as it is
        return told(self.page.evaluate(axe(*rules)))


Visitor = Callable[..., Visit]


@pytest.fixture(scope="package")  # while a synchronous Playwright runs, nothing asynchronous can
def contexts(browser: Browser) -> Iterator[dict[tuple[int, bool], BrowserContext]]:
    """One context for each kind of visit: what pages share is fetched once, which is most of the time a test takes."""
    made: dict[tuple[int, bool], BrowserContext] = {}
    for size in (WIDE, NARROW):
        for script in (True, False):
            made[size["width"], script] = browser.new_context(
                viewport=size, java_script_enabled=script, reduced_motion="reduce", locale="en-GB"
            )
            made[size["width"], script].set_default_timeout(PATIENCE)
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(contexts: dict[tuple[int, bool], BrowserContext], address: str) -> Iterator[Visitor]:
    """Opens a page; whatever it left behind is gone for the next test."""
    visits: list[Visit] = []

    def open_one(size: ViewportSize = WIDE, *, script: bool = True) -> Visit:
        visits.append(Visit(contexts[size["width"], script], address))
        return visits[-1]

    yield open_one
    for one in visits:
        one.page.close()
    for context in contexts.values():
        context.clear_cookies()
