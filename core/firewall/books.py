"""What is known of failing parts: in PostgreSQL, shared by all processes, and kept here until it changes."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.auth.permissions import MODULES
from core.firewall.breaker import SOUND, TRIAL, Breaker, failed, recovered
from core.platform.changes import Changes
from core.platform.database import Platform
from weft.ids import new_id

KEPT = 5000  # tenants
LONGEST_TRACE = 20_000  # characters that are kept: the end of a trace tells most

Hook = tuple[str, str]  # a plugin's key and the name of a hook


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, as it is written down."""

    plugin: str
    hook: str
    part: str  # what it is called on the page
    cause: str
    error: str
    traceback: str
    grave: bool
    notice: str  # what whoever looks after modules is told when it is left out from now on


@dataclass(frozen=True, slots=True)
class Fault:
    """What a person is shown of a hook that failed; `retry_at` is set while it is left out."""

    plugin: str
    hook: str
    part: str
    cause: str
    error: str
    traceback: str
    failures: int
    trips: int
    failed_at: datetime
    retry_at: datetime | None


_BREAKERS = "SELECT plugin, hook, failures, since, trips, retry_at, failed_at FROM platform.hook_fault WHERE tenant = $1"
_FAULTS = """
SELECT plugin, hook, part, cause, error, traceback, failures, trips, failed_at, retry_at FROM platform.hook_fault
WHERE tenant = $1 ORDER BY retry_at IS NULL, failed_at DESC
"""
_ROW = "INSERT INTO platform.hook_fault (tenant, plugin, hook) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true"
_LOCK = """
SELECT failures, since, trips, retry_at, failed_at FROM platform.hook_fault WHERE tenant = $1 AND plugin = $2 AND hook = $3 FOR UPDATE
"""
_NOTE = """
UPDATE platform.hook_fault SET failures = $4, since = $5, trips = $6, retry_at = $7, failed_at = $8, part = $9, cause = $10, error = $11,
    traceback = $12
WHERE tenant = $1 AND plugin = $2 AND hook = $3
"""
_TELL = "INSERT INTO platform.notification (id, tenant, permission, body, link) VALUES ($1, $2, $3, $4, $5)"
_TRY = "UPDATE platform.hook_fault SET retry_at = $5 WHERE tenant = $1 AND plugin = $2 AND hook = $3 AND retry_at <= $4 RETURNING true"
_WELL = """
UPDATE platform.hook_fault SET failures = 0, since = NULL, retry_at = NULL WHERE tenant = $1 AND plugin = $2 AND hook = $3
"""
_FORGIVE = """
UPDATE platform.hook_fault SET failures = 0, since = NULL WHERE tenant = $1 AND plugin = $2 AND hook = $3 AND retry_at IS NULL
"""
# What waits for a hook is due at once when that is sound again, or is to be tried.
_LET_GO = "UPDATE platform.job SET due = $3, held_by = '' WHERE tenant = $1 AND held_by = $2 AND state = 'waiting' AND due > $3"
_AGAIN = """
UPDATE platform.hook_fault SET retry_at = $4 WHERE tenant = $1 AND plugin = $2 AND hook = $3 AND retry_at > $4 RETURNING true
"""


class Books:
    """Reads and writes `platform.hook_fault`."""

    def __init__(self, platform: Platform, changes: Changes) -> None:
        self._platform = platform
        self._changes = changes
        self._kept: OrderedDict[str, Mapping[Hook, Breaker]] = OrderedDict()
        self._generation = 0
        changes.subscribe(self._forget)

    def kept(self, schema: str) -> Mapping[Hook, Breaker] | None:
        """Return what is known here of a tenant's parts; nothing when it has to be asked for."""
        return self._kept.get(schema)

    async def read(self, schema: str) -> Mapping[Hook, Breaker]:
        """Ask what is known of a tenant's parts."""
        before = self._generation
        rows = await self._platform.fetch(_BREAKERS, schema)
        found = {(row["plugin"], row["hook"]): _breaker(row) for row in rows}
        if self._changes.alive and before == self._generation:
            self._kept[schema] = found
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    async def note(self, schema: str, failure: Failure, now: datetime) -> Breaker:
        """Write a failure down, whatever becomes of the transaction it happened in; tell of a quarantine, once."""
        at = (schema, failure.plugin, failure.hook)
        async with self._platform.transaction() as db:
            fresh = await db.fetchval(_ROW, *at)
            row = await db.fetchrow(_LOCK, *at)
            before = SOUND if fresh or row is None else _breaker(row)
            after = failed(before, now, grave=failure.grave)
            told = (failure.part, failure.cause, failure.error[:2000], failure.traceback)
            await db.execute(_NOTE, *at, after.failures, after.since, after.trips, after.retry_at, now, *told)
            if after.trips == 1 and before.retry_at is None and after.retry_at is not None:
                link = f"/modules/{failure.plugin}/faults"
                await db.execute(_TELL, new_id(), schema, MODULES.name, failure.notice[:500], link)
        self._kept.pop(schema, None)
        return after

    async def begin_trial(self, schema: str, hook: Hook, now: datetime) -> bool:
        """Take the one trial of a quarantined hook; returns False when another process has it."""
        return bool(await self._platform.fetchval(_TRY, schema, *hook, now, now + TRIAL))

    async def end_quarantine(self, schema: str, hook: Hook, now: datetime) -> None:
        """Note that a trial went well; the work that waited for it goes on."""
        await self._platform.execute(_WELL, schema, *hook)
        await self._platform.execute(_LET_GO, schema, held_by(hook), now)
        if (known := self._kept.get(schema)) and hook in known:
            self._kept[schema] = {**known, hook: recovered(known[hook])}

    async def forgive(self, schema: str, hook: Hook) -> None:
        """Note that what had failed a few times, and is not quarantined, went well."""
        await self._platform.execute(_FORGIVE, schema, *hook)

    async def try_soon(self, schema: str, hook: Hook, now: datetime) -> bool:
        """Have a quarantined hook tried at its next call; returns False when it was not waiting."""
        self._kept.pop(schema, None)
        waited = bool(await self._platform.fetchval(_AGAIN, schema, *hook, now))
        await self._platform.execute(_LET_GO, schema, held_by(hook), now)
        return waited

    async def faults(self, schema: str) -> Sequence[Fault]:
        """Return what failed in a tenant, what is left out first."""
        return [Fault(**dict(row)) for row in await self._platform.fetch(_FAULTS, schema)]

    def _forget(self, kind: str, key: str) -> None:
        if kind == "everything":
            self._generation += 1
            self._kept.clear()
        elif kind == "fault":
            self._generation += 1
            self._kept.pop(key, None)


def held_by(hook: Hook) -> str:
    """Return what marks the jobs that wait for a hook."""
    return " ".join(hook)


def _breaker(row: Any) -> Breaker:
    return Breaker(row["failures"], row["since"], row["trips"], row["retry_at"], row["failed_at"])
