"""Reports, declared: page, comparison, chart, files, saved layouts, cards for the dashboard and letters come with the declaration."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

from weft.listing import Choice
from weft.permissions import Permission

if TYPE_CHECKING:
    from weft.tenant import Tenant

Q = TypeVar("Q", bound=msgspec.Struct)
NO_CELLS: Mapping[str, Any] = {}


class CellKind(StrEnum):
    """What a column of a report holds: decides alignment and format."""

    TEXT = "text"
    MONEY = "money"  # Decimal
    NUMBER = "number"  # Decimal or int
    DATE = "date"
    PERCENT = "percent"  # a share of one


class RowKind(StrEnum):
    """What a row of a report is; totals at the foot are sums of lines alone."""

    GROUP = "group"  # a heading
    LINE = "line"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


class Comparison(StrEnum):
    """What a report can be laid beside."""

    PERIOD = "period"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn:
    """One column. A MONEY column is in the business's currency, or in that of the cell whose key is `currency`."""

    key: str
    title: str
    kind: CellKind = CellKind.TEXT
    align: Literal["", "start", "end"] = ""  # empty: as its kind wants
    total: bool = False  # its lines are added up at the foot
    compared: bool = False  # laid beside the same of another time, with the difference
    currency: str = ""
    hidden: bool = False  # only shown when asked for


class ReportRow(NamedTuple):
    """One row: `cells` by keys of columns, a missing one is empty. Rows of two times with one `kind` and `key` are laid side by side."""

    cells: Mapping[str, Any]
    kind: RowKind = RowKind.LINE
    level: int = 0  # how far it is indented
    key: str = ""
    link: str = ""  # where its figures come from


@dataclass(frozen=True, slots=True)
class ReportChart:
    """The rows of one kind as a chart: `label` and `values` are keys of columns; the first `limit` rows are shown.

    With `of_sums` it shows the sums at the foot instead, one for each of `values`, by the titles of their columns.
    """

    label: str
    values: tuple[str, ...]
    kind: Literal["bar", "line", "donut"] = "bar"
    of: RowKind = RowKind.LINE
    limit: int = 12
    of_sums: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Generic[Q]):
    """Figures that people look at for some parameters, compare, print, and have sent to them.

    `parameters` is a frozen struct like `Settings`: `msgspec.Meta(title=, description=)` gives label and help, `Literal` a choice, `bool` a
    switch. `rows` opens its own transactions and yields none of its rows inside one: who reads a file may be slow.
    """

    name: str  # "<plugin>.<thing>"
    title: str
    permission: Permission
    parameters: type[Q]
    columns: tuple[ReportColumn, ...]
    rows: "Callable[[Tenant, Q], AsyncIterator[ReportRow]]"
    summary: str = ""  # one sentence for the page of all reports
    defaults: "Callable[[Tenant], Awaitable[Q]] | None" = None  # where they depend on the day, or on what the business has
    heading: "Callable[[Tenant, Q], Awaitable[str]] | None" = None  # for what it is, in words: else its days
    choices: "Mapping[str, Callable[[Tenant], Awaitable[Sequence[Choice]]]]" = field(default_factory=dict)  # by field of the parameters
    earlier: "Callable[[Q, Comparison], Q | None] | None" = None  # the parameters to compare with: see `shifted`
    chart: ReportChart | None = None
    order: int = 100

    def column(self, key: str) -> ReportColumn | None:
        """Return a column by its key."""
        return next((column for column in self.columns if column.key == key), None)


def shifted(parameters: Q, comparison: Comparison) -> Q | None:
    """Return parameters for an earlier time: of the fields `first` and `last`, or of `day`; nothing where there are none, or no such days.

    The period before whole months is as many whole months; the days a year before end with the month where these do.
    """
    first, last, day = (getattr(parameters, name, None) for name in ("first", "last", "day"))
    try:
        if isinstance(first, date) and isinstance(last, date):
            begin, end = _days_before(first, last, comparison)
            return msgspec.structs.replace(parameters, first=begin, last=end)
        if isinstance(day, date):
            before = _months_back(day, 12 if comparison is Comparison.YEAR else 1)
            return msgspec.structs.replace(parameters, day=before)
    except (ValueError, OverflowError):  # before the first year
        return None
    return None


def _days_before(first: date, last: date, comparison: Comparison) -> tuple[date, date]:
    if comparison is Comparison.YEAR:
        return _months_back(first, 12, keep_end=False), _months_back(last, 12)
    if first.day == 1 and _is_month_end(last):
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return _months_back(first, months, keep_end=False), first - timedelta(days=1)
    return first - timedelta(days=(last - first).days + 1), first - timedelta(days=1)


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _months_back(day: date, months: int, *, keep_end: bool = True) -> date:
    """Return a day some months before; the last of a month stays the last with `keep_end`, and 31 becomes what the month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    ending = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, ending if keep_end and _is_month_end(day) else min(day.day, ending))
