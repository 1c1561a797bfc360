"""What people see of their jobs, and what they can do to them."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from core.messaging import jobs as desk
from core.messaging import notifications
from core.messaging.jobs import Tab
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Jobs
from tests.sample.jobs import ACT, ACT_ONCE, ACTS, WRITE, Told, titles, write
from tests.workers.waiting import until
from weft import Conflict, Invalid, Missing, Permission, Person, Tenant, new_id
from workers.crew import Crew
from workers.options import Options


async def ask(tenant: LiveTenant, *told: str, act: str = "", delay: timedelta | None = None) -> list[UUID]:
    async with tenant.transaction():
        at = tenant.now() + delay if delay else None
        return [await tenant.enqueue(ACT if act else WRITE, Told(title=title, act=act), at=at) for title in told]


async def fail(_: Tenant, told: Told) -> None:
    raise Conflict(f"{told.title} is wrong.")


async def shown(jobs: Jobs, tenant: LiveTenant, tab: Tab) -> list[UUID]:
    return [view.id for view in (await desk.list_jobs(jobs.runtime.platform, jobs.repertoire, tenant, tab)).jobs]


async def actions(tenant: LiveTenant) -> list[str]:
    async with tenant.transaction() as db:
        rows = await db.fetch(
            "SELECT action || ' ' || record_title AS told FROM platform.audit_entry WHERE record_kind = 'core.job' ORDER BY at"
        )
    return [row["told"] for row in rows]


async def test_each_job_is_on_the_tab_of_its_state_and_in_its_order(tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["fail"] = fail
    done = await ask(tenant, "a", "b")
    dead = await ask(tenant, "c", act="fail")
    await jobs.run_all()
    later = await ask(tenant, "d", delay=timedelta(hours=2))
    sooner = await ask(tenant, "e", delay=timedelta(hours=1))
    queued = await ask(tenant, "f")
    await jobs.relay()
    await jobs.feed()
    assert sorted(await shown(jobs, tenant, Tab.DONE)) == sorted(done)
    assert await shown(jobs, tenant, Tab.FAILED) == dead
    assert await shown(jobs, tenant, Tab.WAITING) == sooner + later
    assert await shown(jobs, tenant, Tab.RUNNING) == queued
    assert await desk.count_jobs(tenant) == {Tab.RUNNING: 1, Tab.WAITING: 2, Tab.FAILED: 1, Tab.DONE: 2}
    await jobs.carry()


async def test_a_job_is_shown_with_its_title_its_person_and_why_it_failed(installation: Installation, jobs: Jobs) -> None:
    ACTS["fail"] = fail
    ada = Person(new_id(), "Ada", f"{new_id().hex}@weft.test")
    await installation.runtime.platform.execute(
        "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, '')", ada.id, ada.email, ada.name
    )
    tenant = await installation.new_tenant("notes", actor=Actor("session", "Ada", ada))
    (job,) = await ask(tenant, "The till", act="fail")
    await jobs.run_all()
    view = await desk.find_job(installation.runtime.platform, jobs.repertoire, tenant, job)
    assert (view.title, view.person, view.state, view.error) == ("Act", "Ada", "dead", "The till is wrong.")
    assert "Conflict: The till is wrong." in view.traceback
    assert view.percent is None
    assert view.finished_at is not None


async def test_pages_follow_each_other_without_a_gap(tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["fail"] = fail
    done = await ask(tenant, *(f"{n:02}" for n in range(25)))
    dead = await ask(tenant, *(f"{n:02}" for n in range(7)), act="fail")
    await jobs.run_all()
    waiting = await ask(tenant, *(f"{n:02}" for n in range(23)), delay=timedelta(hours=1))
    await jobs.relay()
    for tab, expected in ((Tab.DONE, done), (Tab.FAILED, dead), (Tab.WAITING, waiting)):
        seen: list[UUID] = []
        after = ""
        while True:
            page = await desk.list_jobs(jobs.runtime.platform, jobs.repertoire, tenant, tab, after, size=5)
            assert len(page.jobs) <= 5
            seen += [view.id for view in page.jobs]
            after = page.following
            if not after:
                break
        assert len(seen) == len(expected)
        assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize("cursor", ["x", "a b", "MjAyNi0wMS0wMQ", "🙂", "MjAyNi0wMS0wMVQwMDowMDowMCBub3QtYW4taWQ"])
async def test_a_broken_link_to_a_page_is_told(tenant: LiveTenant, jobs: Jobs, cursor: str) -> None:
    with pytest.raises(Invalid):
        await desk.list_jobs(jobs.runtime.platform, jobs.repertoire, tenant, Tab.DONE, cursor)


async def test_nobody_sees_or_touches_another_business_jobs(tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["fail"] = fail
    (job,) = await ask(tenant, "mine", act="fail")
    await jobs.run_all()
    platform = jobs.runtime.platform
    for tab in Tab:
        assert await shown(jobs, other_tenant, tab) == []
    for touch in (desk.find_job, desk.retry, desk.cancel):
        with pytest.raises(Missing):
            await touch(platform, jobs.repertoire, other_tenant, job)
    assert await desk.retry_all(platform, other_tenant) == 0
    assert await shown(jobs, tenant, Tab.FAILED) == [job]


async def test_a_failed_job_is_tried_again_with_all_its_attempts(tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["it"] = fail
    (job,) = await ask(tenant, "first", act="it")
    await jobs.run_all()

    async def succeed(tenant: Tenant, told: Told) -> None:
        await write(tenant, told.title)

    ACTS["it"] = succeed
    await desk.retry(jobs.runtime.platform, jobs.repertoire, tenant, job)
    assert [(ran.id, ran.state, ran.attempt) for ran in await jobs.run_all()] == [(job, "done", 2)]
    assert await titles(tenant) == ["first"]
    assert await actions(tenant) == ["retried Act"]
    with pytest.raises(Conflict):
        await desk.retry(jobs.runtime.platform, jobs.repertoire, tenant, job)
    view = await desk.find_job(jobs.runtime.platform, jobs.repertoire, tenant, job)
    assert view.max_attempts == 1 + ACT.attempts


async def test_all_failed_jobs_are_tried_again_at_once(tenant: LiveTenant, jobs: Jobs) -> None:
    ACTS["it"] = fail
    await ask(tenant, "a", "b", "c", act="it")
    await jobs.run_all()
    assert await desk.retry_all(jobs.runtime.platform, tenant) == 3
    assert len(await jobs.run_all()) == 3
    assert await actions(tenant) == ["retried All failed jobs"]


async def test_a_job_that_waits_for_its_next_attempt_can_be_tried_now(tenant: LiveTenant, jobs: Jobs) -> None:
    async def explode(_: Tenant, told: Told) -> None:
        raise RuntimeError("not yet")

    ACTS["it"] = explode
    (job,) = await ask(tenant, "x", act="it")
    await jobs.run_all()
    assert await jobs.run_all() == []
    await desk.retry(jobs.runtime.platform, jobs.repertoire, tenant, job)
    assert [ran.attempt for ran in await jobs.run_all()] == [2]


async def test_a_job_that_waits_can_be_cancelled_and_never_runs(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    (later,) = await ask(tenant, "never", delay=timedelta(hours=1))
    (queued,) = await ask(tenant, "nor this")
    await jobs.relay()
    await jobs.feed()
    for job in (later, queued):
        await desk.cancel(jobs.runtime.platform, jobs.repertoire, tenant, job)
        with pytest.raises(Conflict):
            await desk.cancel(jobs.runtime.platform, jobs.repertoire, tenant, job)
    clock.forward(timedelta(hours=2))
    assert await jobs.run_all() == []
    assert await titles(tenant) == []
    assert sorted(await shown(jobs, tenant, Tab.DONE)) == sorted([later, queued])
    assert await actions(tenant) == ["cancelled Write a note"] * 2


async def test_a_job_that_runs_can_be_cancelled_and_leaves_nothing_half_done(tenant: LiveTenant, jobs: Jobs) -> None:
    begun = asyncio.Event()

    async def hang(tenant: Tenant, told: Told) -> None:
        await write(tenant, "half")
        begun.set()
        await asyncio.Event().wait()

    ACTS["it"] = hang
    async with tenant.transaction():
        job = await tenant.enqueue(ACT_ONCE, Told(act="it"))
    stop = asyncio.Event()
    crew = asyncio.create_task(Crew(jobs.runtime, jobs.books, jobs.queue, Options(stall=0, beat=600)).run(stop))
    try:
        await asyncio.wait_for(begun.wait(), 60)
        await desk.cancel(jobs.runtime.platform, jobs.repertoire, tenant, job)

        async def ended() -> bool:
            return await shown(jobs, tenant, Tab.DONE) == [job]

        await until(ended, "the job is stopped", seconds=60)  # told by a notification, not found by the next beat after ten minutes
    finally:
        stop.set()
        await crew
    view = await desk.find_job(jobs.runtime.platform, jobs.repertoire, tenant, job)
    assert (view.state, view.error) == ("cancelled", "A person cancelled it.")
    assert await titles(tenant) == []


SELL = Permission("notes.sell", "Sell")


async def test_people_are_told_what_is_meant_for_them_and_of_jobs_that_were_given_up(installation: Installation, jobs: Jobs) -> None:
    people = [Person(new_id(), name, f"{new_id().hex}@weft.test") for name in ("Ada", "Bob")]
    for person in people:
        await installation.runtime.platform.execute(
            "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, '')", person.id, person.email, person.name
        )
    tenant = await installation.new_tenant("notes")
    ada, bob = (
        installation.runtime.tenant(tenant.catalogue_entry, Actor("session", person.name, person, frozenset(held)))
        for person, held in zip(people, ({"notes.sell"}, {"core.jobs"}), strict=True)
    )
    owner = installation.runtime.tenant(tenant.catalogue_entry, Actor("session", "Owner", people[0], None))
    platform = installation.runtime.platform
    async with tenant.transaction():
        await tenant.notify("For Bob", to=people[1].id, link="/x")
        await tenant.notify("For sellers", to=SELL)
    ACTS["it"] = fail
    await ask(tenant, "this", "this", act="it")
    await jobs.run_all()

    def told(found: list[notifications.Notice]) -> list[str]:
        return sorted(notice.text for notice in found)

    given_up = "The job “Act” was given up: this is wrong."
    assert told(await notifications.list_notices(platform, ada)) == ["For sellers"]
    assert told(await notifications.list_notices(platform, bob)) == ["For Bob", given_up], "two of a kind are told once"
    assert told(await notifications.list_notices(platform, owner)) == ["For sellers", given_up]
    assert await notifications.unread_count(platform, bob) == 2
    newest = (await notifications.list_notices(platform, bob))[0]
    assert newest.unread
    await notifications.mark_read(platform, bob, newest.created_at)
    await notifications.mark_read(platform, bob, newest.created_at - timedelta(days=1))
    assert await notifications.unread_count(platform, bob) == 0
    assert not (await notifications.list_notices(platform, bob))[0].unread
    assert await notifications.unread_count(platform, ada) == 1
    with pytest.raises(Exception, match="signed in"):
        await notifications.unread_count(platform, tenant)


async def test_of_workers_that_give_the_same_up_at_once_one_tells(installation: Installation, tenant: LiveTenant) -> None:
    platform = installation.runtime.platform
    for error in range(30):
        await asyncio.gather(*(notifications.tell_of_dead_job(platform, tenant.schema, new_id(), "Act", f"{error}") for _ in range(4)))
    rows = await platform.fetch("SELECT body, id FROM platform.notification WHERE tenant = $1", tenant.schema)
    assert sorted(row["body"] for row in rows) == sorted(f"The job “Act” was given up: {error}" for error in range(30))
    assert {row["id"].version for row in rows} == {7}
