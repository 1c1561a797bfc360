"""Takes an import back, the last records first; those that were changed since are left alone and listed."""

from core.imports import queries
from core.imports.batch import Import
from core.imports.importers import find_importer
from core.imports.running import Overtaken
from core.imports.writing import undo_records
from core.tenancy.tenant import LiveTenant

SIZE = 500  # records in a batch


async def undo_rows(tenant: LiveTenant, found: Import) -> None:
    """Undo what is left to undo. Raises `Overtaken` when the import is no longer being undone."""
    importer = find_importer(tenant, found.importer)
    total = found.counts.created + found.counts.updated
    while True:
        async with tenant.transaction(unaudited="a batch of an undo, which is told of as a whole") as db:
            now = await queries.seek_import(db, found.id, lock=True)
            if now is None or now.state != "undoing":
                raise Overtaken
            records = await queries.read_to_undo(db, found.id, SIZE)
            if not records:
                return
            problems = await undo_records(tenant, importer, records)
            kept = {problem.row for problem in problems}
            await queries.add_problems(db, found.id, "undo", problems)
            await queries.mark_undone(
                db, found.id, [each.id for each in records if each.row not in kept], [each.id for each in records if each.row in kept]
            )
        done = now.undone + now.kept + len(records)
        await tenant.progress(min(done, total), total, f"{done:,} records looked at")
