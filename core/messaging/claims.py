"""What a worker says of the jobs it was handed: it takes them, lives, is done, has failed, or gives them back.

Every statement names the attempt, so that whoever comes late (a second delivery, a worker that was believed dead) changes nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from core.platform.database import Platform
from core.tenancy.scope import LiveScope
from weft.tenant import Person

LONGEST_TRACE = 20_000  # characters of a traceback that are kept: its end tells most


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job as Redis carries it."""

    id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker now runs; `payload` is JSON, `trace` a W3C traceparent."""

    id: UUID
    attempt: int
    slug: str
    schema: str
    name: str
    payload: str
    attempts: int  # how many there may be
    person: Person | None
    request_id: str
    trace: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed; with `final` there is no other."""

    error: str
    traceback: str
    final: bool
    again_in: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """Why a job was not begun: what it would run is left out here for a time."""

    sentence: str
    held_by: str  # the plugin and the hook, as `core.firewall.books` marks them


@dataclass(frozen=True, slots=True)
class Alive:
    """What the database says to a worker's beat: which jobs are still its own, and which a person wants stopped."""

    kept: frozenset[UUID]
    stop: frozenset[UUID]


# A job whose tenant was suspended since it was queued waits again.
_CLAIM = """
WITH wanted AS MATERIALIZED (
    SELECT j.id, t.slug, t.state = 'active' AND t.moving IN ('', 'copying') AS open
    FROM unnest($1::uuid[], $2::integer[]) AS row (id, attempt)
    JOIN platform.job j ON j.id = row.id AND j.attempts = row.attempt - 1 AND j.state = 'queued'
    JOIN platform.tenant t ON t.schema = j.tenant
    FOR UPDATE OF j SKIP LOCKED
),
taken AS (
    UPDATE platform.job j SET state = CASE WHEN w.open THEN 'running' ELSE 'waiting' END, attempts = j.attempts + w.open::integer,
        held_by = '', worker = $3, beat_at = now(), started_at = CASE WHEN w.open THEN now() END, progress = 0, progress_of = 0, note = ''
    FROM wanted w WHERE j.id = w.id
    RETURNING j.*, w.slug, w.open
)
SELECT t.id, t.attempts, t.slug, t.tenant::text, t.name, t.payload::text, t.max_attempts, t.request_id, t.trace, t.due,
       p.id AS person_id, p.name AS person_name, COALESCE(p.email, p.pending_email) AS person_email
FROM taken t LEFT JOIN platform.person p ON p.id = t.actor WHERE t.open
"""
_FINISH = """
UPDATE platform.job j SET state = 'done', finished_at = now(), beat_at = NULL, error = '', traceback = ''
FROM unnest($1::uuid[], $2::integer[]) AS row (id, attempt)
WHERE j.id = row.id AND j.attempts = row.attempt AND j.worker = $3 AND j.state = 'running'
"""
# A job that goes back to wait keeps its key, unless another with the same key has begun to wait meanwhile.
KEY_KEPT = """
CASE WHEN EXISTS (SELECT 1 FROM platform.job o WHERE o.tenant = j.tenant AND o.name = j.name AND o.key = j.key
                  AND o.state IN ('waiting', 'queued')) THEN NULL ELSE j.key END
"""
RECEIPT = "EXISTS (SELECT 1 FROM platform.job_receipt r WHERE r.job_id = j.id)"
# An atomic job can fail after its effects were applied: the connection broke before the commit was acknowledged. The receipt knows.
_FAIL = f"""
UPDATE platform.job j SET
    state = CASE WHEN {RECEIPT} THEN 'done' WHEN j.stop_asked THEN 'cancelled' WHEN $6 OR j.attempts >= j.max_attempts THEN 'dead'
                 ELSE 'waiting' END,
    due = CASE WHEN $6 OR j.attempts >= j.max_attempts THEN j.due ELSE $7 END,
    finished_at = CASE WHEN {RECEIPT} OR j.stop_asked OR $6 OR j.attempts >= j.max_attempts THEN now() END,
    key = {KEY_KEPT}, error = $4, traceback = $5, beat_at = NULL
WHERE j.id = $1 AND j.attempts = $2 AND j.worker = $3 AND j.state = 'running'
RETURNING j.state
"""
_GIVE_BACK = f"""
UPDATE platform.job j SET state = 'waiting', attempts = j.attempts - 1, worker = '', beat_at = NULL, started_at = NULL, key = {KEY_KEPT}
WHERE j.id = $1 AND j.attempts = $2 AND j.worker = $3 AND j.state = 'running'
"""
# The lock lets no job begin to wait for what is sound again in the same moment, of which nobody would tell it any more.
_HOLD = f"""
WITH fault AS MATERIALIZED (
    SELECT retry_at FROM platform.hook_fault WHERE retry_at IS NOT NULL
    AND tenant = $4 AND plugin = split_part($5, ' ', 1) AND hook = split_part($5, ' ', 2) FOR SHARE
)
UPDATE platform.job j SET state = CASE WHEN j.stop_asked THEN 'cancelled' ELSE 'waiting' END, attempts = j.attempts - 1, worker = '',
    finished_at = CASE WHEN j.stop_asked THEN now() END, beat_at = NULL, started_at = NULL, key = {KEY_KEPT},
    due = COALESCE((SELECT GREATEST(retry_at, $7::timestamptz + interval '2 seconds') FROM fault), $7::timestamptz),
    held_by = $5, error = $6
WHERE j.id = $1 AND j.attempts = $2 AND j.worker = $3 AND j.state = 'running'
RETURNING j.state
"""
_BEAT = """
UPDATE platform.job SET beat_at = now() WHERE id = ANY ($1) AND worker = $2 AND state = 'running' RETURNING id, stop_asked
"""
_PROGRESS = """
UPDATE platform.job SET progress = $4, progress_of = $5, note = $6, beat_at = now()
WHERE id = $1 AND attempts = $2 AND worker = $3 AND state = 'running'
"""
_RECEIPT = "INSERT INTO platform.job_receipt (job_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING true"


class Claims:
    """One worker's word on jobs; `worker` names it, and no other ever has the same name."""

    def __init__(self, platform: Platform, worker: str) -> None:
        self._platform = platform
        self.worker = worker

    async def claim(self, deliveries: Sequence[Delivery]) -> list[Claimed]:
        """Take the jobs that may be taken; those that are missing from the answer are no (longer) this delivery's to run."""
        rows = await self._platform.fetch(_CLAIM, [each.id for each in deliveries], [each.attempt for each in deliveries], self.worker)
        return [_claimed(row) for row in rows]

    async def finish(self, done: Sequence[Delivery]) -> None:
        """Say that jobs are done."""
        await self._platform.execute(_FINISH, [each.id for each in done], [each.attempt for each in done], self.worker)

    async def fail(self, job: Delivery, failure: Failure, now: datetime) -> str:
        """Say that an attempt failed; returns the state the job is in now: waiting, dead, cancelled, or done after all."""
        trace = failure.traceback[-LONGEST_TRACE:]
        arguments = (job.id, job.attempt, self.worker, _storable(failure.error), _storable(trace), failure.final, now + failure.again_in)
        with suppress(asyncpg.UniqueViolationError):
            return await self._platform.fetchval(_FAIL, *arguments) or "gone"
        # another job with the same key was added in the same moment; now it can be seen
        return await self._platform.fetchval(_FAIL, *arguments) or "gone"

    async def give_back(self, job: Delivery) -> None:
        """Let a job that was begun here wait for another worker, as though it had not been begun."""
        with suppress(asyncpg.UniqueViolationError):
            await self._platform.execute(_GIVE_BACK, job.id, job.attempt, self.worker)
            return
        await self._platform.execute(_GIVE_BACK, job.id, job.attempt, self.worker)

    async def hold(self, job: Claimed, held: Held, now: datetime) -> str:
        """Let a job wait for what is left out, as though it had not been begun; returns its state: waiting, or cancelled meanwhile."""
        arguments = (job.id, job.attempt, self.worker, job.schema, held.held_by, _storable(held.sentence), now)
        with suppress(asyncpg.UniqueViolationError):
            return await self._platform.fetchval(_HOLD, *arguments) or "gone"
        return await self._platform.fetchval(_HOLD, *arguments) or "gone"

    async def beat(self, running: Sequence[UUID]) -> Alive:
        """Say that this worker lives and runs these jobs."""
        rows = await self._platform.fetch(_BEAT, running, self.worker)
        return Alive(frozenset(row["id"] for row in rows), frozenset(row["id"] for row in rows if row["stop_asked"]))

    async def progress(self, job: Delivery, done: int, total: int, note: str) -> None:
        """Show how far a job is, at once, whatever becomes of its transaction."""
        await self._platform.execute(_PROGRESS, job.id, job.attempt, self.worker, done, total, _storable(note)[:500])


async def first_time(scope: LiveScope, job_id: UUID) -> bool:
    """Write the receipt of an atomic job into its own transaction; returns False when its effects are there already.

    While another worker is about to commit the same job, this waits for the outcome.
    """
    return bool(await scope.connection.fetchval(_RECEIPT, job_id))


def _claimed(row: asyncpg.Record) -> Claimed:
    person = Person(row["person_id"], row["person_name"], row["person_email"]) if row["person_id"] else None
    return Claimed(
        id=row["id"],
        attempt=row["attempts"],
        slug=row["slug"],
        schema=row["tenant"],
        name=row["name"],
        payload=row["payload"],
        attempts=row["max_attempts"],
        person=person,
        request_id=row["request_id"],
        trace=row["trace"],
        due=row["due"],
    )


def _storable(text: str) -> str:
    """Return text without what PostgreSQL cannot store."""
    return text.replace("\x00", "�").encode(errors="replace").decode()
