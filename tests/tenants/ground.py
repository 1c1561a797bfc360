"""The same installation with other plugins installed, and what stands in a tenant's schema."""

import dataclasses
from typing import TypeAlias
from uuid import UUID

import asyncpg

from core.plugins.registry import Registry
from core.runtime import Runtime
from infra.testing import Installation
from tenants.modules import Modules
from tenants.operator import Operator
from weft import Plugin

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
FLEET = 24  # how many tenants a fleet of these tests has


def with_plugins(installation: Installation, *plugins: Plugin) -> Installation:
    """Return the installation as it is after the installed packages changed and every process was started anew."""
    registry = Registry(plugins)
    held = {each.name: getattr(installation.runtime, each.name) for each in dataclasses.fields(Runtime)}
    runtime = Runtime(**held | {"registry": registry})
    return dataclasses.replace(installation, runtime=runtime, modules=Modules(registry))


def operator_of(installation: Installation, spares: int = 0, starters: tuple[str, ...] = ()) -> Operator:
    """Return an operator of an installation."""
    return Operator(installation.runtime, installation.provisioner, spares=spares, starters=starters)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How far one module of a tenant is, told by four witnesses."""

    columns: frozenset[str]
    booked: tuple[str, ...]
    ledger: tuple[str, ...]
    catalogue: str
    version: str
    enabled: bool


V1 = Standing(frozenset({"id", "title"}), ("shop_0001",), ("shop_0001",), "shop_0001", "1.0", enabled=True)
V2 = Standing(
    frozenset({"id", "title", "colour"}), ("shop_0001", "shop_0002"), ("shop_0001", "shop_0002"), "shop_0002", "2.0", enabled=True
)


async def standing_of(superuser: Connection, tenant_id: UUID, plugin: str = "shop", table: str = "shop_item") -> Standing:
    """Ask the schema, its bookkeeping, the ledger and the catalogue."""
    schema = await superuser.fetchval("SELECT schema FROM platform.tenant WHERE id = $1", tenant_id)
    columns = await superuser.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped", f"{schema}.{table}"
    )
    booked = []
    if await superuser.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{schema}.migration"):
        booked = await superuser.fetch(f"SELECT name FROM {schema}.migration WHERE app_name = $1 ORDER BY name", plugin)
    steps = "SELECT migration FROM platform.migration_step WHERE tenant_id = $1 AND plugin = $2 ORDER BY migration"
    ledger = await superuser.fetch(steps, tenant_id, plugin)
    row = await superuser.fetchrow(
        "SELECT migration, version, enabled FROM platform.tenant_module WHERE tenant_id = $1 AND plugin = $2", tenant_id, plugin
    )
    return Standing(
        frozenset(each["attname"] for each in columns),
        tuple(each["name"] for each in booked),
        tuple(each["migration"] for each in ledger),
        row["migration"] if row else "",
        row["version"] if row else "",
        bool(row and row["enabled"]),
    )
