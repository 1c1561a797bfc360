"""Divides a table into batches of typed rows, never in the middle of a group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from core.imports.cells import Line, shown
from core.imports.values import RowReader
from weft.data import Numbered, RowProblem

LARGEST_GROUP = 5_000  # rows; more with one value are a column that was taken for another
Group = tuple[Numbered[Any], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file: those that can be written, in groups that belong together, and what is wrong with the others.

    `size` counts them all, `next_row` is where the following batch begins.
    """

    groups: tuple[Group, ...]
    problems: tuple[RowProblem, ...]
    size: int
    next_row: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows whose cells in a column are equal belong together; `title` is what people call the column's field."""

    column: int
    title: str


def batches(lines: Iterator[Line], reader: RowReader, size: int, grouping: Grouping | None = None, start: int = 0) -> Iterator[Batch]:
    """Yield batches of about `size` rows, from row number `start` on."""
    groups: list[Group] = []
    problems: list[RowProblem] = []
    count = last = 0
    for lines_together in _together((line for line in lines if line.number >= start), grouping):
        written, refused = _read(lines_together, reader, grouping)
        if written:
            groups.append(written)
        problems += refused
        count += len(lines_together)
        last = lines_together[-1].number
        if count >= size:
            yield Batch(tuple(groups), tuple(problems), count, last + 1)
            groups, problems, count = [], [], 0
    if count:
        yield Batch(tuple(groups), tuple(problems), count, last + 1)


def _together(lines: Iterator[Line], grouping: Grouping | None) -> Iterator[list[Line]]:
    """Yield neighbours that belong together; a group that is too large comes in pieces, so that memory is bounded."""
    if grouping is None:
        for line in lines:
            yield [line]
        return
    group: list[Line] = []
    value = ""
    for line in lines:
        own = "" if line.wrong else shown(line.cells[grouping.column]).strip()
        if group and (own != value or not own or len(group) > LARGEST_GROUP):
            yield group
            group = []
        group.append(line)
        value = own
    if group:
        yield group


def _read(lines: Sequence[Line], reader: RowReader, grouping: Grouping | None) -> tuple[Group, list[RowProblem]]:
    if grouping and len(lines) > LARGEST_GROUP:
        value = shown(lines[0].cells[grouping.column])
        sentence = f"More than {LARGEST_GROUP:,} rows in a row have the same “{grouping.title}”: is another column meant?"
        return (), [RowProblem(line.number, "", sentence, value[:500]) for line in lines]
    read = [reader.read(line) for line in lines]
    problems = list(chain.from_iterable(each for each in read if isinstance(each, list)))
    if not problems:
        return tuple(Numbered(line.number, value) for line, value in zip(lines, read, strict=True)), []
    first = problems[0].row
    for line, result in zip(lines, read, strict=True):
        if not isinstance(result, list):
            problems.append(RowProblem(line.number, "", f"Row {first:,}, which belongs to the same record, has a problem."))
    return (), sorted(problems, key=lambda each: each.row)
