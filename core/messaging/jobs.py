"""What a tenant's people see of its jobs (`job_list`), and what they can do to them."""

from uuid import UUID

from core.audit.trail import write_entry
from core.messaging.job_list import JobPage, JobView, Tab, count_jobs, find_job, list_jobs
from core.messaging.relay import STOP_CHANNEL
from core.messaging.repertoire import ATTEMPTS, Repertoire
from core.platform.database import Platform
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict

__all__ = ["STOP_CHANNEL", "JobPage", "JobView", "Tab", "cancel", "count_jobs", "find_job", "list_jobs", "retry", "retry_all"]

# A job that waits anew has no key: another one with the same key may wait already.
_AGAIN = """
UPDATE platform.job j SET state = 'waiting', due = $2, stop_asked = false, finished_at = NULL, worker = '',
    max_attempts = CASE j.state WHEN 'waiting' THEN j.max_attempts ELSE j.attempts + $3 END,
    key = CASE j.state WHEN 'waiting' THEN j.key END
WHERE j.tenant = $1 AND
"""
_RETRY = f"{_AGAIN} j.id = $4 AND j.state IN ('dead', 'cancelled', 'waiting') RETURNING j.id"
_RETRY_ALL = f"{_AGAIN} j.state = 'dead' RETURNING j.id"
_CANCEL = """
UPDATE platform.job SET stop_asked = state = 'running', state = CASE state WHEN 'running' THEN 'running' ELSE 'cancelled' END,
    finished_at = CASE state WHEN 'running' THEN NULL ELSE now() END, beat_at = CASE state WHEN 'running' THEN beat_at END
WHERE id = $1 AND tenant = $2 AND state IN ('waiting', 'queued', 'running') RETURNING state
"""


async def retry(platform: Platform, repertoire: Repertoire, tenant: LiveTenant, job_id: UUID) -> None:
    """Try a job now: one that failed or was cancelled gets all its attempts anew, one that waits need wait no longer.

    Raises `Missing`, and `Conflict` for a job that runs or is done.
    """
    job = await find_job(platform, repertoire, tenant, job_id)
    work = repertoire.get(job.name)
    async with platform.transaction() as db:
        attempts = work.attempts if work else ATTEMPTS
        if not await db.fetchval(_RETRY, tenant.schema, tenant.now(), attempts, job_id):
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
