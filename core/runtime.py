"""Everything a process of Weft holds: connections, caches, plugins. Made once, at the composition root."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from core import heap
from core.audit.proofs import export_log
from core.auth.lookup import Sessions
from core.auth.places import Places
from core.cells.directory import reserved
from core.checks.closing import ask_closing
from core.checks.kept import latest_runs
from core.files.store import FileStore
from core.files.tenant_files import TenantFiles
from core.firewall.calls import Firewall
from core.jobs import CORE_JOBS
from core.limits.bucket import Throttle
from core.papers.house import language_of, printed
from core.platform.changes import Changes
from core.platform.database import Platform
from core.platform.pool import TenantPool
from core.plugins.registry import Registry
from core.settings import PLATFORM_LOGIN, Settings
from core.telemetry import traced
from core.tenancy.catalogue import Catalogue, TenantRecord
from core.tenancy.logins import LoginPool
from core.tenancy.opening import OpenScope
from core.tenancy.pending import Actor
from core.tenancy.scope import LiveScope
from core.tenancy.tenant import LiveTenant, Progress
from core.vault.keys import Vault
from weft.checks import Answer, CheckRun
from weft.documents import PrintedDocument
from weft.errors import Missing
from weft.jobs import Job
from weft.tenant import Person

SYSTEM = Actor(via="platform", name="Weft")


def app_login(bucket: int) -> str:
    """Return the name of the login role whose connections carry the tenants of a bucket."""
    return f"weft_app_{bucket:02d}"


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(eq=False)
class Runtime:
    """What web, workers and commands are handed."""

    settings: Settings
    registry: Registry
    platform: Platform
    catalogue: Catalogue
    changes: Changes
    sessions: Sessions
    places: Places
    pools: dict[int, TenantPool]  # by bucket
    logins: LoginPool  # of tenants that share no connection
    store: FileStore
    throttle: Throttle
    clock: Callable[[], datetime] = utc_now
    home: Platform | None = None  # connections to the home cell, in any other

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self.clock()

    @property
    def directory(self) -> Platform:
        """Connections to where the directory of all cells is."""
        return self.home or self.platform

    def reserving(self, slug: str) -> AbstractAsyncContextManager[None]:
        """Return what takes an address for a new business; in the home cell its catalogue does that by itself."""
        return reserved(self.home, self.settings.cell, slug) if self.home else nullcontext()

    @cached_property
    def vault(self) -> Vault:
        """The data keys of businesses."""
        return Vault(self.settings, self.platform, self.changes)

    @cached_property
    def job_by_name(self) -> Mapping[str, Job[Any]]:
        """Every job that can be asked for: the platform's own, and those of plugins."""
        return {**{job.name: job for job in CORE_JOBS}, **self.registry.job_by_name}

    @cached_property
    def firewall(self) -> Firewall:
        """What runs code of plugins on behalf of others."""
        return Firewall(self.platform, self.changes, self.registry, self.now)

    def open_scope(self, record: TenantRecord, actor: Actor, unaudited: str) -> AbstractAsyncContextManager[LiveScope]:
        """Return the context manager of a tenant's new transaction."""
        own = record.isolation == "strict"
        pool = self.logins if own else self.pools[record.bucket]
        opening = OpenScope(pool, record.schema, actor, self.settings.strict, unaudited, own=own, keys=self.vault.keys_of)
        return traced("transaction", opening, tenant=record.slug)

    def files_of(self, tenant: LiveTenant) -> TenantFiles:
        """Return a tenant's files."""
        return TenantFiles(self.store, self.platform, tenant)

    async def check_runs_of(self, scope: LiveScope, plugin: str, limit: int) -> Sequence[CheckRun]:
        """Return what a module's checks came to, the latest run first."""
        return await latest_runs(scope, plugin, limit)

    async def printed_for(self, tenant: LiveTenant, document: PrintedDocument, said: Mapping[str, Any]) -> bytes:
        """Return a document of a tenant's as PDF."""
        return await printed(tenant, document, said)

    def document_language_of(self, tenant: LiveTenant, wanted: str) -> str:
        """Return the language of a tenant's document."""
        return language_of(tenant, wanted)

    async def ask_closing_of(self, tenant: LiveTenant, first: date, last: date) -> Sequence[Answer]:
        """Return what the closing checks of a tenant's modules come to for some days."""
        return await ask_closing(tenant, first, last)

    def audit_log_of(self, tenant: LiveTenant, scope: LiveScope) -> AsyncIterator[str]:
        """Yield a tenant's sealed audit log as JSON lines."""
        return export_log(scope, tenant.schema, tenant.name, self.now())

    async def people_of(self, record: TenantRecord) -> Sequence[Person]:
        """Return who belongs to a tenant and may sign in, by name."""
        rows = await self.platform.fetch(_PEOPLE, record.id)
        return [Person(row["id"], row["name"], row["email"]) for row in rows]

    def tenant(self, record: TenantRecord, actor: Actor = SYSTEM, on_progress: Progress | None = None) -> LiveTenant:
        """Return a tenant for somebody to work with."""
        return LiveTenant(record, actor, self, on_progress)

    async def tenant_by_id(self, tenant_id: UUID, actor: Actor = SYSTEM) -> LiveTenant:
        """Return a tenant by its id; raises `Missing`."""
        record = await self.catalogue.by_id(tenant_id)
        if record is None:
            raise Missing("There is no such tenant.")
        return self.tenant(record, actor)


_PEOPLE = """
SELECT p.id, p.name, p.email FROM platform.membership m JOIN platform.person p ON p.id = m.person_id
WHERE m.tenant_id = $1 AND m.disabled_at IS NULL AND p.disabled_at IS NULL ORDER BY lower(p.name), p.id
"""


@asynccontextmanager
async def running(settings: Settings, registry: Registry, *, name: str, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[Runtime]:
    """Connect, yield a runtime, and close everything again; `name` is shown in the database's list of sessions."""
    async with AsyncExitStack() as stack:
        login = settings.login(PLATFORM_LOGIN)
        platform = await Platform.open(login, size=max(2, settings.pool_size // 2), name=name)
        stack.push_async_callback(platform.close)
        changes = Changes(login)
        catalogue, sessions, places = Catalogue(platform, changes), Sessions(platform, changes), Places(platform, changes)
        await changes.start()
        stack.push_async_callback(changes.stop)
        pool = TenantPool(settings.login(app_login(0)), size=settings.pool_size, name=name)
        stack.push_async_callback(pool.close)
        logins = LoginPool(settings.login, size=settings.own_pool_size, name=name)
        stack.push_async_callback(logins.close)
        throttle = Throttle(settings.redis_url)
        stack.push_async_callback(throttle.close)
        store = FileStore.open(settings)
        home = await stack.enter_async_context(_home(settings, name)) if settings.home_database_url else None
        heap.settle()
        yield Runtime(settings, registry, platform, catalogue, changes, sessions, places, {0: pool}, logins, store, throttle, clock, home)


@asynccontextmanager
async def _home(settings: Settings, name: str) -> AsyncIterator[Platform]:
    """Connect to the home cell, for the directory."""
    platform = await Platform.open(replace(settings, database_url=settings.home_database_url).login(PLATFORM_LOGIN), size=2, name=name)
    try:
        yield platform
    finally:
        await platform.close()
