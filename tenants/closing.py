"""Closing a business for good, and bringing it back while its time of grace lasts: what its owners may do themselves.

`tenants.life` has the same moves for the operator's commands; here the audit entry and the mail to every owner are in the same transaction.
"""

from datetime import datetime
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.people import letters
from core.people.accounts import send
from core.people.members import owners_of
from core.platform.database import Db
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from tenants.life import GRACE
from weft.errors import Conflict, Invalid, Refused

KIND = "core.business"


async def close_business(runtime: Runtime, tenant: LiveTenant, typed: str) -> datetime:
    """Close a tenant, to be erased after the time of grace; returns when. Raises `Refused` for who is no owner, `Invalid`, `Conflict`.

    `typed` must be the tenant's name or address: nobody closes a business by a slip of the hand.
    """
    _check_owner(tenant)
    if typed.strip().casefold() not in (tenant.name.casefold(), tenant.slug):
        raise Invalid.field("typed", f"Type “{tenant.slug}”, letter by letter, to show that you mean this business.")
    erased_at = runtime.now() + GRACE
    async with runtime.platform.transaction() as db:
        await _move(db, tenant.id, "state = 'deleting', delete_after = $2", "('active', 'suspended')", erased_at)
        await write_entry(db, tenant.schema, tenant.actor, "closed", KIND, tenant.name, record=tenant.id, after={"erased after": erased_at})
        url = f"{runtime.settings.platform_url}/businesses/{tenant.slug}/restore"
        for name, email in await owners_of(db, tenant.id):
            await send(db, email, letters.closing(name, tenant.name, erased_at.astimezone(tenant.timezone).date(), url))
    return erased_at


async def bring_back(runtime: Runtime, tenant: LiveTenant) -> None:
    """Open a closed tenant again, with everything as it was; one that was suspended before is so again.

    Raises `Refused` for who is no owner, and `Conflict` when it is not closed.
    """
    _check_owner(tenant)
    async with runtime.platform.transaction() as db:
        state = "CASE WHEN suspended_at IS NULL THEN 'active' ELSE 'suspended' END"
        await _move(db, tenant.id, f"state = {state}, delete_after = $2", "('deleting')", None)
        await write_entry(db, tenant.schema, tenant.actor, "brought back", KIND, tenant.name, record=tenant.id)
        url = runtime.settings.tenant_url(tenant.slug, "/")
        for name, email in await owners_of(db, tenant.id):
            await send(db, email, letters.brought_back(name, tenant.name, url))


def _check_owner(tenant: LiveTenant) -> None:
    if tenant.actor.permissions is not None:
        raise Refused("Only an owner can close a business or bring it back.")


async def _move(db: "Db[asyncpg.Record]", tenant_id: UUID, change: str, states: str, erased_at: datetime | None) -> None:
    sql = f"UPDATE platform.tenant SET {change}, version = version + 1 WHERE id = $1 AND state IN {states} RETURNING id"
    if await db.fetchval(sql, tenant_id, erased_at) is None:
        raise Conflict("Somebody else has closed this business or brought it back meanwhile: reload the page.")
