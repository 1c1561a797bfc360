"""Reads text files with separated values (RFC 4180 and what people send instead), a row at a time."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from core.imports.cells import Line
from core.imports.readers.encodings import length_of_mark
from core.imports.reading import Reading

LONGEST_CELL = 1 << 20  # characters; a longer one is a quotation mark that was never closed
MOST_LINES = 200  # of the file, in one row of it
_SEP = re.compile(r'"?sep=(.)"?[\r\n]*')
_NO_DELIMITER = "\x1f"  # for files of one column
_KEPT = 2000  # characters of a row that cannot be read, for the person to recognise it


def declared_delimiter(first_line: str) -> str:
    """Return the delimiter that a first line ``sep=;`` names, as spreadsheets write and read it; nothing where there is no such line."""
    found = _SEP.fullmatch(first_line)
    return found[1] if found else ""


def csv_lines(file: BinaryIO, reading: Reading) -> Iterator[Line]:
    """Yield every row from the first, headings included. A row that cannot be read is yielded with the reason.

    Bytes that the encoding does not have become U+FFFD, so that whoever types the cells can refuse them.
    """
    file.seek(length_of_mark(file, reading.encoding))
    text = io.TextIOWrapper(file, encoding=reading.encoding, errors="replace", newline="")
    try:
        yield from _lines(text, reading)
    finally:
        if not file.closed:  # whoever stopped reading early may have closed it already
            text.detach()


def _lines(text: io.TextIOWrapper, reading: Reading) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL)
    source = _Source(text)
    reader = csv.reader(source, delimiter=reading.delimiter or _NO_DELIMITER, strict=True)
    number = 0
    while True:
        source.taken.clear()
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            yield Line(number, ["".join(source.taken)[:_KEPT]], _sentence(str(why), len(source.taken)))
            continue
        if len(source.taken) > MOST_LINES:
            yield Line(number, ["".join(source.taken)[:_KEPT]], _sentence("", len(source.taken)))
        elif cells != ["\x1a"]:  # how DOS programs end a file
            yield Line(number, cells)


class _Source:
    """The lines of the text after a ``sep=`` line, and those that the row at hand was made of."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.taken: list[str] = []
        first = text.readline()
        self._first = "" if declared_delimiter(first) else first

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._first:
            line, self._first = self._first, ""
        else:
            line = self._text.readline(LONGEST_CELL)
            if not line:
                raise StopIteration
        self.taken.append(line)
        return line


def _sentence(why: str, lines: int) -> str:
    if why.startswith(("unexpected end", "field larger")) or lines > MOST_LINES:
        return (
            f"A quotation mark is opened here and not closed in the same cell, so {lines} lines would become one row. "
            "Close it, or write a quotation mark that belongs to the text twice."
        )
    return (
        "A quotation mark stands in the middle of a cell. Write one that belongs to the text twice, and put the whole cell into quotation "
        "marks."
    )
