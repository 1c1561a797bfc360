"""Tables of records, declared: page, filters, sorting, saved views, export and API come with the declaration."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from weft.permissions import Permission
from weft.records import RecordKind

if TYPE_CHECKING:
    from weft.tenant import Tenant


class ColumnKind(StrEnum):
    """What a column holds: decides alignment, format, and which filters it offers."""

    TEXT = "text"
    CHOICE = "choice"
    BOOL = "bool"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    TAGS = "tags"  # text[]
    IMAGE = "image"  # uuid of a file


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a CHOICE column; `tone` is one of neutral, info, good, warn, bad, or empty for plain words without a dot."""

    value: str
    title: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `sql` is an expression over the listing's source; ``:today`` in it, and in a segment's condition, is the business day.

    A sortable column must never be NULL, and needs an index on (its expression, the id) to stay fast at a million rows.
    """

    key: str
    title: str
    sql: str
    kind: ColumnKind = ColumnKind.TEXT
    sortable: bool = False
    sort_sql: str = ""  # what it is sorted by, when that is not `sql`
    parent_sort_sql: str = ""  # the same value in a smaller table that rows are joined to; with an index on (it, that table's id)
    filterable: bool = True
    choices: tuple[Choice, ...] = ()
    options: "Callable[[Tenant], Awaitable[Sequence[Choice]]] | None" = None  # what its filter offers here; opens its own transaction
    currency: str = ""  # the key of the column with a MONEY column's currency
    link: bool = False  # shown as the link to the record
    hidden: bool = False  # only shown when asked for

    @property
    def order_by(self) -> str:
        """The expression rows are sorted by."""
        return self.sort_sql or self.sql


@dataclass(frozen=True, slots=True)
class Segment:
    """A tab above a listing: a fixed condition with a name."""

    key: str
    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL with ``$1``… of its own, and their values."""

    sql: str
    args: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table of records that people filter, sort, page, save as views and export, and programs read under ``/api/v1/lists/<name>``.

    With `search_fold` both sides are folded alike (lower case, no accents), so the text is compared as it stands; each of its words must
    have a space before it, since one or two letters are then looked for where words begin: no trigram index finds them inside.
    """

    name: str  # "<plugin>.<things>"
    title: str
    path: str  # the address of its page
    source: str  # "contacts_party p": what follows FROM
    id_sql: str  # "p.id"
    columns: tuple[Column, ...]
    permission: Permission
    default_sort: str  # a column's key, "-key" for descending
    record: RecordKind | None = None
    where: str = ""  # a condition that always holds
    segments: tuple[Segment, ...] = ()
    search_sql: str = ""  # a text expression the search box looks into, with a trigram index on it
    search_fold: Callable[[str], str] | None = None  # brings what was typed into the form that `search_sql` holds; see above
    rule: "Callable[[Tenant], Condition] | None" = None  # which rows who acts may see

    def column(self, key: str) -> Column | None:
        """Return a column by its key."""
        return next((column for column in self.columns if column.key == key), None)
