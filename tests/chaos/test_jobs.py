"""Workers with their relays, Redis and PostgreSQL are killed at random moments while jobs are asked for and run: each is applied once.

What is asked for is a row in the tenant's schema, written with the job's message in one transaction; what is applied is another, written
with the job's receipt. Both can be counted afterwards, whatever anybody was told. ``WEFT_CHAOS=long`` runs 10,000 jobs;
``WEFT_CHAOS_SEED`` another course of events.
"""

import asyncio
import logging
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.outages import OUTAGES
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.servers.postgres import EmbeddedPostgres
from infra.testing import ServerUrls, installed
from tests.sample.echo import plugin as echo
from tests.sample.jobs import WRITE, Told, titles, write
from tests.sample.plugin import plugin as notes
from tests.workers.waiting import until
from tests.workers.yard import Yard, open_yard
from weft import Priority, Unavailable

Log = logging.getLogger("weft.chaos")
LONG = os.environ.get("WEFT_CHAOS") == "long"
JOBS = 10_000 if LONG else 300
KILLS = 120 if LONG else 6
BATCH = 10
PATIENCE = 900 if LONG else 90  # seconds: a job that was tried three times while PostgreSQL was away waits for a minute
GONE = (*OUTAGES, Unavailable)


@dataclass(slots=True)
class Fray:
    """Everything that can be killed, and what was."""

    yard: Yard
    postgres: EmbeddedPostgres
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    async def kill_something(self, what: str) -> None:
        """End one process as a power failure would, and start it again."""
        self.killed[what] += 1
        if what == "worker":
            worker = self.yard.workers.pop(self.chance.randrange(len(self.yard.workers)))
            worker.kill()
            await self.yard.start()
        elif what == "postgres":
            os.kill(int((self.postgres.home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            await asyncio.to_thread(self.postgres.stop)
            await asyncio.sleep(self.chance.uniform(0, 0.3))
            await asyncio.to_thread(self.postgres.start)
        else:
            self.yard.kill_redis()
            await asyncio.to_thread(self.yard.start_redis, empty=self.chance.random() < 0.5)


@asynccontextmanager
async def fray(folder: Path, seed: int) -> AsyncIterator[Fray]:
    """Yield servers and workers of their own."""
    postgres = EmbeddedPostgres(folder / "postgres", say=lambda _: None)
    address = postgres.start()
    try:
        urls = ServerUrls(lambda database: address.dsn("postgres", database), "redis://nowhere")
        async with installed(urls, Registry([notes, echo]), folder) as made:
            with open_yard(made, folder, lambda _: None) as yard:
                yield Fray(yard, postgres, random.Random(seed))
    finally:
        postgres.discard()


async def ask(tenant: LiveTenant, first: int, chance: random.Random) -> None:
    """Ask for some jobs in one transaction, until it is known to be committed."""
    while True:
        with suppress(*GONE):
            async with tenant.transaction() as db:
                if await db.fetchval("SELECT true FROM notes_note WHERE title = $1", f"asked {first:06}"):
                    return  # it had been committed, and nobody could say so
                for number in range(first, first + BATCH):
                    await tenant.enqueue(WRITE, Told(title=f"done {number:06}"), priority=chance.choice(list(Priority)))
                await write(tenant, f"asked {first:06}")
            return
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("seed", [int(os.environ.get("WEFT_CHAOS_SEED", "1"))])
async def test_nothing_is_lost_or_applied_twice_while_workers_redis_and_postgresql_are_killed(tmp_path: Path, seed: int) -> None:
    async with fray(tmp_path, seed) as all_of_it:
        yard, chance = all_of_it.yard, all_of_it.chance
        tenants = [await yard.installation.new_tenant("notes") for _ in range(2)]
        for _ in range(2):
            await yard.start()

        async def ask_for_all() -> None:
            for at in range(0, JOBS, BATCH):
                await ask(tenants[at // BATCH % 2], at, random.Random(at))
                await asyncio.sleep(KILLS * 0.3 * BATCH / JOBS)

        asking = asyncio.create_task(ask_for_all())
        course = [chance.choices(["worker", "redis", "postgres"], [5, 3, 2])[0] for _ in range(KILLS - 3)] + ["worker", "redis", "postgres"]
        chance.shuffle(course)
        for what in course:
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            await all_of_it.kill_something(what)
        await asking

        async def all_done() -> bool:
            with suppress(*GONE):
                return bool(await yard.installation.runtime.platform.fetchval(_NOTHING_LEFT))
            return False

        await until(all_done, "every job has ended", seconds=PATIENCE)
        written = [title for tenant in tenants for title in await titles(tenant) if title.startswith("done")]
        assert sorted(written) == [f"done {number:06}" for number in range(JOBS)], all_of_it.killed
        failed = await yard.installation.runtime.platform.fetch("SELECT id, error FROM platform.job WHERE state <> 'done'")
        assert not failed
        attempts = await yard.installation.runtime.platform.fetch("SELECT attempts, count(*) FROM platform.job GROUP BY 1 ORDER BY 1")
        Log.info("jobs=%d killed=%s attempts=%s", JOBS, dict(all_of_it.killed), [tuple(each) for each in attempts])


_NOTHING_LEFT = """
SELECT NOT EXISTS (SELECT 1 FROM platform.outbox)
    AND NOT EXISTS (SELECT 1 FROM platform.job WHERE state IN ('waiting', 'queued', 'running'))
"""
