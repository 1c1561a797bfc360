"""An installation with every module, the demo shop in it: made once for this folder."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.tenancy.catalogue import TenantRecord
from infra.servers.postgres import EmbeddedPostgres
from infra.testing import Installation, ServerUrls, installed
from tenants.archive.exporting import Source
from tenants.archive.importing import Target
from tenants.demo import load
from tenants.demo.businesses import SHOP

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def weft_servers() -> "Iterator[ServerUrls]":
    """Start a PostgreSQL for this folder alone: roles belong to the whole server, and these tests count them."""
    with tempfile.TemporaryDirectory(prefix="weft-archive-") as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres", settings={"fsync": "off"}, say=lambda _: None)
        address = postgres.start()
        yield ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        postgres.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def superuser(installation: Installation) -> AsyncIterator[Connection]:
    """Yield a connection that sees everything."""
    connection = await asyncpg.connect(installation.superuser_url, connection_class=WeftConnection)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(installation: Installation) -> TenantRecord:
    """Return the demo shop with its stories in all modules."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(load, "BUSINESSES", (SHOP,))
        await load.load_demo(installation.runtime, installation.provisioner, installation.modules)
    record = await installation.runtime.catalogue.by_slug(SHOP.new.slug)
    assert record is not None
    return record


def source_of(installation: Installation) -> Source:
    return Source(installation.provisioner, installation.runtime.store)


def target_of(installation: Installation) -> Target:
    return Target(installation.runtime, installation.provisioner, installation.modules)


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(weft_servers: ServerUrls, installation: Installation, tmp_path: Path) -> AsyncIterator[Installation]:
    """Yield another installation, where nobody is known."""
    async with installed(weft_servers, installation.modules.registry, tmp_path) as made:
        yield made
