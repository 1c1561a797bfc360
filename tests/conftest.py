"""One browser, and one served installation, for all tests of the platform."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from infra.testing import Installation
from tests.browsing import chromium_started, served
from tests.infra.conftest import open_folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser once."""
    async with chromium_started() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def server(installation: Installation) -> str:
    """Serve the installation; returns the address of the platform's host."""
    return await installation.keep("server", served)


@pytest.fixture(scope="session")
def demo_folder() -> Iterator[Path]:
    """Yield the folder of an installation with the whole demo, which takes longest to fill: who starts there first fills it."""
    with open_folder() as folder:
        yield folder
