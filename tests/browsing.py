"""A real Chromium for tests: pages that remember what they complained about, axe, and a site of an installation to browse."""

import asyncio
import dataclasses
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright, expect

from infra.testing import Installation
from web.design.screenshots import CHROMIUM, FLAGS
from web.site import Site

AXE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
# What a browser says of its own accord: of answers with a status that a test asked for, and of fonts that came early.
OF_ITS_OWN = ("the server responded with a status of", "was preloaded using link preload")

PATIENCE = 60_000  # milliseconds: what is waited for comes, however busy the machine is
expect.set_options(timeout=PATIENCE)


def axe(*rules: str) -> str:
    """Return the script that lets axe look at a page by WCAG 2.2 A and AA and by good practice, or by some rules alone."""
    return f"axe.run(document, {{runOnly: {json.dumps(rules or LEVELS)}, resultTypes: ['violations'], preload: false}})"


def told(found: Any) -> list[str]:
    """Return what axe found, one line each."""
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found["violations"] for node in rule["nodes"]]


class Visit:
    """Somebody at a browser, and everything it complained about."""

    def __init__(self, page: Page, of_its_own: tuple[str, ...] = OF_ITS_OWN) -> None:
        self.page, self.of_its_own = page, of_its_own
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(each in message.text for each in self.of_its_own):
            self.complaints.append(message.text)

    async def ready(self) -> None:
        """Wait until the page's scripts have taken it over."""
        await self.page.wait_for_selector("html[data-ready]", state="attached")

    async def violations(self, *rules: str) -> list[str]:
        """Return what axe finds wrong."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(await asyncio.to_thread(AXE.read_text))  # from outside, so the policy of the page stays as it is
        return told(await self.page.evaluate(axe(*rules)))

    async def held(self) -> None:
        """Check the page as it is: nothing wrong with it, no complaint, nothing beyond its edge; light and dark, wide and narrow."""
        for size in (NARROW, WIDE):
            await self.page.set_viewport_size(size)
            assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{self.page.url} scrolls sideways"
        assert await self.violations() == [], self.page.url
        await self.page.emulate_media(color_scheme="dark")
        assert await self.violations("color-contrast") == [], self.page.url
        await self.page.emulate_media(color_scheme="light")
        assert self.complaints == [], self.page.url


@asynccontextmanager
async def chromium_started() -> AsyncIterator[Browser]:
    """Start a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class _Quiet(uvicorn.Server):
    """A server inside a test: signals are the test run's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def served(installation: Installation) -> AsyncIterator[str]:
    """Serve an installation at a port of its own; yields the platform's address, under a name that browsers resolve to this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        base = f"http://localhost:{listening.getsockname()[1]}"
        settings = msgspec.structs.replace(installation.settings, base_url=base)
        runtime = dataclasses.replace(installation.runtime, settings=settings)
        server = _Quiet(uvicorn.Config(Site(settings, runtime.registry, runtime), log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield base
        server.should_exit = True
        await serving
