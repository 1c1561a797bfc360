"""Chooses which due jobs go to Redis next, fairly between tenants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.platform.database import Platform


@dataclass(frozen=True, slots=True)
class Fed:
    """A job that was queued: `attempt` is the one to come, `place` its place in its tenant's own line, counted from 1.

    Whoever carries it takes lower places first, so that a tenant's first job overtakes another's hundredth.
    """

    id: UUID
    attempt: int
    place: int


@dataclass(frozen=True, slots=True)
class Helping:
    """What one turn queued, and how much room there was for it."""

    fed: list[Fed]
    room: int


# Tenants with waiting jobs are found by skipping through the index, so that a backlog of a million rows costs what one of ten does. Each
# puts forward its next few due jobs, in line behind its own that fly already; the lowest places win. Jobs of tenants that are not active
# are left where they are.
_FEED = """
WITH RECURSIVE flying AS MATERIALIZED (
    SELECT tenant, count(*) AS n, count(*) FILTER (WHERE state = 'queued') AS queued
    FROM platform.job WHERE state IN ('queued', 'running') AND long = $1 GROUP BY tenant
),
room AS MATERIALIZED (SELECT GREATEST(0, $2 - COALESCE(sum(queued), 0))::integer AS n FROM flying),
busy AS (
    (SELECT tenant FROM platform.job WHERE state = 'waiting' AND long = $1 AND (SELECT n FROM room) > 0 ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT following.tenant FROM busy CROSS JOIN LATERAL (
        SELECT tenant FROM platform.job WHERE state = 'waiting' AND long = $1 AND tenant > busy.tenant ORDER BY tenant LIMIT 1
    ) following
),
ready AS MATERIALIZED (
    SELECT b.tenant FROM busy b JOIN platform.tenant t ON t.schema = b.tenant AND t.state = 'active'
    WHERE (SELECT true FROM platform.job WHERE state = 'waiting' AND long = $1 AND tenant = b.tenant AND due <= $3 LIMIT 1)
),
line AS (
    SELECT next.id, next.due, COALESCE(f.n, 0) + row_number() OVER (PARTITION BY r.tenant ORDER BY next.due, next.id) AS place
    FROM ready r LEFT JOIN flying f ON f.tenant = r.tenant CROSS JOIN LATERAL (
        SELECT id, due FROM platform.job WHERE state = 'waiting' AND long = $1 AND tenant = r.tenant AND due <= $3
        ORDER BY due, id LIMIT (SELECT room.n / (SELECT count(*) FROM ready) + 4 FROM room)
    ) next
),
chosen AS MATERIALIZED (
    SELECT id, place FROM line WHERE place <= $4 ORDER BY place, due, id LIMIT (SELECT n FROM room)
),
locked AS MATERIALIZED (
    SELECT id FROM platform.job WHERE id = ANY (ARRAY(SELECT id FROM chosen)) AND state = 'waiting' FOR UPDATE SKIP LOCKED
),
fed AS (
    UPDATE platform.job SET state = 'queued', beat_at = now() WHERE id = ANY (ARRAY(SELECT id FROM locked)) RETURNING id, attempts
)
SELECT room.n AS room, fed.id, fed.attempts, c.place FROM room LEFT JOIN (fed JOIN chosen c ON c.id = fed.id) ON true
"""
_UNFEED = """
UPDATE platform.job j SET state = 'waiting', beat_at = NULL FROM unnest($1::uuid[], $2::integer[]) AS row (id, attempt)
WHERE j.id = row.id AND j.state = 'queued' AND j.attempts = row.attempt - 1
"""


class Feeder:
    """Marks due jobs as queued. Any number may run at once; those that look at the same moment see the same line, and one gets each job."""

    def __init__(self, platform: Platform, *, window: int = 128, share: int = 1_000_000) -> None:
        """Keep at most `window` jobs queued in each queue, and `share` of one tenant queued or running in each."""
        self._platform = platform
        self.window = window
        self.share = share

    async def turn(self, now: datetime, *, long: bool) -> Helping:
        """Queue the next jobs of one queue that are due at `now`; once this returns they are committed, and may be given to Redis."""
        rows = await self._platform.fetch(_FEED, long, self.window, now, self.share)
        return Helping([Fed(row["id"], row["attempts"] + 1, row["place"]) for row in rows if row["id"]], rows[0]["room"])

    async def take_back(self, fed: Sequence[Fed]) -> None:
        """Let jobs wait again that Redis did not take."""
        await self._platform.execute(_UNFEED, [each.id for each in fed], [each.attempt for each in fed])
