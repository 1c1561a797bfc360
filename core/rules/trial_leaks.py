"""The canary: what one business has comes out of no door of another, beside the pages: writes, files, reports, jobs, mail, Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any
from uuid import UUID

from core.reports.running import run
from core.reports.wish import Wish, defaults_of
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial
from core.rules.trial_visits import address
from core.tenancy.tenant import LiveTenant
from weft import Exporter, Report, Schedule, SearchSource

Leak = tuple[str, str, str]  # where it is declared, what was asked, what came out
MARKED = 18  # characters of a planted text from which on it is one of its kind

# What a business tells the world with, and what it is told itself: its rows in shared tables.
_TOLD = """
SELECT told FROM (
    SELECT to_jsonb(x)::text AS told FROM platform.mail x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.notification x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.outbox x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.job x WHERE tenant = $1
) AS everything
"""


async def leaks(trial: Trial) -> AsyncIterator[Problem]:
    """What `here` has shows nowhere at `there`, which has nothing; and who is at `there` changes nothing at `here`."""
    await trial.plant()
    values = [value for rows in trial.planted.values() for row in rows for value in row.values()]
    secrets = [value for value in values if isinstance(value, str) and len(value) > MARKED]
    ids = [value for value in values if isinstance(value, UUID)][:3]
    if not values:
        return
    before = await _state(trial)
    async for place, what, text in _writes(trial, ids):
        if seen := _found(text, secrets):
            yield _problem(place, what, seen)
    if changed := [table for table, state in (await _state(trial)).items() if state != before[table]]:
        sentence = f"Requests of one business with ids of another changed the other’s {', '.join(changed)}: use tenant.transaction() alone."
        yield Problem(trial.subject.plugin_place, sentence)
    async for place, what, text in _doors(trial, secrets):
        if seen := _found(text, secrets):
            yield _problem(place, what, seen)
    async for what, text in _aftermath(trial):
        if seen := _found(text, secrets):
            yield _problem(trial.subject.plugin_place, what, seen)


def _problem(place: str, what: str, seen: str) -> Problem:
    return Problem(place, f"{what} tells one business what another has (“{seen}”): keep nothing of a tenant in a global or a cache.")


def _found(text: str, secrets: list[str]) -> str:
    return next((secret for secret in secrets if secret in text), "")


async def _state(trial: Trial) -> dict[str, str]:
    """Return a digest of each table of `here`."""
    async with trial.tables(trial.here) as db:
        digest = "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {} t"
        return {table: await db.fetchval(digest.format(f'"{table}"')) for table in trial.planted}


async def _writes(trial: Trial, ids: list[UUID]) -> AsyncIterator[Leak]:
    visitor = await trial.owner(trial.there)
    for route in trial.subject.mounted.routes:
        if route.method == "GET":
            continue
        filled = any(not isinstance(part, str) for part in route.parts)
        for each in ids if filled else [None]:
            answer = await visitor.ask(route.method, address(route, each))
            yield trial.subject.place(route.handler), f"{route.method} {route.path}", answer.text


async def _doors(trial: Trial, secrets: list[str]) -> AsyncIterator[Leak]:
    """Open each door for `here` first, so that what is kept wrongly is there, and then for `there`."""
    subject = trial.subject
    for place, what, door in _all(trial, secrets):
        text = ""
        for tenant in (trial.here, trial.there):
            text = ""
            with suppress(Exception):  # whether it works at all is what other rules ask
                text = await door(tenant)
        yield place, what, text
    visitors = [await trial.owner(tenant) for tenant in (trial.here, trial.there)]
    for listing in subject.declared("listings"):
        answers = [await visitor.ask("GET", f"/lists/{listing.name}/export.csv") for visitor in visitors]
        yield subject.hook_place("listings"), f"The export of “{listing.name}”", answers[-1].text


def _all(trial: Trial, secrets: list[str]) -> "list[tuple[str, str, Callable[[LiveTenant], Any]]]":
    subject = trial.subject
    return [
        *((subject.place(each.rows), f"The report “{each.name}”", partial(_report, each)) for each in subject.declared("reports")),
        *((subject.place(each.write), f"The exporter “{each.name}”", partial(_file, each)) for each in subject.declared("exporters")),
        *(
            (subject.place(each.find), f"The search of “{each.title}”", partial(_hits, each, secrets[:3]))
            for each in subject.declared("search")
        ),
        *((subject.place(each.job.run), f"The job “{each.job.name}”", partial(_job, each)) for each in subject.declared("schedules")),
    ]


async def _report(report: Report[Any], tenant: LiveTenant) -> str:
    defaults = await defaults_of(tenant, report)
    return str([row async for row in run(tenant, Wish(report, defaults, defaults))])


async def _file(exporter: Exporter, tenant: LiveTenant) -> str:
    return b"".join([part async for part in exporter.write(tenant)]).decode("utf-8", "replace")


async def _hits(source: SearchSource, words: list[str], tenant: LiveTenant) -> str:
    return str([await source.find(tenant, word, 3) for word in words])


async def _job(schedule: Schedule, tenant: LiveTenant) -> str:
    async with AsyncExitStack() as stack:
        if schedule.job.atomic:
            await stack.enter_async_context(tenant.transaction(unaudited="a job on trial"))
        await schedule.job.run(tenant, schedule.payload)
    return ""


async def _aftermath(trial: Trial) -> AsyncIterator[tuple[str, str]]:
    """Yield what has been left behind: letters, notifications, events (which webhooks carry), jobs; and what lies in Redis."""
    async with trial.tables(trial.there) as db:
        for row in await db.fetch(_TOLD, trial.there.schema):
            yield "A letter, notification, event or job", row["told"]
    for text in await trial.laboratory.in_redis():
        yield "What is kept in Redis, which all businesses share,", text


RULES = (TrialRule("leaks", "No write, file, report, job, letter or Redis tells one business what another has, or changes it", leaks),)
