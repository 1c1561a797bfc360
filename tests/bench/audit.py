"""How fast audit entries are sealed, checked and exported, beside writing them without that: ``python -m tests.bench.audit [ENTRIES]``.

Prints one JSON line per figure: name, value, unit, baseline, ratio. The baseline is plain INSERT of the same entries in the same run, in
transactions of 100, into a table that is never sealed.
"""

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import asyncpg

from core.audit.leaf import COLUMNS, leaf_bytes
from core.audit.proofs import export_log
from core.audit.seal import seal_tenant
from core.audit.verify import verify_log
from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from infra.servers.postgres import EmbeddedPostgres
from infra.testing import ServerUrls, installed
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


def tell(name: str, value: float, unit: str, baseline: float) -> None:
    """Print one figure."""
    print(json.dumps({"name": name, "value": round(value), "unit": unit, "baseline": round(baseline), "ratio": round(value / baseline, 2)}))  # noqa: T201


async def main(entries: int) -> None:
    """Write, seal, check and export one tenant's log."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", say=lambda _: None)
        address = server.start()
        urls = ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        async with installed(urls, Registry([notes]), Path(folder)) as ground:
            tenant, plain = await ground.new_tenant(), await ground.new_tenant()
            superuser = await asyncpg.connect(ground.superuser_url, connection_class=WeftConnection)
            platform = ground.runtime.platform
            rates = {}
            for each in (plain, tenant):
                started = perf_counter()
                for _ in range(entries // TOGETHER):
                    await superuser.execute(_INSERT, each.schema, TOGETHER)
                rates[each.schema] = entries / (perf_counter() - started)
            await superuser.execute("ANALYZE platform.audit_entry")
            written = rates[tenant.schema]
            tell("written without sealing", rates[plain.schema], "entries/s", written)

            started = perf_counter()
            assert await seal_tenant(platform, tenant.schema) == entries
            tell("sealed", entries / (perf_counter() - started), "entries/s", written)

            started = perf_counter()
            verdict = await verify_log(platform, tenant.schema)
            assert (verdict.size, verdict.tampering) == (entries, None)
            tell("verified", entries / (perf_counter() - started), "entries/s", written)

            started = perf_counter()
            lines = [1 async for _ in export_log(platform, tenant.schema, tenant.name, datetime.now(UTC))]
            tell("exported", len(lines) / (perf_counter() - started), "entries/s", written)

            rows = await platform.fetch(f"SELECT {COLUMNS} FROM platform.audit_entry WHERE tenant = $1 LIMIT 20000", tenant.schema)
            started = perf_counter()
            leaves = [leaf_hash(leaf_bytes(row)) for row in rows]
            tell("hashed, in Python alone", len(rows) / (perf_counter() - started), "entries/s", written)
            started = perf_counter()
            Frontier().append(leaves)
            tell("joined into a tree, in Python alone", len(rows) / (perf_counter() - started), "entries/s", written)
            await superuser.close()
        server.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
