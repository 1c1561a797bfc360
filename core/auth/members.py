"""Who belongs to a tenant, and with which roles."""

from uuid import UUID

import asyncpg

from core.auth.access import OWNER_ROLE
from core.platform.database import Db
from weft.ids import new_id


async def owner_role(db: "Db[asyncpg.Record]", tenant_id: UUID) -> UUID:
    """Return the id of the role that may do everything; it is made when it does not stand yet."""
    await db.execute(
        "INSERT INTO platform.role (id, tenant_id, title, template) VALUES ($1, $2, 'Owner', $3) "
        "ON CONFLICT (tenant_id, template) WHERE template <> '' DO NOTHING",
        new_id(),
        tenant_id,
        OWNER_ROLE,
    )
    found: UUID = await db.fetchval("SELECT id FROM platform.role WHERE tenant_id = $1 AND template = $2", tenant_id, OWNER_ROLE)
    return found
