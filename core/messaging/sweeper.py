"""Puts back what was lost on the way: jobs that Redis forgot, and jobs whose worker died."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from core.messaging.claims import KEY_KEPT, RECEIPT, Delivery
from core.platform.database import Platform

SILENT = "The worker that ran it stopped without a word."


@dataclass(frozen=True, slots=True)
class Buried:
    """A job whose worker died, and what became of it: waiting, dead, cancelled, or done, when its receipt says so."""

    id: UUID
    tenant: str
    name: str
    state: str


_QUEUED = """
SELECT id, attempts + 1 AS attempt, long FROM platform.job
WHERE state = 'queued' AND beat_at < now() - $1::interval ORDER BY beat_at LIMIT 1000
"""
_SEEN = "UPDATE platform.job SET beat_at = now() WHERE id = ANY ($1) AND state = 'queued'"
_PUT_BACK = """
UPDATE platform.job j SET state = 'waiting', beat_at = NULL FROM unnest($1::uuid[], $2::integer[]) AS row (id, attempt)
WHERE j.id = row.id AND j.state = 'queued' AND j.attempts = row.attempt - 1
"""
# Where two jobs with one key died together only the first keeps it: the other waits without.
_SILENT = f"""
WITH silent AS MATERIALIZED (
    SELECT id FROM platform.job WHERE state = 'running' AND beat_at < now() - $1::interval ORDER BY beat_at LIMIT 200 FOR UPDATE SKIP LOCKED
),
ranked AS (
    SELECT j.id, row_number() OVER (PARTITION BY j.tenant, j.name, j.key ORDER BY j.id) AS place FROM silent JOIN platform.job j USING (id)
)
UPDATE platform.job j SET
    state = CASE WHEN {RECEIPT} THEN 'done' WHEN j.stop_asked THEN 'cancelled' WHEN j.attempts >= j.max_attempts THEN 'dead'
                 ELSE 'waiting' END,
    finished_at = CASE WHEN {RECEIPT} OR j.stop_asked OR j.attempts >= j.max_attempts THEN now() END,
    due = CASE WHEN j.attempts >= j.max_attempts THEN j.due ELSE $2::timestamptz + interval '10 seconds' * (j.attempts - 1) END,
    key = CASE WHEN r.place > 1 THEN NULL ELSE {KEY_KEPT} END,
    error = CASE WHEN {RECEIPT} THEN '' ELSE $3 END, beat_at = NULL
FROM ranked r WHERE j.id = r.id
RETURNING j.id, j.tenant::text, j.name, j.state
"""


class Sweeper:
    """Looks for what was lost. Any number may run at once."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def queued_since(self, age: timedelta) -> list[tuple[Delivery, bool]]:
        """Return jobs that were queued longer than `age` ago and not begun, each with whether it is on the long queue."""
        rows = await self._platform.fetch(_QUEUED, age)
        return [(Delivery(row["id"], row["attempt"]), row["long"]) for row in rows]

    async def seen(self, jobs: Sequence[Delivery]) -> None:
        """Note that jobs are still in Redis, so that they are not asked for again too soon."""
        await self._platform.execute(_SEEN, [each.id for each in jobs])

    async def put_back(self, lost: Sequence[Delivery]) -> int:
        """Let jobs wait again that Redis no longer has; returns how many those were."""
        return await self._platform.execute(_PUT_BACK, [each.id for each in lost], [each.attempt for each in lost])

    async def bury(self, silence: timedelta, now: datetime) -> list[Buried]:
        """Take jobs from workers that gave no sign of life for `silence`: they wait again, from `now` on, or have run out of attempts."""
        try:
            rows = await self._platform.fetch(_SILENT, silence, now, SILENT)
        except asyncpg.UniqueViolationError:
            return []  # another job with the same key was added in the same moment; the next turn sees it
        return [Buried(row["id"], row["tenant"], row["name"], row["state"]) for row in rows]
