"""Opens an import's file for a job: typed rows, batch by batch."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from core.files.local import local_copy
from core.imports.batch import Import
from core.imports.batches import Batch, Grouping, batches
from core.imports.fields import Field, fields_of
from core.imports.importers import find_importer
from core.imports.readers.table import open_table
from core.imports.values import RowReader
from core.tenancy.tenant import LiveTenant
from weft.data import Importer
from weft.errors import Invalid

SIZE = 1_000  # rows in a batch


@dataclass(frozen=True, slots=True)
class Opened:
    """An import's file, open for reading."""

    importer: Importer[Any]
    fields: tuple[Field, ...]
    rows: Iterator[Batch]

    async def next_batch(self) -> Batch | None:
        """Read and type the next batch, in a thread; nothing after the last."""
        return await asyncio.to_thread(next, self.rows, None)


@asynccontextmanager
async def opened(tenant: LiveTenant, found: Import, start: int = 0) -> AsyncIterator[Opened]:
    """Open the file of an import from row number `start` on.

    Raises `Invalid` when the file or the importer is no longer what the import was prepared for.
    """
    importer = find_importer(tenant, found.importer)
    fields = fields_of(importer)
    names = {field.name for field in fields}
    if not {mapped.field for mapped in found.mapping} <= names:
        raise Invalid("The module was changed since this import was prepared: go back to the columns, and check the rows again.")
    async with local_copy(tenant.files.read(found.file)) as file:
        table = await asyncio.to_thread(open_table, file, found.reading, importer.readers)
        if [column.heading for column in found.columns] != list(table.headings):
            raise Invalid("The file is not read as it was when this import was prepared: upload it again.")
        reader = RowReader(importer.row, fields, found.mapping, tenant.timezone)
        yield Opened(importer, fields, batches(table.lines, reader, SIZE, _grouping(importer, fields, found), start))


def _grouping(importer: Importer[Any], fields: tuple[Field, ...], found: Import) -> Grouping | None:
    column = next((mapped.column for mapped in found.mapping if importer.group_by and mapped.field == importer.group_by), None)
    if column is None:
        return None
    return Grouping(column, next(field.title for field in fields if field.name == importer.group_by))
