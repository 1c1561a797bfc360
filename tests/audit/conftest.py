"""A Weft with nothing but the sample plugin, and logs to seal."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation, ServerUrls, installed
from tests.audit.paper import Connection
from tests.sample.plugin import plugin as notes


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with nothing but the sample plugin."""
    async with installed(weft_servers, Registry([notes]), tmp_path_factory.mktemp("audit")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def superuser(installation: Installation) -> AsyncIterator[Connection]:
    """Yield a connection of somebody who may do everything, tampering included."""
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(installation: Installation) -> LiveTenant:
    """Return a business whose log is empty."""
    return await installation.new_tenant()
