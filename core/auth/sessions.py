"""Sessions opened, led on from the platform's host to a tenant's, shown to their person, and ended."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from core.auth.secrets import Secret, make_secret, new_token, take_secret, token_hash
from core.platform.database import Db, Platform
from weft.ids import new_id

KEPT = timedelta(days=30)
BRIEF = timedelta(hours=12)  # on a browser that is not to keep it


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a browser comes from, as its session remembers."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as its browser is told of it; `seconds` is how long to keep the cookie, nothing until the browser is closed."""

    token: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in of a person, with the businesses it led to."""

    root: UUID
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str
    businesses: tuple[str, ...]


_OPEN = """
INSERT INTO platform.session (id, root, token_hash, person_id, tenant_id, created_at, last_seen_at, expires_at, kept, address, user_agent)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10)
"""


async def open_session(
    db: "Db[asyncpg.Record]",
    person_id: UUID,
    tenant_id: UUID | None,
    now: datetime,
    visitor: Visitor,
    root: UUID | None = None,
    *,
    kept: bool = True,
    until: datetime | None = None,
) -> str:
    """Open a session and return the cookie's value; `root` is the session at the platform's host it comes from."""
    session_id, token = new_id(), new_token()
    await db.execute(
        _OPEN,
        session_id,
        root or session_id,
        token_hash(token),
        person_id,
        tenant_id,
        now,
        until or now + (KEPT if kept else BRIEF),
        kept,
        visitor.address[:100],
        visitor.user_agent[:300],
    )
    return token


async def make_handoff(db: "Db[asyncpg.Record]", person_id: UUID, tenant_id: UUID, root: UUID, browser: str, now: datetime) -> str:
    """Return a secret that opens a session at a tenant's host: once, within a minute, in the browser that holds the cookie `browser`."""
    bound = bytes.fromhex(browser)
    return await make_secret(db, "handoff", person_id, now, tenant_id=tenant_id, root=root, browser=bound)


async def must_prove(db: "Db[asyncpg.Record]", person_id: UUID, tenant_id: UUID, root: UUID) -> bool:
    """Tell whether a sign-in is older than the moment somebody signed its person out of a tenant, so that it does not lead there."""
    return bool(await db.fetchval(_SIGNED_OUT, person_id, tenant_id, root))


_SIGNED_OUT = """
SELECT s.created_at <= m.signed_out_at FROM platform.membership m, platform.session s
WHERE m.person_id = $1 AND m.tenant_id = $2 AND s.id = $3
"""


async def follow_handoff(
    db: "Db[asyncpg.Record]", token: str, tenant_id: UUID, browser: str, now: datetime, visitor: Visitor
) -> Opened | None:
    """Use up a handoff and open the session it leads to.

    Returns nothing when it is for another tenant or another browser (else a stranger's link could sign somebody in as the stranger), too
    old, used, or its sign-in has ended meanwhile. The session ends no later than that sign-in.
    """
    secret = await take_secret(db, "handoff", token, now)
    if secret is None or secret.tenant_id != tenant_id or not _same_browser(secret, browser):
        return None
    root = await db.fetchrow(
        "SELECT expires_at, kept FROM platform.session WHERE id = $1 AND person_id = $2 AND expires_at > $3 FOR KEY SHARE",
        secret.root,
        secret.person_id,
        now,
    )
    if root is None:
        return None
    await db.execute("DELETE FROM platform.session WHERE root = $1 AND tenant_id = $2", secret.root, tenant_id)
    opened = await open_session(db, secret.person_id, tenant_id, now, visitor, secret.root, kept=root["kept"], until=root["expires_at"])
    return Opened(opened, int((root["expires_at"] - now).total_seconds()) if root["kept"] else None)


def _same_browser(secret: Secret, browser: str) -> bool:
    return bool(browser and secret.browser) and hmac.compare_digest(secret.browser or b"", token_hash(browser))


async def sign_out(db: "Db[asyncpg.Record]", root: UUID) -> None:
    """End a sign-in at the platform's host and at every tenant's host it led to."""
    await db.execute("DELETE FROM platform.one_time_secret WHERE root = $1", root)
    await db.execute("DELETE FROM platform.session WHERE root = $1", root)


async def end_sign_in(db: "Db[asyncpg.Record]", person_id: UUID, root: UUID) -> bool:
    """End one of a person's own sign-ins; tells whether there was one."""
    await db.execute("DELETE FROM platform.one_time_secret WHERE root = $1 AND person_id = $2", root, person_id)
    gone = await db.fetch("DELETE FROM platform.session WHERE root = $1 AND person_id = $2 RETURNING id", root, person_id)
    return bool(gone)


async def sign_out_everywhere(db: "Db[asyncpg.Record]", person_id: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of a person, but those of one sign-in where `but` names it."""
    await db.execute(
        "DELETE FROM platform.one_time_secret WHERE person_id = $1 AND purpose = 'handoff' AND root IS DISTINCT FROM $2", person_id, but
    )
    await db.execute("DELETE FROM platform.session WHERE person_id = $1 AND root IS DISTINCT FROM $2", person_id, but)


async def leave_tenant(db: "Db[asyncpg.Record]", person_id: UUID, tenant_id: UUID) -> int:
    """End a person's sessions at one tenant's host, and no others; returns how many there were."""
    await db.execute("DELETE FROM platform.one_time_secret WHERE person_id = $1 AND tenant_id = $2", person_id, tenant_id)
    gone = await db.fetch("DELETE FROM platform.session WHERE person_id = $1 AND tenant_id = $2 RETURNING id", person_id, tenant_id)
    return len(gone)


_SIGN_INS = """
SELECT s.root, min(s.created_at) AS created_at, max(s.last_seen_at) AS last_seen_at,
       (array_agg(s.address ORDER BY s.last_seen_at DESC))[1] AS address,
       (array_agg(s.user_agent ORDER BY s.last_seen_at DESC))[1] AS user_agent,
       COALESCE(array_agg(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL), '{}') AS businesses
FROM platform.session s LEFT JOIN platform.tenant t ON t.id = s.tenant_id
WHERE s.person_id = $1 AND s.expires_at > $2
GROUP BY s.root ORDER BY max(s.last_seen_at) DESC LIMIT 100
"""


async def sign_ins_of(platform: Platform, person_id: UUID, now: datetime) -> Sequence[SignIn]:
    """Return the sign-ins of a person, the one used last first."""
    rows = await platform.fetch(_SIGN_INS, person_id, now)
    return [SignIn(**{**dict(row), "businesses": tuple(row["businesses"])}) for row in rows]
