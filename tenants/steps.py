"""Runs the migrations of one plugin in one tenant's schema, with Piccolo's machinery and the operator's rights."""

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import asyncpg
from piccolo.apps.migrations.auto import migration_manager
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import ForeignKey

import core.database  # noqa: F401  # Piccolo's tables find their engine there
from core.platform.database import Db
from core.tenancy.scope import CURRENT
from tenants.roles import OWNER
from weft.plugin import Plugin

BOOKS = "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, app_name text NOT NULL, ran_on timestamptz NOT NULL DEFAULT now())"


@dataclass(slots=True, eq=False)
class MigrationScope:
    """Carries Piccolo's queries while a tenant's tables change: no gate, one transaction, the owner's role."""

    connection: "Db[asyncpg.Record]"
    ended: bool = False
    changes_tables: bool = True

    async def rows(self, sql: str, args: Sequence[object]) -> list[asyncpg.Record]:
        """Run one statement; without parameters as it stands, so that a migration's SQL may hold several."""
        if args:
            return await self.connection.fetch(sql, *args)
        if sql.lstrip()[:6].upper() in ("SELECT", "INSERT"):
            return await self.connection.fetch(sql)
        await self.connection.execute(sql)
        return []


async def enter_schema(connection: "Db[asyncpg.Record]", schema: str) -> None:
    """Point an open transaction of the provisioner's at a tenant's schema, as the owner of its tables."""
    await connection.execute(f"SET LOCAL ROLE {OWNER}; SET LOCAL search_path = {schema}, pg_temp; SET LOCAL lock_timeout = '300ms'")


async def run_migrations(
    connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str, plugin: Plugin, *, only: Set[str] | None = None
) -> list[str]:
    """Run what a plugin's migrations have not done yet in one schema, of `only` some where those are named; returns their names.

    Works in the caller's transaction, which `enter_schema` has prepared; the bookkeeping in the schema and the ledger of the platform are
    written with it.
    """
    app = plugin.storage()
    if app is None:
        return []
    await connection.execute(f"{BOOKS}; REVOKE ALL ON migration FROM {schema}")
    ran = {row["name"] for row in await connection.fetch("SELECT name FROM migration WHERE app_name = $1", plugin.key)}
    done = []
    token = CURRENT.set(scope := MigrationScope(connection))
    try:
        for name, module in migrations_of(plugin):
            if name in ran or (only is not None and name not in only):
                continue
            started = time.perf_counter()
            manager: Any = await module.forwards()
            if isinstance(manager, MigrationManager):
                await manager.run()
            await connection.execute("INSERT INTO migration (name, app_name) VALUES ($1, $2)", name, plugin.key)
            await connection.execute(_LEDGER, tenant_id, plugin.key, name, round((time.perf_counter() - started) * 1000))
            done.append(name)
    finally:
        scope.ended = True
        CURRENT.reset(token)
    return done


_LEDGER = "INSERT INTO platform.migration_step (tenant_id, plugin, migration, milliseconds) VALUES ($1, $2, $3, $4)"


def migrations_of(plugin: Plugin) -> tuple[tuple[str, ModuleType], ...]:
    """Return the migrations of a plugin by name, in order."""
    app = plugin.storage()
    return _load(app.resolved_migrations_folder_path, app.app_name) if app else ()


def last_migration(plugin: Plugin) -> str:
    """Return the name of a plugin's newest migration; empty where it stores nothing."""
    found = migrations_of(plugin)
    return found[-1][0] if found else ""


@cache
def _load(folder: str, app_name: str) -> tuple[tuple[str, ModuleType], ...]:
    names = sorted(each.stem for each in Path(folder).glob("*.py") if each.stem != "__init__")
    package = _package_of(Path(folder))
    modules = [import_module(f"{package}.{name}") for name in names]
    return tuple((name, module) for name, module in zip(names, modules, strict=True) if hasattr(module, "forwards"))


def _package_of(folder: Path) -> str:
    """Return the dotted name of the package a migrations folder is, so that equal file names of two plugins do not collide."""
    parts = [folder.name]
    parent = folder.parent
    while (parent / "__init__.py").exists():
        parts.append(parent.name)
        parent = parent.parent
    return ".".join(reversed(parts))


# --- corrections to Piccolo 1.38 ---


async def _constraint_on_search_path(column: ForeignKey[Any]) -> str | None:
    """Find a foreign key's constraint where the path leads; Piccolo looks only in the schema called public."""
    table = column._meta.table
    rows: list[dict[str, str]] = await table.raw(
        "SELECT conname AS name FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)"
        " WHERE contype = 'f' AND conrelid = to_regclass({}) AND attname = {}",
        table._meta.get_formatted_tablename(),
        column._meta.db_column_name,
    )
    return rows[0]["name"] if rows else None


def _silent(*_: object, **__: object) -> None:
    """Take the place of `print` in Piccolo's manager, which talks on standard output."""


_patched: Any = migration_manager
_patched.get_fk_constraint_name = _constraint_on_search_path
_patched.print = _silent
