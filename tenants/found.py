"""Founds a business: a schema, an owner, and the audit entry that says so, in one transaction."""

import secrets
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from core.auth.passwords import hash_password
from core.people.members import add_member, owner_role
from core.platform.database import Db
from core.runtime import Runtime
from tenants.life import NewTenant, claim_spare
from tenants.modules import Modules
from tenants.operator import STARTERS
from tenants.provisioner import Provisioner
from tenants.spares import make_spare
from weft.errors import Unavailable
from weft.ids import new_id


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
    password = founder.password or secrets.token_urlsafe(12)
    hashed = await hash_password(password)
    for _ in range(3):
        async with runtime.platform.transaction() as db:
            if tenant_id := await claim_spare(db, new):
                person_id, known = await _person(db, founder, hashed)
                await add_member(db, tenant_id, person_id, [await owner_role(db, tenant_id)])
                return Founded(tenant_id, person_id, "" if known or founder.password else password)
        await make_spare(provisioner, modules, tuple(key for key in starters if modules.registry.get(key)))
    raise Unavailable("Every schema that was made was claimed by somebody else: try again.")


async def _person(db: "Db[asyncpg.Record]", founder: Founder, hashed: str) -> tuple[UUID, bool]:
    known: UUID | None = await db.fetchval("SELECT id FROM platform.person WHERE email = $1", founder.email.lower())
    if known:
        return known, True
    person_id = new_id()
    await db.execute(
        "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, $4)",
        person_id,
        founder.email.lower(),
        founder.name,
        hashed,
    )
    return person_id, False
