"""A server of their own: roles belong to the whole server, and these tests make and drop them."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from infra.servers.postgres import EmbeddedPostgres
from infra.testing import Installation, ServerUrls, installed
from tenants.spares import make_spare
from tests.tenants.ground import FLEET, Connection
from tests.tenants.plugins import Shop


@pytest.fixture(scope="session")
def own_server() -> Iterator[ServerUrls]:
    """Start a PostgreSQL for this folder alone."""
    with tempfile.TemporaryDirectory(prefix="weft-tenants-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres", say=lambda _: None)
        address = postgres.start()
        yield ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        postgres.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(own_server: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft whose only plugin is a small shop."""
    async with installed(own_server, Registry([Shop()]), tmp_path_factory.mktemp("tenants")) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def superuser(installation: Installation) -> AsyncIterator[Connection]:
    """Yield a connection that sees everything."""
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tenants(installation: Installation, superuser: Connection) -> list[UUID]:
    """Return a fleet at the first version: nobody else is there."""
    for row in await superuser.fetch("SELECT id, schema FROM platform.tenant"):
        await superuser.execute(f"DROP SCHEMA {row['schema']} CASCADE")
        await superuser.execute("DELETE FROM platform.tenant WHERE id = $1", row["id"])
        await superuser.execute(f"DROP ROLE {row['schema']}")
    schemas = [await make_spare(installation.provisioner, installation.modules, ("shop",)) for _ in range(FLEET)]
    return [row["id"] for row in await superuser.fetch("SELECT id FROM platform.tenant WHERE schema = ANY ($1) ORDER BY id", schemas)]
