"""The canary: what one business has comes out of no door of another, beside the pages: writes, files, reports, jobs, mail, logs, Redis.

Two businesses have texts that are nobody else's. Each door is opened for the one, for the other, and for the first again, so that what is
kept wrongly shows in either direction.
"""

import io
import logging
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec
from structlog.testing import capture_logs

from core.messaging.relay import Relay
from core.messaging.repertoire import Repertoire
from core.rules.laboratory import Answer, Visitor
from core.rules.rule import Problem, TrialRule
from core.rules.samples import sample_struct
from core.rules.trial import Side, Trial
from core.rules.trial_imports import likely_row
from core.rules.trial_visits import address
from weft import Exporter, Importer, Job, Numbered, Panel, PrintedDocument, SearchSource, Subscription, new_id

if TYPE_CHECKING:
    from core.runtime import Runtime

Door = Callable[[Side], Awaitable[str]]
Named = tuple[str, str, Door]  # where it is declared, what it is called, how it is opened

# What a business tells the world with, and what it is told itself: its rows in shared tables.
_TOLD = """
SELECT told FROM (
    SELECT to_jsonb(x)::text AS told FROM platform.mail x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.notification x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.outbox x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.job x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.webhook_message x WHERE tenant = $1
    UNION ALL SELECT to_jsonb(x)::text FROM platform.audit_entry x WHERE tenant = $1
) AS everything
"""
_LISTENS = "INSERT INTO platform.webhook_endpoint (id, tenant, url, secret) VALUES ($1, $2, 'https://weft.invalid/', '')"


async def leaks(trial: Trial) -> AsyncIterator[Problem]:
    """What either business has shows nowhere at the other; and who is at the one changes nothing at the other."""
    here, other = await trial.sides()
    if not here.ids and not here.secrets:
        return
    runtime = cast("Runtime", trial.here.house)
    for side in (here, other):  # somebody who is told of every event
        await runtime.platform.execute(_LISTENS, new_id(), side.tenant.schema)
    async for problem in _writes(trial, here, other):
        yield problem
    for place, what, door in _doors(trial):
        texts = [await _opened(door, side) for side in (here, other, here)]
        for seen in {_found(texts[1], here.secrets), _found(texts[2], other.secrets)} - {""}:
            yield _problem(place, what, seen)
    await Relay(runtime.platform, Repertoire.of(runtime.registry)).turn(runtime.now())
    for side, secrets in ((here, other.secrets), (other, here.secrets)):
        async with trial.tables(side.tenant) as db:
            told = "\n".join(row["told"] for row in await db.fetch(_TOLD, side.tenant.schema))
        if seen := _found(told, secrets):
            yield _problem(trial.subject.plugin_place, "A letter, notification, event, webhook or job", seen)
    if seen := _found("\n".join(await trial.laboratory.in_redis()), [*here.secrets, *other.secrets]):
        yield _problem(trial.subject.plugin_place, "What is kept in Redis, which all businesses share,", seen)


def _problem(place: str, what: str, seen: str) -> Problem:
    return Problem(place, f"{what} tells one business what another has (“{seen}”): keep nothing of a tenant in a global or a cache.")


def _found(text: str, secrets: Sequence[str]) -> str:
    return next((secret for secret in secrets if secret in text), "")


async def _writes(trial: Trial, here: Side, other: Side) -> AsyncIterator[Problem]:
    """Send every write of each with ids of the other."""
    for mine, theirs in ((other, here), (here, other)):
        before = await _state(trial, theirs)
        for route in trial.subject.mounted.routes:
            if route.method == "GET":
                continue
            filled = any(not isinstance(part, str) for part in route.parts)
            for each in theirs.ids[:1] if filled else [None]:
                answer = await (await trial.owner(mine.tenant)).ask(route.method, address(route, each))
                if seen := _found(f"{_text(answer)}\n{answer.said}", theirs.secrets):
                    yield _problem(trial.subject.place(route.handler), f"{route.method} {route.path}", seen)
        if changed := [table for table, state in (await _state(trial, theirs)).items() if state != before[table]]:
            sentence = (
                f"Requests of one business with ids of another changed the other’s {', '.join(changed)}: use tenant.transaction() alone."
            )
            yield Problem(trial.subject.plugin_place, sentence)


async def _state(trial: Trial, side: Side) -> dict[str, str]:
    """Return a digest of each table of a business."""
    async with trial.tables(side.tenant) as db:
        digest = "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {} t"
        return {table: await db.fetchval(digest.format(f'"{table}"')) for table in side.planted}


async def _opened(door: Door, side: Side) -> str:
    """Return all that came out of a door, and what was written to logs meanwhile."""
    text = ""
    with _listening() as said, suppress(Exception):  # whether it works at all is what other rules ask
        text = await door(side)
    return f"{text}\n{said}"


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Yield what is logged, in whichever way."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    ear, root = Ear(logging.DEBUG), logging.getLogger()
    root.addHandler(ear)
    try:
        with capture_logs() as logs:
            yield said
    finally:
        root.removeHandler(ear)
        said += map(str, logs)


def _doors(trial: Trial) -> Iterator[Named]:
    subject, declared = trial.subject, trial.subject.declared
    for place, each in enumerate(declared("reports")):
        for form in ("", "/file.csv", "/file.xlsx") if place == 0 else ("/file.csv",):  # all three are of the same rows
            yield subject.place(each.rows), f"The report “{each.name}”{form and ' as a file'}", _page(trial, f"/reports/{each.name}{form}")
    for place, each in enumerate(declared("listings")):
        files = (f"/lists/{each.name}/export.csv", f"/lists/{each.name}/export.xlsx") if place == 0 else ()
        for path in (f"/api/v1/lists/{each.name}", *files):
            yield subject.hook_place("listings"), f"The export of “{each.name}”", _page(trial, path)
    for each in declared("exporters"):
        yield subject.place(each.write), f"The exporter “{each.name}”", partial(_file, each)
    for each in declared("search"):
        yield subject.place(each.find), f"The search of “{each.title}”", partial(_hits, each)
    for each in declared("importers"):
        yield subject.place(each.write), f"The importer “{each.name}”", partial(_rows, each)
    for each in declared("panels"):
        yield subject.place(each.render), f"The panel “{each.name}”", partial(_panel, trial, each)
    for each in declared("documents"):
        yield subject.place(each.sample), f"The document “{each.name}”", partial(_document, each)
    for each in declared("jobs"):
        payloads = [one.payload for one in declared("schedules") if one.job is each]
        yield subject.place(each.run), f"The job “{each.name}”", partial(_job, each, payloads)
    for each in declared("subscriptions"):
        yield subject.place(each.handle), f"The reaction “{each.name}”", partial(_reaction, each)


def _page(trial: Trial, path: str) -> Door:
    async def door(side: Side) -> str:
        visitor: Visitor = await trial.owner(side.tenant)
        answer = await visitor.ask("GET", path)
        return f"{_text(answer)}\n{answer.said}"

    return door


def _text(answer: Answer) -> str:
    """Return what came back as text, that of a spreadsheet among it."""
    return _unpacked(answer.content) if answer.content.startswith(b"PK\x03\x04") else answer.text


def _unpacked(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


async def _file(exporter: Exporter, side: Side) -> str:
    content = b"".join([part async for part in exporter.write(side.tenant)])
    return _unpacked(content) if content.startswith(b"PK\x03\x04") else content.decode("utf-8", "replace")


async def _hits(source: SearchSource, side: Side) -> str:
    return str([await source.find(side.tenant, word, 3) for word in (*side.secrets[:2], *side.foreign[:2])])


async def _rows(importer: Importer[Any], side: Side) -> str:
    rows = [Numbered(number + 2, likely_row(importer, number, full=True)) for number in range(2)]
    async with side.tenant.transaction(unaudited="a trial of an importer"):
        return str(await importer.write(side.tenant, rows, {}))


async def _panel(trial: Trial, panel: Panel, side: Side) -> str:
    ui = trial.laboratory.ui(side.tenant)
    return "".join([str(await panel.render(side.tenant, ui, each)) for each in side.ids[:3]])


async def _document(document: PrintedDocument, side: Side) -> str:
    return str(await document.sample(side.tenant, "en"))


async def _job(job: Job[Any], payloads: Sequence[Any], side: Side) -> str:
    """Run a job with what its schedules say, and with what it could be told: about records of the business, and of the other."""
    told = [*payloads]
    for ids in (side.ids, side.foreign_ids):
        with suppress(Exception):  # a payload that cannot be guessed
            told.append(about(sample_struct(job.payload), ids))
    for payload in told:
        with suppress(Exception):
            async with AsyncExitStack() as stack:
                if job.atomic:
                    await stack.enter_async_context(side.tenant.transaction(unaudited="a job on trial"))
                await job.run(side.tenant, payload)
    return ""


async def _reaction(subscription: Subscription[Any], side: Side) -> str:
    async with AsyncExitStack() as stack:
        if subscription.atomic:
            await stack.enter_async_context(side.tenant.transaction(unaudited="a reaction on trial"))
        await subscription.handle(side.tenant, about(sample_struct(subscription.event), side.ids))
    return ""


def about(payload: msgspec.Struct, ids: Sequence[UUID]) -> msgspec.Struct:
    """Return a payload whose ids are of records that there are, one after the other."""
    left = list(ids)
    changes = {
        field.name: left.pop(0)
        for field in msgspec.structs.fields(type(payload))
        if isinstance(getattr(payload, field.name), UUID) and left
    }
    return msgspec.structs.replace(payload, **changes)


RULES = (TrialRule("leaks", "No write, file, report, job, letter, log or Redis tells one business what another has, or changes it", leaks),)
