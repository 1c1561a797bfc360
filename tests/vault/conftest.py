"""A Weft without modules: keys are the platform's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return no plugins."""
    return Registry([])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft of this folder's own: other folders have modules."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("vault")) as made:
        yield made
