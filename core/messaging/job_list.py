"""What the Jobs page shows a tenant's people."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.messaging.repertoire import Repertoire
from core.platform.database import Platform
from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing
from weft.tenant import Row

COUNTED = 1000  # a tab's badge counts no further; one more stands for more


class Tab(StrEnum):
    """The parts of the page: what runs, oldest first; what waits, soonest first; what has ended, latest first."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job as people see it; `error` is a sentence about the last attempt, `traceback` is for the operator, and on no page."""

    id: UUID
    name: str
    title: str
    state: str  # waiting, queued, running, done, dead, cancelled
    due: datetime
    attempts: int
    max_attempts: int
    priority: int  # 1 high, 0 normal, -1 low
    error: str
    traceback: str
    progress: int
    progress_of: int
    note: str
    person: str  # who asked for it; empty: the platform
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stopping: bool  # a person has cancelled it, and it has not ended yet

    @property
    def percent(self) -> int | None:
        """How far it is, from 0 to 100, or nothing when it does not tell."""
        return min(100, self.progress * 100 // self.progress_of) if self.progress_of > 0 else None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs; `following` is the cursor of the next page, empty on the last."""

    jobs: tuple[JobView, ...]
    following: str


_COLUMNS = """id, name, state, due, attempts, max_attempts, priority, error, traceback, progress, progress_of, note, actor, created_at,
started_at, finished_at, stop_asked"""
# Each is read off an index, one scan for each state or queue. Row security adds the tenant; naming it here lets the index be used.
_ENDED = f"""
SELECT job.*, job.finished_at AS place FROM unnest($4::text[]) AS wanted (state) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM platform.job j
    WHERE j.tenant = current_user AND j.state = wanted.state AND j.state IN ('done', 'cancelled', 'dead')
      AND (j.finished_at, j.id) < (COALESCE($1::timestamptz, 'infinity'), COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    ORDER BY j.finished_at DESC, j.id DESC LIMIT $3
) job ORDER BY job.finished_at DESC, job.id DESC LIMIT $3
"""
_AFTER = "(COALESCE($1::timestamptz, '-infinity'), COALESCE($2::uuid, '00000000-0000-0000-0000-000000000000'))"
# Lanes are found by skipping through the index, however many jobs wait in each.
_WAITING = f"""
WITH RECURSIVE lane AS (
    (SELECT j.long, j.lane FROM platform.job j WHERE j.tenant = current_user AND j.state = 'waiting' AND NOT j.long ORDER BY j.lane LIMIT 1)
    UNION ALL
    (SELECT j.long, j.lane FROM platform.job j WHERE j.tenant = current_user AND j.state = 'waiting' AND j.long ORDER BY j.lane LIMIT 1)
),
lanes AS (
    SELECT * FROM lane
    UNION ALL
    SELECT next.long, next.lane FROM lanes CROSS JOIN LATERAL (
        SELECT j.long, j.lane FROM platform.job j
        WHERE j.tenant = current_user AND j.state = 'waiting' AND j.long = lanes.long AND j.lane > lanes.lane ORDER BY j.lane LIMIT 1
    ) next
)
SELECT job.*, job.due AS place FROM lanes CROSS JOIN unnest(ARRAY[1, 0, -1]::smallint[]) AS wanted (priority) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM platform.job j
    WHERE j.tenant = current_user AND j.state = 'waiting' AND j.long = lanes.long AND j.lane = lanes.lane AND j.priority = wanted.priority
      AND (j.due, j.id) > {_AFTER}
    ORDER BY j.due, j.id LIMIT $3
) job ORDER BY job.due, job.id LIMIT $3
"""
_RUNNING = f"""
SELECT {_COLUMNS}, j.created_at AS place FROM platform.job j
WHERE j.tenant = current_user AND j.state IN ('queued', 'running') AND (j.created_at, j.id) > {_AFTER}
ORDER BY j.created_at, j.id LIMIT $3
"""
_ONE = f"SELECT {_COLUMNS} FROM platform.job WHERE tenant = current_user AND id = $1"
_COUNT = "(SELECT count(*) FROM (SELECT 1 FROM platform.job j WHERE j.tenant = current_user AND j.{} LIMIT $1) found)"
_COUNTS = f"""
SELECT {_COUNT.format("state IN ('queued', 'running')")} AS running,
       {_COUNT.format("state = 'waiting' AND j.long IN (false, true)")} AS waiting,
       {_COUNT.format("state = 'dead'")} AS failed,
       {_COUNT.format("state IN ('done', 'cancelled')")} AS done
"""
_PAGES: Mapping[Tab, tuple[str, tuple[object, ...]]] = {
    Tab.RUNNING: (_RUNNING, ()),
    Tab.WAITING: (_WAITING, ()),
    Tab.FAILED: (_ENDED, (["dead"],)),
    Tab.DONE: (_ENDED, (["done", "cancelled"],)),
}


async def list_jobs(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, tab: Tab, after: str = "", size: int = 50) -> JobPage:
    """Read one page of a tab; raises `Invalid` for a cursor that is none."""
    place = unpack_cursor(after) if after else (None, None)
    sql, more = _PAGES[tab]
    async with tenant.transaction() as db:
        rows = await db.fetch(sql, *place, size + 1, *more)
    following = pack_cursor(rows[size - 1]["place"], rows[size - 1]["id"]) if len(rows) > size else ""
    return JobPage(await _views(platform, repertoire, rows[:size]), following)


async def find_job(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, job_id: UUID) -> JobView:
    """Return one job; raises `Missing`."""
    async with tenant.transaction() as db:
        row = await db.fetchrow(_ONE, job_id)
    if row is None:
        raise Missing("There is no such job.")
    return (await _views(platform, repertoire, [row]))[0]


async def count_jobs(tenant: LiveTenant) -> dict[Tab, int]:
    """Return how many jobs each tab has, counted up to `COUNTED` and one more."""
    async with tenant.transaction() as db:
        row = await db.fetchrow(_COUNTS, COUNTED + 1)
    assert row is not None
    return {tab: row[tab.value] for tab in Tab}


def pack_cursor(moment: datetime, job_id: UUID) -> str:
    """Return a place in the list as text that fits into a link."""
    return urlsafe_b64encode(f"{moment.isoformat()} {job_id}".encode()).decode().rstrip("=")


def unpack_cursor(text: str) -> tuple[datetime, UUID]:
    """Read a place in the list; raises `Invalid`."""
    try:
        written, _, job_id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError(written)
        return moment, UUID(job_id)
    except ValueError:
        raise Invalid("This page link is broken: go back to the first page.") from None


async def _views(platform: Platform, repertoire: Repertoire, rows: Sequence[Row]) -> tuple[JobView, ...]:
    asked_by = {row["actor"] for row in rows if row["actor"]}
    people = await platform.fetch("SELECT id, name FROM platform.person WHERE id = ANY ($1)", list(asked_by)) if asked_by else []
    names = {row["id"]: row["name"] for row in people}
    views = []
    for row in rows:
        facts = dict(row.items())
        facts.pop("place", None)
        stopping, person = facts.pop("stop_asked"), names.get(facts.pop("actor"), "")
        views.append(JobView(**facts, title=repertoire.title(facts["name"]), person=person, stopping=stopping))
    return tuple(views)
