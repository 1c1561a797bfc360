"""Answers that are kept with what they tell of, so that a request sent twice is carried out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from core.tenancy.scope import LiveScope
from weft.errors import Conflict, Invalid

KEPT_FOR = timedelta(hours=24)
PATIENCE = 300  # milliseconds to wait for a twin to end
LONGEST = 10_000  # milliseconds to wait for another request that depends on the state of the same record
NOBODY = UUID(int=0)  # in the place of a token, where a row stands for a record


class StillRunning(Conflict):
    """The same request is being carried out at this moment."""

    title = "Still running"

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being carried out just now: ask again in a moment for its answer.")


class OtherRequest(Invalid):
    """The key was used for another request."""

    title = "Another request had this key"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before: use a new key for each thing that you want done.")


class KeptAnswer(msgspec.Struct, frozen=True):
    """An answer as it was sent: headers are pairs of name and value."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """One use of a key: whose it is, and what was asked, as a digest."""

    token: UUID
    key: str
    fingerprint: bytes
    now: datetime


_CLAIM = """
INSERT INTO platform.api_answer AS kept (token, key, fingerprint, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, token, key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, created_at = EXCLUDED.created_at
WHERE kept.created_at <= $4 - $5::interval RETURNING true
"""
_HOLD = """
INSERT INTO platform.api_answer AS kept (token, key, fingerprint, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, token, key) DO UPDATE SET created_at = EXCLUDED.created_at
"""
_KEPT = "SELECT fingerprint, status, headers::text AS headers, body FROM platform.api_answer WHERE token = $1 AND key = $2"
_KEEP = "UPDATE platform.api_answer SET status = $3, headers = $4::text::jsonb, body = $5 WHERE token = $1 AND key = $2"


async def claim(scope: LiveScope, wanted: Claim) -> KeptAnswer | None:
    """Take a key for the open transaction, or return the answer that is kept for it.

    Whoever comes while a twin runs waits for its row a moment. Raises `StillRunning`, after which the transaction can only be rolled back,
    and `OtherRequest`.
    """
    await scope.internal(f"SET LOCAL lock_timeout = {PATIENCE}")
    try:
        taken = await scope.connection.fetchval(_CLAIM, wanted.token, wanted.key, wanted.fingerprint, wanted.now, KEPT_FOR)
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as busy:
        raise StillRunning from busy
    await scope.internal("SET LOCAL lock_timeout = DEFAULT")
    if taken:
        return None
    row = await scope.connection.fetchrow(_KEPT, wanted.token, wanted.key)
    if row is None:
        raise StillRunning
    if row["fingerprint"] != wanted.fingerprint:
        raise OtherRequest
    return KeptAnswer(row["status"], msgspec.json.decode(row["headers"], type=tuple[tuple[str, str], ...]), row["body"])


async def one_at_a_time(scope: LiveScope, record: str, now: datetime) -> None:
    """Keep others who ask for the same record until the open transaction ends; raises `StillRunning` when one has it for too long.

    The row that does it is taken away again by `done`, before anybody sees it.
    """
    await scope.internal(f"SET LOCAL lock_timeout = {LONGEST}")
    try:
        await scope.internal(_HOLD, NOBODY, record, b"", now)
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as busy:
        raise StillRunning from busy
    await scope.internal("SET LOCAL lock_timeout = DEFAULT")


async def done(scope: LiveScope, record: str) -> None:
    """Let others go on once the transaction has committed."""
    await scope.internal("DELETE FROM platform.api_answer WHERE token = $1 AND key = $2", NOBODY, record)


async def keep(scope: LiveScope, wanted: Claim, answer: KeptAnswer) -> None:
    """Keep an answer with what it tells of, in the same transaction."""
    headers = msgspec.json.encode(answer.headers).decode()
    await scope.internal(_KEEP, wanted.token, wanted.key, answer.status, headers, answer.body)
