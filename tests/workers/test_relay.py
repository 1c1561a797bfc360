"""From a committed transaction to the jobs that come of it."""

from datetime import timedelta

from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Events, Jobs
from tenants.life import resume, suspend
from tenants.modules import disable
from tests.sample.events import NoteWritten
from tests.sample.jobs import ACTS, WRITE, Told, titles
from weft import Conflict, Tenant, new_id


class Regret(Exception):
    """Rolls a transaction back."""


async def names(jobs: Jobs) -> list[str]:
    return sorted(ran.name for ran in await jobs.run_all())


async def put_into_outbox(tenant: LiveTenant, installation: Installation, kind: str, name: str, payload: str = "{}") -> None:
    await installation.runtime.platform.execute(
        "INSERT INTO platform.outbox (id, tenant, kind, name, payload) VALUES ($1, $2, $3, $4, $5::jsonb)",
        new_id(),
        tenant.schema,
        kind,
        name,
        payload,
    )


async def test_nothing_is_queued_for_work_that_rolled_back(tenant: LiveTenant, jobs: Jobs, events: Events) -> None:
    try:
        async with tenant.transaction():
            await tenant.enqueue(WRITE, Told(title="never"))
            await tenant.emit(NoteWritten(title="never"))
            raise Regret
    except Regret:
        pass
    assert await jobs.run_all() == []
    assert await events.names(tenant) == []


async def test_nothing_is_queued_for_a_savepoint_that_rolled_back(tenant: LiveTenant, jobs: Jobs) -> None:
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="outer"))
        try:
            async with tenant.transaction():
                await tenant.enqueue(WRITE, Told(title="inner"))
                raise Regret
        except Regret:
            pass
    await jobs.run_all()
    assert await titles(tenant) == ["outer"]


async def test_a_committed_job_runs_once_under_the_id_that_enqueue_returned(tenant: LiveTenant, jobs: Jobs) -> None:
    async with tenant.transaction():
        job = await tenant.enqueue(WRITE, Told(title="hello"))
    ran = await jobs.run_all()
    assert [(each.id, each.name, each.state) for each in ran] == [(job, "notes.write_note", "done")]
    assert await jobs.run_all() == []
    assert await titles(tenant) == ["hello"]


async def test_a_delayed_job_waits_for_its_time(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="later"), at=tenant.now() + timedelta(hours=1))
    assert await jobs.run_all() == []
    clock.forward(timedelta(hours=1, seconds=1))
    assert await names(jobs) == ["notes.write_note"]


async def test_while_a_job_with_a_key_waits_a_second_one_is_not_added(tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs) -> None:
    for title in ("first", "second"):
        async with tenant.transaction():
            await tenant.enqueue(WRITE, Told(title=title), key="the same")
    async with other_tenant.transaction():
        await other_tenant.enqueue(WRITE, Told(title="another business"), key="the same")
    await jobs.run_all()
    assert await titles(tenant) == ["first"]
    assert await titles(other_tenant) == ["another business"]
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="third"), key="the same")
    await jobs.run_all()
    assert await titles(tenant) == ["first", "third"]


async def test_one_transaction_may_ask_for_the_same_key_twice(tenant: LiveTenant, jobs: Jobs) -> None:
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="first"), key="k")
        await tenant.enqueue(WRITE, Told(title="second"), key="k")
    await jobs.run_all()
    assert await titles(tenant) == ["first"]


async def test_an_event_becomes_one_job_for_each_reaction_and_one_that_fails_holds_up_no_other(
    tenant: LiveTenant, jobs: Jobs, events: Events
) -> None:
    async def refuse(_: Tenant, told: Told) -> None:
        raise Conflict("Not this one.")

    ACTS["echo tea"] = refuse
    async with tenant.transaction():
        await tenant.emit(NoteWritten(title="tea"))
    ran = {each.name: each.state for each in await jobs.run_all()}
    assert ran == {"notes.on.act": "done", "notes.on.count": "done", "echo.on.answer": "dead"}
    assert await titles(tenant) == ["counted tea"]
    assert [failed.error for failed in await jobs.failed(tenant)] == ["Not this one."]
    assert await events.of(tenant, NoteWritten) == [NoteWritten(title="tea")]


async def test_a_module_that_is_switched_off_gets_no_events(installation: Installation, jobs: Jobs) -> None:
    tenant = await installation.new_tenant("notes")
    async with tenant.transaction():
        await tenant.emit(NoteWritten(title="tea"))
    assert await names(jobs) == ["notes.on.act", "notes.on.count"]


async def test_a_job_of_a_module_that_was_switched_off_meanwhile_says_so(installation: Installation, jobs: Jobs) -> None:
    tenant = await installation.new_tenant("notes")
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="too late"))
    await disable(installation.provisioner, installation.runtime, installation.modules, tenant.id, "notes")
    assert [ran.state for ran in await jobs.run_all()] == ["dead"]
    assert (await jobs.failed(tenant))[0].error == "Notes is switched off here: switch it on, and try this job again."


async def test_a_job_nobody_declares_is_tried_again_and_then_laid_aside(
    tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock
) -> None:
    await put_into_outbox(tenant, installation, "job", "notes.of_a_newer_version")
    for _ in range(5):
        assert [ran.name for ran in await jobs.run_all()] == ["notes.of_a_newer_version"]
        clock.forward(timedelta(hours=1))
    assert "No installed module knows" in (await jobs.failed(tenant))[0].error


async def test_an_event_nobody_publishes_is_laid_aside_with_a_sentence(tenant: LiveTenant, installation: Installation, jobs: Jobs) -> None:
    await put_into_outbox(tenant, installation, "event", "gone.SaleFinished", '{"total": "1.00"}')
    await put_into_outbox(tenant, installation, "job", "notes.write_note", '{"title": "goes on"}')
    assert await names(jobs) == ["notes.write_note"]
    assert "No installed module publishes “gone.SaleFinished”" in (await jobs.failed(tenant))[0].error


async def test_jobs_of_a_suspended_business_are_held_and_go_on_when_it_is_resumed(
    tenant: LiveTenant, installation: Installation, jobs: Jobs
) -> None:
    async with tenant.transaction():
        await tenant.enqueue(WRITE, Told(title="held"))
        await tenant.emit(NoteWritten(title="held"))
    await suspend(installation.runtime, tenant.id, "unpaid")
    assert await jobs.run_all() == []
    await resume(installation.runtime, tenant.id)
    assert len(await jobs.run_all()) == 4
    assert await titles(tenant) == ["counted held", "held"]


async def test_a_job_that_was_queued_when_its_business_was_suspended_waits_again(
    tenant: LiveTenant, installation: Installation, jobs: Jobs
) -> None:
    async with tenant.transaction():
        job = await tenant.enqueue(WRITE, Told(title="held"))
    await jobs.relay()
    await jobs.feed()
    await suspend(installation.runtime, tenant.id, "unpaid")
    await jobs.carry()
    platform = installation.runtime.platform
    assert await platform.fetchval("SELECT state || attempts FROM platform.job WHERE id = $1", job) == "waiting0"
    await resume(installation.runtime, tenant.id)
    assert await names(jobs) == ["notes.write_note"]
