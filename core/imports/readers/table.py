"""One door to every kind of file: finds out how to read it, and reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

import msgspec

from core.imports.cells import Cell, Line, is_empty, shown
from core.imports.readers.csv_file import csv_lines
from core.imports.readers.encodings import ENCODINGS, detect, length_of_mark
from core.imports.readers.kinds import kind_of
from core.imports.readers.own_file import Reader, own_lines
from core.imports.readers.shape import DELIMITERS, LOOKED_AT, find_delimiter, find_heading
from core.imports.readers.xlsx_file import visible_sheets, xlsx_lines
from core.imports.reading import MOST_COLUMNS, Reading, letters, unique_headings
from weft.errors import Invalid

Readers = Mapping[str, Reader]
_SAMPLE = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class Table:
    """The headings of a file and its rows, each as long as the headings, without empty ones."""

    headings: tuple[str, ...]
    lines: Iterator[Line]


def find_reading(file: BinaryIO, name: str, readers: Readers) -> Reading:
    """Find out how to read a file; raises `Invalid` with a sentence for one that cannot be read."""
    kind = kind_of(file, name, readers)
    suffix = PurePath(name).suffix.lower()
    if kind == "own":
        return Reading(kind="own", suffix=suffix, heading=0)
    if kind == "xlsx":
        sheets = visible_sheets(file)
        if not sheets:
            raise Invalid.field("file", "No sheet of this spreadsheet has anything in it.")
        return with_heading(file, Reading(kind="xlsx", suffix=suffix, sheet=sheets[0], sheets=sheets), readers)
    found = detect(file)
    reading = Reading(kind="csv", suffix=suffix, encoding=found.encoding, notes=(found.note,) if found.note else ())
    reading = msgspec.structs.replace(reading, delimiter=find_delimiter(_sample(file, found.encoding)))
    return with_heading(file, reading, readers)


def with_heading(file: BinaryIO, reading: Reading, readers: Readers) -> Reading:
    """Return a reading whose headings are where the file seems to have them."""
    rows = [line.cells for line in islice(all_lines(file, reading, readers), LOOKED_AT)]
    return msgspec.structs.replace(reading, heading=find_heading(rows))


def changed(file: BinaryIO, before: Reading, readers: Readers, *, encoding: str, delimiter: str, sheet: str, heading: int) -> Reading:
    """Return the reading as a person wants it: empty means as it was. Raises `Invalid` for what there is not."""
    if encoding and encoding not in ENCODINGS:
        raise Invalid.field("encoding", "Choose one of the encodings.")
    if delimiter and delimiter not in DELIMITERS and delimiter != "none":
        raise Invalid.field("delimiter", "Choose one of the delimiters.")
    if sheet and sheet not in before.sheets:
        raise Invalid.field("sheet", f"There is no sheet “{sheet}” in this file.")
    if not 0 <= heading <= 1000:
        raise Invalid.field("heading", "Enter a row number from 1 to 1,000, or 0 when there are no headings.")
    after = msgspec.structs.replace(
        before,
        encoding=encoding or before.encoding,
        delimiter={"none": "", "": before.delimiter}.get(delimiter, delimiter),
        sheet=sheet or before.sheet,
        heading=heading,
        notes=before.notes if encoding in ("", before.encoding) else (),
    )
    return with_heading(file, after, readers) if after.sheet != before.sheet else after


def open_table(file: BinaryIO, reading: Reading, readers: Readers) -> Table:
    """Open a file for reading; raises `Invalid`."""
    lines = all_lines(file, reading, readers)
    if reading.kind == "own":
        first = next(lines)
        headings = [shown(cell) for cell in first.cells]
    elif reading.heading:
        headings = _headings_at(lines, reading.heading)
    else:
        headings, lines = _lettered(lines)
    if not headings:
        raise Invalid.field("file", "There is no table in this file.")
    if len(headings) > MOST_COLUMNS:
        raise Invalid.field(
            "file", f"This file has {len(headings):,} columns; up to {MOST_COLUMNS} can be read. Leave out those you do not need."
        )
    return Table(tuple(unique_headings(headings)), _fitted(lines, len(headings)))


def all_lines(file: BinaryIO, reading: Reading, readers: Readers) -> Iterator[Line]:
    """Yield every row of a file as it stands there."""
    if reading.kind == "xlsx":
        return xlsx_lines(file, reading.sheet)
    if reading.kind == "own":
        return own_lines(file, readers[reading.suffix], reading.suffix)
    return csv_lines(file, reading)


def _headings_at(lines: Iterator[Line], number: int) -> list[str]:
    for line in lines:
        if line.number == number:
            if line.wrong:
                raise Invalid.field("heading", f"The headings in row {number} cannot be read. {line.wrong}")
            return _without_empty_end(line.cells)
    raise Invalid.field("heading", f"The file has no row {number} that could hold headings.")


def _lettered(lines: Iterator[Line]) -> tuple[list[str], Iterator[Line]]:
    """Return the letters of the columns that the first rows have, and the lines again."""
    first = list(islice(lines, LOOKED_AT))
    width = max((len(_without_empty_end(line.cells)) for line in first if not line.wrong), default=0)
    again = (line for part in (first, lines) for line in part)
    return [f"Column {letters(place)}" for place in range(width)], again


def _without_empty_end(cells: Sequence[Cell]) -> list[str]:
    end = len(cells)
    while end and is_empty([cells[end - 1]]):
        end -= 1
    return [shown(cell) for cell in cells[:end]]


def _fitted(lines: Iterator[Line], width: int) -> Iterator[Line]:
    """Yield lines as long as the headings: missing cells are empty, and a row with too many is wrong."""
    padding = [""] * width
    for line in lines:
        cells = line.cells
        if line.wrong:
            yield line
        elif len(cells) == width:
            if any(cells) and not is_empty(cells):
                yield line
        elif is_empty(cells):
            continue
        elif len(cells) < width:
            yield Line(line.number, [*cells, *padding[len(cells) :]], short=True)
        elif is_empty(cells[width:]):
            yield Line(line.number, cells[:width])
        else:
            yield Line(line.number, cells, _too_many(cells, width))


def _too_many(cells: Sequence[Cell], width: int) -> str:
    first = next(shown(cell) for cell in cells[width:] if not is_empty([cell]))
    return (
        f"This row has {len(cells)} cells, but there are {width} columns: nothing says what “{first[:60]}” is. "
        "Is there a delimiter in a text that should stand in quotation marks?"
    )


def _sample(file: BinaryIO, encoding: str) -> str:
    """Return the beginning of a text, up to the end of a line where there is one."""
    file.seek(length_of_mark(file, encoding))
    raw = file.read(_SAMPLE)
    text = raw.decode(encoding, "replace")
    if len(raw) < _SAMPLE:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text[: end + 1] if end > 0 else text
