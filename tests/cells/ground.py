"""Two servers, a Weft on each that is a cell of one installation, and the door in front of both."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import asyncpg

from core.cells.servers import HOME, CellServers
from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.runtime import running
from core.settings import Settings
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Clock, Installation
from infra.laboratory.servers import _memory
from infra.laboratory.visitors import Browser, Visitors
from infra.servers.postgres import EmbeddedPostgres, PostgresAddress
from tenants.bootstrap import bootstrap
from tenants.modules import Modules
from tenants.operator import Operator
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner
from tenants.roles import PROVISIONER
from web.cells import Cells

EAST = "east"
SETTINGS = {"fsync": "off", "max_connections": "100", "max_sync_workers_per_subscription": "4", "max_logical_replication_workers": "8"}


@contextmanager
def two_servers(more: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[PostgresAddress, PostgresAddress]]:
    """Start two PostgreSQL that let each other in; `more` are settings of both."""
    with tempfile.TemporaryDirectory(prefix="weft-cells-", dir=_memory()) as folder:
        Path(folder).chmod(0o711)
        names = Path(folder) / "names.conf"  # who of this machine may be whom: the one server logs in to the other as itself
        names.write_text('weft "/^.*$" all\n')
        names.chmod(0o644)
        told = {**SETTINGS, **more, "ident_file": str(names)}
        servers = [EmbeddedPostgres(Path(folder) / name, settings=told, say=lambda _: None) for name in (HOME, EAST)]
        try:
            yield servers[0].start(), servers[1].start()
        finally:
            for each in servers:
                each.discard()


@dataclass(slots=True)
class TwoCells:
    """An installation of two cells."""

    settings: Settings
    modules: Modules
    installations: dict[str, Installation]
    site: Cells
    visitors: dict[str, Visitors] = field(default_factory=dict)

    @property
    def home(self) -> Installation:
        """The cell with the directory."""
        return self.installations[HOME]

    @property
    def east(self) -> Installation:
        """The other one."""
        return self.installations[EAST]

    async def business(self, cell: str, *modules: str) -> LiveTenant:
        """Make a business in a cell, as a command there would."""
        here = self.installations[cell]
        tenant = await here.new_tenant_with(modules)
        await Operator(here.runtime, here.provisioner, spares=0).work_off()
        if cell != HOME:
            await self.home.runtime.platform.execute("INSERT INTO platform.residence (slug, cell) VALUES ($1, $2)", tenant.slug, cell)
        for each in self.installations.values():  # what is cached from now on is not about to be dropped
            await each.runtime.changes.catch_up(each.runtime.platform, patience=60)
        return tenant

    def browser(self, tenant: LiveTenant | None = None) -> Browser:
        """Return a browser at the door of all cells."""
        return self.visitors[HOME].visit(tenant)

    async def sign_in(self, cell: str, tenant: LiveTenant) -> Browser:
        """Return a browser of somebody who may do everything in a business."""
        return await self.visitors[cell].sign_in(tenant)

    async def superuser(self, cell: str, schema: str = "pg_catalog") -> "asyncpg.Connection[asyncpg.Record]":
        """Return a session that sees everything of a cell, at home in a schema."""
        session = {"search_path": f"{schema}, pg_temp"}
        return await asyncpg.connect(self.installations[cell].superuser_url, connection_class=WeftConnection, server_settings=session)


@asynccontextmanager
async def two_cells(
    addresses: tuple[PostgresAddress, PostgresAddress], redis: str, registry: Registry, folder: Path
) -> AsyncIterator[TwoCells]:
    """Prepare a database on each server, and yield the installation."""
    os.environ.setdefault("PICCOLO_CONF", "core.database")  # where Piccolo looks for its engine
    database, cells = f"weft_{secrets.token_hex(4)}", []
    for name, address in zip((HOME, EAST), addresses, strict=True):
        admin = await asyncpg.connect(address.dsn())
        await admin.execute(f"CREATE DATABASE {database}")
        await admin.close()
        urls = {"provisioner_url": address.dsn(PROVISIONER, database), "admin_url": address.dsn(database=database)}
        cells.append(CellServers(name=name, database_url=address.dsn("", database), **urls))
    settings = Settings(
        database_url=cells[0].database_url,
        redis_url=redis,
        secret_key=secrets.token_hex(16),
        provisioner_url=cells[0].provisioner_url,
        data_dir=folder,
        base_url="http://weft.test",
        strict=True,
        cells=tuple(cells),
    )
    async with AsyncExitStack() as stack:
        installations = {}
        for cell in cells:
            installations[cell.name] = await _prepared(stack, settings.of_cell(cell.name), cell, registry)
        site = Cells(settings, registry, {name: each.runtime for name, each in installations.items()})
        made = TwoCells(settings, Modules(registry), installations, site)
        made.visitors = {name: Visitors(each, site) for name, each in installations.items()}  # type: ignore[arg-type]
        yield made
        for visitors in made.visitors.values():
            for browser in visitors.open:
                await browser.aclose()


async def _prepared(stack: AsyncExitStack, settings: Settings, cell: CellServers, registry: Registry) -> Installation:
    admin = await asyncpg.connect(cell.admin_url, connection_class=WeftConnection)
    await bootstrap(admin, settings)
    await migrate_platform(admin)
    await admin.close()
    provisioner = await Provisioner.open(settings.provisioner_url)
    stack.push_async_callback(provisioner.close)
    clock = Clock()
    runtime = await stack.enter_async_context(running(settings, registry, name="weft test", clock=clock))
    return Installation(settings, runtime, provisioner, Modules(registry), clock, cell.admin_url)
