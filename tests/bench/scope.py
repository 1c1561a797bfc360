"""What a tenant's scope costs beside a raw transaction with the same two queries: ``python -m tests.bench.scope [ROUNDS]``.

One after the other, without concurrency: the figures are milliseconds of one transaction, medians over rounds in which both take turns.
The baseline is asyncpg on one connection whose search_path is one tenant's.
"""

import random
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter
from uuid import UUID

import asyncpg
import uvloop

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.sample.plugin import plugin as notes
from weft import new_id

TENANTS = 200
TOGETHER = 400  # transactions in a round, so that each of the tenants comes about twice
PAGE = "SELECT id, title, version FROM notes_note ORDER BY title LIMIT 20"
ONE = "SELECT title, version FROM notes_note WHERE id = $1"


async def filled(made: Installation) -> tuple[LiveTenant, UUID]:
    """Make a business with a hundred notes; returns the id of one."""
    tenant = await made.new_tenant()
    ids = [new_id() for _ in range(100)]
    async with tenant.transaction(unaudited="rows to read") as db:
        await db.execute(
            "INSERT INTO notes_note (id, title, version) SELECT id, 'Note ' || n, 1 FROM unnest($1::uuid[]) WITH ORDINALITY AS r (id, n)",
            ids,
        )
    return tenant, ids[50]


async def raw(db: "asyncpg.Connection[asyncpg.Record]", note: UUID) -> float:
    """Return milliseconds of a raw transaction."""
    begun = perf_counter()
    for _ in range(TOGETHER):
        async with db.transaction():
            await db.fetch(PAGE)
            await db.fetchrow(ONE, note)
    return (perf_counter() - begun) * 1000 / TOGETHER


async def scoped(asked: Sequence[tuple[LiveTenant, UUID]]) -> float:
    """Return milliseconds of a scope."""
    begun = perf_counter()
    for tenant, note in asked:
        async with tenant.transaction() as db:
            await db.fetch(PAGE)
            await db.fetchrow(ONE, note)
    return (perf_counter() - begun) * 1000 / len(asked)


async def measure(made: Installation, rounds: int) -> None:
    """Take turns; print."""
    every = [await filled(made) for _ in range(TENANTS)]
    only = every[0]
    db = await asyncpg.connect(made.superuser_url, server_settings={"search_path": only[0].schema, "jit": "off"})
    dice = random.Random(7)
    plain: list[float] = []
    times: dict[str, list[float]] = {"one tenant": [], f"random of {TENANTS} tenants": []}
    await scoped(every * 2)  # connections are opened, and have met their tenants
    for _ in range(rounds):
        plain.append(await raw(db, only[1]))
        times["one tenant"].append(await scoped([only] * TOGETHER))
        times[f"random of {TENANTS} tenants"].append(await scoped(dice.choices(every, k=TOGETHER)))
    await db.close()
    for (name, found), limit in zip(times.items(), (1.25, 2.5), strict=True):
        hold = Hold(limit, of_ratio=True)
        tell(f"a scope, {name}", median(found), "ms", baseline=median(plain), baseline_is="a raw transaction", hold=hold)


async def main(rounds: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry([notes])) as made:
        await measure(made, rounds)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
