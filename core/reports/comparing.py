"""Two runs of a report side by side: rows that are the same thing, the difference, and what share of the earlier figure it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from weft.reports import CellKind, ReportColumn, ReportRow, RowKind

THEN, CHANGE, SHARE = ".then", ".change", ".share"
Mark = tuple[RowKind, str]


def beside(column: ReportColumn, title: str) -> tuple[ReportColumn, ...]:
    """Return the columns that a comparison sets beside one; `title` is what the other time is called."""
    return (
        replace(column, key=column.key + THEN, title=title),
        replace(column, key=column.key + CHANGE, title="Difference"),
        ReportColumn(key=column.key + SHARE, title="%", kind=CellKind.PERCENT),
    )


def compared(now: Any, then: Any) -> tuple[Any, Decimal | None]:
    """Return the difference and its share of the earlier figure (of one), which there is none of zero; of nothing on both sides nothing."""
    if now is None and then is None:
        return None, None
    difference = (now or 0) - (then or 0)
    return difference, Decimal(difference) / abs(then) if then else None


def with_then(row: ReportRow, other: ReportRow | None, keys: Sequence[str]) -> ReportRow:
    """Return a row with the figures of the other time set beside its own."""
    cells: dict[str, Any] = dict(row.cells)
    for key in keys:
        then = other.cells.get(key) if other else None
        cells[key + THEN] = then
        cells[key + CHANGE], cells[key + SHARE] = compared(cells.get(key), then)
    return row._replace(cells=cells)


def side_by_side(rows: Iterable[ReportRow], others: Iterable[ReportRow], keys: Sequence[str]) -> list[ReportRow]:
    """Return the rows of both runs in one order, each once; a row of the other time alone follows the one it followed there.

    `keys` are those of the columns that are compared. A row without a key is nobody's like: it stands as it is.
    """
    mine = list(rows)
    known = {_mark(row) for row in mine if row.key}
    found: dict[Mark, ReportRow] = {}
    after: dict[Mark | None, list[ReportRow]] = {}
    previous: Mark | None = None
    for row in others:
        if not row.key:
            continue
        found.setdefault(_mark(row), row)
        if _mark(row) in known:
            previous = _mark(row)
        else:
            after.setdefault(previous, []).append(row)
    told = [_alone(row, keys) for row in after.get(None, ())]
    for row in mine:
        told.append(with_then(row, found.get(_mark(row)) if row.key else None, keys))
        if row.key:
            told += [_alone(each, keys) for each in after.pop(_mark(row), ())]
    return told


def _mark(row: ReportRow) -> Mark:
    return row.kind, row.key


def _alone(row: ReportRow, keys: Sequence[str]) -> ReportRow:
    """Return a row that was there only then: its own figures of now are none."""
    now: Mapping[str, Any] = {key: value for key, value in row.cells.items() if key not in keys}
    return with_then(row._replace(cells=now), row, keys)
