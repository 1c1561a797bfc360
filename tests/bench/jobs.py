"""How many jobs a second one worker runs, beside bare arq on the same Redis: ``python -m tests.bench.jobs [JOBS]``.

Ours counts everything after the commit: relay, feeder, Redis, claim, handler, acknowledgement. The baseline is arq's own worker running
jobs that lie in Redis already, with the better of two numbers of slots.
"""

import asyncio
import sys
from statistics import median
from time import perf_counter
from typing import Any

import uvloop
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.sample.echo import plugin as echo
from tests.sample.jobs import NOTHING, NOTHING_ONCE, Told
from tests.sample.plugin import plugin as notes
from weft import Job
from workers.books import open_books
from workers.crew import Crew
from workers.main import CONNECTIONS
from workers.options import Options
from workers.queue import Queue

BATCH = 500
ROUNDS = 5


async def do_nothing(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:
    """Do nothing."""


async def bare_arq(url: str, count: int, slots: int) -> float:
    """Return jobs a second of arq's own worker."""
    redis: ArqRedis = await create_pool(RedisSettings.from_dsn(url), default_queue_name="bench")
    for _ in range(0, count, BATCH):
        await asyncio.gather(*(redis.enqueue_job("nothing") for _ in range(BATCH)))
    worker = Worker(
        [func(do_nothing, name="nothing", keep_result=0)],
        queue_name="bench",
        redis_pool=redis,
        burst=True,
        handle_signals=False,
        max_jobs=slots,
        poll_delay=0.01,
        log_results=False,
    )
    begun = perf_counter()
    await worker.async_run()
    seconds = perf_counter() - begun
    assert worker.jobs_complete == count
    await redis.aclose()
    return count / seconds


async def ours(made: Installation, tenants: list[LiveTenant], job: Job[Told], count: int) -> float:
    """Return jobs a second from the commit to the acknowledgement, of a whole worker process."""
    for at in range(0, count, BATCH):
        tenant = tenants[at // BATCH % len(tenants)]
        async with tenant.transaction():
            for _ in range(BATCH):
                await tenant.enqueue(job, Told())
    queue, stop = Queue.open(made.settings), asyncio.Event()
    begun = perf_counter()
    async with open_books(made.settings, size=CONNECTIONS) as books:
        crew = asyncio.create_task(Crew(made.runtime, books, queue, Options()).run(stop))
        while await made.runtime.platform.fetchval(_LEFT):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        seconds = perf_counter() - begun
        stop.set()
        await crew
    await queue.close()
    done = await made.runtime.platform.fetchval("SELECT count(*) FROM platform.job WHERE state = 'done'")
    assert done == count, (done, count)
    await made.runtime.platform.execute("DELETE FROM platform.job")
    await made.runtime.platform.execute("DELETE FROM platform.job_receipt")
    return count / seconds


_LEFT = """
SELECT EXISTS (SELECT 1 FROM platform.outbox) OR EXISTS (SELECT 1 FROM platform.job WHERE state IN ('queued', 'running'))
    OR EXISTS (SELECT 1 FROM platform.job WHERE state = 'waiting')
"""


async def measure(made: Installation, count: int) -> None:
    """Measure and print."""
    tenants = [await made.new_tenant() for _ in range(4)]
    arq: list[float] = []
    rounds: dict[str, list[float]] = {"no-op jobs": [], "no-op jobs applied exactly once": []}
    for _ in range(ROUNDS):  # in turns, since a machine is not equally quick all the time
        arq.append(max([await bare_arq(made.settings.redis_url, count, slots) for slots in (16, 32)]))
        rounds["no-op jobs"].append(await ours(made, tenants, NOTHING, count))
        rounds["no-op jobs applied exactly once"].append(await ours(made, tenants, NOTHING_ONCE, count))
    for name, values in rounds.items():
        hold = Hold(0.5, at_most=False, of_ratio=True)
        tell(f"{name}, {count:,}", median(values), "jobs/s", baseline=median(arq), baseline_is="bare arq", hold=hold)


async def main(count: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry([notes, echo])) as made:
        await measure(made, count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
