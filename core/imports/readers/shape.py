"""Finds out which character separates cells, and in which row the headings are."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from core.imports.cells import Cell, is_empty, shown
from core.imports.readers.csv_file import declared_delimiter

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
LOOKED_AT = 100  # rows
_HIGHEST_HEADING = 30  # rows that may stand above the data
_LONGEST_HEADING = 120  # characters
_DATA = re.compile(r"[^\w\s]?[-+]?\d[\d.,:/\s'’-]*%?|\S+@\S+\.\S+|https?://\S+|\d{4}-\d\d-\d\d[T ].*")


def find_delimiter(sample: str) -> str:
    """Return the delimiter of a text, of which `sample` is the beginning and ends with a whole line; nothing for a single column."""
    first = sample.partition("\n")[0]
    if declared := declared_delimiter(first):
        return declared
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        score = _regularity(_records(sample, delimiter))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _records(sample: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if record and len(found) < LOOKED_AT:
                found.append(record)
    except csv.Error:
        pass
    return found


def _regularity(records: list[list[str]]) -> float:
    """Return how much a table these rows are: the share of those with the commonest number of cells, more cells being more telling."""
    widths = Counter(len(record) for record in records)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0
    count, width = max(wide)
    share = count / len(records)
    if width == 2 and len(records[0]) == 1:  # one column, with the delimiter now and then in its text
        return 0.0
    return share * (1 - 0.5 / width)


def find_heading(rows: Sequence[Sequence[Cell]]) -> int:
    """Return the number of the row with the headings, counted from 1, or 0 when the file begins with data.

    Headings are the first row that is about as wide as the table below it, says something different in each cell, and holds no numbers,
    dates or addresses.
    """
    filled = [sum(1 for cell in row if not is_empty([cell])) for row in rows]
    usual = _usual(filled)
    for place, row in enumerate(rows[:_HIGHEST_HEADING]):
        if filled[place] < max(1, usual * 0.6) or (usual > 2 and filled[place] < 2):
            continue
        return place + 1 if _are_headings(row) else 0
    return 1


def _usual(filled: Sequence[int]) -> int:
    """Return how many cells most rows fill; titles and sums, which fill fewer, do not count."""
    some = sorted(count for count in filled if count)
    return some[len(some) // 2] if some else 0


def _are_headings(row: Sequence[Cell]) -> bool:
    texts = [shown(cell).strip() for cell in row if not is_empty([cell])]
    data = sum(1 for text, cell in zip(texts, (c for c in row if not is_empty([c])), strict=True) if _is_data(text, cell))
    return data * 3 <= len(texts) and max(map(len, texts)) <= _LONGEST_HEADING


def _is_data(text: str, cell: Cell) -> bool:
    return not isinstance(cell, str) or _DATA.fullmatch(text) is not None
