"""Removes a module from one tenant, and undoes it: each in one transaction, so a kill leaves either before or after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.audit.trail import write_entry
from core.people.tokens import COMMAND
from core.platform.database import Db, Platform
from core.runtime import Runtime
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from tenants.modules import Modules, in_transaction, lock, upgrade
from tenants.provisioner import Provisioner
from tenants.requirements import dependents
from tenants.spares import new_schema_name
from tenants.steps import enter_schema, last_migration
from tenants.trash.keeping import put_away, put_back
from tenants.trash.moving import count_rows, cut, join, links_of, move, objects_of, owner
from weft.errors import Conflict, Missing
from weft.ids import new_id

KEPT = timedelta(days=30)
KIND = "core.module"


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed module: what it is called, how many rows wait, and until when."""

    id: UUID
    plugin: str
    title: str
    version: str
    state: str  # kept, restored, purged
    removed_at: datetime
    removed_by: str
    purge_after: datetime
    tables: dict[str, int]
    certificate: dict[str, Any] | None

    @property
    def rows(self) -> int:
        """How many rows all its tables have."""
        return sum(self.tables.values())


_TRASH = """
SELECT id, plugin, title, version, state, removed_at, removed_by, purge_after, tables::text, certificate::text FROM platform.module_trash
WHERE tenant = $1 ORDER BY removed_at DESC
"""
_THERE = "SELECT plugin FROM platform.tenant_module WHERE tenant_id = $1"
_KEEP = """
INSERT INTO platform.module_trash
    (id, tenant, tenant_id, plugin, title, version, enabled, schema, removed_at, removed_by, purge_after, tables, kept)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb)
"""
_TAKE = """
SELECT id, schema::text, enabled, title, tables::text, kept::text FROM platform.module_trash
WHERE tenant_id = $1 AND plugin = $2 AND state = 'kept' AND purge_after > $3 ORDER BY removed_at DESC LIMIT 1 FOR UPDATE
"""


async def trash_of(platform: Platform, schema: str) -> list[Removed]:
    """Return what was removed from a tenant, the latest first."""
    rows = await platform.fetch(_TRASH, schema)
    return [
        Removed(**{**dict(row), "tables": _read(row["tables"]), "certificate": _read(row["certificate"]) if row["certificate"] else None})
        for row in rows
    ]


async def remove(
    provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str, actor: Actor = COMMAND
) -> dict[str, int]:
    """Take a module out of a tenant; returns the rows of each of its tables, which wait in the trash for `KEPT`.

    Raises `Missing` where the tenant has no such module, and `Conflict` while an enabled module needs it, or one that is switched off
    still keeps data that refers to it.
    """
    tenant = await runtime.tenant_by_id(tenant_id)
    await check_removable(runtime, modules, tenant, key)
    plugin = modules.registry.get(key)
    if tenant.has(key) and plugin and (life := plugin.lifecycle()) and life.on_disable:
        await in_transaction(tenant, life.on_disable(tenant), f"removing {key}")
    async with provisioner.transaction() as connection:
        await lock(connection, tenant_id)
        moved = await move_out(connection, runtime, modules, tenant, key, actor)
        await modules.make_schedules(connection, runtime, tenant.schema)
    return moved


async def check_removable(runtime: Runtime, modules: Modules, tenant: LiveTenant, key: str) -> None:
    """Raise `Missing` or `Conflict` where a module cannot be removed."""
    there = [row["plugin"] for row in await runtime.platform.fetch(_THERE, tenant.id)]
    if key not in there:
        raise Missing(f"{_title(modules, key)} has nothing stored here: there is nothing to remove.")
    needed_by = dependents(modules.registry.plugins, there, key)
    if on := [modules.plugin(each).title for each in needed_by if tenant.has(each)]:
        raise Conflict(f"{_title(modules, key)} is needed by {', '.join(on)}: remove or switch off those first.")
    if off := [modules.plugin(each).title for each in needed_by]:
        raise Conflict(
            f"{', '.join(off)} is switched off, but its data refers to {_title(modules, key)}: remove {' and '.join(off)} first."
        )


async def move_out(
    connection: "Db[asyncpg.Record]", runtime: Runtime, modules: Modules, tenant: LiveTenant, key: str, actor: Actor
) -> dict[str, int]:
    """Move a module's tables into a trash of their own, in the caller's transaction; raises `Conflict` where others refer to them."""
    await enter_schema(connection, tenant.schema)
    keys = await _keys(connection, modules, tenant.id)
    objects = await objects_of(connection, tenant.schema, key, keys)
    tables = [name for kind, name in objects if kind == "TABLE"]
    out, inward = await links_of(connection, tenant.schema, tables)
    if inward:
        holding = sorted({_title(modules, owner(each["source"], keys) or each["source"]) for each in inward})
        raise Conflict(f"Data of {', '.join(holding)} refers to {_title(modules, key)}: remove {' and '.join(holding)} first.")
    counted = await count_rows(connection, tenant.schema, tables)
    trash = new_schema_name().replace("t_", "trash_", 1)
    await cut(connection, out)
    await connection.execute(f"CREATE SCHEMA {trash}")  # nobody but its owner may enter
    await move(connection, objects, tenant.schema, trash)
    kept = await put_away(connection, tenant.id, tenant.schema, key)
    kept |= {"links": out, "objects": objects}
    now, facts = runtime.now(), kept["module"]
    await connection.execute(
        _KEEP,
        *(new_id(), tenant.schema, tenant.id, key, _title(modules, key), facts["version"], facts["enabled"], trash),
        *(now, actor.name, now + KEPT, _text(counted), _text(kept)),
    )
    after = {"rows": counted, "kept until": now + KEPT}
    await write_entry(connection, tenant.schema, actor, "removed", KIND, _title(modules, key), after=after)
    return counted


async def undo(
    provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str, actor: Actor = COMMAND
) -> list[str]:
    """Bring the module that was removed last back, every row of it; returns sentences about what has changed meanwhile.

    Raises `Missing` where nothing waits, and `Conflict` while the module is there again, or one it needs is not.
    """
    tenant = await runtime.tenant_by_id(tenant_id)
    async with provisioner.transaction() as connection:
        await lock(connection, tenant_id)
        row = await connection.fetchrow(_TAKE, tenant_id, key, runtime.now())
        if row is None:
            raise Missing(f"Nothing of {_title(modules, key)} waits in the trash: it is kept there for {KEPT.days} days.")
        there = "SELECT true FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2"
        if await connection.fetchval(there, tenant_id, key):
            raise Conflict(
                f"{row['title']} was switched on again meanwhile and has new data: remove that first, then undo the removal before."
            )
        _check_needs(modules, tenant, key, row["title"])
        kept: dict[str, Any] = _read(row["kept"])
        await enter_schema(connection, tenant.schema)
        objects = [(kind, name) for kind, name in kept["objects"]]
        await move(connection, objects, row["schema"], tenant.schema)
        loose = await join(connection, kept["links"])
        await put_back(connection, tenant_id, key, kept)
        await connection.execute(f"DROP SCHEMA {row['schema']}")
        await connection.execute("UPDATE platform.module_trash SET state = 'restored', kept = '{}' WHERE id = $1", row["id"])
        await write_entry(connection, tenant.schema, actor, "brought back", KIND, row["title"], after={"rows": _read(row["tables"])})
        await modules.make_schedules(connection, runtime, tenant.schema)
    if (plugin := modules.registry.get(key)) and (kept["module"]["version"], kept["module"]["migration"]) != (
        plugin.version,
        last_migration(plugin),
    ):
        await upgrade(provisioner, runtime, modules, tenant_id, key)
    return [f"Some records of {each} refer to what was deleted meanwhile." for each in loose]


def _check_needs(modules: Modules, tenant: LiveTenant, key: str, title: str) -> None:
    plugin = modules.registry.get(key)
    missing = [need for need in (plugin.requires if plugin else ()) if not tenant.has(need)]
    if missing:
        raise Conflict(f"{title} needs {', '.join(_title(modules, each) for each in missing)}: switch that on first.")


async def _keys(connection: "Db[asyncpg.Record]", modules: Modules, tenant_id: UUID) -> Iterable[str]:
    rows = await connection.fetch("SELECT plugin FROM platform.tenant_module WHERE tenant_id = $1", tenant_id)
    return {*modules.registry.plugins, *(row["plugin"] for row in rows)}


def _title(modules: Modules, key: str) -> str:
    plugin = modules.registry.get(key)
    return plugin.title if plugin else key


def _read(text: str) -> Any:
    return msgspec.json.decode(text)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
