"""Endpoints of a business: made, changed, tried, switched on and off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from core.audit.trail import write_entry
from core.tenancy.tenant import LiveTenant
from core.webhooks.network import checked_url, read_networks
from core.webhooks.sealing import Sealer
from core.webhooks.signing import new_secret, shown
from weft.errors import Conflict, Invalid, Missing
from weft.ids import new_id

if TYPE_CHECKING:
    import asyncpg

    from core.platform.database import Db
    from core.runtime import Runtime

KIND = "core.webhook"
TEST = "core.WebhookTest"
MOST = 50  # endpoints of a business
OVERLAP = timedelta(hours=24)  # how long the secret before signs as well


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for; no `events` are all of them, those of later modules too."""

    url: str
    title: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Whom a business tells; `delivered` and `failed` count the last seven days, `waiting` what is still owed."""

    id: UUID
    url: str
    title: str
    events: Sequence[str]
    state: str
    failing_since: datetime | None
    probe_at: datetime | None
    old_until: datetime | None
    last_error: str
    created_at: datetime
    version: int
    delivered: int
    failed: int
    waiting: int


_COUNTS = """
(SELECT count(*) FROM platform.webhook_delivery d WHERE d.endpoint = e.id AND d.state = 'delivered' AND d.created_at > $2) AS delivered,
(SELECT count(*) FROM platform.webhook_delivery d WHERE d.endpoint = e.id AND d.state = 'failed' AND d.created_at > $2) AS failed,
(SELECT count(*) FROM platform.webhook_delivery d WHERE d.endpoint = e.id AND d.state = 'waiting') AS waiting
"""
_FIND = f"""
SELECT e.id, e.url, e.title, e.events, e.state, e.failing_since, e.probe_at, e.old_until, e.last_error, e.created_at, e.version, {_COUNTS}
FROM platform.webhook_endpoint e WHERE e.tenant = $1 AND ($3::uuid IS NULL OR e.id = $3) ORDER BY e.created_at, e.id
"""
_MAKE = "INSERT INTO platform.webhook_endpoint (id, tenant, url, title, events, secret) VALUES ($1, $2, $3, $4, $5, $6)"
_CHANGE = """
UPDATE platform.webhook_endpoint SET url = $4, title = $5, events = $6, version = version + 1
WHERE tenant = $1 AND id = $2 AND version = $3 RETURNING id
"""
_ON = """
UPDATE platform.webhook_endpoint SET state = 'on', failing_since = NULL, probe_at = NULL, last_error = '', version = version + 1
WHERE tenant = $1 AND id = $2
"""
_OFF = "UPDATE platform.webhook_endpoint SET state = 'off', probe_at = NULL, version = version + 1 WHERE tenant = $1 AND id = $2"
_CALL_OFF = """
UPDATE platform.webhook_delivery SET state = 'cancelled', finished_at = $3 WHERE tenant = $1 AND endpoint = $2 AND state = 'waiting'
"""
_AT_ONCE = "UPDATE platform.webhook_delivery SET due = $3 WHERE tenant = $1 AND endpoint = $2 AND state = 'waiting' AND due > $3"
_ROTATE = """
UPDATE platform.webhook_endpoint SET old_secret = secret, old_until = $3, secret = $4, version = version + 1 WHERE tenant = $1 AND id = $2
"""
_TEST = "INSERT INTO platform.webhook_message (id, tenant, event, payload, created_at) VALUES ($1, $2, $3, $4::text::jsonb, $5)"
_OWE = "INSERT INTO platform.webhook_delivery (id, tenant, endpoint, message, due, created_at) VALUES ($1, $2, $3, $4, $5, $5)"


class Endpoints:
    """The endpoints of one business, for who acts there."""

    def __init__(self, runtime: "Runtime", tenant: LiveTenant) -> None:
        self._runtime, self._tenant = runtime, tenant
        self._sealer = Sealer(runtime.vault)
        self._allowed = read_networks(runtime.settings.webhook_networks)

    async def all(self) -> list[Endpoint]:
        """Return them, oldest first."""
        return await self._find(None)

    async def one(self, endpoint_id: UUID) -> Endpoint:
        """Return one; raises `Missing`."""
        found = await self._find(endpoint_id)
        if not found:
            raise Missing("There is no such endpoint.")
        return found[0]

    async def _find(self, endpoint_id: UUID | None) -> list[Endpoint]:
        week = self._runtime.now() - timedelta(days=7)
        rows = await self._runtime.platform.fetch(_FIND, self._tenant.schema, week, endpoint_id)
        return [Endpoint(**dict(row)) for row in rows]

    def events(self) -> Mapping[str, Sequence[str]]:
        """Return what can be told, by module: the names of the events of those that are switched on."""
        registry, found = self._runtime.registry, dict[str, list[str]]()
        for key in registry.plugins:
            if self._tenant.has(key) and (names := sorted(f"{key}.{event.__name__}" for event in registry.declared("events", key))):
                found[registry.plugins[key].title] = names
        return found

    async def add(self, asked: NewEndpoint) -> UUID:
        """Make one, switched on; raises `Invalid` by field."""
        url = self._check(asked)
        if len(await self.all()) >= MOST:
            raise Invalid(f"A business has at most {MOST} endpoints: remove one that is no longer needed.")
        made, schema = new_id(), self._tenant.schema
        sealed = await self._sealer.seal(schema, made, new_secret())
        async with self._runtime.platform.transaction() as db:
            await db.execute(_MAKE, made, schema, url, asked.title.strip(), list(asked.events), sealed)
            await self._tell(db, "created", made, url, after={"url": url, "events": list(asked.events)})
        return made

    async def change(self, endpoint_id: UUID, asked: NewEndpoint, version: int) -> None:
        """Change one; raises `Invalid` by field, `Missing`, and `Conflict` when somebody else changed it."""
        before, url = await self.one(endpoint_id), self._check(asked)
        async with self._runtime.platform.transaction() as db:
            values = (self._tenant.schema, endpoint_id, version, url, asked.title.strip(), list(asked.events))
            if not await db.fetchval(_CHANGE, *values):
                raise Conflict("Somebody else changed this endpoint meanwhile: look at it and change it again.")
            told = {"url": before.url, "events": list(before.events)}
            await self._tell(db, "changed", endpoint_id, url, before=told, after={"url": url, "events": list(asked.events)})

    def _check(self, asked: NewEndpoint) -> str:
        wrong: dict[str, str] = {}
        url = ""
        try:
            url = checked_url(asked.url, self._allowed)
        except Invalid as problem:
            wrong |= problem.fields
        if len(asked.title.strip()) > 100:
            wrong["title"] = "A name has at most 100 letters."
        known = {name for names in self.events().values() for name in names}
        if strange := [name for name in asked.events if name not in known]:
            wrong["events"] = f"There is no event “{strange[0]}”: choose from the list."
        if wrong:
            raise Invalid(fields=wrong)
        return url

    async def secret(self, endpoint_id: UUID) -> str:
        """Return the secret that receivers verify with; that somebody looked is in the audit log. Raises `Missing`."""
        found = await self.one(endpoint_id)
        async with self._runtime.platform.transaction() as db:
            sealed = await db.fetchval(
                "SELECT secret FROM platform.webhook_endpoint WHERE tenant = $1 AND id = $2", self._tenant.schema, endpoint_id
            )
            await self._tell(db, "secret shown", endpoint_id, found.url)
        return shown(await self._sealer.open(self._tenant.schema, endpoint_id, sealed))

    async def rotate(self, endpoint_id: UUID) -> None:
        """Make a new secret; the one before signs as well for a day. Raises `Missing`."""
        found, secret = await self.one(endpoint_id), await self._sealer.seal(self._tenant.schema, endpoint_id, new_secret())
        async with self._runtime.platform.transaction() as db:
            await db.execute(_ROTATE, self._tenant.schema, endpoint_id, self._runtime.now() + OVERLAP, secret)
            await self._tell(db, "secret changed", endpoint_id, found.url)

    async def switch_on(self, endpoint_id: UUID) -> None:
        """Send again, what waits at once; raises `Missing`."""
        found = await self.one(endpoint_id)
        async with self._runtime.platform.transaction() as db:
            await db.execute(_ON, self._tenant.schema, endpoint_id)
            await db.execute(_AT_ONCE, self._tenant.schema, endpoint_id, self._runtime.now())
            await self._tell(db, "switched on", endpoint_id, found.url, before={"state": found.state}, after={"state": "on"})

    async def switch_off(self, endpoint_id: UUID) -> None:
        """Send nothing more, and nothing of what happens meanwhile; what waits is called off. Raises `Missing`."""
        found = await self.one(endpoint_id)
        async with self._runtime.platform.transaction() as db:
            await db.execute(_OFF, self._tenant.schema, endpoint_id)
            await db.execute(_CALL_OFF, self._tenant.schema, endpoint_id, self._runtime.now())
            await self._tell(db, "switched off", endpoint_id, found.url, before={"state": found.state}, after={"state": "off"})

    async def remove(self, endpoint_id: UUID) -> None:
        """Remove one with its log; raises `Missing`."""
        found = await self.one(endpoint_id)
        async with self._runtime.platform.transaction() as db:
            await db.execute("DELETE FROM platform.webhook_endpoint WHERE tenant = $1 AND id = $2", self._tenant.schema, endpoint_id)
            await self._tell(db, "removed", endpoint_id, found.url, before={"url": found.url, "events": list(found.events)})

    async def try_out(self, endpoint_id: UUID) -> UUID:
        """Send an event that means nothing; returns its delivery. Raises `Missing`, and `Conflict` for one that is switched off."""
        found = await self.one(endpoint_id)
        if found.state == "off":
            raise Conflict("This endpoint is switched off: switch it on first.")
        message, delivery, now = new_id(), new_id(), self._runtime.now()
        payload = msgspec.json.encode({"text": "This is a test. Nothing has happened."}).decode()
        async with self._runtime.platform.transaction() as db:
            await db.execute(_TEST, message, self._tenant.schema, TEST, payload, now)
            await db.execute(_OWE, delivery, self._tenant.schema, endpoint_id, message, now)
            await self._tell(db, "tried", endpoint_id, found.url)
        return delivery

    async def _tell(
        self,
        db: "Db[asyncpg.Record]",
        action: str,
        endpoint_id: UUID,
        title: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        schema, actor = self._tenant.schema, self._tenant.actor
        await write_entry(db, schema, actor, action, KIND, title, record=endpoint_id, before=before, after=after)
