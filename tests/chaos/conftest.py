"""An installation of its own, with a Redis of its own: real workers run on it, and are killed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.laboratory.installation import installed
from infra.laboratory.servers import ServerUrls
from infra.servers.redis import EmbeddedRedis
from infra.testing import Installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with the plugins that are installed, as `weft serve` finds them."""
    folder = tmp_path_factory.mktemp("chaos")
    redis = EmbeddedRedis(folder / "redis", say=lambda _: None)
    try:
        async with installed(ServerUrls(weft_servers.postgres, redis.start()), Registry.installed(), folder) as made:
            yield made
    finally:
        redis.stop()


@pytest.fixture
def modules() -> tuple[str, ...]:
    """Return what a shop needs."""
    return ("retail_pos",)
