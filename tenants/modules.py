"""Switches modules on, up to date, and off, in one tenant."""

from collections.abc import Awaitable, Iterable
from uuid import UUID

import asyncpg
from packaging.version import Version

from core.messaging.clock import declared, store
from core.platform.database import Db
from core.plugins.registry import Registry
from core.runtime import Runtime
from tenants.provisioner import Provisioner
from tenants.requirements import dependents, resolve
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

    async def make_tables(
        self, connection: "Db[asyncpg.Record]", tenant_id: UUID, schema: str, key: str, *, enabled: bool, version: str = ""
    ) -> list[str]:
        """Bring one module's tables and roles into a tenant, in the caller's transaction; what stands already stays.

        Returns the names of the migrations that ran. `version` is what the catalogue is told meanwhile; unless given, the installed one.
        """
        plugin = self.plugin(key)
        await enter_schema(connection, schema)
        ran = await run_migrations(connection, tenant_id, schema, plugin)
        await connection.execute(_MODULE, tenant_id, key, version or plugin.version, last_migration(plugin), enabled)
        for template in plugin.role_templates():
            permissions = [permission.name for permission in template.permissions]
            await connection.execute(_ROLE, new_id(), tenant_id, template.title, f"{key}.{template.key}", permissions)
        return ran

    async def make_schedules(self, connection: "Db[asyncpg.Record]", runtime: Runtime, schema: str) -> None:
        """Bring a tenant's schedules to what its enabled modules declare, each with its next time in the tenant's zone."""
        await store(connection, declared(self.registry), runtime.now(), schema)


_MODULE = """
INSERT INTO platform.tenant_module (tenant_id, plugin, version, migration, enabled) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, plugin) DO UPDATE SET version = excluded.version, migration = excluded.migration, changed_at = now(),
    enabled = tenant_module.enabled OR excluded.enabled
"""
_ROLE = """
INSERT INTO platform.role (id, tenant_id, title, template, permissions)
SELECT $1, $2, CASE WHEN EXISTS (SELECT 1 FROM platform.role WHERE tenant_id = $2 AND title = $3) THEN $3 || ' (' || $4 || ')' ELSE $3 END,
$4, $5 ON CONFLICT (tenant_id, template) WHERE template <> '' DO NOTHING
"""


async def enable(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> list[str]:
    """Switch a module and what it needs on; returns the keys that were not on before.

    Tables come in one transaction, then the plugin's own `on_enable` in one of the tenant's, then the module is shown; each may run again
    after a crash.
    """
    tenant = await runtime.tenant_by_id(tenant_id)
    done = []
    for each in modules.with_requirements([key]):
        if tenant.has(each):
            continue
        async with provisioner.transaction() as connection:
            await lock(connection, tenant_id)
            await modules.make_tables(connection, tenant_id, tenant.schema, each, enabled=False)
        if (life := modules.plugin(each).lifecycle()) and life.on_enable:
            await in_transaction(tenant, life.on_enable(tenant), f"switching {each} on")
        async with provisioner.as_owner() as connection:
            await connection.execute(
                "UPDATE platform.tenant_module SET enabled = true, changed_at = now() WHERE tenant_id = $1 AND plugin = $2", tenant_id, each
            )
            await modules.make_schedules(connection, runtime, tenant.schema)
        tenant = await runtime.tenant_by_id(tenant_id)
        done.append(each)
    return done


async def disable(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> list[str]:
    """Hide a module; its data stays. Raises `Conflict` while another enabled module needs it."""
    tenant = await runtime.tenant_by_id(tenant_id)
    if not tenant.has(key):
        return []
    if needed_by := dependents(modules.registry.plugins, tenant.catalogue_entry.enabled, key):
        titles = ", ".join(modules.plugin(each).title for each in needed_by)
        raise Conflict(f"{modules.plugin(key).title} is needed by {titles}: switch those off first.")
    plugin = modules.registry.get(key)
    if plugin and (life := plugin.lifecycle()) and life.on_disable:
        await in_transaction(tenant, life.on_disable(tenant), f"switching {key} off")
    async with provisioner.as_owner() as connection:
        await connection.execute(
            "UPDATE platform.tenant_module SET enabled = false, changed_at = now() WHERE tenant_id = $1 AND plugin = $2", tenant_id, key
        )
        await modules.make_schedules(connection, runtime, tenant.schema)
    return [key]


async def upgrade(provisioner: Provisioner, runtime: Runtime, modules: Modules, tenant_id: UUID, key: str) -> str:
    """Bring a tenant's module to the installed version; returns the version it had. Raises `Conflict` for an older installed version."""
    plugin = modules.plugin(key)
    row = await runtime.platform.fetchrow(
        "SELECT version, enabled FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2", tenant_id, key
    )
    if row is None:
        raise Missing(f"The module “{key}” is not switched on for this tenant.")
    before = str(row["version"])
    if Version(plugin.version) < Version(before):
        raise Conflict(f"{plugin.title} {before} is in use here, and {plugin.version} is installed: install {before} or newer.")
    tenant = await runtime.tenant_by_id(tenant_id)
    async with provisioner.transaction() as connection:
        await lock(connection, tenant_id)
        await modules.make_tables(connection, tenant_id, tenant.schema, key, enabled=False, version=before)
        if row["enabled"]:
            await modules.make_schedules(connection, runtime, tenant.schema)
    if before != plugin.version:
        if row["enabled"] and (life := plugin.lifecycle()) and life.on_upgrade:
            await in_transaction(tenant, life.on_upgrade(tenant, before), f"upgrading {key}")
        async with provisioner.as_owner() as connection:  # last, so that a crash before it upgrades again
            await connection.execute(
                "UPDATE platform.tenant_module SET version = $3, changed_at = now() WHERE tenant_id = $1 AND plugin = $2",
                tenant_id,
                key,
                plugin.version,
            )
    return before


async def lock(connection: "Db[asyncpg.Record]", tenant_id: UUID) -> None:
    """Keep two operators from changing one tenant's tables at once, until the transaction ends; raises `Missing`."""
    await connection.execute(f"SET LOCAL ROLE {OWNER}")
    if not await connection.fetchval("SELECT true FROM platform.tenant WHERE id = $1 FOR NO KEY UPDATE", tenant_id):
        raise Missing("There is no such tenant.")


async def in_transaction(tenant: Tenant, work: Awaitable[None], why: str) -> None:
    """Run a plugin's own step in one transaction of the tenant's."""
    async with tenant.transaction(unaudited=why):
        await work
