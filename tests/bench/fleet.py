"""What many tenants cost: migrations, memory, the catalogue, connections: ``python -m tests.bench.fleet [TENANTS]``.

With 300 tenants unless told otherwise, or as many as ``WEFT_FLEET`` says; 2,000 take about ten minutes. Every tenant has one table, with an
index after its migration: figures of a tenant are of that migration, not of its number of tables.
"""

import gc
import os
import random
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
import uvloop

from core.platform.pool import TenantPool
from core.plugins.registry import Registry
from core.runtime import app_login
from core.tenancy.opening import OpenScope
from core.tenancy.pending import Actor
from infra.laboratory.installation import Installation
from tenants.doctor import examine
from tenants.fleet import migrate_fleet, who_is_behind
from tenants.modules import Modules
from tenants.spares import make_spare
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground
from tests.tenants.ground import with_plugins
from tests.tenants.plugins import Shop

TENANTS = int(os.environ.get("WEFT_FLEET", "300"))
ASKED = 3000  # transactions in each way of handing out connections
NOBODY = Actor(via="platform", name="Nobody")
RAW = """
BEGIN; SET LOCAL ROLE weft_owner; ALTER TABLE {0}.shop_item ADD COLUMN size text NOT NULL DEFAULT '';
CREATE INDEX shop_item_size ON {0}.shop_item (size); COMMIT
"""


async def populate(made: Installation, count: int) -> list[str]:
    """Make tenants that are in business; returns their schemas."""
    schemas = [await make_spare(made.provisioner, made.modules, ("shop",)) for _ in range(count)]
    async with made.provisioner.as_owner() as db:
        await db.execute("UPDATE platform.tenant SET state = 'active', slug = 'b-' || substr(schema, 3), name = 'B' WHERE state = 'spare'")
    return schemas


async def migrations(made: Installation, schemas: list[str]) -> None:
    """Measure a migration that has nothing to do, and one that adds a column with an index."""
    times = []
    for _ in range(9):
        begun = perf_counter()
        assert not await who_is_behind(made.runtime, made.modules)
        times.append(perf_counter() - begun)
    tell(f"no-op migration of {len(schemas):,} tenants", median(times), "s", hold=Hold(0.1))
    second = with_plugins(made, Shop("2.0"))
    begun = perf_counter()
    report = await migrate_fleet(second.provisioner, second.runtime, second.modules)
    seconds = perf_counter() - begun
    assert (report.done, report.failed) == (len(schemas), {}), report
    admin = await asyncpg.connect(made.superuser_url)
    begun = perf_counter()
    for schema in schemas:
        await admin.execute(RAW.format(schema))
    bare = (perf_counter() - begun) * 1000 / len(schemas)
    await admin.close()
    each = seconds * 1000 / len(schemas)
    tell("an added column with its index, a tenant", each, "ms", baseline=bare, baseline_is="the bare statements", hold=Hold(10))


async def memory(made: Installation) -> None:
    """Measure what a process keeps of a tenant that it has worked for."""
    slugs = [row["slug"] for row in await made.runtime.platform.fetch("SELECT slug FROM platform.tenant ORDER BY slug")]
    await visit(made, slugs[:20])  # what is learnt once
    gc.collect()
    tracemalloc.start()
    await visit(made, slugs[20:])
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    tell("a warm tenant in a process", kept / 1024 / (len(slugs) - 20), "KB", hold=Hold(50))


async def visit(made: Installation, slugs: list[str]) -> None:
    """Work for tenants as a request does: look it up, open a transaction, ask."""
    for slug in slugs:
        record = await made.runtime.catalogue.by_slug(slug)
        assert record is not None
        async with made.runtime.tenant(record).transaction() as db:
            await db.fetch("SELECT id, title FROM shop_item LIMIT 20")


async def connections(made: Installation, schemas: list[str]) -> None:
    """Measure pools whose connections stay with their tenants beside such as hand out any, and one that recycles."""
    dice = random.Random(7)
    asked = dice.choices(schemas, k=ASKED)
    dsn = made.settings.login(app_login(0))
    found: dict[str, tuple[float, float, float]] = {}
    for name, any_will_do, recycle in (("any connection", True, 0), ("affinity", False, 0), ("affinity, recycled", False, 2_000_000)):
        pool = TenantPool(dsn, size=8, name=f"bench {name}", look_every=50, most_memory=recycle or 1 << 40)
        times = []
        for schema in asked:
            opening = OpenScope(_Any(pool, dice) if any_will_do else pool, schema, NOBODY, strict=False)
            begun = perf_counter()
            async with opening as db:
                await db.fetch("SELECT id, title FROM shop_item WHERE title > 'a' ORDER BY title LIMIT 20")
            times.append((perf_counter() - begun) * 1000)
        found[name] = (median(times), p95(times), held_by(pool))
        await pool.close()
    for place, (what, unit) in enumerate((("a transaction", "ms"), ("a transaction, p95", "ms"), ("memory of 8 backends", "MB"))):
        for name in ("affinity", "affinity, recycled"):
            tell(f"{what}: {name}", found[name][place], unit, baseline=found["any connection"][place], baseline_is="any connection")


class _Any:
    """A pool that hands out whichever connection is drawn."""

    def __init__(self, pool: TenantPool, dice: random.Random) -> None:
        self._pool, self._dice, self.size = pool, dice, pool.size

    async def acquire(self, key: str, timeout: float) -> "asyncpg.Connection[asyncpg.Record]":
        """Return any connection."""
        return await self._pool.acquire(str(self._dice.random()), timeout)

    def release(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Take it back."""
        self._pool.release(connection)


def held_by(pool: TenantPool) -> float:
    """Return the megabytes that the backends of a pool have to themselves (proc(5), smaps_rollup)."""
    total = 0
    for slot in pool.slots:
        if slot.connection and not slot.connection.is_closed():
            lines = Path(f"/proc/{slot.connection.get_server_pid()}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))
    return total / 1024


async def measure(made: Installation, count: int) -> None:
    """Measure and print."""
    first = replace(made, modules=Modules(Registry([Shop("1.0")])))
    begun = perf_counter()
    schemas = await populate(first, count)
    tell("a tenant's schema is made", (perf_counter() - begun) * 1000 / count, "ms")
    await migrations(first, schemas)
    await memory(made)
    await connections(made, schemas)
    cost = [each.sentence for each in await examine(made.provisioner, first.modules) if each.name == "catalogue cost"]
    tell("the catalogue of a tenant, as the doctor says", float(cost[0].rpartition(", ")[2].split()[0]), "KB")


async def main(count: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry([Shop("1.0")])) as made:
        await measure(made, count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS))
