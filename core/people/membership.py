"""What happens to a member: roles given and taken, kept out and let in again, removed, gone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth.sessions import leave_tenant
from core.people.members import KIND, Member, find_member, give_roles, other_owners
from core.people.roles import roles_by_id
from core.people.rules import LastOwner, Role, check_above, check_gives, check_owner_stays, together
from core.platform.database import Db
from core.tenancy.tenant import LiveTenant
from weft.errors import Conflict, Missing

if TYPE_CHECKING:
    from core.runtime import Runtime


class MemberChanged(Conflict):
    """Somebody else has changed a member meanwhile; `member` is it as it stands now."""

    def __init__(self, member: Member) -> None:
        self.member = member
        super().__init__(f"Somebody else has changed {member.name}’s place meanwhile. Nothing of yours was saved; theirs is shown below.")


async def set_roles(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID, role_ids: Sequence[UUID], version: int) -> Member:
    """Give a member these roles and no others; returns the member as they were.

    Raises `MemberChanged` when somebody else did since they were shown, `Refused` beyond what who acts may do, and `LastOwner`.
    """
    held = tenant.actor.permissions
    async with runtime.platform.transaction() as db:
        member = await find_member(db, tenant, membership_id, lock=True)
        if member.version != version:
            raise MemberChanged(member)
        roles = await roles_by_id(db, tenant.id, role_ids)
        check_above(held, together(member.roles))
        check_gives(held, roles)
        is_owner = any(role.is_owner for role in roles)
        check_owner_stays(member.is_owner and not member.disabled, is_owner, await other_owners(db, tenant.id, membership_id))
        await db.execute("DELETE FROM platform.membership_role WHERE membership_id = $1", membership_id)
        await give_roles(db, membership_id, [role.id for role in roles])
        await db.execute("UPDATE platform.membership SET version = version + 1 WHERE id = $1", membership_id)
        await _tell(db, tenant, "set roles", member, {"roles": _titles(member.roles)}, {"roles": _titles(roles)})
    return member


async def disable_member(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID, *, revoke_tokens: bool) -> Member:
    """Keep a member out until they are enabled again, and end their sessions here; returns them as they were.

    Raises `Conflict` for oneself, `Refused` for somebody who may do more, and `LastOwner`.
    """
    async with runtime.platform.transaction() as db:
        member = await _leaving(db, tenant, membership_id)
        await db.execute(
            "UPDATE platform.membership SET disabled_at = $2, version = version + 1 WHERE id = $1", membership_id, runtime.now()
        )
        await _shut_out(db, tenant, member, revoke_tokens=revoke_tokens)
        await _tell(db, tenant, "disabled", member, {"disabled": member.disabled}, {"disabled": True})
    return member


async def enable_member(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID) -> Member:
    """Let a disabled member in again; raises `Refused` for somebody who may do more than who acts."""
    async with runtime.platform.transaction() as db:
        member = await find_member(db, tenant, membership_id, lock=True)
        check_above(tenant.actor.permissions, together(member.roles))
        await db.execute("UPDATE platform.membership SET disabled_at = NULL, version = version + 1 WHERE id = $1", membership_id)
        await _tell(db, tenant, "enabled", member, {"disabled": member.disabled}, {"disabled": False})
    return member


async def remove_member(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID, *, revoke_tokens: bool) -> Member:
    """Take a person's place away; what they did stays in the audit log. Raises as `disable_member` does."""
    async with runtime.platform.transaction() as db:
        member = await _leaving(db, tenant, membership_id)
        await _shut_out(db, tenant, member, revoke_tokens=revoke_tokens)
        await db.execute("DELETE FROM platform.membership WHERE id = $1", membership_id)
        await _tell(db, tenant, "removed", member, {"roles": _titles(member.roles)}, {})
    return member


async def leave(runtime: "Runtime", tenant: LiveTenant, person_id: UUID) -> None:
    """Give up one's own place; raises `LastOwner` and `Missing`."""
    async with runtime.platform.transaction() as db:
        membership_id = await db.fetchval(
            "SELECT id FROM platform.membership WHERE tenant_id = $1 AND person_id = $2", tenant.id, person_id
        )
        if membership_id is None:
            raise Missing("You do not belong to this business.")
        member = await find_member(db, tenant, membership_id, lock=True)
        if member.is_owner and await other_owners(db, tenant.id, membership_id) == 0:
            raise LastOwner
        await leave_tenant(db, person_id, tenant.id)
        await db.execute("DELETE FROM platform.membership WHERE id = $1", membership_id)
        await _tell(db, tenant, "left", member, {"roles": _titles(member.roles)}, {})


async def sign_out_member(runtime: "Runtime", tenant: LiveTenant, membership_id: UUID) -> int:
    """End a member's sessions here, and nowhere else; returns how many there were. Raises `Refused` for somebody who may do more.

    They come back with their password only: a sign-in of theirs at the platform's host that still stands does not lead here.
    """
    async with runtime.platform.transaction() as db:
        member = await find_member(db, tenant, membership_id)
        check_above(tenant.actor.permissions, together(member.roles))
        count = await leave_tenant(db, member.person_id, tenant.id)
        await db.execute("UPDATE platform.membership SET signed_out_at = $2 WHERE id = $1", membership_id, tenant.now())
        await _tell(db, tenant, "signed out", member, {}, {"sessions": count})
    return count


async def _leaving(db: "Db[asyncpg.Record]", tenant: LiveTenant, membership_id: UUID) -> Member:
    member = await find_member(db, tenant, membership_id, lock=True)
    if tenant.person and member.person_id == tenant.person.id:
        raise Conflict("This is you. To give up your own place, choose “Leave” beside the business under “Your businesses”.")
    check_above(tenant.actor.permissions, together(member.roles))
    check_owner_stays(member.is_owner and not member.disabled, False, await other_owners(db, tenant.id, membership_id))
    return member


async def _shut_out(db: "Db[asyncpg.Record]", tenant: LiveTenant, member: Member, *, revoke_tokens: bool) -> None:
    await leave_tenant(db, member.person_id, tenant.id)
    if revoke_tokens:
        await db.execute(
            "UPDATE platform.api_token SET revoked_at = $3 WHERE tenant_id = $1 AND created_by = $2 AND revoked_at IS NULL",
            tenant.id,
            member.person_id,
            tenant.now(),
        )


async def _tell(
    db: "Db[asyncpg.Record]", tenant: LiveTenant, action: str, member: Member, before: dict[str, object], after: dict[str, object]
) -> None:
    await write_entry(db, tenant.schema, tenant.actor, action, KIND, member.name, record=member.id, before=before, after=after)


def _titles(roles: Sequence[Role]) -> list[str]:
    return [role.title for role in roles]
