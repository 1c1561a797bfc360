"""What the tests of Weft and of every plugin are given; pytest loads this by itself (`weft` among its plugins).

``tenant`` and ``other_tenant`` are two businesses on a real PostgreSQL with every installed module switched on; ``client`` is a person signed in to the first.
"""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.runtime import Runtime, running, utc_now
from core.settings import Settings
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from tenants.bootstrap import bootstrap
from tenants.life import NewTenant, claim_spare
from tenants.modules import Modules
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner
from tenants.spares import make_spare

os.environ.setdefault("PICCOLO_CONF", "core.database")


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """Where the test's own servers are: ``postgres`` takes a database name."""

    postgres: Callable[[str], str]
    redis: str


@dataclass(slots=True)
class Clock:
    """The time as the test says; it stands still until it is moved."""

    moment: datetime | None = None

    def __call__(self) -> datetime:
        """Return the set time, or the real one."""
        return self.moment or utc_now()

    def set(self, moment: datetime) -> None:
        """Stop the clock at a moment."""
        self.moment = moment

    def forward(self, by: timedelta) -> None:
        """Move the clock on, and leave it standing."""
        self.moment = self() + by


@dataclass(slots=True)
class Installation:
    """A whole Weft on servers of the test's own."""

    settings: Settings
    runtime: Runtime
    provisioner: Provisioner
    modules: Modules
    clock: Clock
    made: int = field(default=0)

    async def new_tenant(self, *modules: str, actor: Actor | None = None) -> LiveTenant:
        """Make a business with some modules and what they need; every installed one unless some are named."""
        self.made += 1
        wanted = modules or tuple(self.modules.registry.plugins)
        schema = await make_spare(self.provisioner, self.modules, wanted)
        async with self.provisioner.as_owner() as db:  # the pool hands out the oldest spare first
            await db.execute("UPDATE platform.tenant SET created_at = 'epoch' WHERE schema = $1", schema)
        new = NewTenant(f"business-{self.made}-{secrets.token_hex(3)}", f"Business {self.made}", "GB", "GBP", "Europe/London", "en_GB")
        async with self.runtime.platform.transaction() as db:
            tenant_id = await claim_spare(db, new)
        assert tenant_id is not None
        return await self.runtime.tenant_by_id(tenant_id, actor or Actor(via="platform", name="Test"))


def _silent(_: str) -> None:
    """Keep quiet about where the servers' files are."""


@pytest.fixture(scope="session")
def weft_servers() -> Iterator[ServerUrls]:
    """Start a PostgreSQL and a Redis for this test run alone, and throw them away after it."""
    from infra.servers.postgres import EmbeddedPostgres  # servers of their own only where a test asks for them
    from infra.servers.redis import EmbeddedRedis

    with tempfile.TemporaryDirectory(prefix="weft-test-") as folder:
        postgres, redis = (
            EmbeddedPostgres(Path(folder) / "postgres", say=_silent),
            EmbeddedRedis(Path(folder) / "redis", say=_silent),
        )
        address = postgres.start()
        try:
            yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        finally:
            redis.stop()
            postgres.stop()


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the plugins under test: those that are installed. Override it to add one that is not."""
    return Registry.installed()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft on a database of its own."""
    database = f"weft_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(weft_servers.postgres("postgres"))
    await admin.execute(f"CREATE DATABASE {database}")
    await admin.close()
    url = weft_servers.postgres(database)
    settings = Settings(
        database_url=url.replace("postgres@", "", 1),
        redis_url=weft_servers.redis,
        secret_key=secrets.token_hex(16),
        provisioner_url=url,
        data_dir=tmp_path_factory.mktemp("weft"),
        base_url="http://weft.test",
        strict=True,
    )
    admin = await asyncpg.connect(url, connection_class=WeftConnection)
    await bootstrap(admin, settings)
    await migrate_platform(admin)
    await admin.close()
    provisioner = await Provisioner.open(url)
    clock = Clock()
    async with running(settings, weft_registry, name="weft test", clock=clock) as runtime:
        yield Installation(settings, runtime, provisioner, Modules(weft_registry), clock)
    await provisioner.close()


@pytest.fixture
def clock(installation: Installation) -> Iterator[Clock]:
    """Return the clock everything in the test reads; it runs unless it is set."""
    yield installation.clock
    installation.clock.moment = None


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(installation: Installation, clock: Clock) -> LiveTenant:
    """Return a business that nobody else uses, with every installed module switched on; the platform itself acts."""
    return await installation.new_tenant()


@pytest_asyncio.fixture(loop_scope="session")
async def other_tenant(installation: Installation, clock: Clock) -> LiveTenant:
    """Return a second business."""
    return await installation.new_tenant()
