"""What workers do for imports: read, check, save, undo. Each may be killed at any moment and goes on where it was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog

from core.files.local import local_copy
from core.imports import queries
from core.imports.batch import Import, ImportJob, State
from core.imports.checking import Stopped, dry_run
from core.imports.examine import examine, propose, proposed_mapping, wanted_mapping
from core.imports.fields import fields_of
from core.imports.importers import find_importer
from core.imports.mapping import check_mapping
from core.imports.running import Overtaken, save_rows
from core.imports.undoing import undo_rows
from core.tenancy.tenant import LiveTenant
from weft.data import Importer
from weft.errors import Invalid, Missing, Refused
from weft.jobs import Job
from weft.records import Change
from weft.tenant import Scope, Tenant

Log = structlog.get_logger("weft.imports")
HOURS = 3600
LONG_ENOUGH = 5_000  # rows whose check somebody goes away from, and is told when it is done
PREPARING = "preparing an import changes no record"


async def read_import(tenant: Tenant, job: ImportJob) -> None:
    """Look at a file that is too large to be looked at while somebody waits."""
    await _attempt(tenant, job, "reading", _read)


async def check_import(tenant: Tenant, job: ImportJob) -> None:
    """Try every row, and take it back."""
    await _attempt(tenant, job, "checking", _check)


async def run_import(tenant: Tenant, job: ImportJob) -> None:
    """Save the rows that can be saved."""
    await _attempt(tenant, job, "importing", _run)


async def undo_import(tenant: Tenant, job: ImportJob) -> None:
    """Take an import back."""
    await _attempt(tenant, job, "undoing", _undo)


async def _attempt(tenant: Tenant, job: ImportJob, state: State, work: Callable[[LiveTenant, Import], Awaitable[None]]) -> None:
    """Do the work, unless the import is not in this state (any more): a job may be delivered twice.

    What cannot be mended by trying again is told on the import's page.
    """
    assert isinstance(tenant, LiveTenant)
    async with tenant.transaction() as db:
        found = await queries.seek_import(db, job.id)
    if found is None or found.state != state:
        return
    try:
        await work(tenant, found)
    except Overtaken:
        Log.info("somebody else goes on with an import, or has ended it", batch=str(job.id))
    except (Invalid, Missing, Refused) as wrong:
        async with tenant.transaction(unaudited=PREPARING) as db:
            await queries.update_import(db, found.id, state="failed", failed_while=state, note=wrong.message, stop=False)


async def _read(tenant: LiveTenant, found: Import) -> None:
    importer = find_importer(tenant, found.importer)
    async with local_copy(tenant.files.read(found.file)) as file:
        examined = await examine(tenant, file, found.file_name, importer, found.reading if found.columns else None)
    async with _last_step(tenant, found, audited=False) as (db, now):
        await queries.update_import(db, now.id, state="mapping", note="", **examined.changes)
        await go_on(tenant, db, await queries.find_import(db, now.id), importer)


async def _check(tenant: LiveTenant, found: Import) -> None:
    try:
        counts, note = await dry_run(tenant, found)
    except Stopped:
        async with _last_step(tenant, found, audited=False) as (db, _):
            await queries.update_import(db, found.id, state="mapping", note="The check was stopped.", stop=False, chain="")
        return
    goes_on = found.chain == "import" and counts.saved > 0 and not note
    async with _last_step(tenant, found, audited=goes_on) as (db, _):
        await queries.update_import(db, found.id, state="checked", expected=counts, note=note)
        if goes_on:
            await hand_over(tenant, db, found, RUN, "importing")
            await tenant.record(Change(found.ref, "started"))
        elif found.total >= LONG_ENOUGH and found.person_id:
            told = f"{found.file_name} is checked: {counts.saved:,} rows can be saved, {counts.refused:,} cannot."
            await tenant.notify(told, link=found.ref.url, to=found.person_id)


async def _run(tenant: LiveTenant, found: Import) -> None:
    stopped = await save_rows(tenant, found)
    async with _last_step(tenant, found) as (db, now):
        state = "cancelled" if stopped else "done"
        await queries.update_import(db, found.id, state=state, finished_at=tenant.now(), note="", stop=False, chain="")
        after = {"into": found.importer, **msgspec.structs.asdict(now.counts)}
        await tenant.record(Change(found.ref, "stopped" if stopped else "imported", after=after))
        if found.person_id:
            what = "was stopped" if stopped else "is imported"
            told = f"{found.file_name} {what}: {now.counts.saved:,} rows saved, {now.counts.refused:,} refused."
            await tenant.notify(told, link=found.ref.url, to=found.person_id)


async def _undo(tenant: LiveTenant, found: Import) -> None:
    await undo_rows(tenant, found)
    async with _last_step(tenant, found) as (db, now):
        await queries.update_import(db, found.id, state="undone", finished_at=tenant.now(), note="")
        await tenant.record(Change(found.ref, "undone", after={"into": found.importer, "undone": now.undone, "kept": now.kept}))
        if tenant.person:
            told = f"The import of {found.file_name} is undone: {now.undone:,} records taken back, {now.kept:,} left alone."
            await tenant.notify(told, link=found.ref.url, to=tenant.person.id)


@asynccontextmanager
async def _last_step(tenant: LiveTenant, found: Import, *, audited: bool = True) -> AsyncIterator[tuple[Scope, Import]]:
    """Open the transaction that ends a step, with the import locked; raises `Overtaken` when it is no longer where the step began."""
    async with tenant.transaction(unaudited="" if audited else PREPARING) as db:
        now = await queries.seek_import(db, found.id, lock=True)
        if now is None or now.state != found.state:
            raise Overtaken
        yield db, now


READ = Job(name="core.read_import", title="Read a file to import", payload=ImportJob, run=read_import, timeout=HOURS)
CHECK = Job(name="core.check_import", title="Check a file to import", payload=ImportJob, run=check_import, timeout=6 * HOURS)
RUN = Job(name="core.run_import", title="Import a file", payload=ImportJob, run=run_import, attempts=10, timeout=12 * HOURS)
UNDO = Job(name="core.undo_import", title="Undo an import", payload=ImportJob, run=undo_import, attempts=10, timeout=12 * HOURS)
IMPORT_JOBS: tuple[Job[Any], ...] = (READ, CHECK, RUN, UNDO)
JOB_OF: dict[State, Job[ImportJob]] = {"reading": READ, "checking": CHECK, "importing": RUN, "undoing": UNDO}


async def hand_over(tenant: LiveTenant, db: Scope, found: Import, job: Job[ImportJob], state: State, **changes: Any) -> None:
    """Ask a worker for the next step, in the open transaction."""
    job_id = await tenant.enqueue(job, ImportJob(found.id))
    await queries.update_import(db, found.id, **{"state": state, "job": job_id, "stop": False, "note": "", **changes})


async def go_on(tenant: LiveTenant, db: Scope, found: Import, importer: Importer[Any]) -> None:
    """After a file was read: check it at once when a program asked for that, with the mapping it gave or the one that is guessed.

    Where that mapping will not do the import stays where it is, and its note says why.
    """
    if not found.chain:
        return
    fields = fields_of(importer)
    try:
        if found.wanted:
            mapping, options = wanted_mapping(tenant, found, fields), found.options
        else:
            proposal = await propose(tenant, importer, found.columns)
            mapping, options = proposed_mapping(tenant, found.columns, proposal.guesses), {**proposal.options, **found.options}
        check_mapping(fields, found.columns, mapping)
    except Invalid as wrong:
        await queries.update_import(db, found.id, chain="", note=wrong.message)
        return
    await hand_over(tenant, db, found, CHECK, "checking", mapping=mapping, options=options)
