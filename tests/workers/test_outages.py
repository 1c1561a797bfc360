"""Redis and PostgreSQL that die under the workers: what was committed is done all the same, once."""

import os
import signal
from pathlib import Path
from uuid import UUID

import pytest

from core.messaging.feeder import Fed
from core.tenancy.tenant import LiveTenant
from tests.sample.jobs import PASS_GATE, PASS_ONCE, WRITE, titles
from tests.workers.waiting import until
from tests.workers.yard import SWIFT, Yard
from workers.queue import Queue


async def hold_all_slots(yard: Yard, tenant: LiveTenant, gate: Path) -> list[UUID]:
    """Fill the worker with jobs that wait for a file."""
    held = [await yard.enqueue(tenant, PASS_GATE, title=f"gate {n}", folder=str(gate)) for n in range(SWIFT.short_slots)]
    for job in held:
        await yard.reaches(job, "running")
    return held


async def test_work_goes_on_without_redis_and_its_jobs_run_later(yard: Yard) -> None:
    tenant = await yard.installation.new_tenant("notes")
    worker = await yard.start()
    yard.kill_redis()
    job = await yard.enqueue(tenant, WRITE, title="written without Redis")
    await yard.reaches(job, "waiting")

    async def noticed() -> bool:
        return "a server does not answer" in worker.log.read_text()

    await until(noticed, "the worker notices")
    yard.start_redis()
    await yard.reaches(job, "done")
    assert await titles(tenant) == ["written without Redis"]
    log = worker.log.read_text()
    for loop in ("short", "long", "feeder"):
        told = [line for line in log.splitlines() if "does not answer" in line and f'"loop": "{loop}"' in line]
        assert len(told) <= 1, "an outage is told once"


@pytest.mark.parametrize("empty", [False, True], ids=["with its journal", "empty"])
async def test_a_redis_that_was_killed_loses_no_job(yard: Yard, tmp_path: Path, empty: bool) -> None:
    tenant = await yard.installation.new_tenant("notes")
    await yard.start()
    held = await hold_all_slots(yard, tenant, tmp_path)
    queued = [await yard.enqueue(tenant, WRITE, title=f"queued {n:02}") for n in range(20)]
    for job in queued:
        await yard.reaches(job, "queued")
    yard.kill_redis()
    yard.start_redis(empty=empty)
    (tmp_path / "open").touch()
    for job in (*held, *queued):
        await yard.reaches(job, "done")
    assert [title for title in await titles(tenant) if "queued" in title] == [f"queued {n:02}" for n in range(20)]


async def test_a_job_that_redis_forgot_is_put_back_while_redis_lives(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    await yard.start()
    await hold_all_slots(yard, tenant, tmp_path)
    job = await yard.enqueue(tenant, WRITE, title="found again")
    await yard.reaches(job, "queued")
    queue = Queue.open(yard.installation.settings)
    await queue.redis.flushdb()
    await queue.close()
    (tmp_path / "open").touch()
    await yard.reaches(job, "done")


async def test_a_worker_that_was_believed_dead_changes_nothing_when_it_comes_back(yard: Yard, tmp_path: Path) -> None:
    tenant = await yard.installation.new_tenant("notes")
    first = await yard.start()
    job = await yard.enqueue(tenant, PASS_ONCE, title="applied once", folder=str(tmp_path))
    await yard.exists(tmp_path / "begun")
    os.kill(first.process.pid, signal.SIGSTOP)
    await yard.start()

    async def taken_over() -> bool:
        return bool(await yard.fact(job, "attempts") == 2)

    await until(taken_over, "another worker takes the job over")
    (tmp_path / "open").touch()
    os.kill(first.process.pid, signal.SIGCONT)
    await yard.reaches(job, "done")
    assert await titles(tenant) == ["applied once"]


async def test_a_second_delivery_of_the_same_attempt_is_harmless(yard: Yard) -> None:
    tenant = await yard.installation.new_tenant("notes")
    await yard.start()
    job = await yard.enqueue(tenant, WRITE, title="delivered twice")
    await yard.reaches(job, "done")
    queue = Queue.open(yard.installation.settings)
    await queue.put([Fed(job, 1, 1), Fed(job, 2, 1)], long=False)

    async def consumed() -> bool:
        return await queue.length(long=False) == 0

    await until(consumed, "both deliveries are taken")
    await queue.close()
    assert await yard.state(job) == "done"
    assert await titles(tenant) == ["delivered twice"]
