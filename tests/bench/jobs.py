"""How many jobs a second one worker runs, beside bare arq on the same Redis: ``python -m tests.bench.jobs [JOBS]``.

Prints one JSON line per figure: name, value, unit, baseline, ratio. Ours counts everything after the commit: relay, feeder, Redis, claim,
handler, acknowledgement. The baseline is arq's own worker running jobs that lie in Redis already, with the better of two numbers of slots.
"""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import structlog
import uvloop
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.servers.postgres import EmbeddedPostgres
from infra.servers.redis import EmbeddedRedis
from infra.testing import Installation, ServerUrls, installed
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


@asynccontextmanager
async def servers() -> AsyncIterator[ServerUrls]:
    """Start both servers for this run alone, on the disk and with every safety on."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        Path(folder).chmod(0o711)  # noqa: ASYNC240  # as root, PostgreSQL runs as another account
        postgres, redis = EmbeddedPostgres(Path(folder) / "postgres"), EmbeddedRedis(Path(folder) / "redis")
        address = postgres.start()
        try:
            yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        finally:
            redis.stop()
            postgres.discard()


async def main(count: int) -> None:
    """Measure and print."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        async with servers() as urls, installed(urls, Registry([notes, echo]), Path(folder)) as made:
            tenants = [await made.new_tenant() for _ in range(4)]
            rounds: dict[str, list[float]] = {"arq": [], "no-op jobs": [], "no-op jobs applied exactly once": []}
            for _ in range(ROUNDS):  # in turns, since a machine is not equally quick all the time
                rounds["arq"].append(max([await bare_arq(urls.redis, count, slots) for slots in (16, 32)]))
                rounds["no-op jobs"].append(await ours(made, tenants, NOTHING, count))
                rounds["no-op jobs applied exactly once"].append(await ours(made, tenants, NOTHING_ONCE, count))
            for name, values in rounds.items():
                if name != "arq":
                    tell(name, values, rounds["arq"])


def tell(name: str, values: list[float], baselines: list[float]) -> None:
    """Print one figure: medians, and the median of the ratios of each round."""
    ratio = median(value / baseline for value, baseline in zip(values, baselines, strict=True))
    figure = {
        "name": name,
        "value": round(median(values)),
        "unit": "jobs/s",
        "baseline": round(median(baselines)),
        "ratio": round(ratio, 2),
    }
    sys.stdout.write(json.dumps(figure) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
