"""People at a tenant's pages: clients of the web application, each signed in with some permissions."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.auth.permissions import CORE
from core.auth.sessions import Visitor, open_session
from core.people.members import owner_role
from core.people.tokens import create_token
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from web.site import Site
from weft.ids import new_id
from weft.permissions import Permission


@asynccontextmanager
async def site_of(installation: Installation) -> AsyncIterator[Site]:
    """Yield the web application of an installation."""
    yield Site(installation.settings, installation.runtime.registry, installation.runtime)


class Browser(httpx.AsyncClient):
    """A client of the web application for one person, that sends back the form token as a page's script would."""

    def __init__(self, site: Site, base_url: str) -> None:
        app: Any = site  # httpx and Litestar spell the same interface in different types
        super().__init__(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=base_url)

    async def submit(self, path: str, data: Mapping[str, object] | None = None, **more: Any) -> httpx.Response:
        """Post a form as a page would: with its token."""
        if "weft_csrf" not in self.cookies:
            await self.get("/search")  # any page sets it
        headers = {"x-csrftoken": self.cookies.get("weft_csrf", ""), **more.pop("headers", {})}
        return await self.post(path, data=data, headers=headers, **more)


@dataclass(slots=True)
class Visitors:
    """Makes clients: somebody signed in to a tenant with some permissions, or nobody."""

    installation: Installation
    site: Site
    open: list[Browser] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request hides what a failing test has to say

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

    async def program(self, tenant: LiveTenant, *permissions: Permission | str) -> Browser:
        """Return a client of a program with a token for the API, which may do everything unless permissions are named."""
        runtime = self.installation.runtime
        record = await runtime.catalogue.by_id(tenant.id)
        every: Sequence[Permission | str] = [*CORE, *runtime.registry.permissions(record.enabled if record else frozenset())]
        names = frozenset(each if isinstance(each, str) else each.name for each in permissions or every)
        browser = self.visit(tenant)
        browser.headers["authorization"] = f"Bearer {await create_token(runtime, tenant.id, 'Test program', names, None)}"
        return browser

    def visit(self, tenant: LiveTenant | None = None) -> Browser:
        """Return a client that nobody is signed in with, at a tenant's host or at the platform's."""
        settings = self.installation.settings
        browser = Browser(self.site, settings.tenant_url(tenant.slug) if tenant else settings.base_url)
        self.open.append(browser)
        return browser
