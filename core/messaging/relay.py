"""Moves what committed transactions left in the outbox to where workers find it: a job as it is, an event as one job per reaction, and as
what is owed to the business's webhooks.
"""

from dataclasses import dataclass
from datetime import datetime

from core.messaging.repertoire import ATTEMPTS, Repertoire
from core.platform.database import Platform

STOP_CHANNEL = "weft_stop"  # tells workers that somebody cancelled a job that runs


@dataclass(frozen=True, slots=True)
class Moved:
    """What one turn did: rows taken from the outbox, jobs made of them."""

    taken: int
    made: int


# One statement, so that a message is in the outbox or has become its jobs, and never both or neither. An unknown job is let through: the
# worker that runs it may be of a newer version than this relay, and lays it aside itself when it is not.
_MOVE = """
WITH taken AS (
    DELETE FROM platform.outbox
    WHERE id = ANY (ARRAY(SELECT id FROM platform.outbox WHERE kind <> 'cancel' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING id, tenant, kind, name, payload, due, key, priority, actor, request_id, trace, created_at
),
work AS (
    SELECT * FROM unnest($3::text[], $4::boolean[], $5::integer[], $13::smallint[], $14::text[])
        AS row (name, long, attempts, priority, lane)
),
reaction AS (
    SELECT * FROM unnest($6::text[], $7::text[], $8::text[], $9::boolean[], $10::integer[]) AS row (event, plugin, name, long, attempts)
),
wanted AS (
    SELECT t.id, t.name, 'waiting' AS state, COALESCE(w.long, false) AS long, COALESCE(t.due, $2) AS due, t.key,
           COALESCE(w.attempts, $11) AS attempts, '' AS error,
           COALESCE(t.priority, w.priority, 0::smallint) AS priority, COALESCE(w.lane, '') AS lane, t AS message
    FROM taken t LEFT JOIN work w ON w.name = t.name WHERE t.kind = 'job'
    UNION ALL
    SELECT gen_random_uuid(), r.name, 'waiting', r.long, $2, NULL, r.attempts, '', 0, '', t
    FROM taken t JOIN reaction r ON r.event = t.name
    JOIN platform.tenant n ON n.schema = t.tenant
    JOIN platform.tenant_module m ON m.tenant_id = n.id AND m.plugin = r.plugin AND m.enabled
    WHERE t.kind = 'event'
    UNION ALL
    SELECT t.id, t.name, 'dead', false, $2, NULL, 1, 'No installed module publishes “' || t.name || '”, so nobody could react to it.',
           0, '', t
    FROM taken t WHERE t.kind = 'event' AND t.name <> ALL ($12::text[])
),
told AS (
    SELECT t.id, t.tenant, t.name, t.payload, t.created_at, e.id AS endpoint FROM taken t JOIN platform.webhook_endpoint e
    ON e.tenant = t.tenant AND e.state <> 'off' AND (e.events = '{}' OR t.name = ANY (e.events)) WHERE t.kind = 'event'
),
message AS (
    INSERT INTO platform.webhook_message (id, tenant, event, payload, created_at)
    SELECT DISTINCT ON (t.id) t.id, t.tenant, t.name, t.payload, t.created_at FROM told t
),
owed AS (
    INSERT INTO platform.webhook_delivery (id, tenant, endpoint, message, due)
    SELECT gen_random_uuid(), t.tenant, t.endpoint, t.id, $2 FROM told t
),
made AS (
    INSERT INTO platform.job (id, tenant, name, payload, state, long, due, key, max_attempts, error, priority, lane, actor, request_id,
                              trace, created_at, finished_at)
    SELECT w.id, (w.message).tenant, w.name, (w.message).payload, w.state, w.long, w.due, w.key, w.attempts, w.error, w.priority, w.lane,
           (w.message).actor, (w.message).request_id, (w.message).trace, (w.message).created_at, CASE w.state WHEN 'dead' THEN now() END
    FROM wanted w ORDER BY (w.message).id
    ON CONFLICT DO NOTHING  -- while a job with the same key waits, a second one is not added
    RETURNING 1
)
SELECT (SELECT count(*) FROM taken) AS taken, (SELECT count(*) FROM made) AS made,
       EXISTS (SELECT 1 FROM platform.outbox WHERE kind = 'cancel') AS calls_off
"""
# A job that is in the outbox still, in another relay's hands perhaps, is waited for. One that nobody knows was never added.
_CALL_OFF = """
WITH asked AS (
    SELECT o.id, o.tenant, o.name::uuid AS job FROM platform.outbox o
    WHERE o.kind = 'cancel' AND NOT EXISTS (SELECT 1 FROM platform.outbox m WHERE m.id = o.name::uuid)
    ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED
),
gone AS (DELETE FROM platform.outbox WHERE id = ANY (ARRAY(SELECT id FROM asked))),
stopped AS (
    UPDATE platform.job j SET stop_asked = j.state = 'running', state = CASE j.state WHEN 'running' THEN 'running' ELSE 'cancelled' END,
        finished_at = CASE j.state WHEN 'running' THEN NULL ELSE now() END, beat_at = CASE j.state WHEN 'running' THEN j.beat_at END
    FROM asked a WHERE j.id = a.job AND j.tenant = a.tenant AND j.state IN ('waiting', 'queued', 'running')
    RETURNING j.id, j.state
)
SELECT count(pg_notify($2, id::text)) FROM stopped WHERE state = 'running'
"""


class Relay:
    """Moves messages in batches. Any number may run at once."""

    def __init__(self, platform: Platform, repertoire: Repertoire, *, batch: int = 500) -> None:
        self._platform = platform
        self.batch = batch
        work, reactions = list(repertoire), repertoire.reactions
        self._declared = (
            [each.name for each in work],
            [each.long for each in work],
            [each.attempts for each in work],
            [event for event, _ in reactions],
            [each.plugin for _, each in reactions],
            [each.name for _, each in reactions],
            [each.long for _, each in reactions],
            [each.attempts for _, each in reactions],
            ATTEMPTS,
            sorted(repertoire.events),
            [each.priority for each in work],
            [each.name if each.concurrency is not None else "" for each in work],
        )

    async def turn(self, now: datetime) -> Moved:
        """Move one batch; what was to be done at once is due at `now`."""
        row = await self._platform.fetchrow(_MOVE, self.batch, now, *self._declared)
        assert row is not None
        if row["calls_off"]:
            await self._platform.execute(_CALL_OFF, self.batch, STOP_CHANNEL)
        return Moved(row["taken"], row["made"])
