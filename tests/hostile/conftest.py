"""One installation with every broken plugin in it, beside one of ours."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from core.plugins.usable import usable_of
from infra.testing import Installation, ServerUrls, installed
from plugins.contacts.plugin import plugin as contacts
from tests.hostile.plugins import EIGHT
from tests.hostile.working import Leaning, Unguarded, Unroutable, works


@pytest.fixture(scope="session")
def hostile_registry() -> Registry:
    """Return what a process makes of the plugins."""
    return usable_of([contacts, *EIGHT, works, Unguarded(), Unroutable(), Leaning()])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, hostile_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft with them all."""
    async with installed(weft_servers, hostile_registry, tmp_path_factory.mktemp("hostile")) as made:
        yield made
