"""Where the rules of plugins are tried: an installation that may be spoilt, with the web application over it."""

import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
from jinja2 import Environment
from litestar import Request
from redis.asyncio import Redis
from structlog.testing import capture_logs

from core.auth.access import Access
from core.auth.sessions import Visitor as From
from core.people.tokens import create_token
from core.platform.database import Db
from core.plugins.registry import Registry
from core.rules.check import Report, check
from core.rules.laboratory import Answer, Laboratory, Visitor
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation, installed
from infra.laboratory.servers import private_servers
from infra.laboratory.visitors import Browser, Visitors
from tenants.modules import disable, enable
from tenants.roles import OWNER
from tenants.steps import enter_schema
from web.door import KEY, Door
from web.site import Site
from web.ui import LiveUi
from web.views import environment_for
from weft import Missing, Ui
from weft.ids import new_id

SOMETHING = "core.audit"  # a permission that no plugin's route needs: a token must have one


@dataclass(frozen=True, slots=True)
class TrialAnswer(Answer):
    """What came back, and the error behind it."""

    status_code: int
    text: str
    headers: Mapping[str, str]
    content: bytes
    said: str
    trouble: str = ""


@dataclass(slots=True)
class TrialVisitor(Visitor):
    """Somebody in a browser; at the API with a token, since there a cookie only reads."""

    browser: Browser
    token: str

    async def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Send a request without a body."""
        if path.startswith("/api/"):
            headers["authorization"] = f"Bearer {self.token}"
        elif method != "GET":
            if "weft_csrf" not in self.browser.cookies:
                await self.browser.get("/search")  # any page sets it
            headers["x-csrftoken"] = self.browser.cookies.get("weft_csrf") or ""
        with capture_logs() as logs:
            answer = await self.browser.request(method, path, headers=headers)
        wrong = next((each["exc_info"] for each in logs if isinstance(each.get("exc_info"), BaseException)), None)
        said, trouble = "\n".join(map(str, logs)), _line(wrong) if wrong else ""
        return TrialAnswer(answer.status_code, answer.text, answer.headers, answer.content, said, trouble)


async def _value(redis: Any, key: bytes) -> object:
    """Return all that lies under a key; what DUMP tells may be packed."""
    kind = (await redis.type(key)).decode()
    reads = {
        "string": lambda: redis.get(key),
        "hash": lambda: redis.hgetall(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1),
        "stream": lambda: redis.xrange(key),
    }
    return await reads[kind]() if kind in reads else None


def _plain(value: object) -> str:
    """Return bytes, however deep they lie, as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return "\n".join(_plain(each) for pair in value.items() for each in pair)
    if isinstance(value, (list, tuple, set)):
        return "\n".join(map(_plain, value))
    return str(value)


def _line(wrong: BaseException) -> str:
    """Return an error in one line, with the place where it was raised."""
    place = traceback.extract_tb(wrong.__traceback__)[-1:]
    where = f" ({Path(place[0].filename).name}:{place[0].lineno})" if place else ""
    return f"{type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}{where}"


@dataclass
class TrialGround(Laboratory):
    """A laboratory over an installation of its own."""

    installation: Installation

    @cached_property
    def visitors(self) -> Visitors:
        """Who comes to the pages; the web application is made when the first one does."""
        made = self.installation
        return Visitors(made, Site(made.settings, made.runtime.registry, made.runtime))

    @property
    def environment(self) -> Environment:
        """The templates of the installed plugins, as pages render them."""
        return self.visitors.site.views.environment

    async def business(self, *modules: str) -> LiveTenant:
        """Make a business with these modules and what they need."""
        return await self.installation.new_tenant_with(modules)

    async def enable(self, tenant: LiveTenant, key: str) -> LiveTenant:
        """Switch a module on, as the operator does."""
        made = self.installation
        await enable(made.provisioner, made.runtime, made.modules, tenant.id, key)
        return await made.runtime.tenant_by_id(tenant.id, tenant.actor)

    async def disable(self, tenant: LiveTenant, key: str) -> LiveTenant:
        """Switch a module off."""
        made = self.installation
        await disable(made.provisioner, made.runtime, made.modules, tenant.id, key)
        return await made.runtime.tenant_by_id(tenant.id, tenant.actor)

    async def migrate(self, tenant: LiveTenant, key: str) -> list[str]:
        """Run a module's migrations; returns the names of those that had not run."""
        async with self.installation.provisioner.transaction() as db:
            await db.execute(f"SET LOCAL ROLE {OWNER}")
            return await self.installation.modules.make_tables(db, tenant.id, tenant.schema, key)

    @asynccontextmanager
    async def tables(self, tenant: LiveTenant) -> "AsyncIterator[Db[asyncpg.Record]]":
        """Open a transaction on a business's tables with the rights of their owner."""
        async with self.installation.provisioner.transaction() as db:
            await enter_schema(db, tenant.schema)
            yield db

    async def visitor(self, tenant: LiveTenant, *permissions: str) -> Visitor:
        """Return a new member of a business."""
        runtime = self.installation.runtime
        record = await runtime.catalogue.by_id(tenant.id)
        if record is None:
            raise Missing("There is no such business.")
        every = [permission.name for permission in runtime.registry.permissions(record.enabled)]
        token = await create_token(runtime, tenant.id, "Trial", frozenset([SOMETHING] if permissions else [SOMETHING, *every]), None)
        return TrialVisitor(await self.visitors.sign_in(tenant, *permissions), token)

    async def in_redis(self) -> list[str]:
        """Return all keys and values in Redis, as text."""
        found: list[str] = []
        async with Redis.from_url(self.installation.settings.redis_url) as redis:
            async for key in redis.scan_iter(count=1000):
                found += [_plain(key), _plain(await _value(redis, key))]
        return found

    def ui(self, tenant: LiveTenant) -> Ui:
        """Return what widgets and panels render with."""
        access = Access(via="session", id=new_id(), person=None, tenant_id=tenant.id, permissions=None)
        door = Door(self.installation.runtime, "trial", From("127.0.0.1", "trial"), tenant.catalogue_entry, access)
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", KEY: door, "state": {}}
        return LiveUi(self.visitors.site.views, Request(scope))  # type: ignore[arg-type]

    async def close(self) -> None:
        """Let go of every visitor."""
        if "visitors" in vars(self):
            for browser in self.visitors.open:
                await browser.aclose()


async def check_here(installation: Installation, keys: Sequence[str]) -> list[Report]:
    """Hold plugins of an installation to the rules, in businesses made for it."""
    ground, registry = TrialGround(installation), installation.runtime.registry
    try:
        return [await check(registry.plugins[key], registry, ground.environment, ground) for key in keys]
    finally:
        await ground.close()


async def check_alone(registry: Registry, keys: Sequence[str], folder: Path) -> list[Report]:
    """Hold plugins to the rules on servers started for it alone, which are thrown away after it; raises `ServerError`."""
    with private_servers() as servers:
        async with installed(servers, registry, folder) as made:
            return await check_here(made, keys)


async def check_code(registry: Registry, keys: Sequence[str]) -> list[Report]:
    """Hold plugins to those rules that need no database."""
    environment = environment_for(registry)
    return [await check(registry.plugins[key], registry, environment, None) for key in keys]


def as_data(report: Report, titles: Mapping[str, str]) -> dict[str, object]:
    """Return a report as JSON can carry it."""
    return {
        "key": report.key,
        "ok": report.ok,
        "seconds": report.seconds,
        "kept": report.kept,
        "skipped": report.skipped,
        "problems": [
            {"rule": each.rule, "title": titles.get(each.rule, ""), "where": each.where, "sentence": each.sentence}
            for each in report.findings
        ],
    }
