"""How fast audit entries are sealed, checked and exported, beside writing them without that: ``python -m tests.bench.audit [ENTRIES]``.

The baseline is plain INSERT of the same entries in the same run, in transactions of 100. Writing itself is not held to anything: nothing of
sealing happens while somebody waits.
"""

import sys
from datetime import UTC, datetime
from time import perf_counter

import asyncpg
import uvloop

from core.audit.leaf import COLUMNS, leaf_bytes
from core.audit.proofs import export_log
from core.audit.seal import seal_tenant
from core.audit.verify import verify_log
from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from infra.laboratory.installation import Installation
from tests.bench.figures import tell
from tests.bench.ground import ground
from tests.sample.plugin import plugin as notes
from weft.merkle import Frontier, leaf_hash

TOGETHER = 100
_INSERT = """
INSERT INTO platform.audit_entry
    (id, tenant, actor, actor_name, via, request_id, action, record_kind, record_id, record_title, before, after)
SELECT uuidv7(), $1, gen_random_uuid(), 'Ann Example', 'session', 'r-0123456789', 'renamed', 'contacts.party', gen_random_uuid(),
       'A customer number ' || n, jsonb_build_object('name', 'Old name ' || n, 'city', 'London'),
       jsonb_build_object('name', 'New name ' || n, 'city', 'Berlin', 'limit', '1250.50') FROM generate_series(1, $2::int) AS n
"""


async def write(db: "asyncpg.Connection[asyncpg.Record]", schema: str, entries: int) -> float:
    """Return entries a second of plain INSERT."""
    begun = perf_counter()
    for _ in range(entries // TOGETHER):
        await db.execute(_INSERT, schema, TOGETHER)
    return entries / (perf_counter() - begun)


async def measure(made: Installation, entries: int) -> dict[str, float]:
    """Write, seal, check and export one tenant's log; returns entries a second, "written" among them."""
    tenant, platform = await made.new_tenant(), made.runtime.platform
    superuser = await asyncpg.connect(made.superuser_url, connection_class=WeftConnection)
    rates = {"written": await write(superuser, tenant.schema, entries)}
    await superuser.execute("ANALYZE platform.audit_entry")
    await superuser.close()

    begun = perf_counter()
    assert await seal_tenant(platform, tenant.schema) == entries
    rates["sealed"] = entries / (perf_counter() - begun)

    begun = perf_counter()
    verdict = await verify_log(platform, tenant.schema)
    assert (verdict.size, verdict.tampering) == (entries, None)
    rates["verified"] = entries / (perf_counter() - begun)

    begun = perf_counter()
    lines = [1 async for _ in export_log(platform, tenant.schema, tenant.name, datetime.now(UTC))]
    rates["exported"] = len(lines) / (perf_counter() - begun)

    rows = await platform.fetch(f"SELECT {COLUMNS} FROM platform.audit_entry WHERE tenant = $1 LIMIT 20000", tenant.schema)
    begun = perf_counter()
    leaves = [leaf_hash(leaf_bytes(row)) for row in rows]
    rates["hashed, in Python alone"] = len(rows) / (perf_counter() - begun)
    begun = perf_counter()
    Frontier().append(leaves)
    rates["joined into a tree, in Python alone"] = len(rows) / (perf_counter() - begun)
    return rates


async def main(entries: int) -> None:
    """Measure on servers of its own, and print."""
    async with ground(Registry([notes])) as made:
        rates = await measure(made, entries)
    written = rates.pop("written")
    for name, rate in rates.items():
        tell(name, rate, "entries/s", baseline=written, baseline_is="plain INSERT of them")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
