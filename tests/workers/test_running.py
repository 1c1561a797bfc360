"""What a worker makes of a job: tried again, laid aside, stopped, shown while it runs, and done in the name of who asked."""

import asyncio
import sys
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from core.messaging import jobs as desk
from core.messaging.claims import Delivery
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Jobs
from tests.sample.jobs import ACT, ACT_BRIEFLY, ACT_ONCE, ACTS, WRITE, Told, titles, write
from weft import Conflict, Event, Invalid, Job, Missing, Person, Refused, Tenant, Unavailable, WeftError, new_id

IT = Told(act="it")


async def ask(tenant: LiveTenant, job: Job[Told], told: Told = IT, key: str | None = None) -> UUID:
    async with tenant.transaction():
        return await tenant.enqueue(job, told, key=key)


async def fact(jobs: Jobs, job: UUID, column: str) -> object:
    return await jobs.runtime.platform.fetchval(f"SELECT {column} FROM platform.job WHERE id = $1", job)


async def test_a_job_that_fails_is_tried_again_later_each_time_and_then_laid_aside_with_its_trace(
    tenant: LiveTenant, jobs: Jobs, clock: Clock
) -> None:
    async def explode(_: Tenant, told: Told) -> None:
        raise ZeroDivisionError("the drawer is empty")

    ACTS["it"] = explode
    clock.set(clock())
    job = await ask(tenant, ACT)
    waits = []
    for attempt in (1, 2):
        assert [(ran.state, ran.attempt) for ran in await jobs.run_all()] == [("waiting", attempt)]
        assert await jobs.run_all() == [], "it waits for its time"
        due = await fact(jobs, job, "due")
        waits.append(due - clock())  # type: ignore[operator]
        clock.set(due)  # type: ignore[arg-type]
    assert timedelta(seconds=1) < waits[0] < waits[1]
    assert [ran.state for ran in await jobs.run_all()] == ["dead"]
    failed = (await jobs.failed(tenant))[0]
    assert "nobody foresaw" in failed.error
    assert "drawer" not in failed.error
    assert "in explode" in failed.traceback
    assert failed.traceback.rstrip().endswith("ZeroDivisionError: the drawer is empty")
    assert failed.attempts == 3


@pytest.mark.parametrize("wrong", [Refused("no"), Missing("no"), Conflict("no"), Invalid("no")], ids=lambda wrong: type(wrong).__name__)
async def test_what_a_plugin_refuses_is_not_tried_again(tenant: LiveTenant, jobs: Jobs, wrong: WeftError) -> None:
    async def refuse(_: Tenant, told: Told) -> None:
        raise wrong

    ACTS["it"] = refuse
    await ask(tenant, ACT)
    assert [ran.state for ran in await jobs.run_all()] == ["dead"]
    assert (await jobs.failed(tenant))[0].error == "no"


async def test_what_is_unavailable_is_tried_again(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    answers = iter([Unavailable("The bank does not answer."), None])

    async def call(tenant: Tenant, told: Told) -> None:
        if wrong := next(answers):
            raise wrong
        await write(tenant, "answered")

    ACTS["it"] = call
    job = await ask(tenant, ACT)
    assert [ran.state for ran in await jobs.run_all()] == ["waiting"]
    assert await fact(jobs, job, "error") == "The bank does not answer."
    clock.forward(timedelta(minutes=1))
    assert [ran.state for ran in await jobs.run_all()] == ["done"]
    assert await fact(jobs, job, "error") == ""
    assert await titles(tenant) == ["answered"]


async def test_a_job_that_takes_too_long_is_stopped_and_says_so(tenant: LiveTenant, jobs: Jobs) -> None:
    async def hang(tenant: Tenant, told: Told) -> None:
        async with tenant.transaction():
            await write(tenant, "half-written")
            await asyncio.Event().wait()

    ACTS["it"] = hang
    await ask(tenant, ACT_BRIEFLY)
    assert [ran.state for ran in await jobs.run_all()] == ["dead"]
    failed = (await jobs.failed(tenant))[0]
    assert failed.error == "It took longer than the 1 s it may take."
    assert "in hang" in failed.traceback
    assert await titles(tenant) == []


async def test_a_plugin_that_exits_ends_its_job_and_not_the_worker(tenant: LiveTenant, jobs: Jobs) -> None:
    async def leave(_: Tenant, told: Told) -> None:
        sys.exit("goodbye")

    ACTS["it"] = leave
    await ask(tenant, ACT)
    assert [ran.state for ran in await jobs.run_all()] == ["waiting"]


async def test_a_payload_that_no_longer_decodes_is_laid_aside(tenant: LiveTenant, jobs: Jobs) -> None:
    job = await ask(tenant, WRITE, Told(title="x"))
    await jobs.relay()
    await jobs.runtime.platform.execute("""UPDATE platform.job SET payload = '{"title": 7}' WHERE id = $1""", job)
    assert [ran.state for ran in await jobs.run_all()] == ["dead"]
    assert (await jobs.failed(tenant))[0].error.startswith("What it was told no longer fits “Write a note”: Expected `str`, got `int`")


async def test_the_effects_of_a_failed_atomic_job_are_undone_and_those_of_its_next_attempt_stay(
    tenant: LiveTenant, jobs: Jobs, clock: Clock
) -> None:
    answers = iter([Unavailable("not yet"), None])

    async def write_then_fail(tenant: Tenant, told: Told) -> None:
        await write(tenant, "once")
        if wrong := next(answers):
            raise wrong

    ACTS["it"] = write_then_fail
    await ask(tenant, ACT_ONCE)
    await jobs.run_all()
    assert await titles(tenant) == []
    clock.forward(timedelta(minutes=1))
    await jobs.run_all()
    assert await titles(tenant) == ["once"]


async def test_an_atomic_job_whose_receipt_is_there_is_done_without_being_applied_again(tenant: LiveTenant, jobs: Jobs) -> None:
    job = await ask(tenant, WRITE, Told(title="once"))
    await jobs.run_all()
    await jobs.runtime.platform.execute("UPDATE platform.job SET state = 'waiting' WHERE id = $1", job)
    assert [ran.state for ran in await jobs.run_all()] == ["done"]
    assert await titles(tenant) == ["once"]


async def test_an_atomic_job_that_was_committed_and_failed_to_hear_it_is_done(
    tenant: LiveTenant, jobs: Jobs, installation: Installation
) -> None:
    async def cut_off(tenant: Tenant, told: Told) -> None:
        """Lose the connection in the very moment of the commit: here, right after another one committed the same job."""
        async with tenant.transaction() as db:
            admin = await asyncpg.connect(installation.superuser_url)
            pid = await db.fetchval("SELECT pg_backend_pid()")
            await admin.execute("SELECT pg_terminate_backend($1)", pid)
            await admin.execute("INSERT INTO platform.job_receipt (job_id, tenant) VALUES ($1, $2)", job, tenant.schema)  # type: ignore[attr-defined]
            await admin.close()

    ACTS["it"] = cut_off
    job = await ask(tenant, ACT_ONCE)
    assert [ran.state for ran in await jobs.run_all()] == ["done"]
    assert await fact(jobs, job, "error") != "", "why it ended so is kept"


async def test_progress_is_seen_at_once_while_the_job_runs(tenant: LiveTenant, jobs: Jobs) -> None:
    seen = []

    async def count(tenant: Tenant, told: Told) -> None:
        await tenant.progress(1, 4, "a quarter")
        seen.append(await desk.find_job(jobs.runtime.platform, jobs.repertoire, jobs_tenant, job))

    ACTS["it"], jobs_tenant = count, tenant
    job = await ask(tenant, ACT_ONCE)
    await jobs.run_all()
    assert [(view.state, view.percent, view.note) for view in seen] == [("running", 25, "a quarter")]


async def test_progress_is_not_written_more_often_than_anybody_looks(tenant: LiveTenant, jobs: Jobs) -> None:
    async def count(tenant: Tenant, told: Told) -> None:
        for done in range(2000):
            await tenant.progress(done, 2000)
        versions.append(await jobs.runtime.platform.fetchval("SELECT xmin::text::bigint FROM platform.job WHERE id = $1", job))
        await tenant.progress(2000, 2000, "all of them")

    versions: list[int] = []
    ACTS["it"] = count
    job = await ask(tenant, ACT)
    await jobs.run_all()
    assert await fact(jobs, job, "progress || note") == "2000all of them"


async def test_a_job_acts_for_the_person_who_asked_and_within_the_request(installation: Installation, jobs: Jobs) -> None:
    ada = Person(new_id(), "Ada", f"{new_id().hex}@weft.test")
    await installation.runtime.platform.execute(
        "INSERT INTO platform.person (id, email, name, password_hash) VALUES ($1, $2, $3, '')", ada.id, ada.email, ada.name
    )
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    tenant = await installation.new_tenant(actor=Actor("session", "Ada", ada, frozenset(), "request-1", trace))
    seen: list[Tenant] = []

    async def look(tenant: Tenant, told: Told) -> None:
        seen.append(tenant)
        if told.title != "then":
            async with tenant.transaction():
                await tenant.enqueue(ACT, Told(act="it", title="then"))

    ACTS["it"] = look
    job = await ask(tenant, ACT)
    await jobs.run_all()
    first, then = seen
    assert isinstance(first, LiveTenant)
    assert (first.person, first.actor.via, first.actor.request_id, first.actor.job_id) == (ada, "job", "request-1", job)
    assert first.actor.trace.split("-")[1] == trace.split("-")[1]
    assert first.actor.permissions is None, "what was asked was allowed; the job may do all it needs"
    assert isinstance(then, LiveTenant)
    assert (then.person, then.actor.request_id) == (ada, "request-1")


async def test_a_job_without_a_person_acts_for_the_platform(tenant: LiveTenant, jobs: Jobs) -> None:
    await ask(tenant, WRITE, Told(title="by nobody"))
    await jobs.run_all()
    async with tenant.transaction() as db:
        entry = await db.fetchrow("SELECT actor, actor_name, via FROM platform.audit_entry WHERE record_title = 'by nobody'")
    assert entry is not None
    assert dict(entry.items()) == {"actor": None, "actor_name": "Weft", "via": "job"}


async def test_a_job_goes_back_to_wait_although_another_with_its_key_waits(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    answers = iter([Unavailable("not yet"), None, None])

    async def ask_again(tenant: Tenant, told: Told) -> None:
        if wrong := next(answers):
            async with tenant.transaction():
                await tenant.enqueue(ACT, told, key="k")
            await jobs.relay()
            raise wrong

    ACTS["it"] = ask_again
    await ask(tenant, ACT, key="k")
    assert sorted(ran.state for ran in await jobs.run_all()) == ["done", "waiting"]
    clock.forward(timedelta(minutes=1))
    assert [ran.state for ran in await jobs.run_all()] == ["done"]


async def test_a_claim_of_a_late_delivery_gets_nothing(tenant: LiveTenant, jobs: Jobs) -> None:
    job = await ask(tenant, WRITE, Told(title="once"))
    await jobs.relay()
    await jobs.feed()
    claims = jobs.runner.claims
    assert [each.id for each in await claims.claim([Delivery(job, 1), Delivery(job, 2), Delivery(new_id(), 1)])] == [job]
    assert await claims.claim([Delivery(job, 1)]) == []
    await claims.finish([Delivery(job, 7)])
    assert await fact(jobs, job, "state") == "running", "another attempt's word does not count"
    await claims.finish([Delivery(job, 1)])
    assert await fact(jobs, job, "state") == "done"
    await jobs.carry()


class Unheard(Event, frozen=True):
    """No plugin declares it."""


async def test_what_nobody_declares_cannot_be_asked_for(tenant: LiveTenant) -> None:
    strange = Job(name="notes.strange", title="Strange", payload=Told, run=ACT.run)
    async with tenant.transaction():
        with pytest.raises(Missing):
            await tenant.enqueue(strange, Told())
        with pytest.raises(Missing):
            await tenant.emit(Unheard())
