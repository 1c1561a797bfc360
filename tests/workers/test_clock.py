"""What runs by the clock: once per business, in its own time zone, whatever the clocks on its walls do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.business import business_of, save_business
from core.messaging import schedules as desk
from core.schedule import next_due
from core.tenancy.pending import Actor
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock, Installation
from infra.testing_jobs import Jobs
from tenants.life import resume, suspend
from tenants.modules import disable
from tests.sample.jobs import titles
from weft import Invalid, Missing

LONDON = ZoneInfo("Europe/London")
NIGHTLY = "30 2 * * *"
TIDY = "notes.tidy"


def wall(*moment: int) -> datetime:
    """Return a moment on London's clocks."""
    return datetime(*moment, tzinfo=LONDON)  # type: ignore[arg-type, misc]


def test_a_daily_time_comes_at_the_same_hour_on_the_wall_in_summer_and_in_winter() -> None:
    assert next_due(NIGHTLY, LONDON, wall(2026, 1, 10, 12)) == datetime(2026, 1, 11, 2, 30, tzinfo=UTC)
    assert next_due(NIGHTLY, LONDON, wall(2026, 7, 10, 12)) == datetime(2026, 7, 11, 1, 30, tzinfo=UTC)


def test_a_time_that_spring_skips_runs_right_after_the_gap() -> None:
    due = next_due("30 1 * * *", LONDON, wall(2026, 3, 28, 12))
    assert due == datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "02:00 on the wall, where 01:30 never was"
    assert next_due("30 1 * * *", LONDON, due) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_autumn_repeats_runs_once() -> None:
    due = next_due("30 1 * * *", LONDON, wall(2026, 10, 24, 12))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_due("30 1 * * *", LONDON, due) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_daily_job_at_half_past_two_runs_once_on_each_day_of_both_changes() -> None:
    for first, days in ((wall(2026, 3, 27, 12), 4), (wall(2026, 10, 23, 12), 4)):
        seen: list[datetime] = []
        at = first.astimezone(UTC)
        while len(seen) < days:
            at = next_due(NIGHTLY, LONDON, at)
            seen.append(at.astimezone(LONDON))
        assert [(due.hour, due.minute) for due in seen] == [(2, 30)] * days
        assert [due.date() for due in seen] == [first.date() + timedelta(days=1 + n) for n in range(days)]


@pytest.mark.parametrize("cron", ["", "61 * * * *", "0 0 30 2 *", "every day", "* * * *"])
def test_what_never_comes_due_is_refused(cron: str) -> None:
    with pytest.raises(Invalid):
        next_due(cron, LONDON, wall(2026, 1, 1))


CRONS = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["*", "0", "30", "59", "*/15"]),
    st.sampled_from(["*", "0", "1", "2", "23", "*/6"]),
    st.sampled_from(["*", "1", "28", "L"]),
    st.sampled_from(["*", "3", "10"]),
    st.sampled_from(["*", "0", "5"]),
)


@settings(max_examples=150, deadline=None)
@given(
    cron=CRONS,
    zone=st.sampled_from(sorted(available_timezones())),
    after=st.integers(0, 15 * 366 * 86_400).map(lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
)
def test_the_next_time_is_later_and_nothing_is_due_in_between(cron: str, zone: str, after: datetime) -> None:
    due = next_due(cron, ZoneInfo(zone), after)
    assert due > after
    assert due.tzinfo is UTC
    assert due.second == 0
    between = after + (due - after) / 2
    assert next_due(cron, ZoneInfo(zone), between) == due


async def written(jobs: Jobs, tenant: LiveTenant) -> int:
    await jobs.run_all()
    return len(await titles(tenant))


async def due_of(tenant: LiveTenant, jobs: Jobs) -> datetime:
    (view,) = await desk.list_schedules(jobs.repertoire, tenant)
    return view.due


async def test_a_schedule_runs_once_when_its_time_comes(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    clock.set(wall(2026, 6, 1, 2, 0))
    assert await written(jobs, tenant) == 0
    clock.set(wall(2026, 6, 1, 2, 30))
    assert await written(jobs, tenant) == 1
    assert await written(jobs, tenant) == 1
    clock.set(wall(2026, 6, 2, 2, 31))
    assert await written(jobs, tenant) == 2


async def test_a_schedule_that_was_not_looked_at_for_days_runs_once(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    clock.set(wall(2026, 6, 1, 2, 0))
    await jobs.run_all()
    clock.set(wall(2026, 6, 9, 13, 0))
    assert await written(jobs, tenant) == 1
    assert await due_of(tenant, jobs) == wall(2026, 6, 10, 2, 30)


async def test_a_run_that_still_waits_is_not_added_to(tenant: LiveTenant, jobs: Jobs, clock: Clock) -> None:
    clock.set(wall(2026, 6, 1, 2, 0))
    await jobs.run_all()
    for day in (1, 2, 3):  # the clock goes on while no worker runs anything
        clock.set(wall(2026, 6, day, 2, 31))
        assert await jobs.schedules.turn(clock()) >= 1
        await jobs.relay()
    assert await written(jobs, tenant) == 1


async def test_a_suspended_business_is_left_alone_by_the_clock(
    tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock
) -> None:
    clock.set(wall(2026, 6, 1, 2, 0))
    await jobs.run_all()
    await suspend(installation.runtime, tenant.id, "unpaid")
    clock.set(wall(2026, 6, 5, 3, 0))
    assert await written(jobs, tenant) == 0
    await resume(installation.runtime, tenant.id)
    assert await written(jobs, tenant) == 1


async def test_another_time_zone_moves_the_next_time(tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock) -> None:
    clock.set(wall(2026, 6, 1, 12, 0))
    await jobs.run_all()
    platform = installation.runtime.platform
    await platform.execute("UPDATE platform.tenant SET timezone = 'America/New_York' WHERE id = $1", tenant.id)
    await jobs.run_all()
    assert await due_of(tenant, jobs) == datetime(2026, 6, 2, 2, 30, tzinfo=ZoneInfo("America/New_York"))


async def test_a_module_that_is_switched_off_loses_its_schedules(installation: Installation, jobs: Jobs) -> None:
    tenant = await installation.new_tenant("notes")
    await jobs.run_all()
    assert [view.name for view in await desk.list_schedules(jobs.repertoire, tenant)] == [TIDY]
    await disable(installation.provisioner, installation.runtime, installation.modules, tenant.id, "notes")
    assert await desk.list_schedules(jobs.repertoire, tenant) == []


async def test_a_new_declaration_replaces_the_old_one_and_leaves_it_paused(
    tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock
) -> None:
    clock.set(wall(2026, 6, 1, 12, 0))
    await jobs.run_all()
    await desk.pause(installation.runtime.platform, jobs.repertoire, tenant, TIDY)
    await installation.runtime.platform.execute(
        "UPDATE platform.schedule SET cron = '0 0 1 1 *', due = '2027-01-01' WHERE tenant = $1", tenant.schema
    )
    await jobs.run_all()
    (view,) = await desk.list_schedules(jobs.repertoire, tenant)
    assert (view.cron, view.due, view.paused) == (NIGHTLY, wall(2026, 6, 2, 2, 30), True)
    assert await jobs.schedules.keep_up(clock()) == 0, "once it fits, nothing is written"


async def test_people_pause_resume_and_run_schedules_and_the_audit_log_tells(
    tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock
) -> None:
    platform = installation.runtime.platform
    clock.set(wall(2026, 6, 1, 2, 0))
    await jobs.run_all()
    await desk.pause(platform, jobs.repertoire, tenant, TIDY)
    clock.set(wall(2026, 6, 3, 3, 0))
    assert await written(jobs, tenant) == 0
    job = await desk.run_now(platform, jobs.repertoire, tenant, TIDY)
    assert [ran.id for ran in await jobs.run_all()] == [job]
    await desk.resume(platform, jobs.repertoire, tenant, TIDY)
    assert await due_of(tenant, jobs) == wall(2026, 6, 4, 2, 30), "what was missed is not made up for"
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT action FROM platform.audit_entry WHERE record_kind = 'core.schedule' ORDER BY at")
    assert [row["action"] for row in rows] == ["paused", "ran", "resumed"]
    for steer in (desk.pause, desk.resume, desk.run_now):
        with pytest.raises(Missing):
            await steer(platform, jobs.repertoire, tenant, "notes.none")


async def test_one_business_cannot_steer_anothers_schedules(
    tenant: LiveTenant, other_tenant: LiveTenant, installation: Installation, jobs: Jobs
) -> None:
    await jobs.run_all()
    await desk.pause(installation.runtime.platform, jobs.repertoire, tenant, TIDY)
    assert [view.paused for view in await desk.list_schedules(jobs.repertoire, other_tenant)] == [False]


async def test_saving_the_business_with_another_zone_moves_its_schedules_at_once(
    tenant: LiveTenant, installation: Installation, jobs: Jobs, clock: Clock
) -> None:
    clock.set(wall(2026, 6, 1, 12, 0))
    await jobs.run_all()
    record = await installation.runtime.catalogue.by_id(tenant.id)
    assert record is not None
    business = business_of(record)
    moved = type(business)(**{**{name: getattr(business, name) for name in business.__struct_fields__}, "timezone": "Asia/Tokyo"})
    await save_business(installation.runtime, record, Actor("session", "Ada"), moved, record.version, None)
    assert await due_of(tenant, jobs) == datetime(2026, 6, 2, 2, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
