"""Work behind the pages that fails waits in that business alone, is not lost, and goes on when it is sound; and routes nobody can serve."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from core.firewall.stepping import ABANDONED
from core.imports import services
from core.imports.batch import Import
from core.imports.examine import propose, proposed_mapping
from core.imports.importers import find_importer
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation, Visitors
from infra.testing_jobs import Jobs, working
from tests.hostile.test_contained import NOTICE, faults
from tests.hostile.working import HANG, POISONED, RUN, TRESPASS, Happened, Payload, works
from web.site import Site
from weft import Job

_WAITS = "SELECT state, attempts, error, held_by FROM platform.job WHERE tenant = $1 ORDER BY id"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def jobs(installation: Installation) -> AsyncIterator[Jobs]:
    """Yield workers that run when they are told."""
    async with working(installation) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def business(installation: Installation, jobs: Jobs) -> AsyncIterator[LiveTenant]:
    """Yield a business with the module, whose vendor has not mended it yet, on a clock that stands."""
    works_now = type(works)
    works_now.sound, works_now.calls = False, []
    installation.clock.set(installation.clock())
    made = await installation.new_tenant("contacts", "works")
    yield made
    works_now.sound = True
    installation.clock.moment = None
    await jobs.close([made])


async def ask(tenant: LiveTenant, job: Job[Payload], *titles: str) -> None:
    async with tenant.transaction():
        for title in titles:
            await tenant.enqueue(job, Payload(title))


async def pass_time(installation: Installation, jobs: Jobs, tenant: LiveTenant, time: timedelta) -> list[str]:
    installation.clock.forward(time)
    return [each.state for each in await jobs.run_all(tenant)]


async def test_jobs_of_a_handler_that_fails_wait_and_all_are_done_when_it_is_sound(
    installation: Installation, jobs: Jobs, business: LiveTenant, visitors: Visitors
) -> None:
    await ask(business, RUN, "a", "b", "c")
    assert [each.state for each in await jobs.run_all(business)] == ["waiting"] * 3
    fault = (await faults(installation, business))["works", "jobs:works.run"]
    assert (fault.cause, fault.retry_at is not None) == ("raised", True)
    told = [row["body"] for row in await installation.runtime.platform.fetch(NOTICE, business.schema)]
    assert told == ["“Run it” of the module Works failed again and again, and waits until it is sound. Nothing is lost."]

    await ask(business, RUN, "d", "e")
    assert [each.state for each in await jobs.run_all(business)] == ["held"] * 2
    assert sorted(works.calls) == ["a", "b", "c"]  # what waits was not even asked
    admin = await visitors.sign_in(business)
    assert "“Run it” of the module Works failed here several times and is left out." in (await admin.get("/jobs?tab=waiting")).text
    assert "Its job “Run it”" in (await admin.get("/modules/works/faults")).text

    elsewhere = await installation.new_tenant("contacts", "works")
    await ask(elsewhere, RUN, "of another business")
    assert [each.state for each in await jobs.run_all(elsewhere)] == ["waiting"]  # it failed, and was asked: it has a count of its own
    await jobs.close([elsewhere])

    type(works).sound = True
    assert (await admin.submit("/modules/works/faults/jobs:works.run/try")).status_code == 303
    done = await pass_time(installation, jobs, business, timedelta(seconds=70))
    assert done.count("done") == 5
    assert sorted(works.calls[4:]) == ["a", "b", "c", "d", "e"]
    assert not [row for row in await installation.runtime.platform.fetch(_WAITS, business.schema) if row["state"] != "done"]
    assert "In use" in (await admin.get("/modules/works/faults")).text


async def test_it_comes_back_by_itself_and_one_trial_at_a_time_is_made(
    installation: Installation, jobs: Jobs, business: LiveTenant
) -> None:
    await ask(business, RUN, "a", "b", "c")
    await jobs.run_all(business)
    await ask(business, RUN, *"defgh")
    await jobs.run_all(business)
    works.calls.clear()
    states = await pass_time(installation, jobs, business, timedelta(minutes=1, seconds=1))
    assert len(works.calls) == 1  # of eight that wait one shows that it is no better
    assert states.count("held") == 7
    type(works).sound = True
    states = await pass_time(installation, jobs, business, timedelta(minutes=4, seconds=1))
    states += await pass_time(installation, jobs, business, timedelta(minutes=2))
    assert states.count("done") == 8
    assert sorted(works.calls[1:]) == sorted("abcdefgh")


async def test_one_poisoned_job_holds_up_no_other(installation: Installation, jobs: Jobs, business: LiveTenant) -> None:
    await ask(business, POISONED, "poison")
    await jobs.run_all(business)
    for _ in range(4):
        await pass_time(installation, jobs, business, timedelta(minutes=1))  # its further attempts
    await ask(business, POISONED, "well")
    assert "done" in [each.state for each in await jobs.run_all(business)]
    assert (await faults(installation, business))["works", "jobs:works.poisoned"].retry_at is None


async def test_a_job_that_heeds_no_cancellation_keeps_no_place_of_a_worker(
    installation: Installation, jobs: Jobs, business: LiveTenant
) -> None:
    type(works).let_go = asyncio.Event()
    await ask(business, HANG, "")
    assert [each.state for each in await jobs.run_all(business)] == ["dead"]
    failed = (await jobs.failed(business))[-1]
    assert failed.error == "It took longer than the 1 s it may take and did not stop when it was told to."
    assert (await faults(installation, business))["works", "jobs:works.hang"].retry_at is not None  # at once: it harms others
    assert works.let_go is not None
    works.let_go.set()
    if ABANDONED:
        await asyncio.wait(ABANDONED)


async def test_a_job_that_writes_to_the_tables_of_another_has_written_nothing(
    installation: Installation, jobs: Jobs, business: LiveTenant
) -> None:
    await ask(business, TRESPASS, "")
    assert [each.state for each in await jobs.run_all(business)] == ["dead"]
    assert "contacts_party, which is of the module “contacts”" in (await jobs.failed(business))[-1].error
    assert (await faults(installation, business))["works", "jobs:works.trespass"].cause == "tables"
    async with business.transaction() as db:
        assert not await db.fetchval("SELECT count(*) FROM platform.audit_entry WHERE record_title = 'a trespass'")


async def test_events_wait_for_who_reacts_to_them(installation: Installation, jobs: Jobs, business: LiveTenant) -> None:
    for title in "abcde":
        async with business.transaction():
            await business.emit(Happened(title=title))
        await jobs.run_all(business)
    assert works.calls == ["a", "b", "c"]
    assert (await faults(installation, business))["works", "subscriptions:works.on.heard"].retry_at is not None
    type(works).sound = True
    states = [state for _ in range(3) for state in await pass_time(installation, jobs, business, timedelta(minutes=2))]
    assert states.count("done") == 5
    assert sorted(works.calls[3:]) == ["a", "b", "c", "d", "e"]


async def checked(tenant: LiveTenant, lines: bytes) -> Import:
    """Send a file, and ask for its check."""
    found = await services.start(tenant, "works.lines", await tenant.files.stage(lines), "lines.csv")
    proposal = await propose(tenant, find_importer(tenant, "works.lines"), found.columns)
    return await services.check(tenant, found.id, found.version, proposed_mapping(tenant, found.columns, proposal.guesses))


async def test_an_import_waits_for_its_importer_and_goes_on_where_it_was(
    installation: Installation, jobs: Jobs, business: LiveTenant, visitors: Visitors
) -> None:
    first = await checked(business, b"title\nfirst\nsecond\n")
    states = [each.state for each in await jobs.run_all(business)]
    for _ in range(2):
        states += await pass_time(installation, jobs, business, timedelta(seconds=20))
    assert (states, works.calls) == (["waiting"] * 3, ["import"] * 3)
    second = await checked(business, b"title\nthird\n")
    assert [each.state for each in await jobs.run_all(business)] == ["held"]
    assert works.calls == ["import"] * 3
    assert (await services.find(business, second.id)).state == "checking"
    assert (await (await visitors.sign_in(business)).get(f"/imports/{second.id}")).status_code == 200
    type(works).sound = True
    for _ in range(2):
        await pass_time(installation, jobs, business, timedelta(minutes=2))
    for found, rows in ((first, 2), (second, 1)):
        now = await services.find(business, found.id)
        assert (now.state, now.expected.saved) == ("checked", rows)


async def test_a_report_that_fails_says_so_on_its_page_and_is_left_out_after_that(
    installation: Installation, business: LiveTenant, visitors: Visitors
) -> None:
    admin = await visitors.sign_in(business)
    for _ in range(3):
        page = await admin.get("/reports/works.figures")
        assert page.status_code == 503
        assert "The report “Figures” failed." in page.text
    works.calls.clear()
    page = await admin.get("/reports/works.figures")
    assert "“Figures” of the module Works failed here several times and is left out." in page.text
    assert (await admin.get("/reports/works.figures/file.csv")).status_code == 503
    assert works.calls == []
    type(works).sound = True
    installation.clock.forward(timedelta(minutes=2))
    assert "a good row" in (await admin.get("/reports/works.figures")).text
    assert "a good row" in (await admin.get("/reports/works.figures/file.csv")).text


@pytest.mark.usefixtures("business")
async def test_plugins_whose_routes_cannot_be_served_are_set_aside_and_the_web_starts_with_all_others(
    installation: Installation, hostile_registry: Registry, visitors: Visitors, business: LiveTenant
) -> None:
    assert {"unguarded", "unroutable", "leaning"} <= set(hostile_registry.plugins)  # nothing is wrong with what they declare
    site = Site(installation.settings, hostile_registry, installation.runtime)
    assert {"unguarded", "unroutable", "leaning"} <= set(site.registry.set_aside)
    assert "says nothing of who may use it: /unguarded" in site.registry.set_aside["unguarded"]
    assert "cannot be served" in site.registry.set_aside["unroutable"]
    assert "needs “unguarded”, which cannot be used" in site.registry.set_aside["leaning"]
    admin = await Visitors(installation, site).sign_in(business)
    assert (await admin.get("/contacts/")).status_code == 200
    assert (await admin.get("/unguarded/")).status_code == 404
    page = (await admin.get("/modules")).text
    assert "“unguarded” cannot be used" in page
