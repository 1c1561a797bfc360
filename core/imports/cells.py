"""One cell of a table, as a reader found it, and one row of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds no value but an error, such as ``#DIV/0!``."""

    text: str


Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time | Broken


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file; `number` is what a spreadsheet shows beside it, `wrong` why it cannot be read, when it cannot.

    A row that is `short` had fewer cells than there are headings; those missing are taken as empty.
    """

    number: int
    cells: Sequence[Cell]
    wrong: str = ""
    short: bool = False


def shown(cell: Cell) -> str:
    """Return a cell as text: a spreadsheet's dates in ISO 8601, its numbers with a point and without an exponent.

    >>> shown(Decimal("1234.50"))
    '1234.50'
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return cell.text if isinstance(cell, Broken) else str(cell)


def is_empty(cells: Sequence[Cell]) -> bool:
    """Tell whether a row has nothing in it."""
    return all(isinstance(cell, str) and (not cell or cell.isspace()) for cell in cells)
