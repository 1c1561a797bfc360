"""A server that archives its WAL, an installation on it with the sample module, and what shows the past of it."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.servers.postgres import EmbeddedPostgres
from infra.servers.redis import EmbeddedRedis
from infra.testing import Installation, ServerUrls, installed
from infra.wal.here import past_here
from infra.wal.keeping import WalKeeper
from infra.wal.past import WalPast
from tests.infra.conftest import open_folder
from tests.sample.plugin import plugin as notes


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Yield a folder that the server's account can enter."""
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def weft_servers(place: Path) -> Iterator[ServerUrls]:
    """Start a PostgreSQL that keeps its WAL, and a Redis."""
    postgres = EmbeddedPostgres(place / "postgres", settings={"fsync": "off"}, say=lambda _: None, wal=place / "wal")
    redis = EmbeddedRedis(place / "redis", say=lambda _: None)
    address = postgres.start()
    try:
        yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
    finally:
        redis.stop()
        postgres.discard()


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the sample plugin alone."""
    return Registry([notes])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, weft_registry: Registry) -> AsyncIterator[Installation]:
    """Yield a Weft whose server is no other test's."""
    with tempfile.TemporaryDirectory(prefix="weft-wal-") as folder:
        async with installed(weft_servers, weft_registry, Path(folder)) as made:
            yield made


@pytest.fixture(scope="session")
def past(installation: Installation, place: Path) -> WalPast:
    """Return what shows the installation as it was."""
    settings = msgspec.structs.replace(
        installation.settings,
        provisioner_url=installation.superuser_url,
        wal_url=installation.superuser_url,
        wal_dir=str(place / "wal"),
        wal_days=7,
    )
    return past_here(settings, lambda _: None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def keeper(installation: Installation, past: WalPast) -> WalKeeper:
    """Return a keeper that has looked once: there is a base backup."""
    keeper = WalKeeper(past, installation.provisioner, 7)
    kept = await keeper.look()
    assert kept is not None
    assert (kept.trouble, kept.based_at is not None) == ("", True)
    return keeper
