"""What runs by the clock, as a tenant's people see and steer it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from core.audit.trail import write_entry
from core.messaging.repertoire import Repertoire
from core.platform.database import Platform
from core.schedule import next_due
from core.tenancy.tenant import LiveTenant
from weft.errors import Missing
from weft.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """One schedule; `due` is its next time, which a paused one lets pass."""

    name: str
    title: str
    cron: str
    zone: str
    due: datetime
    last_run: datetime | None
    paused: bool


_RUN_NOW = """
INSERT INTO platform.outbox (id, tenant, kind, name, payload, actor, request_id, trace)
SELECT $3, tenant, 'job', job, payload, $4, $5, $6 FROM platform.schedule WHERE tenant = $1 AND name = $2
RETURNING id
"""


async def list_schedules(repertoire: Repertoire, tenant: LiveTenant) -> list[ScheduleView]:
    """Return every schedule of a tenant, in the order of their next times."""
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT name, job, cron, zone, due, last_run, paused FROM platform.schedule ORDER BY due, name")
    return [
        ScheduleView(
            name=row["name"],
            title=repertoire.title(row["job"]),
            cron=row["cron"],
            zone=row["zone"],
            due=row["due"],
            last_run=row["last_run"],
            paused=row["paused"],
        )
        for row in rows
    ]


async def pause(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, name: str) -> None:
    """Let a schedule's times pass until it is resumed; raises `Missing`."""
    async with platform.transaction() as db:
        job = await db.fetchval(
            "UPDATE platform.schedule SET paused = true WHERE tenant = $1 AND name = $2 RETURNING job", tenant.schema, name
        )
        if job is None:
            raise Missing("There is no such schedule.")
        await write_entry(db, tenant.schema, tenant.actor, "paused", "core.schedule", repertoire.title(job), after={"name": name})


async def resume(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, name: str) -> None:
    """Let a schedule run again, from its next time on: what it missed is not made up for. Raises `Missing`."""
    async with platform.transaction() as db:
        row = await db.fetchrow(
            "SELECT job, cron, zone FROM platform.schedule WHERE tenant = $1 AND name = $2 FOR UPDATE", tenant.schema, name
        )
        if row is None:
            raise Missing("There is no such schedule.")
        due = next_due(row["cron"], ZoneInfo(row["zone"]), tenant.now())
        await db.execute("UPDATE platform.schedule SET paused = false, due = $3 WHERE tenant = $1 AND name = $2", tenant.schema, name, due)
        await write_entry(db, tenant.schema, tenant.actor, "resumed", "core.schedule", repertoire.title(row["job"]), after={"name": name})


async def run_now(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, name: str) -> UUID:
    """Run a schedule's job now, in the name of who asks, whether it is paused or not; returns the job's id. Raises `Missing`."""
    actor = tenant.actor
    person = actor.person.id if actor.person else None
    async with platform.transaction() as db:
        job_id = await db.fetchval(_RUN_NOW, tenant.schema, name, new_id(), person, actor.request_id, actor.trace)
        if job_id is None:
            raise Missing("There is no such schedule.")
        await write_entry(db, tenant.schema, tenant.actor, "ran", "core.schedule", repertoire.title(name.partition("#")[0]), record=job_id)
    return UUID(str(job_id))
