"""One browser, and one served installation, for all tests of the platform."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from infra.testing import Installation
from tests.browsing import chromium_started, served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser once."""
    async with chromium_started() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def server(installation: Installation) -> str:
    """Serve the installation; returns the address of the platform's host."""
    return await installation.keep("server", served)
