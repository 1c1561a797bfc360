"""What the Jobs page shows a tenant's people, and what they can do there."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from core.audit.trail import write_entry
from core.messaging.repertoire import ATTEMPTS, Repertoire
from core.platform.database import Platform
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict, Invalid, Missing
from weft.tenant import Row

COUNTED = 1000  # a tab's badge counts no further; one more stands for more
STOP_CHANNEL = "weft_stop"


class Tab(StrEnum):
    """The parts of the page."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"

    @property
    def states(self) -> tuple[str, ...]:
        """The states of the jobs it shows."""
        return _STATES[self]


_STATES: Mapping[Tab, tuple[str, ...]] = {
    Tab.RUNNING: ("running", "queued"),
    Tab.WAITING: ("waiting",),
    Tab.FAILED: ("dead",),
    Tab.DONE: ("done", "cancelled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job as people see it; `error` is a sentence about the last attempt, `traceback` is for whoever mends it."""

    id: UUID
    name: str
    title: str
    state: str
    due: datetime
    attempts: int
    max_attempts: int
    error: str
    traceback: str
    progress: int
    progress_of: int
    note: str
    person: str  # who asked for it; empty: the platform
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stopping: bool

    @property
    def percent(self) -> int | None:
        """How far it is, from 0 to 100, or nothing when it does not tell."""
        return min(100, self.progress * 100 // self.progress_of) if self.progress_of > 0 else None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first; `following` is the cursor of the next page, empty on the last."""

    jobs: tuple[JobView, ...]
    following: str


_COLUMNS = """id, name, state, due, attempts, max_attempts, error, traceback, progress, progress_of, note, actor, created_at, started_at,
finished_at, stop_asked"""
# One index scan per state; row security adds the tenant, and naming it here lets the index be used.
_PAGE = f"""
SELECT job.* FROM unnest($1::text[]) AS wanted (state) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM platform.job j
    WHERE j.tenant = current_user AND j.state = wanted.state AND (j.created_at, j.id) < ($2, $3)
    ORDER BY j.created_at DESC, j.id DESC LIMIT $4
) job ORDER BY job.created_at DESC, job.id DESC LIMIT $4
"""
_ONE = f"SELECT {_COLUMNS} FROM platform.job WHERE tenant = current_user AND id = $1"
_COUNTS = """
SELECT wanted.state, count(found.id) AS n FROM unnest($1::text[]) AS wanted (state) LEFT JOIN LATERAL (
    SELECT j.id FROM platform.job j WHERE j.tenant = current_user AND j.state = wanted.state LIMIT $2
) found ON true GROUP BY wanted.state
"""
_END = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


async def list_jobs(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, tab: Tab, after: str = "", size: int = 50) -> JobPage:
    """Read one page of a tab; raises `Invalid` for a cursor that is none."""
    created, last = unpack_cursor(after) if after else _END
    async with tenant.transaction() as db:
        rows = await db.fetch(_PAGE, list(tab.states), created, last, size + 1)
    shown = rows[:size]
    following = pack_cursor(shown[-1]["created_at"], shown[-1]["id"]) if len(rows) > size else ""
    return JobPage(await _views(platform, repertoire, shown), following)


async def find_job(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, job_id: UUID) -> JobView:
    """Return one job; raises `Missing`."""
    async with tenant.transaction() as db:
        row = await db.fetchrow(_ONE, job_id)
    if row is None:
        raise Missing("There is no such job.")
    return (await _views(platform, repertoire, [row]))[0]


async def count_jobs(tenant: LiveTenant) -> dict[Tab, int]:
    """Return how many jobs each tab has, counted up to `COUNTED` and one more."""
    states = [state for tab in Tab for state in tab.states]
    async with tenant.transaction() as db:
        rows = await db.fetch(_COUNTS, states, COUNTED + 1)
    found = {row["state"]: row["n"] for row in rows}
    return {tab: min(COUNTED + 1, sum(found[state] for state in tab.states)) for tab in Tab}


async def retry(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, job_id: UUID) -> None:
    """Try a job now: one that failed or was cancelled gets all its attempts anew, one that waits need wait no longer.

    Raises `Missing`, and `Conflict` for a job that runs or is done.
    """
    job = await find_job(platform, repertoire, tenant, job_id)
    work = repertoire.get(job.name)
    async with platform.transaction() as db:
        attempts = work.attempts if work else ATTEMPTS
        if not await db.fetchval(_RETRY, job_id, tenant.schema, tenant.now(), attempts):
            raise Conflict(f"This job is {job.state}: only one that failed, was cancelled or waits can be tried again.")
        await write_entry(db, tenant.schema, tenant.actor, "retried", "core.job", job.title, record=job_id)


async def retry_all(platform: Platform, tenant: LiveTenant) -> int:
    """Try every failed job now; returns how many those were."""
    async with platform.transaction() as db:
        rows = await db.fetch(_RETRY_ALL, tenant.schema, tenant.now(), ATTEMPTS)
        if rows:
            await write_entry(db, tenant.schema, tenant.actor, "retried", "core.job", "All failed jobs", after={"jobs": len(rows)})
    return len(rows)


async def cancel(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, job_id: UUID) -> None:
    """Cancel a job: one that waits never runs, one that runs is stopped and what it did in an open transaction is undone.

    Raises `Missing`, and `Conflict` for a job that has ended.
    """
    job = await find_job(platform, repertoire, tenant, job_id)
    async with platform.transaction() as db:
        state = await db.fetchval(_CANCEL, job_id, tenant.schema)
        if state is None:
            raise Conflict(f"This job is {job.state}, so there is nothing left to cancel.")
        if state == "running":
            await db.execute("SELECT pg_notify($1, $2)", STOP_CHANNEL, str(job_id))
        await write_entry(db, tenant.schema, tenant.actor, "cancelled", "core.job", job.title, record=job_id)


# A job that waits anew has no key: another one with the same key may wait already.
_AGAIN = """
UPDATE platform.job j SET state = 'waiting', due = $%(now)d, max_attempts = CASE j.state WHEN 'waiting' THEN j.max_attempts
                                                                            ELSE j.attempts + $%(attempts)d END,
    stop_asked = false, finished_at = NULL, worker = '',
    key = CASE WHEN j.state <> 'waiting' THEN NULL ELSE j.key END
"""
_RETRY = (
    _AGAIN % {"now": 3, "attempts": 4} + "WHERE j.id = $1 AND j.tenant = $2 AND j.state IN ('dead', 'cancelled', 'waiting') RETURNING true"
)
_RETRY_ALL = _AGAIN % {"now": 2, "attempts": 3} + "WHERE j.tenant = $1 AND j.state = 'dead' RETURNING j.id"
_CANCEL = """
UPDATE platform.job SET stop_asked = state = 'running', state = CASE state WHEN 'running' THEN 'running' ELSE 'cancelled' END,
    finished_at = CASE state WHEN 'running' THEN NULL ELSE now() END, beat_at = CASE state WHEN 'running' THEN beat_at END
WHERE id = $1 AND tenant = $2 AND state IN ('waiting', 'queued', 'running') RETURNING state
"""


def pack_cursor(created_at: datetime, job_id: UUID) -> str:
    """Return a place in the list as text that fits into a link."""
    return urlsafe_b64encode(f"{created_at.isoformat()} {job_id}".encode()).decode().rstrip("=")


def unpack_cursor(text: str) -> tuple[datetime, UUID]:
    """Read a place in the list; raises `Invalid`."""
    try:
        created_at, _, job_id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None:
            raise ValueError(created_at)
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
        stopping, person = facts.pop("stop_asked"), names.get(facts.pop("actor"), "")
        views.append(JobView(**facts, title=repertoire.title(facts["name"]), person=person, stopping=stopping))
    return tuple(views)
