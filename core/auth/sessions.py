"""Sessions of browsers and tokens of programs: opened, looked up at every request, ended."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from core.auth.access import OWNER_ROLE, Access
from core.platform.changes import Changes
from core.platform.database import Db, Platform
from weft.ids import new_id
from weft.tenant import Person

LASTS = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)  # how stale "last seen" may be
HANDOFF_LASTS = timedelta(seconds=60)


def new_token(prefix: str = "") -> str:
    """Return an unguessable token (256 bits)."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; a fast hash is right for a secret of full entropy."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a browser comes from, as its session remembers."""

    address: str
    user_agent: str


_OPEN = """
INSERT INTO platform.session (id, root, token_hash, person_id, tenant_id, expires_at, address, user_agent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SESSION = """
SELECT s.id, s.root, s.person_id, p.name, p.email, p.theme, s.tenant_id, s.expires_at, s.last_seen_at, m.id AS membership_id,
       COALESCE(bool_or(r.template = $2), false) AS is_owner,
       (SELECT array_agg(DISTINCT each) FROM platform.membership_role held JOIN platform.role given ON given.id = held.role_id,
        unnest(given.permissions) each WHERE held.membership_id = m.id) AS permissions
FROM platform.session s
JOIN platform.person p ON p.id = s.person_id AND p.disabled_at IS NULL
LEFT JOIN platform.membership m ON m.tenant_id = s.tenant_id AND m.person_id = s.person_id AND m.disabled_at IS NULL
LEFT JOIN platform.membership_role mr ON mr.membership_id = m.id
LEFT JOIN platform.role r ON r.id = mr.role_id
WHERE s.token_hash = $1
GROUP BY s.id, p.id, m.id
"""
_PROGRAM = """
SELECT t.id, t.tenant_id, t.name, t.permissions, t.expires_at, t.last_used_at FROM platform.api_token t
WHERE t.token_hash = $1 AND t.revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class _Known:
    access: Access
    expires_at: datetime | None
    seen_at: datetime


_LookUp = Callable[[bytes], Awaitable[_Known | None]]


class Sessions:
    """Looks up who is at the door. What was found is kept until the database tells that it changed."""

    def __init__(self, platform: Platform, changes: Changes, *, keep: int = 20_000) -> None:
        self._platform = platform
        self._changes = changes
        self._keep = keep
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._generation = 0
        changes.subscribe(self._forget)

    async def by_cookie(self, token: str, now: datetime) -> Access | None:
        """Return who has a session with this cookie; at a tenant's host only while they are a member."""
        return await self._find(token, now, self._session)

    async def by_bearer(self, token: str, now: datetime) -> Access | None:
        """Return the program with this API token."""
        return await self._find(token, now, self._program)

    async def _find(self, token: str, now: datetime, look_up: _LookUp) -> Access | None:
        digest = token_hash(token)
        key = digest.hex()
        known = self._known.get(key) if self._changes.alive else None
        if known is None:
            before = self._generation
            known = await look_up(digest)
            if known and self._changes.alive and before == self._generation:
                self._known[key] = known
                if len(self._known) > self._keep:
                    self._known.popitem(last=False)
        if known is None or (known.expires_at and known.expires_at <= now):
            return None
        if now - known.seen_at > SEEN_EVERY:
            await self._saw(known.access, now)
            if key in self._known:
                self._known[key] = _Known(known.access, known.expires_at, now)
        return known.access

    async def _session(self, digest: bytes) -> _Known | None:
        row = await self._platform.fetchrow(_SESSION, digest, OWNER_ROLE)
        if row is None or (row["tenant_id"] and row["membership_id"] is None):
            return None
        person = Person(row["person_id"], row["name"], row["email"])
        permissions = None if row["is_owner"] else frozenset(row["permissions"] or ())
        access = Access(
            "session", row["id"], person, row["tenant_id"], permissions, row["root"], row["membership_id"], row["theme"]
        )  # fmt: skip
        return _Known(access, row["expires_at"], row["last_seen_at"])

    async def _program(self, digest: bytes) -> _Known | None:
        row = await self._platform.fetchrow(_PROGRAM, digest)
        if row is None:
            return None
        access = Access("token", row["id"], None, row["tenant_id"], frozenset(row["permissions"]), token_name=row["name"])
        return _Known(access, row["expires_at"], row["last_used_at"] or datetime.min.replace(tzinfo=UTC))

    async def _saw(self, access: Access, now: datetime) -> None:
        table, column = ("session", "last_seen_at") if access.via == "session" else ("api_token", "last_used_at")
        await self._platform.execute(f"UPDATE platform.{table} SET {column} = $2 WHERE id = $1", access.id, now)

    def _forget(self, kind: str, key: str) -> None:
        self._generation += 1
        if kind == "session":
            self._known.pop(key, None)
            return
        tests: dict[str, Callable[[Access], bool]] = {
            "everything": lambda access: True,
            "person": lambda access: access.person is not None and str(access.person.id) == key,
            "membership": lambda access: str(access.membership_id) == key,
            "access": lambda access: str(access.tenant_id) == key,
        }
        if test := tests.get(kind):
            for digest in [digest for digest, known in self._known.items() if test(known.access)]:
                del self._known[digest]


async def open_session(
    db: "Db[asyncpg.Record]", person_id: UUID, tenant_id: UUID | None, now: datetime, visitor: Visitor, root: UUID | None = None
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
        now + LASTS,
        visitor.address[:100],
        visitor.user_agent[:300],
    )
    return token


async def sign_out(db: "Db[asyncpg.Record]", root: UUID) -> None:
    """End a sign-in at the platform's host and at every tenant's host it led to."""
    await db.execute("DELETE FROM platform.session WHERE root = $1", root)


async def sign_out_everywhere(db: "Db[asyncpg.Record]", person_id: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of a person, but those of one sign-in where `but` names it."""
    await db.execute("DELETE FROM platform.session WHERE person_id = $1 AND root IS DISTINCT FROM $2", person_id, but)


async def make_handoff(db: "Db[asyncpg.Record]", person_id: UUID, tenant_id: UUID, root: UUID, now: datetime) -> str:
    """Return a secret that works once, within a minute, at the tenant's own host, and opens a session there."""
    token = new_token()
    await db.execute(
        "INSERT INTO platform.one_time_secret (token_hash, purpose, person_id, tenant_id, root, expires_at) "
        "VALUES ($1, 'handoff', $2, $3, $4, $5)",
        token_hash(token),
        person_id,
        tenant_id,
        root,
        now + HANDOFF_LASTS,
    )
    return token


async def take_secret(db: "Db[asyncpg.Record]", purpose: str, token: str, now: datetime) -> asyncpg.Record | None:
    """Use up a one-time secret; returns whom it is for, or nothing when it is unknown, used or too old."""
    return await db.fetchrow(
        "DELETE FROM platform.one_time_secret WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 "
        "RETURNING person_id, tenant_id, root",
        token_hash(token),
        purpose,
        now,
    )


async def sessions_of(platform: Platform, person_id: UUID) -> Sequence[asyncpg.Record]:
    """Return the sign-ins of a person, newest first, one row each."""
    return await platform.fetch(
        "SELECT root, min(created_at) AS created_at, max(last_seen_at) AS last_seen_at, max(address) AS address, "
        "max(user_agent) AS user_agent FROM platform.session WHERE person_id = $1 AND expires_at > now() "
        "GROUP BY root ORDER BY max(last_seen_at) DESC",
        person_id,
    )
