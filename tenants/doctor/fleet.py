"""Checks of the tenants themselves: that the catalogue, PostgreSQL and the installed plugins say the same of each."""

from collections import Counter

import asyncpg

from core.platform.database import Db
from tenants.doctor.census import Facts
from tenants.doctor.findings import Finding, found, sentence
from tenants.homes import homeless
from tenants.modules import Modules
from tenants.steps import last_migration


async def homes(db: "Db[asyncpg.Record]", facts: Facts) -> list[Finding]:
    """Check that every tenant has its role and schema, and exactly the rights it needs."""
    problems = [sentence(each.what, each.mend) for each in await homeless(db)]
    return found("homes", problems, f"Of {_count(len(facts.states), 'tenant')}, each has its role, its schema and its rights.")


def orphans(facts: Facts) -> list[Finding]:
    """Check that no schema or role is left of a tenant that the catalogue does not know."""
    strays = [f"schema {name}" for name in sorted(facts.schemas - facts.states.keys())]
    strays += [f"role {name}" for name in sorted(facts.roles - facts.states.keys())]
    problems = [f"The {stray} belongs to no tenant. Find out why, then drop it." for stray in strays]
    return found("orphans", problems, "Every tenant's schema and role is in the catalogue.")


def modules(facts: Facts, installed: Modules) -> list[Finding]:
    """Check that what tenants have switched on is installed, and that nobody is behind."""
    gone, behind = Counter[str](), Counter[str]()
    for row in facts.modules:
        plugin = installed.registry.get(row.plugin)
        if plugin is None:
            gone[row.plugin] += row.enabled
        elif row.migration != last_migration(plugin) or (row.enabled and row.version != plugin.version):
            behind[row.plugin] += 1
    problems = [f"“{key}” is in use by {_count(many, 'tenant')}, and not installed." for key, many in sorted((+gone).items())]
    problems += [f"“{key}” is to be upgraded for {_count(many, 'tenant')}. Run `weft migrate`." for key, many in sorted(behind.items())]
    return found("modules", problems, "Every tenant has its modules at the installed versions.")


def tables(facts: Facts, installed: Modules) -> list[Finding]:
    """Check that the tables of every module stand where it is up to date."""
    problems = []
    for row in facts.modules:
        plugin = installed.registry.get(row.plugin)
        app = plugin.storage() if plugin else None
        if plugin and app and row.migration == last_migration(plugin):
            missing = {table._meta.tablename for table in app.table_classes} - facts.tables[row.schema]
            problems += [f"The table {row.schema}.{name} is missing: restore it from a backup." for name in sorted(missing)]
    return found("tables", problems, "The tables of every module stand.")


def bookkeeping(facts: Facts) -> list[Finding]:
    """Check that the bookkeeping in each schema, the ledger and the catalogue agree on which migrations have run."""
    problems = []
    catalogue = {(row.schema, row.plugin): row.migration for row in facts.modules}
    for schema, plugin in sorted(catalogue.keys() | facts.booked.keys() | facts.ledger.keys()):
        booked, ledger = facts.booked.get((schema, plugin), set()), facts.ledger.get((schema, plugin), set())
        last, told = max(booked, default=""), catalogue.get((schema, plugin), "")
        if schema not in facts.states:  # an orphan, told elsewhere
            continue
        if booked != ledger:
            problems.append(f"The schema {schema} and the ledger differ in {', '.join(sorted(booked ^ ledger))} of “{plugin}”.")
        elif last != told:
            problems.append(f"The catalogue has {schema} at “{told}” of “{plugin}”, and the schema is at “{last}”.")
    return found("bookkeeping", problems, "Schemas, ledger and catalogue agree on which migrations have run.")


def spares(facts: Facts, wanted: int) -> list[Finding]:
    """Check that sign-ups find a schema ready."""
    ready = sum(state == "spare" for state in facts.states.values())
    if wanted and not ready:
        return [Finding("spares", False, f"No schema is ready for a sign-up; {wanted} should be. Is the operator running?")]
    return [Finding("spares", True, f"Ready for sign-ups: {_count(ready, 'schema')}" + (f" of {wanted}." if wanted else "."))]


async def operations(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check that the operator does what it is asked."""
    waiting = await db.fetchval(_WAITING)
    problems = [f"More than ten minutes old: {_count(waiting, 'operation')}. Is the operator running?"] if waiting else []
    return found("operations", problems, "The operator does what it is asked.")


_WAITING = "SELECT count(*) FROM platform.operation WHERE state = 'waiting' AND created_at < now() - interval '10 minutes'"


async def outbox(db: "Db[asyncpg.Record]") -> list[Finding]:
    """Check that somebody moves what transactions committed: workers may be without a relay."""
    late = await db.fetchval(_LATE)
    problems = (
        ["A message has waited in the outbox for more than ten minutes. Is a worker with a relay running, or `weft relay`?"] if late else []
    )
    return found("outbox", problems, "What was committed is moved to where workers find it.")


# Ids are in the order of time (UUIDv7), so the first one is the oldest.
_LATE = "SELECT created_at < now() - interval '10 minutes' FROM platform.outbox ORDER BY id LIMIT 1"


async def cost(db: "Db[asyncpg.Record]", facts: Facts) -> Finding:
    """Tell what tenants cost in PostgreSQL's own catalogue, which is the budget they share."""
    size = int(await db.fetchval(_COST))
    each, relations = size // max(1, len(facts.states)) // 1000, sum(map(len, facts.tables.values()))
    told = f"{_count(len(facts.states), 'tenant')} with {_count(relations, 'table')} take {size // 1_000_000} MB of the catalogue"
    return Finding("catalogue cost", True, f"{told}, {each} KB each.")


_COST = """
SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(ARRAY['pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint', 'pg_depend',
    'pg_index', 'pg_type', 'pg_statistic', 'pg_sequence', 'pg_shdepend', 'pg_auth_members', 'pg_authid', 'pg_namespace',
    'pg_default_acl']) AS name
"""


def _count(many: int, thing: str) -> str:
    return f"{many} {thing}{'' if many == 1 else 's'}"
