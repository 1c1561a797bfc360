"""Runs the checks of a module, keeps what they came to, and tells those who may see it what was not there before."""

from collections.abc import Sequence
from itertools import chain

import msgspec

from core.checks.kept import keep_run, latest_runs
from core.firewall.calls import LeftOut, Spot
from core.tenancy.tenant import LiveTenant
from weft.checks import Answer, Check, Finding
from weft.errors import WeftError
from weft.jobs import Job
from weft.permissions import Permission
from weft.tenant import Tenant

NIGHTLY = "30 2 * * *"  # in the tenant's time zone
LONGEST = 200  # findings that are kept of a check
FAILED = "This could not be checked: the check itself failed. It is tried again tonight."


class Checking(msgspec.Struct, frozen=True):
    """Which module's checks are run."""

    plugin: str


async def run_checks(tenant: Tenant, wanted: Checking) -> None:
    """Run a module's checks one after the other; one that fails is told as a finding and stops no other."""
    assert isinstance(tenant, LiveTenant)
    checks = tenant.house.registry.checks(frozenset({wanted.plugin}))
    answers = []
    for place, check in enumerate(checks):
        await tenant.progress(place, len(checks), check.title)
        answers.append(await _answer(tenant, wanted.plugin, check))
    async with tenant.transaction(unaudited="a check changes nothing") as db:
        before = await latest_runs(db, wanted.plugin, 1)
        await keep_run(db, wanted.plugin, tenant.now(), answers)
        known = {finding.sentence for run in before for answer in run.answers for finding in answer.findings}
        await _tell(tenant, {check.name: check.permission for check in checks}, answers, known)


async def _answer(tenant: LiveTenant, plugin: str, check: Check) -> Answer:
    try:
        checked = await tenant.house.firewall.call(tenant, Spot(plugin, "checks", check.title), lambda: check.run(tenant))
        findings, note = checked.findings[:LONGEST], checked.note
    except LeftOut as left:
        findings, note = (Finding(f"This could not be checked: {left.sentence}" if left.quarantined else FAILED),), ""
    except WeftError as wrong:
        findings, note = (Finding(f"This could not be checked: {wrong.message}"),), ""
    return Answer(name=check.name, title=check.title, question=check.question, findings=findings, note=note)


async def _tell(tenant: LiveTenant, permissions: dict[str, Permission], answers: Sequence[Answer], known: set[str]) -> None:
    """Say what is new in one line to each permission, and not the same every night."""
    fresh: dict[str, list[tuple[Answer, Finding]]] = {}
    for answer, finding in chain.from_iterable(((answer, each) for each in answer.findings) for answer in answers):
        if finding.severity == "error" and finding.sentence not in known:
            fresh.setdefault(permissions[answer.name].name, []).append((answer, finding))
    for found in fresh.values():
        answer, finding = found[0]
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        await tenant.notify(f"{answer.title}: {finding.sentence}{more}", link="/checks", to=permissions[answer.name])


RUN_CHECKS = Job(name="core.run_checks", title="Check the records", payload=Checking, run=run_checks, attempts=3, timeout=3600)
