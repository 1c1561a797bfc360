"""A Weft with the sample module, and no businesses but those of these tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the sample plugin alone."""
    return Registry([notes])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft whose businesses are those of these tests: backups are made of all."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("backups")) as made:
        yield made
