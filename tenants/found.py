"""Founds a business: a schema, an owner, and the audit entry that says so, in one transaction."""

import secrets
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from core.audit.trail import write_entry
from core.auth.passwords import hash_password
from core.people.accounts import new_account
from core.people.members import add_member, owner_role
from core.people.tokens import COMMAND
from core.platform.database import Db
from core.runtime import Runtime
from tenants.life import KIND, NewTenant, claim_spare
from tenants.modules import Modules
from tenants.operator import STARTERS
from tenants.provisioner import Provisioner
from tenants.spares import make_spare
from weft.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Founder:
    """Who will own a business; somebody known by the address keeps their own password."""

    email: str
    name: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class Founded:
    """What came of it; `new_password` is the one that was made for a founder who was not known."""

    tenant_id: UUID
    person_id: UUID
    new_password: str


async def found_tenant(
    runtime: Runtime, provisioner: Provisioner, modules: Modules, new: NewTenant, founder: Founder, *, starters: tuple[str, ...] = STARTERS
) -> Founded:
    """Make a business at once, building its schema when no spare waits; for commands and demos, which hold the provisioner.

    Raises `Invalid` for an address that is taken.
    """
    async with runtime.reserving(new.slug):
        return await _found(runtime, provisioner, modules, new, founder, starters)


async def _found(
    runtime: Runtime, provisioner: Provisioner, modules: Modules, new: NewTenant, founder: Founder, starters: tuple[str, ...]
) -> Founded:
    for _ in range(3):
        async with runtime.platform.transaction() as db:
            if tenant_id := await claim_spare(db, new):
                known = await db.fetchval("SELECT true FROM platform.person WHERE email = $1", founder.email.lower())
                password = founder.password or ("" if known else secrets.token_urlsafe(12))
                person_id = await find_or_add_person(db, Founder(founder.email, founder.name, password))
                await add_member(db, tenant_id, person_id, [await owner_role(db, tenant_id)])
                schema = await db.fetchval("SELECT schema::text FROM platform.tenant WHERE id = $1", tenant_id)
                facts = {"owner": founder.email, "address": new.slug}
                await write_entry(db, schema, COMMAND, "founded", KIND, new.name, record=tenant_id, after=facts)
                return Founded(tenant_id, person_id, "" if known or founder.password else password)
        await make_spare(provisioner, modules, tuple(key for key in starters if modules.registry.get(key)))
    raise Unavailable("Every schema that was made was claimed by somebody else: try again.")


async def find_or_add_person(db: "Db[asyncpg.Record]", founder: Founder) -> UUID:
    """Return the id of who has an e-mail address, and add them when nobody has."""
    email = founder.email.lower()
    known: UUID | None = await db.fetchval("SELECT id FROM platform.person WHERE email = $1", email)
    return known or await new_account(db, founder.name, await hash_password(founder.password), email=email)
