"""What there is of all tenants, read once: by the catalogue, by PostgreSQL, and by each schema's own bookkeeping."""

from collections import defaultdict
from dataclasses import dataclass, field

import asyncpg

from core.platform.database import Db
from tenants.roles import TENANT_ROLE

TOGETHER = 200  # tenants whose bookkeeping is read by one statement


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """What the catalogue says of one module of a tenant."""

    schema: str
    plugin: str
    version: str
    migration: str
    enabled: bool


@dataclass(slots=True)
class Facts:
    """What there is, read once."""

    states: dict[str, str]  # schema → state
    schemas: set[str]
    roles: set[str]
    modules: list[ModuleRow]
    tables: dict[str, set[str]]  # schema → tables
    booked: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))  # schema, plugin → migrations
    ledger: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))


async def read(db: "Db[asyncpg.Record]") -> Facts:
    """Read what there is of all tenants."""
    states = {row["schema"]: row["state"] for row in await db.fetch("SELECT schema::text, state FROM platform.tenant ORDER BY schema")}
    schemas = {row["nspname"] for row in await db.fetch("SELECT nspname FROM pg_namespace WHERE nspname ~ $1", TENANT_ROLE)}
    roles = {row["rolname"] for row in await db.fetch("SELECT rolname FROM pg_roles WHERE rolname ~ $1", TENANT_ROLE)}
    tables: dict[str, set[str]] = defaultdict(set)
    for row in await db.fetch(_TABLES, TENANT_ROLE):
        tables[row["nspname"]].add(row["relname"])
    facts = Facts(states, schemas, roles, [ModuleRow(**dict(row)) for row in await db.fetch(_MODULES)], tables)
    for row in await db.fetch(_LEDGER):
        facts.ledger[row["schema"], row["plugin"]].add(row["migration"])
    kept = sorted(schema for schema in schemas if "migration" in tables[schema])
    for start in range(0, len(kept), TOGETHER):
        several = " UNION ALL ".join(
            f"SELECT '{schema}' AS schema, app_name, name FROM {schema}.migration" for schema in kept[start : start + TOGETHER]
        )
        for row in await db.fetch(several):
            facts.booked[row["schema"], row["app_name"]].add(row["name"])
    return facts


_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname ~ $1 AND c.relkind IN ('r', 'p')
"""
_MODULES = """
SELECT t.schema::text, m.plugin, m.version, m.migration, m.enabled
FROM platform.tenant_module m JOIN platform.tenant t ON t.id = m.tenant_id ORDER BY 1, 2
"""
_LEDGER = "SELECT t.schema::text, s.plugin, s.migration FROM platform.migration_step s JOIN platform.tenant t ON t.id = s.tenant_id"
