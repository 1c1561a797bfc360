"""What was told to whom: the deliveries of an endpoint, each attempt, and sending again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from core.audit.trail import write_entry
from core.tenancy.tenant import LiveTenant
from core.webhooks.endpoints import KIND
from weft.errors import Conflict, Invalid, Missing

if TYPE_CHECKING:
    from core.runtime import Runtime

SIZE = 50


class Show(StrEnum):
    """Which deliveries."""

    ALL = "all"
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that an endpoint is or was owed; `status` and `error` are of the last attempt."""

    id: UUID
    endpoint: UUID
    message: UUID
    event: str
    state: str
    attempts: int
    due: datetime
    created_at: datetime
    finished_at: datetime | None
    status: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt."""

    at: datetime
    status: int | None
    ms: int
    error: str
    answer: str


_COLUMNS = """
d.id, d.endpoint, d.message, m.event, d.state, d.attempts, d.due, d.created_at, d.finished_at, a.status, COALESCE(a.error, '') AS error
FROM platform.webhook_delivery d JOIN platform.webhook_message m ON m.id = d.message
LEFT JOIN LATERAL (
    SELECT t.status, t.error FROM platform.webhook_attempt t WHERE t.delivery = d.id ORDER BY t.at DESC, t.id DESC LIMIT 1
) a ON true
"""
_LIST = f"""
SELECT {_COLUMNS} WHERE d.tenant = $1 AND d.endpoint = $2 AND ($3 = 'all' OR d.state = $3)
AND ($4::uuid IS NULL OR (d.created_at, d.id) < (
    SELECT l.created_at, l.id FROM platform.webhook_delivery l WHERE l.tenant = $1 AND l.id = $4))
ORDER BY d.created_at DESC, d.id DESC LIMIT $5
"""
_ONE = f"SELECT {_COLUMNS} WHERE d.tenant = $1 AND d.id = $2"
_BODY = """
SELECT m.payload::text FROM platform.webhook_delivery d JOIN platform.webhook_message m ON m.id = d.message
WHERE d.tenant = $1 AND d.id = $2
"""
_TRIES = "SELECT at, status, ms, error, answer FROM platform.webhook_attempt WHERE tenant = $1 AND delivery = $2 ORDER BY at DESC, id DESC"
_AGAIN = """
UPDATE platform.webhook_delivery d SET state = 'waiting', attempts = 0, due = $3, finished_at = NULL
FROM platform.webhook_endpoint e WHERE e.id = d.endpoint AND e.state <> 'off' AND d.tenant = $1 AND {which}
RETURNING d.id
"""
_AGAIN_ONE = _AGAIN.format(which="d.id = $2")
_AGAIN_FAILED = _AGAIN.format(which="d.endpoint = $2 AND d.state IN ('failed', 'cancelled') AND d.created_at >= $4")


async def deliveries(
    runtime: "Runtime", tenant: LiveTenant, endpoint: UUID, show: Show = Show.ALL, after: UUID | None = None
) -> tuple[Sequence[Delivery], UUID | None]:
    """Return the latest deliveries to an endpoint, newest first, and after which one the next page begins."""
    rows = await runtime.platform.fetch(_LIST, tenant.schema, endpoint, show.value, after, SIZE + 1)
    found = [Delivery(**dict(row)) for row in rows[:SIZE]]
    return found, found[-1].id if len(rows) > SIZE else None


async def delivery(runtime: "Runtime", tenant: LiveTenant, delivery_id: UUID) -> tuple[Delivery, str, Sequence[Try]]:
    """Return a delivery, what is told in it as JSON, and its attempts, latest first; raises `Missing`."""
    row = await runtime.platform.fetchrow(_ONE, tenant.schema, delivery_id)
    if row is None:
        raise Missing("There is no such delivery: they are kept for 30 days.")
    body = await runtime.platform.fetchval(_BODY, tenant.schema, delivery_id)
    tries = await runtime.platform.fetch(_TRIES, tenant.schema, delivery_id)
    return Delivery(**dict(row)), body, [Try(**dict(each)) for each in tries]


async def send_again(runtime: "Runtime", tenant: LiveTenant, delivery_id: UUID) -> None:
    """Send a delivery once more, as often as a new one is tried; raises `Missing`, and `Conflict` where the endpoint is switched off."""
    found, _, _ = await delivery(runtime, tenant, delivery_id)
    async with runtime.platform.transaction() as db:
        if not await db.fetchval(_AGAIN_ONE, tenant.schema, delivery_id, runtime.now()):
            raise Conflict("This endpoint is switched off: switch it on first.")
        await write_entry(db, tenant.schema, tenant.actor, "sent again", KIND, found.event, record=found.endpoint)


async def send_failed_again(runtime: "Runtime", tenant: LiveTenant, endpoint: UUID, since: datetime) -> int:
    """Send again all that failed or was called off since a moment; returns how many. Raises `Invalid` when there is nothing."""
    async with runtime.platform.transaction() as db:
        rows = await db.fetch(_AGAIN_FAILED, tenant.schema, endpoint, runtime.now(), since)
        if not rows:
            raise Invalid("Nothing failed since then, or the endpoint is switched off.")
        after = {"deliveries": len(rows), "since": since}
        await write_entry(db, tenant.schema, tenant.actor, "sent again", KIND, f"{len(rows)} deliveries", record=endpoint, after=after)
    return len(rows)
