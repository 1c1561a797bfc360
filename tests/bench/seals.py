"""Sealing posted entries, and proofs from kept subtrees beside hashing the whole tree: ``python -m tests.bench.seals [ENTRIES]``.

The proof of an entry is made and checked as the page makes it; the baseline reads all leaves and hashes them.
"""

import random
import sys
from time import perf_counter

import uvloop

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from plugins.accounting.domain.charts import Chart, ChartRow
from plugins.accounting.queries import seals
from plugins.accounting.services import sealing, setup, years
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground
from tests.bench.trial_balance import FIRST_DAYS, fill
from weft import merkle

ROUNDS = 60


async def proofs(tenant: LiveTenant, count: int) -> None:
    """Measure proofs of entries and of growth."""
    chance = random.Random(3)
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT s.entry FROM accounting_sealed s ORDER BY s.position")
        begun = perf_counter()
        leaves = await seals.leaves_of(db, 0, count)
        merkle.inclusion_proof(leaves, count // 2)
        baseline = (perf_counter() - begun) * 1000
    taken, grown = [], []
    for _ in range(ROUNDS):
        begun = perf_counter()
        await sealing.prove_entry(tenant, rows[chance.randrange(count)]["entry"])
        taken.append((perf_counter() - begun) * 1000)
        begun = perf_counter()
        await sealing.prove_growth(tenant, chance.randint(1, count))
        grown.append((perf_counter() - begun) * 1000)
    title = f"proof of one of {count:,} entries, p95"
    tell(title, p95(taken), "ms", baseline=baseline, baseline_is="hashing all leaves", hold=Hold(0.5, of_ratio=True))
    tell("proof of growth, p95", p95(grown), "ms", baseline=baseline, baseline_is="hashing all leaves", hold=Hold(0.5, of_ratio=True))


async def main(entries: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        tenant = await made.new_tenant()
        await setup.set_up(tenant, "generic")
        await setup.add_chart(tenant, Chart(tuple(ChartRow(f"9{number:03}", f"Account {number}", "expense") for number in range(150))))
        for day in FIRST_DAYS:
            await years.ensure_year(tenant, day)
        db = await fill(made, tenant, entries)
        await db.close()
        begun = perf_counter()
        count = await sealing.seal_entries(tenant)
        tell("sealed", count / (perf_counter() - begun), "entries/s")
        begun = perf_counter()
        async with tenant.transaction() as scope:
            verdict = await sealing.verify(scope)
        assert not verdict.findings
        tell("compared with their seals", count / (perf_counter() - begun), "entries/s")
        await proofs(tenant, count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
