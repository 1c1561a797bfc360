"""Brings the roles and people of an archive in: who is known by their e-mail belongs to the business at once, others are invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth.secrets import new_token, token_hash
from core.people import letters
from core.people.accounts import clean_email, send
from core.people.invitations import KIND, LASTS
from core.people.members import give_roles
from core.people.tokens import COMMAND
from core.platform.database import Db
from core.runtime import Runtime
from tenants.archive.manifest import Member, Role
from tenants.archive.manifest import People as Archived
from weft.errors import Invalid
from weft.ids import new_id


@dataclass(frozen=True, slots=True)
class People:
    """How many belong to the business now, who was invited, who could not be, and who is known here by another id than the archive's."""

    members: int = 0
    invited: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    renamed: Mapping[UUID, UUID] = field(default_factory=dict)


async def join_people(connection: "Db[asyncpg.Record]", runtime: Runtime, tenant_id: UUID, found: Archived, wanted: bool) -> People:
    """Make roles and, where that is `wanted`, memberships and invitations, in the caller's transaction."""
    roles = {role.id: role_id for role in found.roles for role_id in [await _make_role(connection, tenant_id, role)]}
    for member in found.members:
        if unknown := set(member.roles) - roles.keys():
            raise Invalid(f"The archive gives {member.name[:80]} a role it does not have: {unknown.pop()}.")
    known = await _known(connection, found.members)
    renamed = {member.person: known[member.email] for member in found.members if member.email in known}
    renamed = {old: new for old, new in renamed.items() if old != new}
    if not wanted:
        return People(renamed=renamed)
    joined, invited, left_out = 0, [], []
    for member in found.members:
        if member.email is None:
            left_out.append(member.name)
        elif member.email in known:
            await _join(connection, tenant_id, known[member.email], member, [roles[each] for each in member.roles])
            joined += 1
        elif member.disabled_at is None and member.roles:
            await _invite(connection, runtime, tenant_id, clean_email(member.email), [roles[each] for each in member.roles])
            invited.append(member.email)
        else:
            left_out.append(member.email)
    return People(joined, tuple(invited), tuple(left_out), renamed)


async def _known(connection: "Db[asyncpg.Record]", members: Sequence[Member]) -> dict[str | None, UUID]:
    emails = [member.email for member in members if member.email]
    rows = await connection.fetch("SELECT email, id FROM platform.person WHERE email = ANY ($1)", emails)
    return {row["email"]: row["id"] for row in rows}


async def _make_role(connection: "Db[asyncpg.Record]", tenant_id: UUID, role: Role) -> UUID:
    taken = await connection.fetchval("SELECT true FROM platform.role WHERE id = $1", role.id)
    role_id = new_id() if taken else role.id
    offered = None if role.offered is None else list(role.offered)
    await connection.execute(_ROLE, role_id, tenant_id, role.title, role.template, list(role.permissions), offered)
    return role_id


async def _join(connection: "Db[asyncpg.Record]", tenant_id: UUID, person_id: UUID, member: Member, roles: Sequence[UUID]) -> None:
    membership_id = new_id()
    await connection.execute(_MEMBER, membership_id, tenant_id, person_id, member.joined_at, member.disabled_at)
    await give_roles(connection, membership_id, roles)


async def _invite(connection: "Db[asyncpg.Record]", runtime: Runtime, tenant_id: UUID, email: str, roles: Sequence[UUID]) -> None:
    business = await connection.fetchrow("SELECT schema::text, name FROM platform.tenant WHERE id = $1", tenant_id)
    assert business is not None
    rows = await connection.fetch("SELECT title FROM platform.role WHERE id = ANY ($1) ORDER BY title", list(roles))
    titles, invitation_id, token, now = [row["title"] for row in rows], new_id(), new_token(), runtime.now()
    await connection.execute(_INVITATION, invitation_id, tenant_id, email, list(roles), token_hash(token), now, now + LASTS)
    url = f"{runtime.settings.platform_url}/invitation?secret={token}"
    await send(connection, email, letters.invitation(business["name"], COMMAND.name, titles, url))
    after = {"roles": titles}
    await write_entry(connection, business["schema"], COMMAND, "invited", KIND, email, record=invitation_id, after=after)


_ROLE = "INSERT INTO platform.role (id, tenant_id, title, template, permissions, offered) VALUES ($1, $2, $3, $4, $5, $6)"
_MEMBER = "INSERT INTO platform.membership (id, tenant_id, person_id, joined_at, disabled_at) VALUES ($1, $2, $3, $4, $5)"
_INVITATION = """
INSERT INTO platform.invitation (id, tenant_id, email, roles, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
