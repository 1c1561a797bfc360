"""Switches modules on, up to date, and off, in one tenant."""

from collections.abc import Awaitable, Iterable
from uuid import UUID

import asyncpg
from packaging.version import Version

from core.messaging.clock import declared, store
from core.platform.database import Db
from core.plugins.registry import Registry
from core.runtime import Runtime
from core.tenancy.tenant import LiveTenant
from tenants.isolation import isolate
from tenants.provisioner import Provisioner
from tenants.requirements import dependents, in_order, resolve
from tenants.roles import OWNER
from tenants.steps import enter_schema, last_migration, run_migrations
from weft.errors import Conflict, Missing
from weft.ids import new_id
from weft.plugin import Plugin
from weft.tenant import Tenant


class Modules:
    """The operator's view of the installed plugins."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def plugin(self, key: str) -> Plugin:
        """Return an installed plugin; raises `Missing`."""
        plugin = self.registry.get(key)
        if plugin is None:
            raise Missing(f"There is no module “{key}” installed here. `weft plugin list` shows those that are.")
        return plugin

    def with_requirements(self, keys: Iterable[str]) -> list[str]:
        """Return modules and all they need, in the order in which their tables can be made."""
        wanted = list(keys)
        for key in wanted:
            self.plugin(key)
        return resolve(self.registry.plugins, wanted)

    async def make_tables(self, connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str, key: str) -> list[str]:
        """Bring one module's tables into a tenant, in the caller's transaction; what stands already stays.

        Returns the names of the migrations that ran. Nobody sees the module before `show()`.
        """
        plugin = self.plugin(key)
        await enter_schema(connection, schema)
        ran = await run_migrations(connection, tenant_id, schema, plugin)
        await connection.execute(_TABLES_STAND, tenant_id, key, last_migration(plugin))
        return ran

    async def show(self, connection: "Db[asyncpg.Record]", tenant_id: UUID, key: str) -> None:
        """Let a tenant's people see a module whose tables stand: it is switched on at the installed version, and offers its roles."""
        plugin = self.plugin(key)
        await connection.execute(_SHOWN, tenant_id, key, plugin.version)
        for template in plugin.role_templates():
            permissions = [permission.name for permission in template.permissions]
            await connection.execute(_ROLE, new_id(), tenant_id, template.title, f"{key}.{template.key}", permissions)

    async def make_schedules(self, connection: "Db[asyncpg.Record]", runtime: Runtime, schema: str) -> None:
        """Bring a tenant's schedules to what its enabled modules declare, each with its next time in the tenant's zone."""
        await store(connection, declared(self.registry), runtime.now(), schema)


# Until a module has been shown its version is empty: an `on_enable` that failed has enabled nothing that could be upgraded.
_TABLES_STAND = """
INSERT INTO platform.tenant_module (tenant_id, plugin, version, migration, enabled) VALUES ($1, $2, '', $3, false)
ON CONFLICT (tenant_id, plugin) DO UPDATE SET migration = excluded.migration, changed_at = now()
"""
_SHOWN = "UPDATE platform.tenant_module SET enabled = true, version = $3, changed_at = now() WHERE tenant_id = $1 AND plugin = $2"
_HIDDEN = "UPDATE platform.tenant_module SET enabled = false, changed_at = now() WHERE tenant_id = $1 AND plugin = $2"
_HAD = "SELECT version FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2"
_ROLE = """
INSERT INTO platform.role (id, tenant_id, title, template, permissions, offered)
SELECT $1, $2, CASE WHEN EXISTS (SELECT 1 FROM platform.role WHERE tenant_id = $2 AND title = $3) THEN $3 || ' (' || $4 || ')' ELSE $3 END,
$4, $5, $5 ON CONFLICT (tenant_id, template) WHERE template <> '' DO NOTHING
"""


async def enable(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> list[str]:
    """Switch a module and what it needs on; returns the keys that were not on before.

    Tables come in one transaction, then the plugin's own steps in one of the tenant's, then the module is shown; each may run again after
    a crash. What is needed and on already is brought to the installed version first.
    """
    done = []
    for each in modules.with_requirements([key]):
        tenant = await runtime.tenant_by_id(tenant_id)
        if tenant.has(each):
            if tenant.catalogue_entry.modules[each] != modules.plugin(each).version:
                await upgrade(provisioner, runtime, modules, tenant_id, each)
            continue
        plugin, before = modules.plugin(each), await _version(runtime, modules, tenant_id, each)
        await _make_tables(provisioner, modules, tenant, each)
        tenant = await _isolated(provisioner, runtime, tenant, plugin)
        await _run_steps(tenant, plugin, before, enabling=True)
        async with provisioner.as_owner() as connection:
            await modules.show(connection, tenant_id, each)
            await modules.make_schedules(connection, runtime, tenant.schema)
        done.append(each)
    return done


async def disable(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> list[str]:
    """Hide a module; its data stays. Raises `Conflict` while another enabled module needs it."""
    tenant = await runtime.tenant_by_id(tenant_id)
    if not tenant.has(key):
        return []
    plugin = modules.registry.get(key)  # none when its package is gone
    if needed_by := dependents(modules.registry.plugins, tenant.catalogue_entry.enabled, key):
        titles = ", ".join(modules.plugin(each).title for each in needed_by)
        raise Conflict(f"{plugin.title if plugin else key} is needed by {titles}: switch those off first.")
    if plugin and (life := plugin.lifecycle()) and life.on_disable:
        await in_transaction(tenant, life.on_disable(tenant), f"switching {key} off")
    async with provisioner.as_owner() as connection:
        await connection.execute(_HIDDEN, tenant_id, key)
        await modules.make_schedules(connection, runtime, tenant.schema)
    return [key]


async def upgrade(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> str:
    """Bring a tenant's module to the installed version, and what that needs with it; returns the version it had.

    Of a module that is switched off only the tables are brought up: the plugin's own step waits until it is on again. Raises `Conflict`
    for an older installed version.
    """
    plugin, before = modules.plugin(key), await _version(runtime, modules, tenant_id, key)
    tenant = await runtime.tenant_by_id(tenant_id)
    if not tenant.has(key):
        if await runtime.platform.fetchval(_HAD, tenant_id, key) is None:
            raise Missing(f"{plugin.title} was never switched on for this tenant.")
        await _make_tables(provisioner, modules, tenant, key)
        return before
    for each in modules.with_requirements([key]):  # the new version may need what the old one did not
        if each != key and not tenant.has(each):
            await enable(provisioner, runtime, modules, tenant_id, each)
    await _make_tables(provisioner, modules, tenant, key)
    tenant = await _isolated(provisioner, runtime, tenant, plugin)
    await _run_steps(tenant, plugin, before, enabling=False)
    async with provisioner.as_owner() as connection:  # last, so that a crash before it upgrades again
        await modules.show(connection, tenant_id, key)
        await modules.make_schedules(connection, runtime, tenant.schema)
    return before


async def settle(runtime: Runtime, modules: Modules, tenant_id: UUID) -> list[str]:
    """Run what plugins do when they are switched on for the modules a spare came with: only now its business is known."""
    tenant = await runtime.tenant_by_id(tenant_id)
    done = []
    for key in in_order(modules.registry.plugins, tenant.catalogue_entry.enabled):
        if (life := modules.plugin(key).lifecycle()) and life.on_enable:
            await in_transaction(tenant, life.on_enable(tenant), f"switching {key} on")
            done.append(key)
    return done


async def _version(runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> str:
    """Return the version in which a tenant has a module, empty for none; raises `Conflict` when an older one is installed."""
    plugin, had = modules.plugin(key), await runtime.platform.fetchval(_HAD, tenant_id, key)
    if had and Version(plugin.version) < Version(had):
        raise Conflict(f"{plugin.title} {had} is in use here, and {plugin.version} is installed: install {had} or newer.")
    return str(had or "")


async def _make_tables(provisioner: Provisioner, modules: Modules, tenant: LiveTenant, key: str) -> None:
    async with provisioner.transaction() as connection:
        await lock(connection, tenant.id)
        await modules.make_tables(connection, tenant.id, tenant.schema, key)


async def _isolated(provisioner: Provisioner, runtime: Runtime, tenant: LiveTenant, plugin: Plugin) -> LiveTenant:
    """Give a tenant connections of its own before a module that asks for them runs anything; it keeps them when the module goes."""
    if plugin.isolation != "strict" or tenant.catalogue_entry.isolation == "strict":
        return tenant
    await isolate(provisioner, runtime, tenant.catalogue_entry)
    return await runtime.tenant_by_id(tenant.id)


async def _run_steps(tenant: LiveTenant, plugin: Plugin, before: str, *, enabling: bool) -> None:
    life = plugin.lifecycle()
    if life and life.on_upgrade and before not in ("", plugin.version):
        await in_transaction(tenant, life.on_upgrade(tenant, before), f"upgrading {plugin.key}")
    if life and life.on_enable and enabling:
        await in_transaction(tenant, life.on_enable(tenant), f"switching {plugin.key} on")


async def lock(connection: "Db[asyncpg.Record]", tenant_id: UUID) -> None:
    """Keep two operators from changing one tenant's tables at once, until the transaction ends; raises `Missing`."""
    await connection.execute(f"SET LOCAL ROLE {OWNER}")
    if not await connection.fetchval("SELECT true FROM platform.tenant WHERE id = $1 FOR NO KEY UPDATE", tenant_id):
        raise Missing("There is no such tenant.")


async def in_transaction(tenant: Tenant, work: Awaitable[None], why: str) -> None:
    """Run a plugin's own step in one transaction of the tenant's."""
    async with tenant.transaction(unaudited=why):
        await work
