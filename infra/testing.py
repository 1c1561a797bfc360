"""What the tests of Weft and of every plugin are given; pytest loads this by itself (`weft` among its plugins).

``tenant`` and ``other_tenant`` are two businesses on a real PostgreSQL with every installed module switched on;
``client`` is a person signed in to the first.
"""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from core.auth.members import owner_role
from core.auth.sessions import Visitor, open_session
from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.runtime import Runtime, running, utc_now
from core.settings import Settings
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from tenants.bootstrap import bootstrap
from tenants.life import NewTenant, claim_spare
from tenants.modules import Modules, settle
from tenants.platform_schema import migrate_platform
from tenants.provisioner import Provisioner
from tenants.roles import PROVISIONER
from tenants.spares import make_spare
from web.site import Site
from weft.ids import new_id
from weft.permissions import Permission

pytest_plugins = ("infra.testing_jobs",)  # the fixtures jobs, events and mailbox
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
    superuser_url: str  # for what a test must see or do behind everybody's back
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
        await settle(self.runtime, self.modules, tenant_id)
        return await self.runtime.tenant_by_id(tenant_id, actor or Actor(via="platform", name="Test"))


def _silent(_: str) -> None:
    """Keep quiet about where the servers' files are."""


@pytest.fixture(scope="session")
def weft_servers() -> Iterator[ServerUrls]:
    """Start a PostgreSQL and a Redis for this test run alone, and throw them away after it."""
    from infra.servers.postgres import EmbeddedPostgres  # servers of their own only where a test asks for them
    from infra.servers.redis import EmbeddedRedis

    with tempfile.TemporaryDirectory(prefix="weft-test-", dir=_memory()) as folder:
        Path(folder).chmod(0o711)  # as root, the server runs as another account
        postgres, redis = (
            EmbeddedPostgres(Path(folder) / "postgres", settings={"fsync": "off"}, say=_silent),
            EmbeddedRedis(Path(folder) / "redis", say=_silent),
        )
        address = postgres.start()
        try:
            yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        finally:
            redis.stop()
            postgres.discard()


def _memory() -> str | None:
    """Return where files are kept in memory, if there is room for a test's databases: disks are busy with other work."""
    place = Path("/dev/shm")
    if not place.is_dir():
        return None
    facts = os.statvfs(place)
    roomy = facts.f_bavail * facts.f_frsize > 2 * 1024**3 and not facts.f_flag & os.ST_NOEXEC
    return str(place) if roomy else None


@pytest.fixture(scope="session")
def weft_registry() -> Registry:
    """Return the plugins under test: those that are installed. Override it to add one that is not."""
    return Registry.installed()


@asynccontextmanager
async def installed(servers: ServerUrls, registry: Registry, folder: Path) -> AsyncIterator[Installation]:
    """Prepare a database of its own, and yield a Weft on it whose operator logs in as the provisioner, with no more rights than that."""
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
        strict=True,
    )
    admin = await asyncpg.connect(superuser_url, connection_class=WeftConnection)
    await bootstrap(admin, settings)
    await migrate_platform(admin)
    await admin.close()
    provisioner = await Provisioner.open(settings.provisioner_url)
    clock = Clock()
    async with running(settings, registry, name="weft test", clock=clock) as runtime:
        yield Installation(settings, runtime, provisioner, Modules(registry), clock, superuser_url)
    await provisioner.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft on a database of its own."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("weft")) as made:
        yield made


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


@pytest.fixture(scope="session")
def site(installation: Installation) -> Site:
    """Return the web application, as a server would run it."""
    return Site(installation.settings, installation.runtime.registry, installation.runtime)


class Browser(httpx.AsyncClient):
    """A client of the web application for one person, that sends back the form token as a page's script would."""

    def __init__(self, site: Site, base_url: str) -> None:
        super().__init__(transport=httpx.ASGITransport(site, raise_app_exceptions=False), base_url=base_url)

    async def submit(self, path: str, data: Mapping[str, object] | None = None, **more: Any) -> httpx.Response:
        """Post a form as a page would: with its token."""
        if "weft_csrf" not in self.cookies:
            await self.get("/theme")
        headers = {"x-csrftoken": self.cookies.get("weft_csrf", ""), **more.pop("headers", {})}
        return await self.post(path, data=data, headers=headers, **more)


@dataclass(slots=True)
class Visitors:
    """Makes clients: somebody signed in to a tenant with some permissions, or nobody."""

    installation: Installation
    site: Site
    open: list[Browser] = field(default_factory=list)

    async def sign_in(self, tenant: LiveTenant, *permissions: Permission | str, name: str = "Test Person") -> Browser:
        """Return a client of a new member of `tenant`, who may do everything unless permissions are named."""
        person_id, membership_id, role_id = new_id(), new_id(), new_id()
        names = [each if isinstance(each, str) else each.name for each in permissions]
        async with self.installation.runtime.platform.transaction() as db:
            email = f"{person_id.hex}@weft.test"
            await db.execute(
                "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, 'none')", person_id, email, name
            )
            await db.execute(
                "INSERT INTO platform.role (id, tenant_id, title, template, permissions) VALUES ($1, $2, $3, '', $4)",
                role_id,
                tenant.id,
                f"Role {role_id}",
                names,
            )
            if not permissions:
                role_id = await owner_role(db, tenant.id)
            await db.execute(
                "INSERT INTO platform.membership (id, tenant_id, person_id) VALUES ($1, $2, $3)", membership_id, tenant.id, person_id
            )
            await db.execute("INSERT INTO platform.membership_role (membership_id, role_id) VALUES ($1, $2)", membership_id, role_id)
            token = await open_session(db, person_id, tenant.id, self.installation.runtime.now(), Visitor("127.0.0.1", "test"))
        browser = self.visit(tenant)
        browser.cookies.set("weft_session", token)
        return browser

    def visit(self, tenant: LiveTenant | None = None) -> Browser:
        """Return a client that nobody is signed in with, at a tenant's host or at the platform's."""
        settings = self.installation.settings
        browser = Browser(self.site, settings.tenant_url(tenant.slug) if tenant else settings.base_url)
        self.open.append(browser)
        return browser


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(installation: Installation, site: Site) -> AsyncIterator[Visitors]:
    """Yield a maker of clients, which are closed after the test."""
    made = Visitors(installation, site)
    yield made
    for browser in made.open:
        await browser.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def client(tenant: LiveTenant, visitors: Visitors) -> Browser:
    """Return a client of somebody who may do everything in `tenant`."""
    return await visitors.sign_in(tenant)
