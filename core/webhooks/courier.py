"""Takes events to endpoints: a few of each at a time, so that one that hangs delays none but its own."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import prometheus_client
import structlog

from core.platform.database import Platform
from core.settings import Misconfigured, Settings
from core.vault.columns import Unreadable
from core.vault.keys import Vault
from core.webhooks.network import Sender, read_networks
from core.webhooks.patience import OFF_AFTER, PAUSED_AFTER, PROBED_EVERY, Attempt, next_due
from core.webhooks.sealing import Sealer
from core.webhooks.signing import headers
from weft.ids import new_id

Log = structlog.get_logger("weft.webhooks")
TOLD = prometheus_client.Counter("weft_webhooks_total", "Attempts to deliver a webhook, by how they ended", ["state"])
LEASE = timedelta(minutes=1)  # more than an exchange may take; after that another worker may send the same again
OF_ONE = 5  # deliveries to one endpoint at once
LOOKS_AFTER = "core.webhooks"  # the permission

# Of a paused endpoint one delivery is tried, when its time has come.
_TAKE = """
WITH chosen AS (
    SELECT d.id, e.state = 'paused' AS probing, e.id AS endpoint
    FROM platform.webhook_endpoint e JOIN platform.tenant t ON t.schema = e.tenant AND t.state = 'active' AND t.moving IN ('', 'copying')
    CROSS JOIN LATERAL (
        SELECT w.id, w.due FROM platform.webhook_delivery w
        WHERE w.endpoint = e.id AND w.state = 'waiting' AND (w.due <= $1 OR e.state = 'paused')
        ORDER BY w.due, w.id LIMIT CASE e.state WHEN 'on' THEN $3::integer ELSE 1 END FOR UPDATE SKIP LOCKED
    ) d
    WHERE (e.state = 'on' OR (e.state = 'paused' AND e.probe_at <= $1)) AND e.id <> ALL ($6::uuid[])
    ORDER BY d.due LIMIT $4
),
probed AS (
    UPDATE platform.webhook_endpoint SET probe_at = $1 + $5::interval WHERE id IN (SELECT c.endpoint FROM chosen c WHERE c.probing)
),
taken AS (
    UPDATE platform.webhook_delivery w SET attempts = w.attempts + CASE WHEN c.probing THEN 0 ELSE 1 END, due = $1 + $2::interval
    FROM chosen c WHERE c.id = w.id AND w.state = 'waiting' AND (w.due <= $1 OR c.probing)
    RETURNING w.id, w.tenant, w.endpoint, w.message, w.attempts, c.probing
)
SELECT t.*, e.url, e.secret, e.old_secret, e.old_until, m.event, m.payload::text AS payload, m.created_at
FROM taken t JOIN platform.webhook_endpoint e ON e.id = t.endpoint JOIN platform.webhook_message m ON m.id = t.message
"""
_NOTE = """
INSERT INTO platform.webhook_attempt (id, tenant, delivery, at, status, ms, error, answer)
SELECT $1, d.tenant, d.id, $3, $4, $5, $6, $7 FROM platform.webhook_delivery d WHERE d.id = $2
"""
_DELIVERED = "UPDATE platform.webhook_delivery SET state = 'delivered', finished_at = $2 WHERE id = $1 AND state = 'waiting'"
_WORKS = """
UPDATE platform.webhook_endpoint e SET state = CASE e.state WHEN 'paused' THEN 'on' ELSE e.state END, failing_since = NULL, probe_at = NULL,
    last_error = '' FROM (SELECT id, state FROM platform.webhook_endpoint WHERE id = $1 FOR UPDATE) o
WHERE e.id = o.id AND e.failing_since IS NOT NULL RETURNING o.state = 'paused' AS returned
"""
_LATER = "UPDATE platform.webhook_delivery SET due = $2 WHERE id = $1 AND state = 'waiting'"
_GIVEN_UP = "UPDATE platform.webhook_delivery SET state = 'failed', finished_at = $2 WHERE id = $1 AND state = 'waiting'"
_FAILS = """
UPDATE platform.webhook_endpoint e SET failing_since = COALESCE(e.failing_since, $2), last_error = $3,
    state = CASE WHEN e.state = 'off' OR $4 OR COALESCE(e.failing_since, $2) <= $2 - $6::interval THEN 'off'
                 WHEN e.state = 'paused' OR COALESCE(e.failing_since, $2) <= $2 - $5::interval THEN 'paused' ELSE e.state END,
    probe_at = CASE WHEN e.state = 'on' THEN $2 + $7::interval ELSE e.probe_at END
FROM (SELECT id, state FROM platform.webhook_endpoint WHERE id = $1 FOR UPDATE) o
WHERE e.id = o.id RETURNING CASE WHEN e.state <> o.state THEN e.state ELSE '' END AS became
"""
_CALL_OFF = "UPDATE platform.webhook_delivery SET state = 'cancelled', finished_at = $2 WHERE endpoint = $1 AND state = 'waiting'"
_ALL_AT_ONCE = "UPDATE platform.webhook_delivery SET due = $2 WHERE endpoint = $1 AND state = 'waiting' AND due > $2"
_SAY = "INSERT INTO platform.notification (id, tenant, permission, body, link) VALUES ($1, $2, $3, $4, $5)"
_SAID = {
    "paused": "{url} has taken no webhook for a day. It is tried once an hour; what waits is kept, and sent as soon as it answers.",
    "off": "Webhooks to {url} are switched off: {error}",
    "on": "{url} takes webhooks again; what waited is on its way.",
}


class Courier:
    """Delivers what is due. Any number may run at once; what arrives may arrive twice, under the same `webhook-id`."""

    def __init__(self, platform: Platform, settings: Settings, vault: Vault, *, sender: Sender | None = None, at_once: int = 50) -> None:
        """`at_once` is how many deliveries are on their way at most; `on_free` is called when one has ended."""
        self._platform, self._sealer, self._at_once = platform, Sealer(vault), at_once
        self._sender = sender or Sender(read_networks(settings.webhook_networks))
        self._flying: dict[asyncio.Task[None], UUID] = {}
        self.on_free: Callable[[], None] = lambda: None

    async def aclose(self) -> None:
        """Leave what is on its way, which another worker sends again, and close the connections that are kept."""
        for task in self._flying:
            task.cancel()
        await self.landed()
        await self._sender.aclose()

    async def landed(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._flying, return_exceptions=True)

    async def turn(self, now: datetime) -> int:
        """Begin to deliver what is due, as far as there is room; returns how much was begun."""
        room = self._at_once - len(self._flying)
        busy = [endpoint for endpoint, count in Counter(self._flying.values()).items() if count >= OF_ONE]
        rows = await self._platform.fetch(_TAKE, now, LEASE, OF_ONE, room, PROBED_EVERY, busy) if room else []
        for row in rows:
            task = asyncio.create_task(self._deliver(dict(row), now), name="weft webhook")
            self._flying[task] = row["endpoint"]
            task.add_done_callback(self._land)
        return len(rows)

    def _land(self, task: "asyncio.Task[None]") -> None:
        self._flying.pop(task, None)
        if not task.cancelled() and (wrong := task.exception()):
            Log.warning("how a webhook went could not be noted; it is sent again", error=f"{type(wrong).__name__}: {wrong}")
        self.on_free()

    async def _deliver(self, owed: Mapping[str, Any], now: datetime) -> None:
        attempt = await self._send(owed, now)
        TOLD.labels("delivered" if attempt.succeeded else "failed").inc()
        async with self._platform.transaction() as db:
            await db.execute(_NOTE, new_id(), owed["id"], attempt.at, attempt.status, attempt.ms, attempt.error, attempt.answer)
            if not attempt.succeeded:
                await self._note_failure(db, owed, attempt, now)
                return
            await db.execute(_DELIVERED, owed["id"], now)
            if await db.fetchval(_WORKS, owed["endpoint"]):
                await db.execute(_ALL_AT_ONCE, owed["endpoint"], now)
                await self._say(db, owed, "on", "")

    async def _send(self, owed: Mapping[str, Any], now: datetime) -> Attempt:
        endpoint: UUID = owed["endpoint"]
        body = msgspec.json.encode({"type": owed["event"], "timestamp": owed["created_at"], "data": msgspec.Raw(owed["payload"].encode())})
        try:
            keys = [await self._sealer.open(owed["tenant"], endpoint, owed["secret"])]
            if owed["old_secret"] is not None and owed["old_until"] > now:
                keys.append(await self._sealer.open(owed["tenant"], endpoint, owed["old_secret"]))
        except (Unreadable, Misconfigured):
            return Attempt(now, None, 0, "The secret of this endpoint was sealed by an installation with another key: make a new secret.")
        return await self._sender.post(owed["url"], body, headers(owed["message"], now, body, keys), now)

    async def _note_failure(self, db: Any, owed: Mapping[str, Any], attempt: Attempt, now: datetime) -> None:
        if not owed["probing"]:
            due = next_due(owed["attempts"], attempt)
            if due is None:
                await db.execute(_GIVEN_UP, owed["id"], now)
            else:
                await db.execute(_LATER, owed["id"], due)
        reason = "it answered 410, that it is gone for good." if attempt.unwanted else "it has taken nothing for 30 days."
        times = (PAUSED_AFTER, OFF_AFTER, PROBED_EVERY)
        became = await db.fetchval(_FAILS, owed["endpoint"], now, attempt.error, attempt.unwanted, *times)
        if became:
            Log.warning("an endpoint of webhooks is left alone", endpoint=str(owed["endpoint"]), state=became, error=attempt.error)
            await self._say(db, owed, became, reason)
        if became == "off":
            await db.execute(_CALL_OFF, owed["endpoint"], now)

    async def _say(self, db: Any, owed: Mapping[str, Any], what: str, error: str) -> None:
        text = _SAID[what].format(url=owed["url"][:200], error=error)
        await db.execute(_SAY, new_id(), owed["tenant"], LOOKS_AFTER, text, f"/webhooks/{owed['endpoint']}")
