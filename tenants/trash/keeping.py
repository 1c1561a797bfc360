"""What else belongs to a module that goes: its books of migrations, settings, views, pins, and what roles may do there."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.platform.database import Db

# Tables of the platform with rows that name something of a plugin, as "<plugin>.<thing>".
_NAMED = (
    *(("saved_view", "listing"), ("report_pin", "report"), ("report_letter", "report")),
    *(("import_mapping", "importer"), ("schedule", "job")),
)
_ROLES = """
SELECT id::text AS id, ARRAY(SELECT p FROM unnest(permissions) p WHERE starts_with(p, $2)) AS permissions FROM platform.role
WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM unnest(permissions) p WHERE starts_with(p, $2))
"""
_GIVE = """
UPDATE platform.role SET permissions = permissions || ARRAY(SELECT p FROM unnest($3::text[]) p WHERE p <> ALL (permissions))
WHERE tenant_id = $1 AND id = $2
"""
_TAKE = """
UPDATE platform.role SET permissions = ARRAY(SELECT p FROM unnest(permissions) p WHERE NOT starts_with(p, $2)), version = version + 1
WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM unnest(permissions) p WHERE starts_with(p, $2))
"""


async def put_away(connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str, key: str) -> dict[str, Any]:
    """Take what belongs to a module out of the platform's tables and return it. Roles keep what they may do: it leads nowhere now."""
    prefix, kept = f"{key}.", dict[str, Any]()
    kept["books"] = await _taken(connection, "DELETE FROM migration WHERE app_name = $1 RETURNING to_jsonb(migration)::text", key)
    ledger = "DELETE FROM platform.migration_step WHERE tenant_id = $1 AND plugin = $2 RETURNING to_jsonb(migration_step)::text"
    kept["ledger"] = await _taken(connection, ledger, tenant_id, key)
    for table, column in _NAMED:
        taken = f"DELETE FROM platform.{table} WHERE tenant = $1 AND starts_with({column}, $2) RETURNING to_jsonb({table})::text"
        kept[table] = await _taken(connection, taken, schema, prefix)
    kept["roles"] = {row["id"]: row["permissions"] for row in await connection.fetch(_ROLES, tenant_id, prefix)}
    settings = await connection.fetchval("SELECT (settings -> $2)::text FROM platform.tenant WHERE id = $1", tenant_id, key)
    kept["settings"] = msgspec.json.decode(settings) if settings else None
    await connection.execute("UPDATE platform.tenant SET settings = settings - $2 WHERE id = $1", tenant_id, key)
    module = "DELETE FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2 RETURNING to_jsonb(tenant_module)::text"
    kept["module"] = (await _taken(connection, module, tenant_id, key))[0]
    return kept


async def put_back(connection: "Db[asyncpg.Record]", tenant_id: UUID, key: str, kept: dict[str, Any]) -> None:
    """Undo `put_away`."""
    for row in kept["books"]:
        await connection.execute("INSERT INTO migration SELECT * FROM jsonb_populate_record(NULL::migration, $1::jsonb)", _text(row))
    for row in kept["ledger"]:
        await connection.execute(_STEP, _text(row))
    for table, _ in _NAMED:
        for row in kept[table]:
            value = f"SELECT * FROM jsonb_populate_record(NULL::platform.{table}, $1::jsonb)"
            await connection.execute(f"INSERT INTO platform.{table} {value} ON CONFLICT DO NOTHING", _text(row))
    for role, permissions in kept["roles"].items():
        await connection.execute(_GIVE, tenant_id, UUID(role), permissions)
    if kept["settings"] is not None:
        settings = "UPDATE platform.tenant SET settings = settings || jsonb_build_object($2::text, $3::jsonb) WHERE id = $1"
        await connection.execute(settings, tenant_id, key, _text(kept["settings"]))
    module = "INSERT INTO platform.tenant_module SELECT * FROM jsonb_populate_record(NULL::platform.tenant_module, $1::jsonb)"
    await connection.execute(module, _text(kept["module"]))


async def forget(connection: "Db[asyncpg.Record]", tenant_id: UUID, key: str) -> None:
    """Take from roles what a module let them do, and the roles it came with where nobody has them; not while it is there again."""
    if await connection.fetchval("SELECT true FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2", tenant_id, key):
        return
    await connection.execute(_TAKE, tenant_id, f"{key}.")
    await connection.execute(
        "DELETE FROM platform.role r WHERE tenant_id = $1 AND starts_with(template, $2)"
        " AND NOT EXISTS (SELECT 1 FROM platform.membership_role m WHERE m.role_id = r.id)",
        *(tenant_id, f"{key}."),
    )


_STEP = """
INSERT INTO platform.migration_step (tenant_id, plugin, migration, milliseconds, at)
SELECT tenant_id, plugin, migration, milliseconds, at FROM jsonb_populate_record(NULL::platform.migration_step, $1::jsonb)
"""


async def _taken(connection: "Db[asyncpg.Record]", sql: str, *args: object) -> list[Any]:
    return [msgspec.json.decode(row[0]) for row in await connection.fetch(sql, *args)]


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
