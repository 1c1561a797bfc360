"""Reads a file with a reader that an importer brings, such as one for vCards."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

import structlog

from core.imports.cells import Line
from weft.errors import Invalid

Log = structlog.get_logger("weft.imports")
LARGEST = 50_000_000  # bytes; such a reader is handed the whole file
Reader = Callable[[bytes], Iterable[Mapping[str, str]]]


def own_lines(file: BinaryIO, reader: Reader, suffix: str) -> Iterator[Line]:
    """Yield headings as row 0, then the rows. Raises `Invalid` for a file that is too large or that the reader does not understand."""
    file.seek(0)
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(f"A file {suffix} may have up to {LARGEST // 1_000_000} MB here: divide it into several.")
    try:
        rows = list(reader(content))
    except Invalid:
        raise
    except Exception as why:
        Log.exception("an importer's reader failed", suffix=suffix)
        raise Invalid(f"This file cannot be read as {suffix}: it is damaged, or something else with that name.") from why
    headings = list(dict.fromkeys(itertools.chain.from_iterable(row for row in rows)))
    headings = [heading for heading in headings if heading]
    yield Line(0, headings)
    for number, row in enumerate(rows, 1):
        yield Line(number, [row.get(heading, "") for heading in headings], row.get("", ""))
