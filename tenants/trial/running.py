"""Tries a change of a module on a copy of what the tenant's modules store, in a transaction that never commits.

Role, schema, tables and rows of the copy are seen by this transaction alone. However it ends, killed included, PostgreSQL throws them away:
nothing is there to be swept up.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from core.platform.database import Db
from core.runtime import SYSTEM, Runtime
from core.tenancy.scope import CURRENT, LiveScope
from core.tenancy.tenant import LiveTenant
from core.vault.keys import DataKeys
from tenants.modules import Modules
from tenants.provisioner import Provisioner
from tenants.requirements import closure, dependents
from tenants.roles import OWNER
from tenants.spares import make_role_and_schema, new_schema_name
from tenants.steps import enter_schema
from tenants.trash.removing import check_removable, move_out
from tenants.trial.copying import BOOKS, copy_modules
from tenants.trial.sheet import Change, Sheet, TableImpact, declared
from weft.errors import Conflict, Missing, WeftError
from weft.ids import new_id
from weft.plugin import Plugin

LONGEST = 120  # seconds a trial may take
COUNTED = 100_000  # rows of a table are counted up to that
Log = structlog.get_logger("weft.trial")
_STRUCTURE = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p') GROUP BY 1
"""
_PRIMARY = """
SELECT c.relname::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND c.relnamespace = to_regnamespace($1) GROUP BY 1
"""
# Commands of a transaction are numbered: whatever row of the copy bears a later number than this was written by the change.
_MARK = "UPDATE platform.tenant SET version = version WHERE id = $1 RETURNING cmin::text::bigint"
_THERE = "SELECT plugin, version, migration FROM platform.tenant_module WHERE tenant_id = $1"


class _ThrownAway(Exception):  # not an error: how a transaction is left that shall not commit
    """Ends the transaction of a trial."""


class _Trial:
    """One trial: the copy, and what is known of it before and after."""

    def __init__(self, runtime: Runtime, modules: Modules, tenant: LiveTenant, key: str, change: Change) -> None:
        self.runtime, self.modules, self.tenant, self.key, self.change = runtime, modules, tenant, key, change
        self.schema, self.id = new_schema_name(), new_id()
        self.parts: list[str] = []
        self.messages = 0
        self.there: dict[str, str] = {}  # modules with tables here, and their versions
        self.before: dict[str, list[str]] = {}
        self.mark = 0  # the last command of the copying
        self.keys: dict[str, tuple[str, frozenset[str]]] = {}  # of each table with a primary key: its columns, and what the rows have there

    async def copy(self, connection: "Db[asyncpg.Record]") -> None:
        """Make the copy."""
        bucket, real = self.tenant.catalogue_entry.bucket, self.tenant.schema
        await make_role_and_schema(connection, self.schema, bucket)
        await connection.execute(f"GRANT {self.schema} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE; SET LOCAL ROLE {OWNER}")
        make = "INSERT INTO platform.tenant (id, schema, bucket, state) VALUES ($1, $2, $3, 'building')"
        await connection.execute(make, self.id, self.schema, bucket)
        for row in await connection.fetch(_THERE, self.tenant.id):
            self.there[row["plugin"]] = row["version"]
            module = "INSERT INTO platform.tenant_module (tenant_id, plugin, version, migration) VALUES ($1, $2, $3, $4)"
            await connection.execute(module, self.id, *row)
        plugins = self.modules.registry.plugins
        wanted = closure(plugins, [self.key]) | set(dependents(plugins, self.there, self.key)) | {self.key}
        await enter_schema(connection, self.schema)
        keys = {*plugins, *self.there}
        self.parts = await copy_modules(connection, real, self.schema, sorted(wanted & self.there.keys()), keys)
        for row in await connection.fetch(_PRIMARY, self.schema):
            self.keys[row["name"]] = row["columns"], await self._rows(connection, row["name"], row["columns"])
        self.before, self.mark = await self._structure(connection), await connection.fetchval(_MARK, self.id)

    async def step(self, connection: "Db[asyncpg.Record]", work: Callable[[LiveTenant], Awaitable[None]], *on: str) -> None:
        """Run a plugin's own step on the copy, in its role and behind the gate of a scope."""
        record = self.tenant.catalogue_entry
        modules = {**record.modules, **{each: self.modules.plugin(each).version for each in on}}
        entry = msgspec.structs.replace(record, id=self.id, schema=self.schema, modules=modules)
        await connection.execute(f"RESET ROLE; SET LOCAL ROLE {self.schema}; SET LOCAL search_path = {self.schema}, pg_temp")
        raw: Any = connection
        scope = LiveScope(raw, self.schema, SYSTEM, "a trial", keys=self._keys)
        token = CURRENT.set(scope)
        try:
            await work(LiveTenant(entry, SYSTEM, self.runtime))
            self.messages += len(scope.pending.messages)
        finally:
            scope.ended = True
            CURRENT.reset(token)
        await connection.execute("RESET ROLE")
        await enter_schema(connection, self.schema)

    async def _keys(self, _: str) -> DataKeys:
        return await self.runtime.vault.keys_of(self.tenant.schema)  # what the copy holds was sealed for the business itself

    async def impacts(self, connection: "Db[asyncpg.Record]") -> tuple[TableImpact, ...]:
        """Return what became of each table."""
        after = await self._structure(connection)
        found = []
        for name in sorted({*self.before, *after} - {BOOKS}):
            old, new = self.before.get(name), after.get(name)
            touched = await self._touched(connection, name) if new is not None else 0
            deleted = await self._deleted(connection, name, new)
            if old == new and not touched and not deleted:
                continue
            gone = "moved" if self.change == "remove" else "dropped"
            change = "made" if old is None else gone if new is None else "changed" if old != new else "written to"
            rows = await self._count(connection, name) if old is not None else 0
            added = tuple(each for each in new or () if each not in (old or ()))
            dropped = tuple(each for each in old or () if new is not None and each not in new)
            found.append(TableImpact(name, change, rows, added, dropped, touched, deleted))
        return tuple(found)

    async def _rows(self, connection: "Db[asyncpg.Record]", name: str, columns: str) -> frozenset[str]:
        keys = await connection.fetchval(f'SELECT array_agg(ROW({columns})::text) FROM {self.schema}."{name}"')
        return frozenset(keys or ())

    async def _deleted(self, connection: "Db[asyncpg.Record]", name: str, new: list[str] | None) -> int:
        """Return how many rows of the copy are no more; what a removal moves away is there still."""
        columns, keys = self.keys.get(name, ("", frozenset()))
        if not keys or (new is None and self.change == "remove"):
            return 0
        if new is None or not set(columns.replace('"', "").split(", ")) <= set(new):  # or is another table under the name
            return len(keys)
        return len(keys - await self._rows(connection, name, columns))

    async def _count(self, connection: "Db[asyncpg.Record]", name: str) -> int:
        counted = f'SELECT count(*) FROM (SELECT 1 FROM {self.tenant.schema}."{name}" LIMIT {COUNTED}) x'
        return int(await connection.fetchval(counted))

    async def _structure(self, connection: "Db[asyncpg.Record]") -> dict[str, list[str]]:
        return {row["name"]: list(row["columns"]) for row in await connection.fetch(_STRUCTURE, self.schema)}

    async def _touched(self, connection: "Db[asyncpg.Record]", name: str) -> int:
        return int(await connection.fetchval(f'SELECT count(*) FROM {self.schema}."{name}" WHERE cmin::text::bigint > $1', self.mark))


async def preview(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str, change: Change) -> Sheet:
    """Try a change and return what it comes to; a trial that failed says why in its `problem`. Raises `Missing` for an unknown module."""
    tenant, plugin = await runtime.tenant_by_id(tenant_id), modules.plugin(key)
    sheet = Sheet(module=key, title=plugin.title, change=change, version=plugin.version)
    begun = perf_counter()
    try:
        async with asyncio.timeout(LONGEST):
            return await _try(provisioner, _Trial(runtime, modules, tenant, key, change), sheet)
    except TimeoutError:
        problem = f"The trial took longer than {LONGEST} s and was given up."
    except WeftError as wrong:
        problem = wrong.message
    except Exception as wrong:  # whatever a vendor's migration may raise
        Log.warning("a trial failed", plugin=key, change=change, error=str(wrong), exc_info=True)
        problem = f"It failed on the copy: {type(wrong).__name__}: {wrong}"
    return msgspec.structs.replace(sheet, problem=problem[:1000], seconds=round(perf_counter() - begun, 2))


async def _try(provisioner: Provisioner, trial: _Trial, sheet: Sheet) -> Sheet:
    plugins: list[Plugin] = []
    impacts: tuple[TableImpact, ...] = ()
    seconds = 0.0
    if sheet.change == "remove":
        await check_removable(trial.runtime, trial.modules, trial.tenant, sheet.module)
    try:
        async with provisioner.transaction() as connection:
            await trial.copy(connection)
            begun = perf_counter()
            plugins = await _CHANGES[sheet.change](trial, connection)
            seconds = perf_counter() - begun
            impacts = await trial.impacts(connection)
            raise _ThrownAway
    except _ThrownAway:
        pass
    others = tuple(each.title for each in plugins if each.key != sheet.module)
    return msgspec.structs.replace(
        sheet,
        version_before=trial.there.get(sheet.module, ""),
        with_it=others,
        tables=impacts,
        parts=tuple(trial.parts),
        messages=trial.messages,
        seconds=round(seconds, 2),
        **declared(trial.modules.registry, plugins),
    )


async def _enable(trial: _Trial, connection: "Db[asyncpg.Record]") -> list[Plugin]:
    done: list[str] = []
    for key in trial.modules.with_requirements([trial.key]):
        if not trial.tenant.has(key):
            await trial.modules.make_tables(connection, trial.id, trial.schema, key)
            done.append(key)
            if (life := trial.modules.plugin(key).lifecycle()) and life.on_enable:
                await trial.step(connection, life.on_enable, *done)
    if not done:
        raise Conflict(f"{trial.modules.plugin(trial.key).title} is switched on already.")
    return [trial.modules.plugin(key) for key in done]


async def _upgrade(trial: _Trial, connection: "Db[asyncpg.Record]") -> list[Plugin]:
    plugin, had = trial.modules.plugin(trial.key), trial.there.get(trial.key)
    if had is None:
        raise Missing(f"{plugin.title} was never switched on for this tenant.")
    await trial.modules.make_tables(connection, trial.id, trial.schema, trial.key)
    life = plugin.lifecycle()
    if life and (on_upgrade := life.on_upgrade) and had not in ("", plugin.version):
        await trial.step(connection, lambda tenant: on_upgrade(tenant, had))
    return [plugin]


async def _remove(trial: _Trial, connection: "Db[asyncpg.Record]") -> list[Plugin]:
    entry = msgspec.structs.replace(trial.tenant.catalogue_entry, id=trial.id, schema=trial.schema)
    await move_out(connection, trial.runtime, trial.modules, LiveTenant(entry, SYSTEM, trial.runtime), trial.key, SYSTEM)
    return [trial.modules.plugin(trial.key)]


_CHANGES = {"enable": _enable, "upgrade": _upgrade, "remove": _remove}
