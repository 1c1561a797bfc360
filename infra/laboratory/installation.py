"""A whole Weft on a database of its own: what tests and the check of plugins work in."""

import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.runtime import Runtime, running, utc_now
from core.settings import Settings
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.laboratory.servers import ServerUrls
from tenants.bootstrap import bootstrap
from tenants.life import NewTenant, claim_spare
from tenants.modules import Modules, settle
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner
from tenants.roles import PROVISIONER
from tenants.spares import make_spare

T = TypeVar("T")


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
    superuser_url: str  # for what a test must see or do behind everybody's back
    usual: tuple[str, ...] = ()  # modules of a business that is made without any being named; none: every installed one
    made: int = field(default=0)
    _kept: dict[str, Any] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def keep(self, name: str, open_it: "Callable[[Installation], AbstractAsyncContextManager[T]]") -> T:
        """Return what belongs to this installation and lives as long: opened when it is asked for first, whichever test asks."""
        if name not in self._kept:
            self._kept[name] = await self._stack.enter_async_context(open_it(self))
        kept: T = self._kept[name]
        return kept

    async def close(self) -> None:
        """Close what was kept."""
        await self._stack.aclose()

    async def new_tenant(self, *modules: str, actor: Actor | None = None) -> LiveTenant:
        """Make a business with some modules and what they need; unless some are named the usual ones, or every installed one."""
        return await self.new_tenant_with(modules or self.usual or tuple(self.modules.registry.plugins), actor)

    async def new_tenant_with(self, modules: Sequence[str], actor: Actor | None = None) -> LiveTenant:
        """Make a business with exactly these modules and what they need."""
        self.made += 1
        schema = await make_spare(self.provisioner, self.modules, tuple(modules))
        async with self.provisioner.as_owner() as db:  # the pool hands out the oldest spare first
            await db.execute("UPDATE platform.tenant SET created_at = 'epoch' WHERE schema = $1", schema)
        new = NewTenant(f"business-{self.made}-{secrets.token_hex(3)}", f"Business {self.made}", "GB", "GBP", "Europe/London", "en_GB")
        async with self.runtime.platform.transaction() as db:
            tenant_id = await claim_spare(db, new)
        assert tenant_id is not None
        await settle(self.runtime, self.modules, tenant_id)
        return await self.runtime.tenant_by_id(tenant_id, actor or Actor(via="platform", name="Test"))


@asynccontextmanager
async def installed(servers: ServerUrls, registry: Registry, folder: Path, *, pool_size: int = 8) -> AsyncIterator[Installation]:
    """Prepare a database of its own, and yield a Weft on it whose operator logs in as the provisioner, with no more rights than that.

    `pool_size` is how many connections its tenants have.
    """
    os.environ.setdefault("PICCOLO_CONF", "core.database")  # where Piccolo looks for its engine
    database = f"weft_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(servers.postgres("postgres"))
    await admin.execute(f"CREATE DATABASE {database}")
    await admin.close()
    superuser_url = servers.postgres(database)
    anybody = superuser_url.replace("postgres@", "", 1)
    settings = Settings(
        database_url=anybody,
        redis_url=servers.redis,
        secret_key=secrets.token_hex(16),
        provisioner_url=anybody.replace("//", f"//{PROVISIONER}@", 1),
        data_dir=folder,
        base_url="http://weft.test",
        pool_size=pool_size,
        strict=True,
    )
    admin = await asyncpg.connect(superuser_url, connection_class=WeftConnection)
    await bootstrap(admin, settings)
    await migrate_platform(admin)
    await admin.close()
    provisioner = await Provisioner.open(settings.provisioner_url)
    clock = Clock()
    async with running(settings, registry, name="weft test", clock=clock) as runtime:
        made = Installation(settings, runtime, provisioner, Modules(registry), clock, superuser_url)
        yield made
        await made.close()
    await provisioner.close()
