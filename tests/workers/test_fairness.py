"""One business's backlog holds up no other."""

from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from core.messaging import feeder as feeder_module
from core.messaging.feeder import Fed, Feeder
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Jobs
from tests.sample.jobs import NOTHING, Told
from weft import Job, new_id
from workers.queue import scores


async def ask(tenant: LiveTenant, count: int, job: Job[Told] = NOTHING) -> None:
    async with tenant.transaction():
        for _ in range(count):
            await tenant.enqueue(job, Told(title="x"))


async def begun_before(jobs: Jobs, tenant: LiveTenant) -> int:
    """Return how many jobs of others had begun before the first of a business did."""
    return int(await jobs.runtime.platform.fetchval(_BEGUN_BEFORE, tenant.schema))


_BEGUN_BEFORE = """
SELECT count(*) FROM platform.job WHERE tenant <> $1 AND started_at < (SELECT min(started_at) FROM platform.job WHERE tenant = $1)
"""


async def test_the_first_job_of_a_business_runs_before_the_backlog_of_another(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs
) -> None:
    await ask(tenant, 2000)
    await ask(other_tenant, 1)
    ran = await jobs.run_all()
    assert len(ran) == 2001
    assert await begun_before(jobs, other_tenant) <= jobs.slots, "not later than what may run at once"


async def test_a_job_that_comes_when_the_queue_is_full_overtakes_what_lies_there(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs
) -> None:
    await ask(tenant, 2000)
    await jobs.relay()
    await jobs.feed()  # as many as may lie in Redis at once
    await ask(other_tenant, 1)
    await jobs.relay()
    platform = jobs.runtime.platform
    await platform.execute(  # some of them have begun, so that there is room again
        "UPDATE platform.job SET state = 'done' WHERE id IN (SELECT id FROM platform.job WHERE state = 'queued' LIMIT 8)"
    )
    await jobs.run_all()
    assert await begun_before(jobs, other_tenant) <= jobs.slots


async def test_three_businesses_share_the_room_evenly(installation: Installation, jobs: Jobs) -> None:
    tenants = [await installation.new_tenant("notes") for _ in range(3)]
    for tenant, count in zip(tenants, (500, 300, 5), strict=True):
        await ask(tenant, count)
    await jobs.relay()
    feeder = Feeder(jobs.books, window=95)
    fed = []
    while helping := (await feeder.turn(jobs.runtime.now(), long=False)).fed:
        fed += helping
    assert sorted((await counts(jobs)).values()) == [5, 45, 45]
    await feeder.take_back(fed)
    assert await counts(jobs) == {}
    assert len(await jobs.run_all()) == 805


async def test_a_business_gets_no_more_than_its_share(tenant: LiveTenant, jobs: Jobs) -> None:
    await ask(tenant, 50)
    await jobs.relay()
    feeder = Feeder(jobs.books, window=95, share=10)
    helping = await feeder.turn(jobs.runtime.now(), long=False)
    assert len(helping.fed) == 10
    assert sorted(each.place for each in helping.fed) == list(range(1, 11))
    assert (await feeder.turn(jobs.runtime.now(), long=False)).fed == []
    await feeder.take_back(helping.fed)
    await jobs.run_all()


async def test_jobs_whose_time_has_not_come_hold_up_none_behind_them(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs, clock: Clock
) -> None:
    async with tenant.transaction():
        for _ in range(300):
            await tenant.enqueue(NOTHING, Told(), at=tenant.now() + timedelta(hours=1))
    await ask(other_tenant, 200)
    assert len(await jobs.run_all()) == 200
    clock.forward(timedelta(hours=2))
    assert len(await jobs.run_all()) == 300


@pytest.mark.parametrize("analysed", [False, True])
async def test_the_length_of_a_backlog_does_not_slow_the_choice(
    tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs, installation: Installation, analysed: bool
) -> None:
    await jobs.runtime.platform.execute(_BACKLOG, tenant.schema, NOTHING.name)
    await ask(other_tenant, 1)
    await jobs.relay()
    admin = await asyncpg.connect(installation.superuser_url)
    if analysed:
        await admin.execute("ANALYZE platform.job")
    await admin.close()
    async with jobs.runtime.platform.transaction() as db:
        answer = await db.fetchval("EXPLAIN (ANALYZE, FORMAT JSON) " + feeder_module._FEED, False, 32, jobs.runtime.now(), 1000, [], [])
        await db.execute("UPDATE platform.job SET state = 'waiting' WHERE state = 'queued'")
    (plan,) = msgspec.json.decode(answer)
    assert read_rows(plan["Plan"]) < 300, answer


def read_rows(plan: dict[str, Any]) -> float:
    """Return how many rows of the table of jobs a plan reads."""
    own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"] if plan.get("Relation Name") == "job" else 0
    return float(own + sum(read_rows(each) for each in plan.get("Plans", ())))


_BACKLOG = """
INSERT INTO platform.job (id, tenant, name, payload, state, due, max_attempts, created_at)
SELECT gen_random_uuid(), $1, $2, '{}', 'waiting', now(), 5, now() FROM generate_series(1, 20000)
"""


async def counts(jobs: Jobs) -> dict[str, int]:
    rows = await jobs.runtime.platform.fetch("SELECT tenant::text, count(*) AS n FROM platform.job WHERE state = 'queued' GROUP BY tenant")
    return {row["tenant"]: row["n"] for row in rows}


@pytest.mark.parametrize("long", [False, True])
async def test_an_empty_line_is_answered_at_once(jobs: Jobs, long: bool) -> None:
    assert (await Feeder(jobs.books).turn(jobs.runtime.now(), long=long)).fed == []


def test_a_first_job_overtakes_what_has_lain_there_however_long_and_nothing_is_overtaken_for_ever() -> None:
    def score(place: int, head: int) -> int:
        (found,) = scores([Fed(new_id(), 1, place)], head).values()
        return found

    waits_long = score(129, 40)
    assert score(1, 41) < waits_long, "though it came later, and whatever the time is"
    assert score(1, waits_long) > waits_long, "what heads the queue moves on, and what comes lies beyond it"
