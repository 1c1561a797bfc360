"""The rows that were refused, as a file to mend and upload again: in their own columns, with the number and the reason before them."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from itertools import groupby

from core.files.local import local_copy
from core.imports import queries
from core.imports.batch import Import, Phase, Problem
from core.imports.cells import Line, shown
from core.imports.fields import fields_of
from core.imports.importers import find_importer
from core.imports.readers.table import open_table
from core.listing.export import neutral
from core.tenancy.tenant import LiveTenant

PART = 500  # rows that are written at once
_HARMLESS = re.compile(r"[+-]?[\d.,’' ()/-]*")  # a number, however it is written, is no formula that does anything


async def error_file(tenant: LiveTenant, found: Import, phase: Phase) -> AsyncIterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with a byte order mark, the delimiter of the file it came from) of all refused rows.

    A cell that a spreadsheet would take for a formula is given a leading apostrophe (OWASP, CSV injection), which an import takes away.
    """
    importer = find_importer(tenant, found.importer)
    titles = {field.name: field.title for field in fields_of(importer)}
    delimiter = found.reading.delimiter or ","
    async with local_copy(tenant.files.read(found.file)) as file:
        table = await asyncio.to_thread(open_table, file, found.reading, importer.readers)
        yield b"\xef\xbb\xbf" + _csv([["Row", "What is wrong", *map(_cell, table.headings)]], delimiter)
        async for problems in _pages(tenant, found, phase):
            rows = [(number, list(some)) for number, some in groupby(problems, lambda each: each.row)]
            lines = await asyncio.to_thread(_collect, table.lines, {number for number, _ in rows}, rows[-1][0])
            yield _csv([_row(number, some, lines, titles) for number, some in rows], delimiter)


async def _pages(tenant: LiveTenant, found: Import, phase: Phase) -> AsyncIterator[Sequence[Problem]]:
    after = -1
    while True:
        async with tenant.transaction() as db:
            problems = await queries.read_problems(db, found.id, phase, after, PART)
        if not problems:
            return
        yield problems
        after = problems[-1].row


def _collect(lines: Iterator[Line], wanted: Collection[int], last: int) -> dict[int, Line]:
    """Read on to a row; returns those that are wanted."""
    found = {}
    for line in lines:
        if line.number in wanted:
            found[line.number] = line
        if line.number >= last:
            break
    return found


def _row(number: int, problems: Sequence[Problem], lines: Mapping[int, Line], titles: Mapping[str, str]) -> list[str]:
    why = " ".join(f"{titles.get(each.field, each.field)}: {each.sentence}" if each.field else each.sentence for each in problems)
    line = lines.get(number)
    return [str(number), _cell(why), *(_cell(shown(cell)) for cell in (line.cells if line else ()))]


def _cell(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else neutral(text)


def _csv(rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
