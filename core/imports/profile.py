"""What the columns of a file hold, found out by reading all of it once: never the whole of it at a time."""

from collections.abc import Sequence

import msgspec

from core.imports.cells import Broken, Cell, Line, shown
from core.imports.dates import Dates, Order, is_date
from core.imports.looks import looks_of
from core.imports.numbers import Numbers, Sign, share_of_numbers

SAMPLES = 3  # values shown beside a heading
LOOKED_AT = 300  # filled cells, which tell what a column looks like
_LONGEST_SAMPLE = 90  # characters
_SOME = 0.3  # of the first cells: fewer numbers than that, and the column is none of numbers
NAMED = 5  # rows that a note names


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its heading and first values, how many cells are filled, and what they look like.

    `sign` and `order` are how its numbers and dates are written: None when that cannot be told, as in `sign_example`, empty when the cells
    differ.
    """

    heading: str
    samples: tuple[str, ...] = ()
    filled: int = 0
    looks: str = ""
    sign: Sign | None = "."
    sign_example: str = ""
    order: Order | None = "ymd"
    order_example: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """All columns, and how many rows there are; `notes` are sentences for the person."""

    columns: tuple[Column, ...]
    rows: int
    notes: tuple[str, ...] = ()


class Examination:
    """Takes note of a table, some lines at a time."""

    def __init__(self, headings: Sequence[str]) -> None:
        self._columns = [_Seen(heading) for heading in headings]
        self._short: list[int] = []
        self._short_count = 0
        self.rows = 0

    def add(self, lines: Sequence[Line]) -> None:
        """Take note of some lines."""
        self.rows += len(lines)
        for line in lines:
            if line.short:
                self._short_count += 1
                if len(self._short) < NAMED:
                    self._short.append(line.number)
        readable = [line.cells for line in lines if not line.wrong]
        for column, cells in zip(self._columns, zip(*readable, strict=True), strict=False):
            column.add(cells)

    def profile(self) -> Profile:
        """Return what was found."""
        signs = {sign for column in self._columns if (sign := column.proven_sign)}
        orders = {order for column in self._columns if (order := column.proven_order)}
        columns = []
        for column in (each.told() for each in self._columns):
            if column.sign is None and len(signs) == 1:  # who writes one column with a comma does so in all
                column = msgspec.structs.replace(column, sign=next(iter(signs)))
            if column.order is None and len(orders) == 1:
                column = msgspec.structs.replace(column, order=next(iter(orders)))
            columns.append(column)
        return Profile(columns=tuple(columns), rows=self.rows, notes=tuple(self._notes()))

    def _notes(self) -> list[str]:
        if not self._short_count:
            return []
        first = ", ".join(f"{number:,}" for number in self._short)
        more = "…" if self._short_count > len(self._short) else ""
        if self._short_count == 1:
            return [f"Row {first} is shorter than the headings: its missing cells are taken as empty."]
        return [f"{self._short_count:,} rows are shorter than the headings (rows {first}{more}): their missing cells are taken as empty."]


class _Seen:
    """One column while its cells pass by."""

    def __init__(self, heading: str) -> None:
        self._heading = heading
        self._first: list[str] = []
        self._filled = 0
        self._numbers: Numbers | None = Numbers()
        self._dates: Dates | None = Dates()

    def add(self, cells: Sequence[Cell]) -> None:
        texts = [cell for cell in cells if isinstance(cell, str) and cell]
        self._filled += len(texts) + sum(1 for cell in cells if not isinstance(cell, str))
        if len(self._first) < LOOKED_AT:
            found = (shown(cell).strip() for cell in cells if not isinstance(cell, Broken))
            self._first += [text for text in found if text][: LOOKED_AT - len(self._first)]
            if len(self._first) >= LOOKED_AT:
                self._narrow()
        if texts and (self._numbers or self._dates):
            joined = "\n".join(texts)
            if self._numbers:
                self._numbers.look(joined)
            if self._dates:
                self._dates.look(joined)

    def _narrow(self) -> None:
        """Stop looking for what the column evidently does not hold: that would cost most of the time."""
        if share_of_numbers(self._first) < _SOME:
            self._numbers = None
        if sum(map(is_date, self._first)) < _SOME * len(self._first):
            self._dates = None

    @property
    def proven_sign(self) -> Sign | None:
        return self._numbers.sign if self._numbers and self._numbers.point != self._numbers.comma else None

    @property
    def proven_order(self) -> Order | None:
        return self._dates.order if self._dates and self._dates.day_first != self._dates.month_first else None

    def told(self) -> Column:
        samples = list(dict.fromkeys(text[:_LONGEST_SAMPLE] for text in self._first))[:SAMPLES]
        numbers, dates = self._numbers or Numbers(), self._dates or Dates()
        # what was not watched is read cell by cell, which refuses whatever could mean two things
        return Column(
            heading=self._heading,
            samples=tuple(samples),
            filled=self._filled,
            looks=looks_of(self._first),
            sign=numbers.sign if self._numbers else "",
            sign_example=numbers.either,
            order=dates.order if self._dates else "",
            order_example=dates.either,
        )
