"""Schemas made in advance, so that a sign-up only claims one."""

import secrets
import string

import asyncpg

from core.platform.database import Db, Platform
from core.runtime import app_login
from tenants.modules import Modules
from tenants.provisioner import Provisioner
from tenants.roles import OWNER, TENANTS
from weft.errors import Conflict
from weft.ids import new_id

_LETTERS = string.ascii_lowercase + string.digits


def new_schema_name() -> str:
    """Return an opaque name for a schema and its role: the catalogue of PostgreSQL shows all names to everyone."""
    return "t_" + "".join(secrets.choice(_LETTERS) for _ in range(10))


async def make_spare(provisioner: Provisioner, modules: Modules, starters: tuple[str, ...], bucket: int = 0) -> str:
    """Make a role, a schema and the tables of the starter modules; returns the schema's name.

    One transaction: everything stands or nothing does. Raises `Conflict` for a module that asks for strict isolation.
    """
    schema, tenant_id = new_schema_name(), new_id()
    if strict := [key for key in modules.with_requirements(starters) if modules.plugin(key).isolation == "strict"]:
        raise Conflict(f"{', '.join(strict)} needs connections of its own, so no spare can have it: switch it on for a tenant.")
    async with provisioner.transaction() as connection:
        await make_role_and_schema(connection, schema, bucket)
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        await connection.execute(
            "INSERT INTO platform.tenant (id, schema, bucket, state) VALUES ($1, $2, $3, 'building')", tenant_id, schema, bucket
        )
        for key in modules.with_requirements(starters):
            await modules.make_tables(connection, tenant_id, schema, key)
            await modules.show(connection, tenant_id, key)
        await connection.execute("UPDATE platform.tenant SET state = 'spare' WHERE id = $1", tenant_id)
    return schema


async def make_role_and_schema(connection: "Db[asyncpg.Record]", schema: str, bucket: int) -> None:
    """Make the empty home of a tenant. Every later table of the owner's in it is the tenant's to read and write."""
    await connection.execute(
        f"CREATE ROLE {schema} NOLOGIN; "
        f"GRANT {schema} TO {app_login(bucket)} WITH INHERIT FALSE, SET TRUE; "
        f"GRANT {TENANTS} TO {schema} WITH INHERIT TRUE, SET FALSE; "
        f"SET LOCAL ROLE {OWNER}; "
        f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {schema}; "
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {schema}; "
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {schema}; "
        "RESET ROLE"
    )


async def count_spares(platform: Platform) -> int:
    """Return how many schemas wait for a sign-up."""
    return int(await platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state = 'spare'"))
