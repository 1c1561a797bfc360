"""Keeps every business backed up: one a day, and once a week a trial of the newest. Any number of keepers may run at once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.runtime import Runtime
from core.tenancy.pending import Actor
from tenants.archive.importing import Target, Wanted, import_tenant
from tenants.backups.making import back_up, opened_backup
from tenants.backups.past import Past, rewind
from tenants.backups.shelf import backups_of, find_backup, tell
from tenants.backups.trying import try_backup
from tenants.modules import Modules
from tenants.provisioner import Provisioner
from tenants.turns import only_one
from weft.errors import Missing, Unavailable, WeftError

Log = structlog.get_logger("weft.backups")
ASKED = ("back_up", "restore_backup", "rewind")  # operations that take long, and are left to the keeper
EVERY = timedelta(days=1)
TRIED_EVERY = timedelta(days=7)
AGAIN = timedelta(hours=1)  # after one that failed
PAUSE = 5.0  # seconds between two looks


class Keeper:
    """Does what is due and what was asked for, one thing at a time: a backup takes a connection and a processor."""

    def __init__(self, runtime: Runtime, provisioner: Provisioner, past: Past | None = None) -> None:
        self.target = Target(runtime, provisioner, Modules(runtime.registry))
        self._runtime, self._past = runtime, past

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            for part in (self.work_off, self.keep_up, self.try_one):
                try:
                    await part()
                except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, Unavailable) as wrong:
                    Log.warning("the database or the store does not answer", error=str(wrong))
                except Exception:
                    Log.exception("a part of the backups' work could not be done", part=part.__name__)
            try:
                await asyncio.wait_for(stop.wait(), PAUSE)
            except TimeoutError:
                continue

    async def work_off(self) -> int:
        """Do what people asked for; returns how many things that were."""
        done = 0
        for row in await self._runtime.platform.fetch(_ASKED, list(ASKED)):
            async with only_one(self.target.provisioner, row["id"]) as mine:
                if mine and await self._take(row["id"]):
                    await self._do(row)
                    done += 1
        return done

    async def keep_up(self, limit: int = 20) -> int:
        """Back up the businesses whose last backup is more than a day old, those that have waited longest first; returns how many."""
        now = self._runtime.now()
        due = await self._runtime.platform.fetch(_DUE, now - EVERY, now - AGAIN, limit)
        return sum([await self._in_turn(row["id"], "") for row in due])

    async def try_one(self) -> int:
        """Try the newest backup of the business whose last trial is longest ago, if that is more than a week; returns how many it tried."""
        row = await self._runtime.platform.fetchrow(_UNTRIED, self._runtime.now() - TRIED_EVERY)
        if row is None:
            return 0
        async with only_one(self.target.provisioner, f"backup of {row['tenant']}") as mine:
            newest = next((each for each in await backups_of(self._runtime.platform, row["tenant"]) if each.state == "stored"), None)
            if not mine or newest is None:
                return 0
            if trouble := await try_backup(self.target, row["tenant"], newest):
                Log.error("a backup cannot be relied on", schema=row["tenant"], backup=str(newest.id), trouble=trouble)
                await tell(self._runtime.platform, row["tenant"], f"A backup cannot be relied on. {trouble}")
        return 1

    async def _in_turn(self, tenant_id: UUID, asked_by: str) -> bool:
        record = await self._runtime.catalogue.by_id(tenant_id)
        if record is None:
            raise Missing("There is no such business any more.")
        async with only_one(self.target.provisioner, f"backup of {record.schema}") as mine:
            if mine:
                await back_up(self.target, record, asked_by)
        return mine

    async def _take(self, operation_id: UUID) -> bool:
        async with self.target.provisioner.as_owner() as connection:
            return bool(await connection.fetchval(_TAKE, operation_id))

    async def _do(self, row: asyncpg.Record) -> None:
        arguments: dict[str, Any] = msgspec.json.decode(row["arguments"])
        state, note = "done", ""
        try:
            if row["kind"] == "back_up":
                if not await self._in_turn(row["tenant_id"], arguments.get("by", "")):
                    state = "waiting"
            elif row["kind"] == "rewind":
                note = await self._rewind(row["tenant_id"], arguments)
            else:
                note = await self._restore(row["tenant_id"], arguments)
        except WeftError as wrong:
            state, note = "failed", wrong.message
        except Exception as wrong:
            Log.exception("what was asked of the backups failed", kind=row["kind"])
            state, note = "failed", f"{type(wrong).__name__}: {wrong}"
        async with self.target.provisioner.as_owner() as connection:
            await connection.execute(_ENDED, row["id"], state, note[:2000])

    async def _rewind(self, tenant_id: UUID, arguments: Mapping[str, Any]) -> str:
        """Make a copy as of a moment, and tell who looks after backups how that ended."""
        record = await self._runtime.catalogue.by_id(tenant_id)
        if record is None:
            raise Missing("There is no such business any more.")
        moment, slug = datetime.fromisoformat(arguments["moment"]), str(arguments["slug"])
        actor, what = Actor(via="session", name=arguments.get("by", "")), f"The copy as of {moment:%Y-%m-%d %H:%M:%S} UTC"
        wanted = Wanted(slug, arguments["name"], people=False, quiet=True, actor=actor, owner=UUID(arguments["owner"]))
        try:
            if self._past is None:
                raise Missing("This installation keeps nothing between backups any more.")
            await rewind(self.target, self._past, record, moment, wanted)
        except WeftError as wrong:
            await tell(self._runtime.platform, record.schema, f"{what} could not be made. {wrong.message}"[:1000])
            raise
        await tell(self._runtime.platform, record.schema, f"{what} is ready: {self._runtime.settings.tenant_url(slug)}")
        return slug

    async def _restore(self, tenant_id: UUID, arguments: Mapping[str, Any]) -> str:
        record = await self._runtime.catalogue.by_id(tenant_id)
        if record is None:
            raise Missing("There is no such business any more.")
        backup = await find_backup(self._runtime.platform, record.schema, UUID(arguments["backup"]))
        actor = Actor(via="session", name=arguments.get("by", ""))
        async with opened_backup(self._runtime, record.schema, backup.id) as opened:
            await import_tenant(self.target, opened, Wanted(arguments["slug"], arguments["name"], quiet=True, actor=actor))
        return str(arguments["slug"])


_ASKED = """
SELECT id, tenant_id, kind, arguments::text AS arguments FROM platform.operation
WHERE state IN ('waiting', 'running') AND kind = ANY ($1) ORDER BY created_at, id
"""
_TAKE = """
UPDATE platform.operation SET state = 'running', started_at = now(), attempts = attempts + 1
WHERE id = $1 AND state IN ('waiting', 'running') AND attempts < 100 RETURNING true
"""
_ENDED = "UPDATE platform.operation SET state = $2, note = $3, finished_at = CASE $2 WHEN 'waiting' THEN NULL ELSE now() END WHERE id = $1"
# The newest of each is found by the index, without reading all that are kept: both are asked every few seconds, about everybody.
_DUE = """
SELECT t.id FROM platform.tenant t
LEFT JOIN LATERAL (SELECT made_at FROM platform.backup b WHERE b.tenant = t.schema ORDER BY made_at DESC LIMIT 1) begun ON true
LEFT JOIN LATERAL (SELECT made_at FROM platform.backup b WHERE b.tenant = t.schema AND b.state = 'stored' ORDER BY made_at DESC LIMIT 1)
    stored ON true
WHERE t.state IN ('active', 'suspended') AND COALESCE(stored.made_at, t.claimed_at) < $1 AND COALESCE(begun.made_at, '-infinity') < $2
ORDER BY COALESCE(stored.made_at, t.claimed_at) LIMIT $3
"""
_UNTRIED = """
SELECT t.schema::text AS tenant FROM platform.tenant t
JOIN LATERAL (SELECT max(made_at) AS stored, COALESCE(max(tested_at), '-infinity') AS tried FROM platform.backup b
              WHERE b.tenant = t.schema AND b.state = 'stored') last ON last.stored IS NOT NULL
WHERE t.state IN ('active', 'suspended')
  AND (SELECT true FROM platform.backup b WHERE b.tenant = t.schema AND b.state = 'stored' AND b.tested_at >= $1
       ORDER BY b.made_at DESC LIMIT 1) IS NULL
ORDER BY last.tried, last.stored LIMIT 1
"""
