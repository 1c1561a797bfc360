"""Gives a tenant database connections of its own, or lets it share those of its bucket again.

A strictly isolated tenant's transactions run on connections that are logged in as its own role, which can become no other; and no login
of ours can become that role. So whatever SQL is sent on either side, it stays there.
"""

import asyncpg

from core.audit.trail import write_entry
from core.people.tokens import COMMAND
from core.platform.connection import WeftConnection
from core.platform.database import Db
from core.runtime import Runtime, app_login
from core.settings import Settings
from core.tenancy.catalogue import TenantRecord
from core.tenancy.pending import Actor
from tenants.life import KIND
from tenants.passwords import scram
from tenants.provisioner import Provisioner
from tenants.roles import OWNER
from weft.errors import Conflict, Missing

PATIENCE = 5.0  # seconds for a trial of a login
REFUSALS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def isolate(provisioner: Provisioner, runtime: Runtime, record: TenantRecord, actor: Actor = COMMAND) -> None:
    """Give a tenant connections of its own; done again, it mends its login. Raises `Conflict` with the reason when the server denies one.

    The login is tried before anything depends on it, and taken back when it fails.
    """
    schema = record.schema
    async with provisioner.transaction() as db:
        if not await db.fetchval("SELECT has_database_privilege($1, current_database(), 'CONNECT')", schema):
            raise Conflict(
                "The database lets no tenant connect yet: run `weft migrate` once with a superuser's URL in WEFT_PROVISIONER_URL."
            )
        try:
            await db.execute(f"ALTER ROLE {schema} LOGIN PASSWORD '{scram(runtime.settings.role_password(schema))}'")
        except asyncpg.InsufficientPrivilegeError as why:
            raise Conflict(f"This server does not let the provisioner make {schema} a login, which strict isolation needs: {why}.") from why
    try:
        await try_login(runtime.settings, schema)
    except REFUSALS as why:
        if record.isolation != "strict":
            async with provisioner.transaction() as db:
                await db.execute(f"ALTER ROLE {schema} NOLOGIN PASSWORD NULL")
        raise Conflict(
            f"PostgreSQL does not let {schema} log in, which strict isolation needs: {why}. Have pg_hba.conf allow the roles t_… from here"
            " as it allows weft_platform (scram-sha-256, or peer with a map), and try again. Nothing was changed."
        ) from why
    async with provisioner.transaction() as db:
        for row in await db.fetch(_MEMBERS, schema, app_login(record.bucket)):
            try:
                await db.execute(row["revoke"])
            except asyncpg.InsufficientPrivilegeError as why:
                raise Conflict(f"Somebody else granted that others may become {schema}. Have a superuser say: {row['revoke']}.") from why
        await _settle(db, runtime, record, "strict", actor)
    await runtime.changes.catch_up(runtime.platform)


async def share(provisioner: Provisioner, runtime: Runtime, record: TenantRecord, actor: Actor = COMMAND) -> None:
    """Let a tenant share connections again. Raises `Conflict` while a module is on that needs strict isolation."""
    needing = [plugin.title for key, plugin in runtime.registry.plugins.items() if key in record.enabled and plugin.isolation == "strict"]
    if needing:
        raise Conflict(f"{', '.join(needing)} needs connections of its own: switch it off first.")
    async with provisioner.transaction() as db:
        await db.execute(f"GRANT {record.schema} TO {app_login(record.bucket)} WITH INHERIT FALSE, SET TRUE")
        await db.execute(f"ALTER ROLE {record.schema} NOLOGIN PASSWORD NULL")
        await _settle(db, runtime, record, "shared", actor)
    await runtime.changes.catch_up(runtime.platform)


_MEMBERS = """
SELECT format('REVOKE %I FROM %I GRANTED BY %I', $1::text, m.rolname, by.rolname) AS revoke
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles by ON by.oid = a.grantor
WHERE a.roleid = to_regrole($1) AND m.rolname = $2
"""


async def _settle(db: "Db[asyncpg.Record]", runtime: Runtime, record: TenantRecord, isolation: str, actor: Actor) -> None:
    await db.execute(f"SET LOCAL ROLE {OWNER}")
    changed = await db.fetchval(
        "UPDATE platform.tenant SET isolation = $2, version = version + 1 WHERE id = $1 AND isolation <> $2 RETURNING true",
        record.id,
        isolation,
    )
    if changed:
        before, after = {"isolation": record.isolation}, {"isolation": isolation}
        await write_entry(
            db,
            record.schema,
            actor,
            "isolated" if isolation == "strict" else "shared",
            KIND,
            record.name,
            record=record.id,
            before=before,
            after=after,
        )
    elif not await db.fetchval("SELECT true FROM platform.tenant WHERE id = $1", record.id):
        raise Missing("There is no such tenant.")


async def try_login(settings: Settings, schema: str) -> None:
    """Log in as a tenant; raises one of `REFUSALS`."""
    connection = await asyncpg.connect(settings.login(schema), timeout=PATIENCE, connection_class=WeftConnection)
    try:
        if await connection.fetchval("SELECT session_user::text", timeout=PATIENCE) != schema:
            raise asyncpg.InterfaceError("the server's map made somebody else of it")
    finally:
        await connection.close(timeout=PATIENCE)
