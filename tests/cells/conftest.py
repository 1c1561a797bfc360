"""Two cells for this folder: servers of their own, since roles and replication belong to whole servers."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.servers.postgres import PostgresAddress
from infra.testing import ServerUrls
from tests.cells.ground import TwoCells, two_cells, two_servers
from tests.cells.plugins import PLUGINS


@pytest.fixture(scope="session")
def cell_servers() -> Iterator[tuple[PostgresAddress, PostgresAddress]]:
    """Start the servers once."""
    with two_servers() as addresses:
        yield addresses


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cells(
    cell_servers: tuple[PostgresAddress, PostgresAddress], weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TwoCells]:
    """Yield an installation of two cells whose businesses have a module of notes."""
    async with two_cells(cell_servers, weft_servers.redis, Registry(PLUGINS), tmp_path_factory.mktemp("cells")) as made:
        yield made
