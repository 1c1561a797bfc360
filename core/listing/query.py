"""What somebody asks of a listing: read from a query string, and written back into one."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec

from weft.errors import Invalid
from weft.forms import number
from weft.listing import Column, ColumnKind, Listing

PAGE_SIZES = (25, 50, 100, 200)
OWN_KEYS = frozenset({"q", "sort", "segment", "after", "before", "size", "columns", "view"})  # no column may be called so
RANGES = frozenset({"min", "max", "from", "to"})


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one column: `test` is one of contains, in, is, min, max, from, to; `values` are as they were typed."""

    key: str
    test: str
    values: tuple[str, ...]

    @property
    def parameter(self) -> str:
        """Its name in a query string: the column's key, and for one end of a range the end after a point."""
        return f"{self.key}.{self.test}" if self.test in RANGES else self.key


@dataclass(frozen=True, slots=True)
class Query:
    """A page of a listing, as asked for. `after` and `before` are cursors that an earlier page has given."""

    search: str = ""
    sort: str = ""
    segment: str = ""
    filters: tuple[Filter, ...] = ()
    columns: tuple[str, ...] = ()  # which to show, in order; none: those the listing shows by default
    size: int = 50
    after: str = ""
    before: str = ""

    def encode(self, **changes: Any) -> str:
        """Return the query string of this query with some fields changed; a new sort or filter starts at the first page."""
        asked = replace(self, **changes)
        pairs = [("q", asked.search), ("segment", asked.segment), ("sort", asked.sort)]
        pairs += [("columns", key) for key in asked.columns]
        pairs += [(each.parameter, value) for each in asked.filters for value in each.values]
        pairs += [("size", str(asked.size) if asked.size != 50 else ""), ("after", asked.after), ("before", asked.before)]
        return urlencode([(key, value) for key, value in pairs if value])

    def without(self, unwanted: Filter) -> str:
        """Return the query string with one filter taken away."""
        return self.encode(filters=tuple(each for each in self.filters if each != unwanted), after="", before="")


_PLAIN: Mapping[ColumnKind, str] = {
    ColumnKind.TEXT: "contains",
    ColumnKind.CHOICE: "in",
    ColumnKind.TAGS: "in",
    ColumnKind.BOOL: "is",
}
_ENDS: Mapping[ColumnKind, tuple[str, ...]] = {
    ColumnKind.NUMBER: ("min", "max"),
    ColumnKind.MONEY: ("min", "max"),
    ColumnKind.DATE: ("from", "to"),
    ColumnKind.DATETIME: ("from", "to"),
}


def read_query(listing: Listing, given: Mapping[str, Sequence[str]]) -> Query:
    """Read a query string; raises `Invalid` with a sentence for what the listing does not offer."""
    last = {key: values[-1].strip() for key, values in given.items() if values}
    size = last.get("size", "50")
    query = Query(
        search=last.get("q", "")[:200],
        sort=_sort(listing, last.get("sort", "")),
        segment=_one_of("segment", last.get("segment", ""), {each.key for each in listing.segments}),
        filters=tuple(_filters(listing, given)),
        columns=tuple(key for key in given.get("columns", ()) if listing.column(key)),
        size=int(size) if size.isdigit() and int(size) in PAGE_SIZES else 50,
        after=last.get("after", ""),
        before=last.get("before", ""),
    )
    for each in query.filters:
        filter_value(column_of(listing, each.key), each)
    return query


def column_of(listing: Listing, key: str) -> Column:
    """Return a column; raises `Invalid`."""
    column = listing.column(key)
    if column is None:
        raise Invalid.field(key, f"There is no column “{key}” in this list.")
    return column


def _filters(listing: Listing, given: Mapping[str, Sequence[str]]) -> list[Filter]:
    found = []
    for name, values in given.items():
        key, _, end = name.partition(".")
        if key in OWN_KEYS:
            continue
        column = column_of(listing, key)
        offered = _ENDS.get(column.kind, ()) if end else (_PLAIN.get(column.kind, ""),)
        test = end or offered[0]
        if not column.filterable or not test or test not in offered:
            raise Invalid.field(name, f"“{column.title}” cannot be filtered that way.")
        wanted = tuple(value.strip() for value in values if value.strip())
        if wanted:
            found.append(Filter(key, test, wanted if test == "in" else wanted[-1:]))
    return found


def filter_value(column: Column, asked: Filter) -> Any:
    """Return a filter's value typed for its column; raises `Invalid` with a sentence."""
    if asked.test == "in":
        return list(asked.values)
    kind, text = column.kind, asked.values[-1]
    try:
        if kind is ColumnKind.BOOL:
            return {"yes": True, "no": False}[text]
        if kind in (ColumnKind.NUMBER, ColumnKind.MONEY):
            return number(text)
        if kind in (ColumnKind.DATE, ColumnKind.DATETIME):
            return date.fromisoformat(text)
    except (KeyError, ValueError) as wrong:
        raise Invalid.field(asked.parameter, f"“{text}” does not fit the column “{column.title}”.") from wrong
    return text


def _sort(listing: Listing, sort: str) -> str:
    column = listing.column(sort.removeprefix("-"))
    if sort and (column is None or not column.sortable):
        raise Invalid.field("sort", f"This list cannot be sorted by “{sort.removeprefix('-')}”.")
    return sort


def _one_of(name: str, value: str, choices: set[str]) -> str:
    if value and value not in choices:
        raise Invalid.field(name, f"“{value}” is not one of the choices.")
    return value


def pack_cursor(sort_value: Any, record_id: Any) -> str:
    """Return the place of a row in its order, as a piece of a query string."""
    kind = {Decimal: "n", int: "i"}.get(type(sort_value), "s")
    return base64.urlsafe_b64encode(msgspec.json.encode([kind, sort_value, record_id])).rstrip(b"=").decode()


def unpack_cursor(cursor: str) -> tuple[str, str]:
    """Return a cursor's sort value and id as text, for PostgreSQL to read in the type of its column; raises `Invalid`."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        _, sort_value, record_id = msgspec.json.decode(raw, type=tuple[str, str | int | float | bool, str])
    except (binascii.Error, ValueError, msgspec.DecodeError) as wrong:
        raise Invalid.field("after", "This page link is broken: go back to the first page.") from wrong
    return (str(sort_value).lower() if isinstance(sort_value, bool) else str(sort_value)), record_id
