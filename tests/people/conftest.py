"""Humans with a browser of their own: one cookie jar over every host, an address of their own, and a password that is known."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from core.auth.passwords import hash_password
from core.auth.sessions import Visitor, open_session
from core.people.members import add_member, owner_role
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from tenants.operator import Operator
from tenants.spares import make_spare
from web.site import Site
from weft.ids import new_id

PASSWORD = "long quiet river stone"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
_ADDRESSES = itertools.count(1)


class Human:
    """A browser that follows redirects from host to host, as a person sees it."""

    def __init__(self, site: Site, base_url: str, email: str = "", name: str = "", person_id: UUID | None = None) -> None:
        number = next(_ADDRESSES)
        app: Any = site
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(f"10.1.{number // 250}.{number % 250 + 1}", 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url=base_url, headers={"user-agent": FIREFOX}, follow_redirects=True)
        self.http.event_hooks["request"] = [self._send_own_cookies]
        self.base_url, self.email, self.name, self.person_id = base_url, email, name, person_id

    async def _send_own_cookies(self, request: httpx.Request) -> None:
        """Send back the cookies of a request's own host and no others, as a browser does and httpx does not."""
        own = [f"{each.name}={each.value}" for each in self.http.cookies.jar if each.domain == request.url.host]
        request.headers["cookie"] = "; ".join(own)

    async def get(self, where: str, **more: Any) -> httpx.Response:
        """Open a page, following where it leads."""
        return await self.http.get(where, **more)

    async def look(self, where: str, **more: Any) -> httpx.Response:
        """Open a page without following where it leads."""
        return await self.http.get(where, follow_redirects=False, **more)

    async def submit(self, where: str, data: Any = None, *, follow: bool = True, **more: Any) -> httpx.Response:
        """Send a form as a page would: with the token of its host."""
        url = httpx.URL(self.base_url).join(where)
        if self.cookie("weft_csrf", url.host) is None:
            await self.http.get(url.join("/sign-in" if str(url).startswith(self.base_url) else "/person"), follow_redirects=False)
        headers = {"x-csrftoken": self.cookie("weft_csrf", url.host) or "", **more.pop("headers", {})}
        return await self.http.post(url, data=data or {}, headers=headers, follow_redirects=follow, **more)

    def cookie(self, name: str, host: str = "weft.test") -> str | None:
        """Return a cookie of a host."""
        return next((each.value for each in self.http.cookies.jar if each.name == name and each.domain == host), None)

    async def sign_in(self, password: str = PASSWORD, to: str = "/", **more: Any) -> httpx.Response:
        """Sign in at the platform's host."""
        return await self.submit("/sign-in", {"email": self.email, "password": password, "next": to, "remember": "yes"}, **more)


@dataclass(slots=True)
class Town:
    """Everything a test about people needs: an installation, and humans who live there."""

    installation: Installation
    site: Site
    hashed: str
    humans: list[Human] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where the platform is."""
        return self.installation.settings.base_url

    def url(self, tenant: LiveTenant, path: str = "/") -> str:
        """Return the address of a tenant's page."""
        return self.installation.settings.tenant_url(tenant.slug, path)

    def stranger(self) -> Human:
        """Return somebody nobody knows."""
        human = Human(self.site, self.base_url)
        self.humans.append(human)
        return human

    async def human(self, email: str = "", name: str = "Ada Lovelace") -> Human:
        """Return somebody who has an account, with the password that is known."""
        human = self.stranger()
        human.person_id = new_id()
        human.email, human.name = email or f"{human.person_id.hex[-12:]}@people.test", name
        await self.installation.runtime.platform.execute(
            "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, $4)",
            human.person_id,
            human.email,
            name,
            self.hashed,
        )
        return human

    async def role(self, tenant: LiveTenant, *permissions: str, title: str = "") -> UUID:
        """Make a role of a tenant."""
        role_id = new_id()
        await self.installation.runtime.platform.execute(
            "INSERT INTO platform.role (id, tenant_id, title, permissions) VALUES ($1, $2, $3, $4)",
            role_id,
            tenant.id,
            title or f"Role {role_id}",
            list(permissions),
        )
        return role_id

    async def join(self, human: Human, tenant: LiveTenant, *permissions: str) -> UUID:
        """Let a human belong to a tenant: as an owner, unless permissions are named. Returns the membership's id."""
        assert human.person_id is not None
        async with self.installation.runtime.platform.transaction() as db:
            role = await self.role(tenant, *permissions) if permissions else await owner_role(db, tenant.id)
            joined = await add_member(db, tenant.id, human.person_id, [role])
        await self.installation.runtime.changes.catch_up(self.installation.runtime.platform, patience=5)
        return joined

    async def member(self, tenant: LiveTenant, *permissions: str, name: str = "Ada Lovelace", signed_in: bool = True) -> Human:
        """Return somebody who belongs to a tenant and is signed in there: as an owner, unless permissions are named."""
        human = await self.human(name=name)
        await self.join(human, tenant, *permissions)
        if signed_in:
            await self.let_in(human)
            await human.get(self.url(tenant, "/theme"))  # any address there: the browser is led through the door
        return human

    async def let_in(self, human: Human) -> None:
        """Sign a human in at the platform's host without a password, since checking one is slow on purpose."""
        assert human.person_id is not None
        runtime = self.installation.runtime
        async with runtime.platform.transaction() as db:
            token = await open_session(db, human.person_id, None, runtime.now(), Visitor("10.0.0.1", FIREFOX))
        human.http.cookies.set("weft_session", token, domain="weft.test")

    async def spare(self, *modules: str) -> None:
        """Let a schema wait for a sign-up."""
        await make_spare(self.installation.provisioner, self.installation.modules, modules)

    async def no_spares(self) -> None:
        """Leave no schema for a sign-up."""
        async with self.installation.provisioner.as_owner() as db:
            await db.execute("UPDATE platform.tenant SET state = 'building' WHERE state = 'spare'")

    def operator(self) -> Operator:
        """Return what does the things the web may only ask for."""
        return Operator(self.installation.runtime, self.installation.provisioner, spares=0, starters=())

    async def entries(self, tenant: LiveTenant) -> list[tuple[str, str, str, str]]:
        """Return a tenant's audit log, oldest first: who, what, kind and title of the record."""
        rows = await self.installation.runtime.platform.fetch(
            "SELECT actor_name, action, record_kind, record_title FROM platform.audit_entry WHERE tenant = $1 ORDER BY at, id",
            tenant.schema,
        )
        return [tuple(row) for row in rows]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hashed() -> str:
    """Return the hash of the password that is known; made once, since it is slow on purpose."""
    return await hash_password(PASSWORD)


@pytest_asyncio.fixture(loop_scope="session")
async def town(installation: Installation, site: Site, hashed: str) -> AsyncIterator[Town]:
    """Yield humans, and close their browsers after the test."""
    made = Town(installation, site, hashed)
    yield made
    for human in made.humans:
        await human.http.aclose()


@pytest.fixture
def new_email() -> str:
    """Return an address that nobody has."""
    return f"new-{new_id().hex[-12:]}@people.test"
