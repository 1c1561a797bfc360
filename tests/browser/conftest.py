"""A whole Weft as `make run` starts it, demo included, and people at browsers of their own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tenants.demo.businesses import PASSWORD
from tests.browsing import OF_ITS_OWN, PATIENCE, WIDE, Visit

ROOT = Path(__file__).parents[2]
MANY = 60_000  # milliseconds: a worker works meanwhile, on a machine that does other things too


@dataclass(frozen=True, slots=True)
class Up:
    """A Weft that runs: where it is, and everything it has said."""

    address: str
    said: list[str]

    def of(self, slug: str) -> str:
        """Return a business's address."""
        return self.address.replace("//", f"//{slug}.")


def follow(output: IO[str], said: list[str]) -> None:
    """Read on, so that whoever speaks is never kept waiting."""
    said.extend(output)


@pytest.fixture(scope="session")
def up(demo_folder: Path) -> Iterator[Up]:
    """Start `weft up` on servers of its own, until it says that it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "PYTEST", "PICCOLO"))}
    settings = {**kept, "WEFT_DATA_DIR": str(demo_folder / ".weft"), "WEFT_PORT": str(port), "COLUMNS": "200"}
    said: list[str] = []
    words = [sys.executable, "-m", "infra", "up"]
    with subprocess.Popen(words, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.startswith("Weft is ready") or "has not answered" in line:
                break
        reader = Thread(target=follow, args=(process.stdout, said), daemon=True)
        reader.start()
        try:
            assert any(line.startswith("Weft is ready") for line in said), "".join(said)
            yield Up(f"http://localhost:{port}", said)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=60)
            reader.join(timeout=10)
    assert code == 0, "".join(said)


class Desk(Visit):
    """Somebody at a browser, before a Weft that runs."""

    def __init__(self, up: Up, page: Page) -> None:
        super().__init__(page, OF_ITS_OWN[1:])
        self.up = up

    async def sign_in(self, slug: str, email: str) -> None:
        """Come to a business as somebody of the demo."""
        await self.page.goto(self.up.of(slug))
        await self.page.get_by_label("E-mail").fill(email)
        await self.page.locator("[name=password]").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.wait_for_url(f"{self.up.of(slug)}/**")

    async def follow(self, entry: str) -> None:
        """Go where an entry of the side bar leads; its section is opened first where it is closed."""
        link = self.page.locator(f'a:has(> span:text-is("{entry}"))')
        closed = self.page.locator(".wf-side-nav details:not([open])").filter(has=link)
        if await closed.count():
            await closed.first.locator("summary").click()
        await self.page.locator(".wf-side-nav").locator(link).first.click()

    async def upload(self, file: Path, into: str) -> None:
        """Bring a file to the import centre by its pages, as far as the columns that were guessed."""
        page = self.page
        await self.follow("Imports")
        await page.get_by_role("link", name="New import").first.click()
        await page.get_by_label(into, exact=True).check(force=True)
        await page.set_input_files("input[type=file]", file)
        await page.get_by_role("button", name="Upload").click()
        await expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()

    async def figures(self) -> dict[str, str]:
        """Return the figures that the page shows, by their labels."""
        found = {}
        for card in await self.page.locator(".wf-stat").all():
            label, figure, *_ = (await card.inner_text()).split("\n")
            found[label] = figure
        return found

    async def download(self, link: str) -> str:
        """Follow a link to a file, and return its text."""
        async with self.page.expect_download() as begun:
            await self.page.get_by_role("link", name=link).click()
        path = await (await begun.value).path()
        return (await asyncio.to_thread(path.read_bytes)).decode("utf-8-sig")

    async def scan(self, code: str) -> None:
        """Do what a scanner that pretends to be a keyboard does: type quickly into whatever has the focus, and press Enter."""
        await self.page.keyboard.type(code, delay=2)
        await self.page.keyboard.press("Enter")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(up: Up, chromium: Browser) -> AsyncIterator[Desk]:
    """Yield somebody at a browser of their own; whatever it complained about fails the test."""
    context = await chromium.new_context(viewport=WIDE, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    made = Desk(up, await context.new_page())
    yield made
    await context.close()
    assert made.complaints == []
