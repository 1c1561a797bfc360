"""Modules' checks run every night and when somebody asks; what they find is kept, shown to those who may see it, and told once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import pytest
import pytest_asyncio

from core.messaging.clock import declared
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation, ServerUrls, installed
from tests.sample.plugin import plugin as notes
from weft import Check, Checked, ClosingCheck, Finding, Permission, Plugin, Tenant, hookimpl
from weft.testing import Client, Jobs, Visitors

SEE = Permission("ledgerlike.see", "See")
HIDDEN = Permission("ledgerlike.hidden", "See what is hidden")


@dataclass
class Findings:
    """What the checks are to find."""

    errors: list[str] = field(default_factory=list)
    fails: bool = False


FINDINGS = Findings()


async def _look(tenant: object) -> Checked:
    if FINDINGS.fails:
        raise RuntimeError
    return Checked(tuple(Finding(each, "/notes") for each in FINDINGS.errors), "3 records")


async def _warn(tenant: object) -> Checked:
    return Checked((Finding("A warning about something hidden.", severity="warning"),))


async def _left(tenant: Tenant, first: date, last: date) -> Checked:
    async with tenant.transaction() as db:
        await db.fetchval("SELECT 1 / $1::int", 0 if FINDINGS.fails else 1)
    return Checked(tuple(Finding(f"{each} Before {last}.", "/notes") for each in FINDINGS.errors), f"since {first}")


async def _late(tenant: Tenant, first: date, last: date) -> Checked:
    return Checked((Finding("Something came late.", severity="warning"),))


class Checking(Plugin):
    """A module that checks."""

    key = "ledgerlike"
    title = "Ledgerlike"
    version = "1.0"
    seen: ClassVar[Check] = Check(name="ledgerlike.even", title="Even", question="Is all even?", permission=SEE, run=_look, order=1)
    hidden: ClassVar[Check] = Check(name="ledgerlike.hid", title="Hidden", question="Is all hidden?", permission=HIDDEN, run=_warn, order=2)

    @hookimpl
    def permissions(self) -> list[Permission]:
        return [SEE, HIDDEN]

    @hookimpl
    def checks(self) -> list[Check]:
        return [self.hidden, self.seen]

    @hookimpl
    def closing_checks(self) -> list[ClosingCheck]:
        return [
            ClosingCheck(name="ledgerlike.late", title="Late", question="Is all in time?", run=_late, order=2),
            ClosingCheck(name="ledgerlike.left", title="Left", question="Is nothing left?", run=_left, order=1),
        ]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(weft_servers: ServerUrls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Yield a Weft with the sample plugin and one that checks."""
    async with installed(weft_servers, Registry([notes, Checking()]), tmp_path_factory.mktemp("checks")) as made:
        yield made


@pytest.fixture(autouse=True)
def _nothing_found() -> None:
    FINDINGS.errors, FINDINGS.fails = [], False


async def ask(tenant: LiveTenant, jobs: Jobs) -> None:
    async with tenant.transaction(unaudited="a check changes nothing"):
        await tenant.ask_checks("ledgerlike")
    await jobs.run_all()


async def notices(tenant: LiveTenant, installation: Installation) -> list[str]:
    rows = await installation.runtime.platform.fetch("SELECT body FROM platform.notification WHERE tenant = $1", tenant.schema)
    return sorted({row["body"] for row in rows})


async def test_a_module_with_checks_is_checked_every_night(installation: Installation) -> None:
    found = [each for each in declared(installation.runtime.registry) if each.job == "core.run_checks"]
    assert [(each.name, each.plugin, each.cron, each.payload) for each in found] == [
        ("core.run_checks.ledgerlike", "ledgerlike", "30 2 * * *", '{"plugin":"ledgerlike"}')
    ]


async def test_what_is_found_is_kept_in_order_and_told_once(tenant: LiveTenant, jobs: Jobs, installation: Installation) -> None:
    await ask(tenant, jobs)
    FINDINGS.errors = ["Five is not even.", "Seven is not even."]
    await ask(tenant, jobs)
    await ask(tenant, jobs)
    async with tenant.transaction():
        runs = await tenant.check_runs("ledgerlike")
    assert [run.holds for run in runs] == [False, False, True], "a warning alone does not fail a check"
    assert [(answer.name, [each.sentence for each in answer.findings], answer.note) for answer in runs[0].answers] == [
        ("ledgerlike.even", ["Five is not even.", "Seven is not even."], "3 records"),
        ("ledgerlike.hid", ["A warning about something hidden."], ""),
    ]
    assert await notices(tenant, installation) == ["Even: Five is not even. And 1 more."]


async def test_a_check_that_falls_over_is_a_finding_and_stops_no_other(tenant: LiveTenant, jobs: Jobs) -> None:
    FINDINGS.fails = True
    await ask(tenant, jobs)
    async with tenant.transaction():
        (run,) = await tenant.check_runs("ledgerlike")
    assert [len(answer.findings) for answer in run.answers] == [1, 1]
    assert "could not be checked" in run.answers[0].findings[0].sentence


async def test_the_page_shows_each_what_they_may_see_and_checks_when_asked(
    client: Client, tenant: LiveTenant, visitors: Visitors, jobs: Jobs
) -> None:
    FINDINGS.errors = ["Five is not even."]
    assert (await client.submit("/checks/ledgerlike", {})).status_code == 303
    await jobs.run_all()
    page = (await client.get("/checks")).text
    assert "Five is not even." in page
    assert "A warning about something hidden." in page
    some = await visitors.sign_in(tenant, SEE)
    page = (await some.get("/checks")).text
    assert "Five is not even." in page
    assert "A warning about something hidden." not in page
    nobody = await visitors.sign_in(tenant, "notes.note.read")
    assert "Five is not even." not in (await nobody.get("/checks")).text
    assert (await nobody.submit("/checks/ledgerlike", {})).status_code == 403
    assert (await client.submit("/checks/notes", {})).status_code == 404


async def test_another_business_sees_nothing_of_it(tenant: LiveTenant, other_tenant: LiveTenant, jobs: Jobs) -> None:
    await ask(tenant, jobs)
    async with other_tenant.transaction():
        assert list(await other_tenant.check_runs("ledgerlike")) == []


async def test_before_books_are_closed_every_module_is_asked_and_one_that_fails_spoils_nothing(tenant: LiveTenant) -> None:
    async with tenant.transaction() as db:
        left, late = await tenant.ask_closing(date(2026, 1, 1), date(2026, 12, 31))
        assert (left.holds, left.findings, left.note) == (True, (), "since 2026-01-01")
        assert (late.holds, late.findings[0].sentence) == (True, "Something came late."), "a warning keeps nothing open"
        FINDINGS.errors = ["Till 1 is open."]
        left, _ = await tenant.ask_closing(date(2026, 1, 1), date(2026, 12, 31))
        assert (left.holds, left.findings) == (False, (Finding("Till 1 is open. Before 2026-12-31.", "/notes"),))
        FINDINGS.fails = True
        left, late = await tenant.ask_closing(date(2026, 1, 1), date(2026, 12, 31))
        assert "could not be checked" in left.findings[0].sentence
        assert not left.holds
        assert await db.fetchval("SELECT 1") == 1, "the transaction goes on"
