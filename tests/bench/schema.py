"""How long a business's schema takes from nothing, with all installed modules: ``python -m tests.bench.schema [TIMES]``.

The baseline makes the same tables with their indexes and CHECKs by ``CREATE TABLE … (LIKE … INCLUDING ALL)``, in one transaction of a
superuser: no roles, no grants, no foreign keys, no book of migrations.
"""

import sys
from time import perf_counter

import asyncpg
import uvloop

from core.plugins.registry import Registry
from infra.laboratory.installation import Installation
from tenants.spares import make_spare
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = $1"


async def copied(admin: "asyncpg.Connection[asyncpg.Record]", model: str, name: str) -> float:
    """Return the seconds that a copy of a schema's tables takes."""
    tables = [row["tablename"] for row in await admin.fetch(_TABLES, model)]
    begun = perf_counter()
    async with admin.transaction():
        await admin.execute(f"CREATE SCHEMA {name}")
        await admin.execute("; ".join(f"CREATE TABLE {name}.{table} (LIKE {model}.{table} INCLUDING ALL)" for table in tables))
    return perf_counter() - begun


async def measure(made: Installation, times: int) -> None:
    """Make schemas, in turns with copies of the first one."""
    admin = await asyncpg.connect(made.superuser_url)
    every = tuple(made.modules.registry.plugins)
    model = await make_spare(made.provisioner, made.modules, every)
    cold, plain = [], []
    for number in range(times):
        begun = perf_counter()
        await make_spare(made.provisioner, made.modules, every)
        cold.append(perf_counter() - begun)
        plain.append(await copied(admin, model, f"copy_{number}"))
    count = len(await admin.fetch(_TABLES, model))
    await admin.close()
    name = f"a schema with {len(every)} modules, {count} tables, p95"
    tell(name, p95(cold), "s", baseline=p95(plain), baseline_is="copies of its tables", hold=Hold(1.5))


async def main(times: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        await measure(made, times)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
