"""What many tenants cost: migrations, memory, the catalogue, connections: ``python -m tests.bench.fleet [TENANTS]``.

With 300 tenants unless told otherwise, or as many as ``WEFT_FLEET`` says. Each is founded as a sign-up founds one, with two modules of a
table each, an owner who is signed in, and a page: figures of a tenant are of that, not of one with every module. What is measured of many
is measured of a hundred too, on a server of their own, in turns.
"""

import os
import random
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
import uvloop

from core.platform.pool import TenantPool
from core.runtime import app_login
from core.tenancy.opening import OpenScope
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from tenants.doctor import examine
from tenants.fleet import migrate_fleet, who_is_behind
from tests.bench import fleet_ticks, fleet_web
from tests.bench.figures import Hold, p95, tell
from tests.bench.fleet_plugins import installed
from tests.bench.ground import ground
from tests.tenants.ground import with_plugins

TENANTS = int(os.environ.get("WEFT_FLEET", "300"))
FEW = 100
ASKED, TOGETHER = 6000, 300  # transactions in each way of handing out connections, and how many before it is the next way's turn
RECYCLED_AT = 3_000_000  # bytes of a backend
NOBODY = Actor(via="platform", name="Nobody")
SECOND = installed("2.0")
RAW = """
BEGIN; SET LOCAL ROLE weft_owner; ALTER TABLE {0}.shop_item ADD COLUMN size text NOT NULL DEFAULT '';
CREATE INDEX shop_item_size ON {0}.shop_item (size); COMMIT
"""


async def populate(made: Installation, count: int) -> list[LiveTenant]:
    """Found businesses as a sign-up does: a spare is made, claimed and settled. Prints what the first and the last hundred took."""
    founded, times = [], []
    for _ in range(count):
        begun = perf_counter()
        founded.append(await made.new_tenant("shop", "notes"))
        times.append((perf_counter() - begun) * 1000)
    if count > FEW:
        tell(
            f"a business is founded, the last of {count:,}",
            median(times[-FEW:]),
            "ms",
            baseline=median(times[:FEW]),
            baseline_is="the first",
        )
    return founded


async def migrations(made: Installation, schemas: list[str]) -> None:
    """Measure a migration that has nothing to do, and one that adds a column with an index."""
    times = []
    for _ in range(9):
        begun = perf_counter()
        assert not await who_is_behind(made.runtime, made.modules)
        times.append(perf_counter() - begun)
    tell(f"no-op migration of {len(schemas):,} tenants", median(times), "s", hold=Hold(0.1))
    second = with_plugins(made, *SECOND.plugins.values())
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


async def connections(made: Installation, schemas: list[str]) -> None:
    """Measure pools whose connections stay with their tenants beside such as hand out any, and one that recycles; all take turns."""
    dice = random.Random(7)
    dsn = made.settings.login(app_login(0))
    ways = {"any connection": (True, 1 << 40), "affinity": (False, 1 << 40), "affinity, recycled": (False, RECYCLED_AT)}
    pools = {name: TenantPool(dsn, size=8, name=f"bench {name}", look_every=50, most_memory=most) for name, (_, most) in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ASKED // TOGETHER):
        asked = dice.choices(schemas, k=TOGETHER)
        for name, pool in pools.items():
            chosen = _Any(pool, dice) if ways[name][0] else pool
            for schema in asked:
                begun = perf_counter()
                async with OpenScope(chosen, schema, NOBODY, strict=False) as db:
                    await db.fetch("SELECT id, title FROM shop_item WHERE title > 'a' ORDER BY title LIMIT 20")
                times[name].append((perf_counter() - begun) * 1000)
    found = {name: (median(times[name]), p95(times[name]), held_by(pool)) for name, pool in pools.items()}
    for pool in pools.values():
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


async def measure(few: Installation, many: Installation, count: int) -> None:
    """Measure and print."""
    small, large = await populate(few, FEW), await populate(many, count)
    schemas = [each.schema for each in large]
    second = with_plugins(few, *SECOND.plugins.values())
    await migrate_fleet(second.provisioner, second.runtime, second.modules)
    await migrations(many, schemas)
    await fleet_ticks.measure(second, with_plugins(many, *SECOND.plugins.values()))
    await fleet_web.measure((few, small), (many, large))
    await connections(many, schemas)
    found = await examine(many.provisioner, with_plugins(many, *SECOND.plugins.values()).modules)
    assert all(each.ok for each in found if each.name != "server"), found
    [cost] = [each.sentence for each in found if each.name == "catalogue cost"]
    tell("the catalogue of a tenant, as the doctor says", float(cost.rpartition(", ")[2].split()[0]), "KB")


async def main(count: int) -> None:
    """Measure on servers of its own, one for the few and one for the many."""
    registry = installed("1.0")
    async with ground(registry) as few, ground(registry) as many:
        await measure(few, many, count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS))
