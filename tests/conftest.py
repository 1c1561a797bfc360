"""The sample plugin stands beside the installed ones in the platform's own tests; one browser serves them all."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from core.plugins.registry import Registry
from infra.testing import Installation
from tests.browsing import chromium_started, served
from tests.sample.echo import plugin as echo
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return every installed plugin and the sample ones."""
    return Registry([*Registry.installed().plugins.values(), notes, echo])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser once."""
    async with chromium_started() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(installation: Installation) -> AsyncIterator[str]:
    """Serve the installation; yields the address of the platform's host."""
    async with served(installation) as address:
        yield address
