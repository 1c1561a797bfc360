"""Everything is killed at random while jobs run: each is applied once, and none is lost."""

import asyncio
import os
import random

import pytest

from tests.sample.jobs import WRITE, Told, titles
from tests.workers.waiting import until
from tests.workers.yard import Yard

JOBS = int(os.environ.get("WEFT_CHAOS_JOBS", "400"))
KILLS = int(os.environ.get("WEFT_CHAOS_KILLS", "6"))


@pytest.mark.parametrize("seed", [int(os.environ.get("WEFT_CHAOS_SEED", "1"))])
async def test_nothing_is_lost_or_applied_twice_while_workers_and_redis_are_killed(yard: Yard, seed: int) -> None:
    chance = random.Random(seed)
    tenants = [await yard.installation.new_tenant("notes") for _ in range(2)]
    workers = [await yard.start() for _ in range(2)]

    async def ask() -> None:
        for at in range(0, JOBS, 10):
            async with tenants[at // 10 % 2].transaction():
                for number in range(at, at + 10):
                    await tenants[at // 10 % 2].enqueue(WRITE, Told(title=f"{number:06}"))
            await asyncio.sleep(KILLS * 0.25 * 10 / JOBS)

    asking = asyncio.create_task(ask())
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.05, 0.4))
        if chance.random() < 0.6:
            workers.pop(chance.randrange(len(workers))).kill()
            workers.append(await yard.start())
        else:
            yard.kill_redis()
            await asyncio.to_thread(yard.start_redis, empty=chance.random() < 0.5)
    await asking

    async def all_done() -> bool:
        platform = yard.installation.runtime.platform
        left = await platform.fetchval("SELECT count(*) FROM platform.job WHERE state <> 'done'")
        unmoved = await platform.fetchval("SELECT count(*) FROM platform.outbox")
        return (left, unmoved) == (0, 0)

    await until(all_done, "every job is done", seconds=120)
    written = [title for tenant in tenants for title in await titles(tenant)]
    assert sorted(written) == [f"{number:06}" for number in range(JOBS)]
