"""Who is at the door: sessions of browsers and tokens of programs, looked up at every request and kept until one changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.auth.access import OWNER_ROLE, Access
from core.auth.secrets import token_hash
from core.platform.changes import Changes
from core.platform.database import Platform
from core.platform.kept import Kept
from weft.tenant import Person

SEEN_EVERY = timedelta(minutes=5)  # how stale "last seen" may be
TOKEN_PREFIX = "weft_"  # noqa: S105  # what scanners for leaked secrets look for

_SESSION = """
SELECT s.id, s.root, s.person_id, p.name, COALESCE(p.email, p.pending_email) AS email, p.email IS NOT NULL AS confirmed, p.theme,
       s.tenant_id, s.expires_at, s.last_seen_at, m.id AS membership_id, COALESCE(bool_or(r.template = $2), false) AS is_owner,
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
        self._known: Kept[str, _Known] = Kept(keep)
        self._generation = 0
        changes.subscribe(self._forget)

    async def by_cookie(self, token: str, now: datetime) -> Access | None:
        """Return who has a session with this cookie; at a tenant's host only while they are a member."""
        return await self._find(token, now, self._session)

    async def by_bearer(self, token: str, now: datetime) -> Access | None:
        """Return the program with this API token."""
        return await self._find(token, now, self._program) if token.startswith(TOKEN_PREFIX) else None

    async def _find(self, token: str, now: datetime, look_up: _LookUp) -> Access | None:
        digest = token_hash(token)
        key = digest.hex()
        known = self._known.get(key) if self._changes.alive else None
        if known is None:
            before = self._generation
            known = await look_up(digest)
            if known and self._changes.alive and before == self._generation:
                self._known.put(key, known, *_about(known.access))
        if known is None or (known.expires_at and known.expires_at <= now):
            return None
        if now - known.seen_at > SEEN_EVERY:
            await self._saw(known.access, now)
            self._known.replace(key, _Known(known.access, known.expires_at, now))
        return known.access

    async def _session(self, digest: bytes) -> _Known | None:
        row = await self._platform.fetchrow(_SESSION, digest, OWNER_ROLE)
        if row is None or (row["tenant_id"] and row["membership_id"] is None):
            return None
        access = Access(
            via="session",
            id=row["id"],
            person=Person(row["person_id"], row["name"], row["email"]),
            tenant_id=row["tenant_id"],
            permissions=None if row["is_owner"] else frozenset(row["permissions"] or ()),
            root=row["root"],
            membership_id=row["membership_id"],
            theme=row["theme"],
            confirmed=row["confirmed"],
        )
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
        if kind == "everything":
            self._known.clear()
        elif kind == "session":
            self._known.drop(key)
        else:
            self._known.changed(f"{kind} {key}")


def _about(access: Access) -> list[str]:
    """Return whose changes change what somebody may do."""
    about = {"access": access.tenant_id, "membership": access.membership_id, "person": access.person.id if access.person else None}
    return [f"{kind} {key}" for kind, key in about.items() if key]
