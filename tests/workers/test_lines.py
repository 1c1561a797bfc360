"""A tenant's own jobs: which comes first, how many of one kind run at once, and calling one off from inside a transaction."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.messaging.feeder import Fed, Feeder
from core.messaging.jobs import Tab, list_jobs
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from infra.testing_jobs import Jobs
from tests.sample.jobs import ACT, ACTS, NOTHING, TAKE_TURNS, WRITE, Told, titles
from tests.workers.waiting import until
from weft import Priority, Tenant, new_id
from workers.crew import Crew
from workers.options import Options
from workers.queue import scores


async def ask(tenant: LiveTenant, *priorities: Priority | None) -> None:
    async with tenant.transaction():
        for priority in priorities:
            await tenant.enqueue(NOTHING, Told(), priority=priority)


async def queued(jobs: Jobs, tenant: LiveTenant) -> Counter[int]:
    """Return how many jobs of a business the feeder has chosen, by priority."""
    rows = await jobs.runtime.platform.fetch(
        "SELECT priority, count(*) AS n FROM platform.job WHERE state = 'queued' AND tenant = $1 GROUP BY 1", tenant.schema
    )
    return Counter({row["priority"]: row["n"] for row in rows})


async def test_more_important_jobs_of_a_business_come_first_and_take_nothing_from_another(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs
) -> None:
    await ask(tenant, *[Priority.LOW] * 50, *[None] * 5, *[Priority.HIGH] * 50)
    await ask(other_tenant, *[None] * 50)
    await jobs.relay()
    feeder = Feeder(jobs.books, window=40)
    fed = (await feeder.turn(jobs.runtime.now(), long=False)).fed
    assert (await queued(jobs, tenant), await queued(jobs, other_tenant)) == (Counter({1: 20}), Counter({0: 20}))
    assert sorted(each.place for each in fed) == sorted([*range(1, 21)] * 2)
    await feeder.take_back(fed)
    ran = await jobs.run_all()
    assert len(ran) == 155


async def test_an_important_job_is_not_behind_lesser_ones_that_have_not_begun(tenant: LiveTenant, jobs: Jobs) -> None:
    await ask(tenant, *[Priority.LOW] * 30)
    await jobs.relay()
    low = (await Feeder(jobs.books, window=30).turn(jobs.runtime.now(), long=False)).fed
    await ask(tenant, Priority.HIGH, Priority.LOW)
    await jobs.relay()
    late = (await Feeder(jobs.books, window=40).turn(jobs.runtime.now(), long=False)).fed
    assert sorted(each.place for each in late) == [1, 32]
    await Feeder(jobs.books).take_back([*low, *late])
    assert len(await jobs.run_all()) == 32


async def test_no_more_of_a_job_run_at_once_than_it_says_and_others_do_not_wait_for_it(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs
) -> None:
    now, most = Counter[str](), Counter[str]()

    async def count(on: Tenant, told: Told) -> None:
        now[on.slug] += 1
        most[on.slug] = max(most[on.slug], now[on.slug])
        await asyncio.sleep(0.005)
        now[on.slug] -= 1

    ACTS["count"] = count
    async with tenant.transaction():
        for _ in range(30):
            await tenant.enqueue(TAKE_TURNS, Told(act="count"))
        await tenant.enqueue(WRITE, Told(title="did not wait"))
    async with other_tenant.transaction():
        for _ in range(5):
            await other_tenant.enqueue(TAKE_TURNS, Told(act="count"))
    await jobs.relay()
    await jobs.feed()
    platform = jobs.runtime.platform
    names = await platform.fetch(
        "SELECT tenant::text, name, count(*) AS n FROM platform.job WHERE state = 'queued' GROUP BY 1, 2 ORDER BY 3, 2"
    )
    assert sorted(tuple(row) for row in names) == sorted(
        [(tenant.schema, TAKE_TURNS.name, 2), (tenant.schema, WRITE.name, 1), (other_tenant.schema, TAKE_TURNS.name, 2)]
    )
    await jobs.carry()
    await jobs.run_all()
    assert most == {tenant.slug: 2, other_tenant.slug: 2}
    assert await platform.fetchval("SELECT count(*) FROM platform.job WHERE name = $1 AND state = 'done'", TAKE_TURNS.name) == 35
    assert await titles(tenant) == ["did not wait"]


@pytest.mark.parametrize("wrong", ["attempts", "timeout", "concurrency"])
def test_a_job_that_could_never_run_is_refused_when_it_is_declared(wrong: str) -> None:
    said: dict[str, Any] = {wrong: 0}
    with pytest.raises(ValueError, match=f"its {wrong} is 0"):
        replace(TAKE_TURNS, **said)


async def test_feeders_at_the_same_moment_never_go_beyond_a_limit(tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["nothing"] = lambda on, told: asyncio.sleep(0)
    async with tenant.transaction():
        for _ in range(20):
            await tenant.enqueue(TAKE_TURNS, Told(act="nothing"))
    await jobs.relay()
    feeders = [Feeder(jobs.books, limits=jobs.repertoire.limits) for _ in range(4)]
    helpings = await asyncio.gather(*(feeder.turn(jobs.runtime.now(), long=False) for feeder in feeders * 5))
    fed = [each for helping in helpings for each in helping.fed]
    assert len(fed) == 2
    await feeders[0].take_back(fed)
    assert len(await jobs.run_all()) == 20


async def test_the_page_shows_what_waits_by_its_time_whatever_line_it_is_in(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    ACTS["nothing"] = lambda on, told: asyncio.sleep(0)
    async with tenant.transaction():
        wanted = [
            await tenant.enqueue(job, Told(act="nothing"), at=tenant.now() + timedelta(hours=hours), priority=priority)
            for hours, (job, priority) in enumerate(((TAKE_TURNS, None), (NOTHING, Priority.LOW), (NOTHING, Priority.HIGH), (ACT, None)), 1)
        ]
    await jobs.relay()
    seen, after = [], ""
    for _ in range(4):
        page = await list_jobs(jobs.runtime.platform, jobs.repertoire, tenant, Tab.WAITING, after, size=1)
        seen += [job.id for job in page.jobs]
        after = page.following
    assert (seen, after) == (wanted, "")
    clock.forward(timedelta(hours=5))
    assert sorted(ran.id for ran in await jobs.run_all()) == sorted(wanted)


async def test_a_job_is_called_off_with_the_transaction_that_says_so(tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs) -> None:
    async with tenant.transaction():
        kept = await tenant.enqueue(WRITE, Told(title="kept"))
        at_once = await tenant.enqueue(WRITE, Told(title="called off at once"))
        await tenant.cancel(at_once)
        later = await tenant.enqueue(WRITE, Told(title="called off later"))
    await jobs.relay()
    async with other_tenant.transaction():
        await other_tenant.cancel(kept)  # not its own
        await other_tenant.cancel(new_id())  # nobody's
    async with tenant.transaction():
        await tenant.cancel(later)
    ran = await jobs.run_all()
    assert [each.id for each in ran] == [kept]
    states = await jobs.runtime.platform.fetch("SELECT id, state FROM platform.job WHERE tenant = $1 ORDER BY id", tenant.schema)
    assert [tuple(row) for row in states] == [(kept, "done"), (at_once, "cancelled"), (later, "cancelled")]
    assert await titles(tenant) == ["kept"]
    assert not await jobs.runtime.platform.fetchval("SELECT count(*) FROM platform.outbox")


async def test_a_job_that_runs_is_called_off_from_another_transaction(tenant: LiveTenant, jobs: Jobs) -> None:
    began, stop = asyncio.Event(), asyncio.Event()

    async def for_ever(on: Tenant, told: Told) -> None:
        began.set()
        await asyncio.Event().wait()

    ACTS["for ever"] = for_ever
    async with tenant.transaction():
        job = await tenant.enqueue(ACT, Told(act="for ever"))
    crew = asyncio.create_task(Crew(jobs.runtime, jobs.books, jobs.queue, Options(stall=0, beat=600)).run(stop))
    try:
        await asyncio.wait_for(began.wait(), 60)
        async with tenant.transaction():
            await tenant.cancel(job)

        async def ended() -> bool:
            return bool(await jobs.runtime.platform.fetchval("SELECT state = 'cancelled' FROM platform.job WHERE id = $1", job))

        await until(ended, "the job is stopped", seconds=60)  # told by a notification, not found by the next beat after ten minutes
    finally:
        stop.set()
        await crew


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6)), min_size=1, max_size=40))
def test_whoever_comes_to_an_empty_line_waits_for_two_of_each_other_at_most(arrivals: list[tuple[int, int]]) -> None:
    """A model of the queue: at each step a tenant adds some jobs, and one is taken."""
    queue: dict[str, int] = {}
    owner: dict[str, int] = {}
    for tenant, many in arrivals:
        mine = sum(owner[key] == tenant for key in queue)
        tags = scores([Fed(new_id(), 1, mine + nth) for nth in range(1, many + 1)], min(queue.values(), default=0))
        if not mine:
            before = Counter(owner[key] for key, tag in queue.items() if tag <= min(tags.values()))
            assert all(of_one <= 2 for of_one in before.values())
        queue |= tags
        owner |= dict.fromkeys(tags, tenant)
        del queue[min(queue, key=queue.__getitem__)]
