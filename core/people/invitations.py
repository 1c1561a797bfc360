"""Invitations into a tenant: sent by mail, open for seven days, accepted once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth import limits, passwords
from core.auth.secrets import new_token, token_hash
from core.auth.sessions import Visitor, open_session
from core.people import letters
from core.people.accounts import Account, account_by_email, clean_email, clean_name, new_account, send
from core.people.members import add_member
from core.people.proving import Stale, prove_by_mail
from core.people.roles import roles_by_id, roles_of
from core.people.rules import Role, check_gives
from core.people.strength import check_strength
from core.platform.database import Db
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict, Invalid, Missing, Refused
from weft.ids import new_id
from weft.tenant import Person

if TYPE_CHECKING:
    from core.runtime import Runtime

KIND = "core.invitation"
LASTS = timedelta(days=7)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation that was not accepted yet."""

    id: UUID
    email: str
    roles: tuple[Role, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as whoever opens its link sees it; `account` is theirs, if the address has one."""

    id: UUID
    tenant_id: UUID
    schema: str
    slug: str
    business: str
    open: bool  # whether people can work there now
    email: str
    invited_by: str
    role_ids: tuple[UUID, ...]
    account: Account | None


_OPEN = "accepted_at IS NULL AND revoked_at IS NULL"
_LIST = f"""
SELECT i.id, i.email, i.roles, COALESCE(p.name, '') AS invited_by, i.created_at, i.expires_at
FROM platform.invitation i LEFT JOIN platform.person p ON p.id = i.invited_by
WHERE i.tenant_id = $1 AND i.{_OPEN.replace(" AND ", " AND i.")}
"""


async def invitations_of(runtime: "Runtime", tenant: LiveTenant) -> list[Invitation]:
    """Return a tenant's open invitations, the newest first, those that are too old included."""
    async with runtime.platform.transaction() as db:
        known = {role.id: role for role in await roles_of(db, tenant.id)}
        rows = await db.fetch(_LIST + "ORDER BY i.created_at DESC, i.id DESC LIMIT 500", tenant.id)
    return [_invitation(row, known) for row in rows]


def _invitation(row: asyncpg.Record, known: dict[UUID, Role]) -> Invitation:
    roles = tuple(role for role_id, role in known.items() if role_id in row["roles"])
    return Invitation(row["id"], row["email"], roles, row["invited_by"], row["created_at"], row["expires_at"])


def read_addresses(text: str) -> list[str]:
    """Return the addresses of a list as people paste it, each once; raises `Invalid` that names the first wrong one."""
    given = [each.strip() for each in text.replace(";", "\n").replace(",", "\n").splitlines() if each.strip()]
    if not given:
        raise Invalid.field("emails", "Enter at least one e-mail address.")
    if len(given) > AT_ONCE:
        raise Invalid.field("emails", f"Invite at most {AT_ONCE} people at once; these are {len(given)}.")
    found = []
    for each in given:
        bare = each.rpartition("<")[2].rstrip(">") if "<" in each else each
        try:
            found.append(clean_email(bare))
        except Invalid:
            raise Invalid.field("emails", f"“{each[:80]}” is not an e-mail address.") from None
    return list(dict.fromkeys(found))


async def invite(runtime: "Runtime", tenant: LiveTenant, emails: Sequence[str], role_ids: Sequence[UUID]) -> int:
    """Invite people with some roles, all or none; an older open invitation of the same address is replaced. Returns how many.

    Raises `Invalid` without a role and for who belongs here already, `Refused` beyond what who acts may do, and `TooManyTries`.
    """
    if not role_ids:
        raise Invalid.field("roles", "Choose at least one role: without one they could see nothing.")
    for _ in emails:
        await limits.spend(runtime.platform, limits.INVITING, str(tenant.id), runtime.now())
    async with runtime.platform.transaction() as db:
        await _check_inviter(db, tenant)
        roles = await roles_by_id(db, tenant.id, role_ids)
        check_gives(tenant.actor.permissions, roles)
        if here := await _members_among(db, tenant, emails):
            raise Invalid.field("emails", f"{here[0]} belongs to {tenant.name} already.")
        for email in emails:
            await db.execute(
                f"UPDATE platform.invitation SET revoked_at = $3 WHERE tenant_id = $1 AND email = $2 AND {_OPEN}",
                tenant.id,
                email,
                runtime.now(),
            )
            await _send_new(db, runtime, tenant, email, roles)
    return len(emails)


async def _check_inviter(db: "Db[asyncpg.Record]", tenant: LiveTenant) -> None:
    """Nobody sends mail to strangers in our name before they have shown where they can be reached themselves."""
    if tenant.person and await db.fetchval("SELECT email IS NULL FROM platform.person WHERE id = $1", tenant.person.id):
        raise Refused("Confirm your own address first, by the link in the mail we sent you; then you can invite people.")


async def _members_among(db: "Db[asyncpg.Record]", tenant: LiveTenant, emails: Sequence[str]) -> list[str]:
    rows = await db.fetch(
        "SELECT p.email FROM platform.membership m JOIN platform.person p ON p.id = m.person_id "
        "WHERE m.tenant_id = $1 AND p.email = ANY ($2) ORDER BY p.email",
        tenant.id,
        list(emails),
    )
    return [row["email"] for row in rows]


_NEW = """
INSERT INTO platform.invitation (id, tenant_id, email, roles, token_hash, invited_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def _send_new(db: "Db[asyncpg.Record]", runtime: "Runtime", tenant: LiveTenant, email: str, roles: Sequence[Role]) -> None:
    invitation_id, token, now = new_id(), new_token(), runtime.now()
    by = tenant.person.id if tenant.person else None
    ids = [role.id for role in roles]
    await db.execute(_NEW, invitation_id, tenant.id, email, ids, token_hash(token), by, now, now + LASTS)
    await _mail(db, runtime, tenant, email, roles, token)
    after = {"roles": [role.title for role in roles]}
    await write_entry(db, tenant.schema, tenant.actor, "invited", KIND, email, record=invitation_id, after=after)


async def _mail(db: "Db[asyncpg.Record]", runtime: "Runtime", tenant: LiveTenant, email: str, roles: Sequence[Role], token: str) -> None:
    url = f"{runtime.settings.platform_url}/invitation?secret={token}"
    await send(db, email, letters.invitation(tenant.name, tenant.actor.name, [role.title for role in roles], url))


async def resend(runtime: "Runtime", tenant: LiveTenant, invitation_id: UUID) -> str:
    """Mail an invitation once more, with a new link that is open for seven days; returns the address. Raises as `invite` does."""
    await limits.spend(runtime.platform, limits.INVITING, str(tenant.id), runtime.now())
    async with runtime.platform.transaction() as db:
        await _check_inviter(db, tenant)
        found = await _locked(db, tenant, invitation_id)
        check_gives(tenant.actor.permissions, found.roles)
        token = new_token()
        await db.execute(
            "UPDATE platform.invitation SET token_hash = $2, expires_at = $3 WHERE id = $1",
            invitation_id,
            token_hash(token),
            runtime.now() + LASTS,
        )
        await _mail(db, runtime, tenant, found.email, found.roles, token)
        await write_entry(db, tenant.schema, tenant.actor, "invited again", KIND, found.email, record=invitation_id)
    return found.email


async def revoke(runtime: "Runtime", tenant: LiveTenant, invitation_id: UUID) -> str:
    """Take an invitation back: its link stops working. Returns the address; raises `Missing`."""
    async with runtime.platform.transaction() as db:
        found = await _locked(db, tenant, invitation_id)
        await db.execute("UPDATE platform.invitation SET revoked_at = $2 WHERE id = $1", invitation_id, runtime.now())
        await write_entry(db, tenant.schema, tenant.actor, "took back the invitation", KIND, found.email, record=invitation_id)
    return found.email


async def _locked(db: "Db[asyncpg.Record]", tenant: LiveTenant, invitation_id: UUID) -> Invitation:
    row = await db.fetchrow(f"{_LIST} AND i.id = $2 FOR UPDATE OF i", tenant.id, invitation_id)
    if row is None:
        raise Missing("There is no such invitation, or it has been accepted already.")
    return _invitation(row, {role.id: role for role in await roles_of(db, tenant.id)})


# --- accepted ---

_INVITED = f"""
SELECT i.id, i.tenant_id, t.schema::text, t.slug, t.name AS business, t.state = 'active' AS open, i.email, i.roles AS role_ids,
       COALESCE(p.name, '') AS invited_by
FROM platform.invitation i JOIN platform.tenant t ON t.id = i.tenant_id LEFT JOIN platform.person p ON p.id = i.invited_by
WHERE i.token_hash = $1 AND i.expires_at > $2 AND i.{_OPEN.replace(" AND ", " AND i.")}
"""


async def look_at(runtime: "Runtime", token: str) -> Invited:
    """Return what an invitation's link is about; raises `Missing` when it no longer works."""
    async with runtime.platform.transaction() as db:
        return await _invited(db, runtime, token)


async def _invited(db: "Db[asyncpg.Record]", runtime: "Runtime", token: str, *, lock: bool = False) -> Invited:
    row = await db.fetchrow(_INVITED + ("FOR UPDATE OF i" if lock else ""), token_hash(token), runtime.now())
    if row is None:
        raise Stale
    facts = {**dict(row), "role_ids": tuple(row["role_ids"])}
    return Invited(**facts, account=await account_by_email(db, row["email"]))


async def accept_as(runtime: "Runtime", token: str, person: Person, request_id: str) -> Invited:
    """Let somebody who is signed in join; raises `Conflict` unless the invitation is for their address, and `Missing`."""
    async with runtime.platform.transaction() as db:
        invited = await _invited(db, runtime, token, lock=True)
        if invited.email != person.email:
            raise Conflict(f"This invitation is for {invited.email}, and you are signed in as {person.email}.")
        await prove_by_mail(db, person.id, invited.email)
        await _join(db, runtime, invited, person, request_id)
    return invited


async def accept_new(runtime: "Runtime", token: str, name: str, password: str, visitor: Visitor, request_id: str) -> tuple[Invited, str]:
    """Make an account for who opened the link, which proves their address, let them join, and sign them in; returns the cookie's value too.

    Raises `Invalid` for a wrong name or a weak password, `Conflict` when the address has an account already, and `Missing`.
    """
    invited = await look_at(runtime, token)
    name = clean_name(name)
    check_strength(password, known=(name, invited.email, invited.business))
    hashed = await passwords.hash_password(password)
    async with runtime.platform.transaction() as db:
        invited = await _invited(db, runtime, token, lock=True)
        if invited.account:
            raise Conflict(f"{invited.email} has an account already: sign in with it to join.")
        person = Person(await new_account(db, name, hashed, email=invited.email), name, invited.email)
        await _join(db, runtime, invited, person, request_id)
        session = await open_session(db, person.id, None, runtime.now(), visitor)
    return invited, session


async def _join(db: "Db[asyncpg.Record]", runtime: "Runtime", invited: Invited, person: Person, request_id: str) -> None:
    roles = [role for role in await roles_of(db, invited.tenant_id) if role.id in invited.role_ids]
    membership_id = await add_member(db, invited.tenant_id, person.id, [role.id for role in roles])
    await db.execute("UPDATE platform.invitation SET accepted_at = $2 WHERE id = $1", invited.id, runtime.now())
    actor = Actor("session", person.name, person, frozenset(), request_id)
    after = {"roles": [role.title for role in roles], "invited by": invited.invited_by}
    await write_entry(db, invited.schema, actor, "joined", "core.member", person.name, record=membership_id, after=after)
