"""API tokens: what programs show instead of a password, limited to some permissions of whoever made them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from core.audit.trail import write_entry
from core.auth.lookup import TOKEN_PREFIX
from core.auth.secrets import new_token, token_hash
from core.people.roles import check_known, groups_of
from core.people.rules import covers
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing, Refused
from weft.ids import new_id

if TYPE_CHECKING:
    from core.runtime import Runtime

KIND = "core.token"
COMMAND = Actor(via="command", name="Command line")


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as its list shows it; `hint` is its last four characters."""

    id: UUID
    name: str
    hint: str
    permissions: frozenset[str]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """Return active, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= now else "active"


_TOKENS = """
SELECT t.id, t.name, t.hint, t.permissions, COALESCE(p.name, '') AS created_by, t.created_at, t.last_used_at, t.expires_at, t.revoked_at
FROM platform.api_token t LEFT JOIN platform.person p ON p.id = t.created_by
WHERE t.tenant_id = $1 ORDER BY t.revoked_at IS NOT NULL, t.created_at DESC, t.id DESC LIMIT 500
"""


async def tokens_of(runtime: "Runtime", tenant: LiveTenant) -> Sequence[Token]:
    """Return a tenant's tokens: those that may still work first, then the newest."""
    rows = await runtime.platform.fetch(_TOKENS, tenant.id)
    return [Token(**{**dict(row), "permissions": frozenset(row["permissions"])}) for row in rows]


async def create_token(
    runtime: "Runtime", tenant_id: UUID, name: str, permissions: frozenset[str], expires_at: datetime | None, actor: Actor = COMMAND
) -> str:
    """Make a token and return it; it is stored only as a hash, so nobody can be shown it again.

    Raises `Invalid` without a name or a known permission, or for an end that is past, `Refused` beyond what `actor` may do, and `Missing`.
    """
    record = await runtime.catalogue.by_id(tenant_id)
    if record is None:
        raise Missing("There is no such business.")
    name = " ".join(name.split())
    wrong = {}
    if not 1 <= len(name) <= 80:
        wrong["name"] = "Give the token a name of at most 80 characters, such as the program it is for."
    if not permissions:
        wrong["permissions"] = "Choose at least one permission: a token without any can do nothing."
    if expires_at and expires_at <= runtime.now():
        wrong["expires"] = "Choose a day that is still to come."
    if wrong:
        raise Invalid(fields=wrong)
    check_known(groups_of(runtime.registry, record.enabled), permissions)
    if not covers(actor.permissions, permissions):
        raise Refused("A token can only be allowed what you may do yourself.")
    token, token_id = new_token(TOKEN_PREFIX), new_id()
    async with runtime.platform.transaction() as db:
        await db.execute(
            "INSERT INTO platform.api_token (id, tenant_id, name, token_hash, hint, permissions, created_by, created_at, expires_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            token_id,
            tenant_id,
            name,
            token_hash(token),
            token[-4:],
            sorted(permissions),
            actor.person.id if actor.person else None,
            runtime.now(),
            expires_at,
        )
        after = {"permissions": sorted(permissions), "expires": expires_at}
        await write_entry(db, record.schema, actor, "created", KIND, name, record=token_id, after=after)
    return token


async def revoke_token(runtime: "Runtime", tenant: LiveTenant, token_id: UUID) -> str:
    """Let a token stop working at once; returns its name. Raises `Missing`. Whoever may make tokens may revoke any: it only takes away."""
    async with runtime.platform.transaction() as db:
        name: str | None = await db.fetchval(
            "UPDATE platform.api_token SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING name",
            tenant.id,
            token_id,
            runtime.now(),
        )
        if name is None:
            raise Missing("There is no such token, or it has been revoked already.")
        await write_entry(db, tenant.schema, tenant.actor, "revoked", KIND, name, record=token_id)
    return name
