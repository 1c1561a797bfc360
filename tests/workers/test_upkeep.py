"""What is thrown away, what is counted, and the small parts that everything else stands on."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messaging import backoff
from core.messaging.depth import measure
from core.messaging.housekeeping import Housekeeping, Keep
from core.settings import Misconfigured
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from infra.testing_jobs import Jobs
from tests.sample.jobs import NOTHING_ONCE, WRITE, Told
from tests.workers.waiting import until
from weft import new_id
from workers import metrics
from workers.batches import Batches
from workers.loop import Loop
from workers.options import Options

NOW = timedelta()
EVERYTHING = Keep(done_jobs=NOW, failed_jobs=NOW, receipts=NOW, notifications=NOW, mail=NOW, file_waste=NOW)


@given(attempt=st.integers(1, 10_000), chance=st.floats(0, 1))
def test_a_wait_grows_with_each_failure_and_is_never_longer_than_an_hour(attempt: int, chance: float) -> None:
    wait = backoff.delay(attempt, chance)
    assert timedelta(seconds=2) <= wait <= timedelta(hours=1)
    assert backoff.delay(attempt, 0) <= backoff.delay(attempt + 1, 0)
    assert backoff.delay(attempt, 0) / 2 <= wait <= backoff.delay(attempt, 0)
    assert backoff.delay(attempt, 0) <= backoff.delay(attempt + 1, 1) or backoff.delay(attempt + 1, 0) == timedelta(hours=1)


async def test_what_has_ended_is_thrown_away_and_what_has_not_stays(tenant: LiveTenant, installation: Installation, jobs: Jobs) -> None:
    platform = installation.runtime.platform
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="done"))
        await tenant.notify("old", to=new_id())
    await jobs.run_all()
    async with tenant.transaction():
        waiting = await tenant.enqueue(NOTHING_ONCE, Told(), at=tenant.now() + timedelta(hours=1))
        await tenant.mail("ada@example.com", "unsent", "x")
    await jobs.relay()
    house = Housekeeping(platform, installation.runtime.store, EVERYTHING)
    assert await house.turn() >= 3
    left = await platform.fetch("SELECT id FROM platform.job WHERE tenant = $1", tenant.schema)
    assert [row["id"] for row in left] == [waiting]
    assert await platform.fetchval("SELECT count(*) FROM platform.job_receipt WHERE tenant = $1", tenant.schema) == 0
    assert await platform.fetchval("SELECT count(*) FROM platform.notification WHERE tenant = $1", tenant.schema) == 0
    assert await platform.fetchval("SELECT count(*) FROM platform.mail WHERE tenant = $1", tenant.schema) == 1
    assert await house.turn() == 0


async def test_a_receipt_stays_while_its_job_may_run_again(tenant: LiveTenant, installation: Installation, jobs: Jobs) -> None:
    platform = installation.runtime.platform
    async with tenant.transaction():
        job = await tenant.enqueue(WRITE, Told(title="x"))
    await jobs.run_all()
    await platform.execute("UPDATE platform.job SET state = 'running', beat_at = now() WHERE id = $1", job)
    await Housekeeping(platform, installation.runtime.store, EVERYTHING).turn()
    assert await platform.fetchval("SELECT count(*) FROM platform.job_receipt WHERE job_id = $1", job) == 1


async def test_nothing_young_is_thrown_away(tenant: LiveTenant, installation: Installation, jobs: Jobs) -> None:
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="x"))
    await jobs.run_all()
    await Housekeeping(installation.runtime.platform, installation.runtime.store).turn()
    count = await installation.runtime.platform.fetchval("SELECT count(*) FROM platform.job WHERE tenant = $1", tenant.schema)
    assert count == 1


async def test_bytes_that_nobody_names_are_deleted(tenant: LiveTenant, installation: Installation) -> None:
    store, platform = installation.runtime.store, installation.runtime.platform
    path = f"{tenant.schema}/{new_id()}"
    await store.write(path, b"lost", None)
    admin = installation.provisioner
    async with admin.as_owner() as db:
        await db.execute("INSERT INTO platform.file_waste (path, tenant) VALUES ($1, $2)", path, tenant.schema)
    await Housekeeping(platform, store).turn()
    assert [part async for part in store.read(path)] == [b"lost"], "the transaction that wrote it may still be about to delete it"
    await Housekeeping(platform, store, EVERYTHING).turn()
    with pytest.raises(Exception, match="no longer there"):
        [part async for part in store.read(path)]
    assert await platform.fetchval("SELECT count(*) FROM platform.file_waste WHERE path = $1", path) == 0


async def test_the_line_is_measured(tenant: LiveTenant, installation: Installation, jobs: Jobs) -> None:
    async with tenant.transaction():
        for _ in range(3):
            await tenant.enqueue(WRITE, Told(title="x"))
    before = await measure(installation.runtime.platform, installation.runtime.now())
    assert before.outbox == 3
    await jobs.relay()
    depth = await measure(installation.runtime.platform, installation.runtime.now() + timedelta(minutes=1))
    assert depth.outbox == 0
    assert depth.states[("waiting", False)] == 3
    assert 59 < depth.oldest_due < 70
    metrics.show(depth, "main")
    assert metrics.OPEN.labels("short", "waiting")._value.get() == 3
    await jobs.run_all()
    assert (await measure(installation.runtime.platform, installation.runtime.now())).oldest_due == 0


async def test_what_comes_at_once_goes_into_one_batch() -> None:
    batches: list[list[int]] = []

    async def double(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        await asyncio.sleep(0)
        return [2 * item for item in items]

    doubling = Batches(double, most=40)
    assert await asyncio.gather(*(doubling.add(n) for n in range(100))) == [2 * n for n in range(100)]
    assert [len(batch) for batch in batches] == [40, 40, 20]


async def test_a_batch_that_fails_fails_its_own_items_alone() -> None:
    async def halve(items: Sequence[int]) -> list[float]:
        return [10 / item for item in items]

    halving = Batches(halve, most=1)
    answers = await asyncio.gather(*(halving.add(n) for n in (0, 5)), return_exceptions=True)
    assert isinstance(answers[0], ZeroDivisionError)
    assert answers[1] == 2


async def test_a_loop_outlives_whatever_its_turns_raise_and_tells_an_outage_once(capsys: pytest.CaptureFixture[str]) -> None:
    wrongs = iter([ConnectionRefusedError("no"), ConnectionRefusedError("no"), ValueError("a bug"), None, None])
    turns: list[int] = []
    recovered: list[bool] = []

    async def turn() -> float:
        turns.append(1)
        if wrong := next(wrongs, None):
            raise wrong
        return 60

    loop = Loop("test", turn, recovered=lambda: recovered.append(True))
    task = asyncio.create_task(loop.run())

    async def four() -> bool:
        return len(turns) == 4

    await until(four, "the loop goes on")
    loop.poke()

    async def five() -> bool:
        return len(turns) == 5

    await until(five, "a poke wakes it")
    loop.stop()
    await asyncio.wait_for(task, 60)
    assert recovered == [True]
    assert capsys.readouterr().out.count("does not answer") == 1


def test_an_operator_sets_a_worker_up_by_the_environment() -> None:
    assert Options.from_environment({}) == Options()
    options = Options.from_environment({"WEFT_WORKER_SHORT_JOBS": "8", "WEFT_WORKER_GRACE": "60"})
    assert (options.short_slots, options.grace, options.long_slots) == (8, 60, Options().long_slots)
    for wrong in ("0", "-1", "many", "1.5"):
        with pytest.raises(Misconfigured, match="WEFT_WORKER_LONG_JOBS"):
            Options.from_environment({"WEFT_WORKER_LONG_JOBS": wrong})
