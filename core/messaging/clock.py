"""Runs what plugins want run by the clock, once per tenant, in the tenant's own time zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from core.checks.running import NIGHTLY, RUN_CHECKS, Checking
from core.platform.database import Db, Platform
from core.plugins.registry import Registry
from core.schedule import next_due
from core.sealing import NIGHTLY as SEALING
from core.sealing import SEAL_READABLE, Sealing, takes_over
from core.tenancy.pending import as_json
from weft.errors import Invalid
from weft.ids import new_id

KEY = "by the clock"  # while a run of a schedule waits, its next one is not added


@dataclass(frozen=True, slots=True)
class Declared:
    """A schedule as a plugin declares it; `payload` is JSON."""

    name: str
    plugin: str
    job: str
    cron: str
    payload: str


# What each tenant should have and what it has, side by side, where they differ. A tenant in grace before its deletion keeps its schedules.
_DIFFERENCES = """
WITH wanted AS (
    SELECT t.schema AS tenant, d.name, d.job, d.cron, t.timezone AS zone, d.payload::jsonb AS payload
    FROM platform.tenant t JOIN platform.tenant_module m ON m.tenant_id = t.id AND m.enabled
    JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS d (name, plugin, job, cron, payload) ON d.plugin = m.plugin
    WHERE t.state IN ('active', 'suspended', 'deleting') AND ($6::text IS NULL OR t.schema = $6)
    UNION ALL
    SELECT t.schema, 'core.send_report#' || l.id, 'core.send_report', l.cron, t.timezone, jsonb_build_object('id', l.id)
    FROM platform.report_letter l JOIN platform.tenant t ON t.schema = l.tenant
    WHERE t.state IN ('active', 'suspended', 'deleting') AND ($6::text IS NULL OR t.schema = $6)
),
had AS (SELECT * FROM platform.schedule WHERE $6::text IS NULL OR tenant = $6)
SELECT COALESCE(w.tenant, h.tenant)::text AS tenant, COALESCE(w.name, h.name) AS name, w.name IS NULL AS gone, w.job, w.cron, w.zone,
       w.payload::text AS payload
FROM wanted w FULL JOIN had h ON h.tenant = w.tenant AND h.name = w.name
WHERE (w.job, w.cron, w.zone, w.payload) IS DISTINCT FROM (h.job, h.cron, h.zone, h.payload)
LIMIT 5000
"""
_STORE = """
INSERT INTO platform.schedule AS s (tenant, name, job, cron, zone, payload, due)
SELECT tenant, name, job, cron, zone, payload::jsonb, due
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    AS row (tenant, name, job, cron, zone, payload, due)
ON CONFLICT (tenant, name) DO UPDATE SET job = excluded.job, cron = excluded.cron, zone = excluded.zone, payload = excluded.payload,
    due = CASE WHEN (s.cron, s.zone) IS DISTINCT FROM (excluded.cron, excluded.zone) THEN excluded.due ELSE s.due END
"""
_FORGET = """
DELETE FROM platform.schedule s USING unnest($1::text[], $2::text[]) AS row (tenant, name) WHERE s.tenant = row.tenant AND s.name = row.name
"""
_DUE = """
SELECT s.tenant::text, s.name, s.job, s.cron, s.zone FROM platform.schedule s
JOIN platform.tenant t ON t.schema = s.tenant AND t.state = 'active' AND t.moving IN ('', 'copying')
WHERE s.due <= $1 AND NOT s.paused ORDER BY s.due LIMIT $2 FOR UPDATE OF s SKIP LOCKED
"""
_RUN = """
WITH run AS (
    UPDATE platform.schedule s SET due = row.due, last_run = $5
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[]) AS row (tenant, name, due, id)
    WHERE s.tenant = row.tenant AND s.name = row.name
    RETURNING row.id, s.tenant, s.name, s.job, s.payload
)
INSERT INTO platform.outbox (id, tenant, kind, name, payload, key)
SELECT id, tenant, 'job', job, payload, $6 || ' (' || name || ')' FROM run
"""


class Clock:
    """Knows what is declared, keeps every tenant's schedules equal to it, and starts what is due. Any number may run at once."""

    def __init__(self, platform: Platform, registry: Registry, *, batch: int = 200) -> None:
        self._platform = platform
        self._declared = declared(registry)
        self.batch = batch

    async def turn(self, now: datetime) -> int:
        """Start what is due at `now`; returns how many schedules that were.

        Each job goes into the outbox in the transaction that sets its schedule's next time. A schedule that was due many times while
        nobody looked is run once.
        """
        async with self._platform.transaction() as db:
            due = await db.fetch(_DUE, now, self.batch)
            if due:
                await db.execute(
                    _RUN,
                    [row["tenant"] for row in due],
                    [row["name"] for row in due],
                    [_following(row, now) for row in due],
                    [new_id() for _ in due],
                    now,
                    KEY,
                )
        return len(due)

    async def keep_up(self, now: datetime) -> int:
        """Bring all tenants' schedules to what is declared and to their time zones; returns how many were changed."""
        async with self._platform.transaction() as db:
            return await store(db, self._declared, now)


def declared(registry: Registry) -> list[Declared]:
    """Return every schedule of every installed plugin, each under a name of its own."""
    found: list[Declared] = []
    for key in registry.plugins:
        seen: dict[str, int] = {}
        for schedule in registry.schedules(frozenset({key})):
            count = seen[schedule.job.name] = seen.get(schedule.job.name, 0) + 1
            name = schedule.job.name if count == 1 else f"{schedule.job.name}#{count}"
            found.append(Declared(name, key, schedule.job.name, schedule.cron, as_json(schedule.payload)))
        if registry.checks(frozenset({key})):
            found.append(Declared(f"{RUN_CHECKS.name}.{key}", key, RUN_CHECKS.name, NIGHTLY, as_json(Checking(key))))
        if takes_over(registry, key):
            found.append(Declared(f"{SEAL_READABLE.name}.{key}", key, SEAL_READABLE.name, SEALING, as_json(Sealing(key))))
    return found


async def store(db: "Db[asyncpg.Record]", wanted: list[Declared], now: datetime, schema: str | None = None) -> int:
    """Bring the schedules of one tenant, or of all, to what is declared, in the caller's transaction; returns how many were changed.

    Call it with a tenant's schema after its time zone or its modules changed: the clock itself looks only once a minute.
    """
    columns = [[getattr(each, field) for each in wanted] for field in ("name", "plugin", "job", "cron", "payload")]
    rows = await db.fetch(_DIFFERENCES, *columns, schema)
    if gone := [row for row in rows if row["gone"]]:
        await db.execute(_FORGET, [row["tenant"] for row in gone], [row["name"] for row in gone])
    if kept := [row for row in rows if not row["gone"]]:
        texts = [[row[column] for row in kept] for column in ("tenant", "name", "job", "cron", "zone", "payload")]
        await db.execute(_STORE, *texts, [_following(row, now) for row in kept])
    return len(rows)


def _following(row: asyncpg.Record, now: datetime) -> datetime:
    """Return the next time; a declaration that never comes due is put off for ever instead of stopping all others."""
    try:
        return next_due(row["cron"], ZoneInfo(row["zone"]), now)
    except (Invalid, KeyError):
        return datetime.max.replace(tzinfo=now.tzinfo)
