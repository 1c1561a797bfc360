"""Chooses which due jobs go to Redis next, fairly between tenants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from core.platform.database import Platform


@dataclass(frozen=True, slots=True)
class Fed:
    """A job that was queued: `attempt` is the one to come, `place` its place in its tenant's own line, counted from 1: a
    tenant's first job overtakes another's hundredth.
    """

    id: UUID
    attempt: int
    place: int


@dataclass(frozen=True, slots=True)
class Helping:
    """What one turn queued, and how much room there was for it; with `another`, some other feeder was at it."""

    fed: list[Fed]
    room: int
    another: bool = False


# Lanes with waiting jobs are found by skipping through the index, so that a backlog of a million rows costs what one of ten does. Each puts
# forward its next few due jobs, the more important first, in line behind what flies already of its tenant; the lowest places win. A job is
# not behind less important ones that lie in Redis and have not begun. Jobs of tenants that are not active are left where they are. What is
# asked of a lane is asked in subqueries of its own: as joins, planned while the tables looked small, they took the square of all tenants.
# Each of them has an order: without one, a table that belongs to one tenant by its statistics is read from end to end for another's.
_FEED = """
WITH RECURSIVE flying AS MATERIALIZED (
    SELECT tenant, lane, priority, count(*) AS n, count(*) FILTER (WHERE state = 'queued') AS queued
    FROM platform.job WHERE state IN ('queued', 'running') AND long = $1 GROUP BY tenant, lane, priority
),
room AS MATERIALIZED (SELECT GREATEST(0, $2 - COALESCE(sum(queued), 0))::integer AS n FROM flying),
ahead AS MATERIALIZED (
    SELECT f.tenant, p.priority, sum(f.n) AS held, sum(CASE WHEN f.priority >= p.priority THEN f.n ELSE f.n - f.queued END) AS n
    FROM flying f CROSS JOIN unnest(ARRAY[1, 0, -1]::smallint[]) AS p (priority) GROUP BY f.tenant, p.priority
),
busy AS MATERIALIZED (
    (SELECT tenant, lane FROM platform.job WHERE state = 'waiting' AND long = $1 AND (SELECT n FROM room) > 0 ORDER BY tenant, lane LIMIT 1)
    UNION ALL
    SELECT following.tenant, following.lane FROM busy CROSS JOIN LATERAL (
        SELECT tenant, lane FROM platform.job WHERE state = 'waiting' AND long = $1 AND (tenant, lane) > (busy.tenant, busy.lane)
        ORDER BY tenant, lane LIMIT 1
    ) following
),
ready AS MATERIALIZED (
    SELECT b.tenant, b.lane,
           CASE WHEN b.lane = '' THEN NULL ELSE (SELECT most FROM unnest($5::text[], $6::integer[]) AS w (lane, most) WHERE w.lane = b.lane)
               - COALESCE((SELECT sum(f.n) FROM flying f WHERE f.tenant = b.tenant AND f.lane = b.lane), 0) END AS free
    FROM busy b
    WHERE (SELECT t.state = 'active' AND t.moving IN ('', 'copying') FROM platform.tenant t WHERE t.schema = b.tenant)
      AND (SELECT count(*) > 0 FROM unnest(ARRAY[1, 0, -1]::smallint[]) AS p (priority) CROSS JOIN LATERAL (
               SELECT true FROM platform.job
               WHERE state = 'waiting' AND long = $1 AND tenant = b.tenant AND lane = b.lane AND priority = p.priority AND due <= $3
               ORDER BY due, id LIMIT 1
           ) found)
),
next AS (
    SELECT r.tenant, r.free, found.*,
           row_number() OVER (PARTITION BY r.tenant, r.lane ORDER BY found.priority DESC, found.due, found.id) AS nth
    FROM ready r CROSS JOIN unnest(ARRAY[1, 0, -1]::smallint[]) AS p (priority) CROSS JOIN LATERAL (
        SELECT id, due, priority FROM platform.job
        WHERE state = 'waiting' AND long = $1 AND tenant = r.tenant AND lane = r.lane AND priority = p.priority AND due <= $3
        ORDER BY due, id LIMIT (SELECT room.n / (SELECT count(*) FROM ready) + 4 FROM room)
    ) found
    WHERE COALESCE(r.free > 0, true)
),
line AS (
    SELECT e.id, e.due, COALESCE(a.n, 0)::bigint + e.nth AS place, COALESCE(a.held, 0)::bigint + e.nth AS held FROM (
        SELECT id, tenant, due, priority, row_number() OVER (PARTITION BY tenant ORDER BY priority DESC, due, id) AS nth
        FROM next WHERE COALESCE(nth <= free, true)
    ) e LEFT JOIN ahead a ON a.tenant = e.tenant AND a.priority = e.priority
),
chosen AS MATERIALIZED (
    SELECT id, place FROM line WHERE held <= $4 ORDER BY place, due, id LIMIT (SELECT n FROM room)
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


# One at a time feeds a queue: two that looked at the same moment would both count what flies without the other's.
_MY_TURN = "SELECT pg_try_advisory_xact_lock(7731, $1)"
_LOCKS = {False: 2, True: 3}


class Feeder:
    """Marks due jobs as queued. Any number may run; while one is at it, the others leave it to that one."""

    def __init__(
        self, platform: Platform, *, window: int = 128, share: int = 1_000_000, limits: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """Keep at most `window` jobs queued in each queue, `share` of one tenant queued or running in each, and so many of one name as
        `limits` says where it names it.
        """
        self._platform = platform
        self.window = window
        self.share = share
        self._lanes, self._most = list(limits), list(limits.values())

    async def turn(self, now: datetime, *, long: bool) -> Helping:
        """Queue the next jobs of one queue that are due at `now`; once this returns they are committed, and may be given to Redis."""
        async with self._platform.transaction() as db:
            if not await db.fetchval(_MY_TURN, _LOCKS[long]):
                return Helping([], 0, another=True)
            rows = await db.fetch(_FEED, long, self.window, now, self.share, self._lanes, self._most)
        return Helping([Fed(row["id"], row["attempts"] + 1, row["place"]) for row in rows if row["id"]], rows[0]["room"])

    async def take_back(self, fed: Sequence[Fed]) -> None:
        """Let jobs wait again that Redis did not take."""
        await self._platform.execute(_UNFEED, [each.id for each in fed], [each.attempt for each in fed])
