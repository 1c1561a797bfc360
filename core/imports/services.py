"""What a person or a program can do with an import; each step is checked against where the import stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.files.kinds import safe_name
from core.files.local import local_copy
from core.files.tenant_files import Staged
from core.imports import queries
from core.imports.batch import Chain, Import, Phase, Problem, Progress
from core.imports.examine import Examined, digest, examine, headings_of
from core.imports.fields import fields_of
from core.imports.importers import find_importer, importers_of
from core.imports.jobs import CHECK, JOB_OF, PREPARING, READ, RUN, UNDO, go_on, hand_over
from core.imports.mapping import Mapped, check_mapping
from core.imports.options import read_options
from core.imports.readers.table import changed
from core.tenancy.tenant import LiveTenant
from weft.data import Importer
from weft.errors import Conflict
from weft.ids import new_id
from weft.records import Change

AT_ONCE = 2_000_000  # bytes of a text that is looked at while somebody waits; a larger one is a worker's
AT_ONCE_PACKED = 300_000  # bytes of a spreadsheet, which is packed


async def find(tenant: LiveTenant, import_id: UUID) -> Import:
    """Return an import; raises `Missing`, and `Refused` for one of a kind that who acts may not bring in."""
    async with tenant.transaction() as db:
        found = await queries.find_import(db, import_id)
    find_importer(tenant, found.importer)
    return found


async def progress(tenant: LiveTenant, found: Import) -> Progress:
    """Return how far a worker is with an import."""
    async with tenant.transaction() as db:
        return await queries.find_progress(db, found)


async def problems(tenant: LiveTenant, found: Import, phase: Phase, rows: int = 50) -> list[Problem]:
    """Return what is wrong with the first so many rows that have a problem."""
    async with tenant.transaction() as db:
        return await queries.read_problems(db, found.id, phase, -1, rows)


async def newest(tenant: LiveTenant, before: tuple[datetime, UUID] | None = None, size: int = 30) -> list[Import]:
    """Return the newest imports of what who acts may bring in, or those after a place in the list."""
    async with tenant.transaction() as db:
        return await queries.list_imports(db, [each.name for each in importers_of(tenant)], before, size)


async def start(
    tenant: LiveTenant,
    importer_name: str,
    staged: Staged,
    file_name: str,
    *,
    media_type: str = "",
    chain: Chain = "",
    wanted: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Import:
    """Take a file in whose bytes are stored already, and look at it: at once when it is small, else a worker does.

    With a `chain` it goes on by itself up to that step. Raises `Invalid` for a file that cannot be read, and then keeps nothing of it.
    """
    try:
        importer = find_importer(tenant, importer_name)
        name = safe_name(file_name)
        answers = read_options(importer, options) if options else {}
        examined = await _at_once(tenant, importer, staged, name)
    except BaseException:
        await tenant.files.discard(staged)
        raise
    async with tenant.transaction() as db:
        file = await tenant.files.keep(staged, name, media_type)
        new = Import(
            id=new_id(),
            importer=importer.name,
            file=file.id,
            file_name=file.name,
            size=file.size,
            state="reading",
            chain=chain,
            options=answers,
            wanted=dict(wanted or {}),
            person_id=tenant.person.id if tenant.person else None,
            person_name=tenant.actor.name,
            created_at=tenant.now(),
        )
        await queries.insert_import(db, new)
        await tenant.record(Change(new.ref, "uploaded", after={"into": importer.name, "file": file.name, "bytes": file.size}))
        if examined is None:
            await hand_over(tenant, db, new, READ, "reading")
        else:
            await queries.update_import(db, new.id, state="mapping", **examined.changes)
            await go_on(tenant, db, await queries.find_import(db, new.id), importer)
        return await queries.find_import(db, new.id)


async def _at_once(tenant: LiveTenant, importer: Importer[Any], staged: Staged, name: str) -> Examined | None:
    is_packed = staged.head.startswith(b"PK")
    if staged.size > (AT_ONCE_PACKED if is_packed else AT_ONCE):
        return None
    async with local_copy(tenant.files.read_staged(staged)) as file:
        return await examine(tenant, file, name, importer)


async def read_again(
    tenant: LiveTenant,
    import_id: UUID,
    version: int,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    heading: int | None = None,
) -> Import:
    """Read a file differently: what is empty stays as it is.

    Raises `Conflict` when somebody else has changed the import, or it is beyond the columns; `Invalid` for what there is not.
    """
    found = await find(tenant, import_id)
    _expect(found, version, "mapping")
    importer = find_importer(tenant, found.importer)
    at_once = found.size <= (AT_ONCE_PACKED if found.reading.kind == "xlsx" else AT_ONCE)
    async with local_copy(tenant.files.read(found.file)) as file:
        reading = changed(
            file,
            found.reading,
            importer.readers,
            encoding=encoding,
            delimiter=delimiter,
            sheet=sheet,
            heading=found.reading.heading if heading is None else heading,
        )
        examined = await examine(tenant, file, found.file_name, importer, reading) if at_once else None
    async with tenant.transaction(unaudited=PREPARING) as db:
        _expect(await queries.find_import(db, import_id, lock=True), version, "mapping")
        if examined:
            await queries.update_import(db, import_id, note="", **examined.changes)
        else:
            await hand_over(tenant, db, found, READ, "reading", reading=reading)
        return await queries.find_import(db, import_id)


async def check(
    tenant: LiveTenant, import_id: UUID, version: int, mapping: Sequence[Mapped], options: Mapping[str, str] | None = None
) -> Import:
    """Settle which column is which field, remember that for the next file, and have every row tried.

    Raises `Invalid` for a mapping that will not do, `Conflict` when somebody else has changed the import.
    """
    found = await find(tenant, import_id)
    _expect(found, version, "mapping")
    importer = find_importer(tenant, found.importer)
    check_mapping(fields_of(importer), found.columns, mapping)
    answers = read_options(importer, options or {})
    headings = headings_of(found)
    chosen = dict.fromkeys(headings, "") | {headings[each.column]: each.field for each in mapping}
    async with tenant.transaction(unaudited=PREPARING) as db:
        _expect(await queries.find_import(db, import_id, lock=True), version, "mapping")
        await queries.remember(db, importer.name, digest(headings), chosen, answers)
        await hand_over(tenant, db, found, CHECK, "checking", mapping=tuple(mapping), options=answers)
        return await queries.find_import(db, import_id)


async def back_to_columns(tenant: LiveTenant, import_id: UUID) -> Import:
    """Go back from what a check has shown, or from where something failed before anything was saved."""
    await find(tenant, import_id)
    async with tenant.transaction(unaudited=PREPARING) as db:
        found = await queries.find_import(db, import_id, lock=True)
        if found.state != "checked" and not (found.state == "failed" and found.failed_while == "checking"):
            raise Conflict("The columns of this import can no longer be changed.")
        await queries.update_import(db, import_id, state="mapping", note="")
        return await queries.find_import(db, import_id)


async def run(tenant: LiveTenant, import_id: UUID) -> Import:
    """Have the rows saved that a check has shown to be good. Raises `Conflict` when it has not, or there is none."""
    await find(tenant, import_id)
    async with tenant.transaction() as db:
        found = await queries.find_import(db, import_id, lock=True)
        if found.state != "checked":
            raise Conflict(_not_now(found, "saved"))
        if not found.expected.saved:
            raise Conflict("None of the rows can be saved: go back to the columns, or mend the file and upload it again.")
        await hand_over(tenant, db, found, RUN, "importing")
        await tenant.record(Change(found.ref, "started", after={"into": found.importer, "rows": found.expected.saved}))
        return await queries.find_import(db, import_id)


async def undo(tenant: LiveTenant, import_id: UUID) -> Import:
    """Have an import taken back. Raises `Conflict` when there is nothing to take back."""
    await find(tenant, import_id)
    async with tenant.transaction() as db:
        found = await queries.find_import(db, import_id, lock=True)
        if not found.can_be_undone:
            raise Conflict(_not_now(found, "undone"))
        await hand_over(tenant, db, found, UNDO, "undoing")
        await tenant.record(Change(found.ref, "undo started", after={"into": found.importer}))
        return await queries.find_import(db, import_id)


async def stop(tenant: LiveTenant, import_id: UUID) -> Import:
    """Ask for the work on an import to stop after the batch at hand; what is saved stays, and can be undone."""
    await find(tenant, import_id)
    async with tenant.transaction(unaudited=PREPARING) as db:
        found = await queries.find_import(db, import_id, lock=True)
        if found.state not in ("checking", "importing"):
            raise Conflict(_not_now(found, "stopped"))
        await queries.update_import(db, import_id, stop=True)
        return await queries.find_import(db, import_id)


async def retry(tenant: LiveTenant, import_id: UUID) -> Import:
    """Have a worker try again what failed or was called off. Raises `Conflict` when nothing was."""
    await find(tenant, import_id)
    async with tenant.transaction(unaudited=PREPARING) as db:
        found = await queries.find_import(db, import_id, lock=True)
        state = found.failed_while if found.state == "failed" else found.state
        job = JOB_OF.get(state)  # type: ignore[call-overload]  # a state that is none of a worker's has no job
        if job is None or (found.state != "failed" and not (await queries.find_progress(db, found)).given_up):
            raise Conflict(_not_now(found, "tried again"))
        await hand_over(tenant, db, found, job, state)  # type: ignore[arg-type]  # the states that have a job are states
        return await queries.find_import(db, import_id)


async def discard(tenant: LiveTenant, import_id: UUID) -> None:
    """Throw an import away of which nothing was saved, with its file."""
    await find(tenant, import_id)
    async with tenant.transaction() as db:
        found = await queries.find_import(db, import_id, lock=True)
        if found.state in ("importing", "undoing") or found.counts.saved or found.state in ("done", "undone"):
            raise Conflict(_not_now(found, "thrown away"))
        await queries.delete_import(db, import_id)
        await tenant.files.remove(found.file)
        await tenant.record(Change(found.ref, "thrown away", before={"into": found.importer, "file": found.file_name}))


def _expect(found: Import, version: int, state: str) -> None:
    if found.state != state:
        raise Conflict(_not_now(found, "prepared"))
    queries.expect_version(found, version)


_STANDS = {
    "reading": "is being read",
    "mapping": "waits for its columns",
    "checking": "is being checked",
    "checked": "is checked",
    "importing": "is being saved",
    "done": "is done",
    "failed": "has failed",
    "undoing": "is being undone",
    "undone": "is undone",
    "cancelled": "was stopped",
}


def _not_now(found: Import, what: str) -> str:
    return f"This import {_STANDS[found.state]}, so it cannot be {what} now."
