"""Turns a query on a listing into SQL. Keyset pages: the cost of a page does not grow with its distance from the first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.listing.query import Filter, Query, column_of, filter_value, unpack_cursor
from weft.listing import Column, ColumnKind, Listing
from weft.tenant import Tenant

COUNT_LIMIT = 10_000


@dataclass(slots=True)
class Statement:
    """SQL under construction, and the values of its parameters."""

    conditions: list[str] = field(default_factory=list)
    args: list[Any] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """Add a value; returns its placeholder."""
        self.args.append(value)
        return f"${len(self.args)}"

    def where(self) -> str:
        """Return the WHERE clause."""
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are sorted: by one column, then by id."""

    column: Column
    descending: bool

    @property
    def by(self) -> str:
        """The expression."""
        return self.column.order_by


def order_of(listing: Listing, query: Query) -> Order:
    """Return the order that a query asks for."""
    sort = query.sort or listing.default_sort
    return Order(column_of(listing, sort.removeprefix("-")), sort.startswith("-"))


def parent_order(tenant: Tenant, listing: Listing, query: Query) -> str:
    """Return the expression of the order in a table that rows are joined to, where a condition asks that table; else nothing."""
    by = order_of(listing, query).column.parent_sort_sql
    alias = f"{by.partition('.')[0]}."
    return by if by and any(alias in each for each in conditions(tenant, listing, query).conditions) else ""


def page_sql(
    tenant: Tenant, listing: Listing, query: Query, shown: Sequence[Column], limit: int, *, until: str = "", by: str = ""
) -> tuple[str, list[Any]]:
    """Return the statement for one page: `limit` rows in order, or in reverse order where the query goes backwards.

    `until` is a cursor at which to stop looking, `by` another expression of the same order.
    """
    order = order_of(listing, query)
    statement = conditions(tenant, listing, query)
    _place(statement, by or order.by, listing.id_sql, order, query, until)
    found = f"SELECT {_columns(listing, order, shown)} FROM {listing.source}{statement.where()}"
    in_order = f"ORDER BY {_sorted(by or order.by, listing.id_sql, order, query)}"
    return _dated(f"{found} {in_order} LIMIT {limit}", statement.args, tenant)


def fitting_sql(tenant: Tenant, listing: Listing, query: Query, limit: int) -> tuple[str, list[Any]]:
    """Return the statement that counts the rows of all pages, never beyond the limit, as `total`, and gives the ids of one page as `ids`.

    Above the limit there are no ids, since there are rows that were not looked at.
    """
    order, statement = order_of(listing, query), conditions(tenant, listing, query)
    fitting = f"{_ids(listing, order)} FROM {listing.source}{statement.where()} LIMIT {COUNT_LIMIT + 1}"
    page = Statement(args=statement.args)
    _place(page, "f.weft_sort", "f.id", order, query, "")
    ids = f"SELECT f.id FROM fitting f{page.where()} ORDER BY {_sorted('f.weft_sort', 'f.id', order, query)} LIMIT {limit}"
    sql = (
        f"WITH fitting AS MATERIALIZED ({fitting}), counted AS (SELECT count(*) AS total FROM fitting) "
        f"SELECT total, CASE WHEN total <= {COUNT_LIMIT} THEN ARRAY ({ids}) END AS ids FROM counted"
    )
    return _dated(sql, page.args, tenant)


def rows_sql(tenant: Tenant, listing: Listing, query: Query, shown: Sequence[Column], ids: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the statement for the rows of a page whose ids a statement of this listing has found, which is where its rule was kept."""
    order = order_of(listing, query)
    found = f"SELECT {_columns(listing, order, shown)} FROM {listing.source} WHERE {listing.id_sql} = ANY ($1)"
    return _dated(f"{found} {_in_order(listing, order, query)}", [list(ids)], tenant)


def gathered_sql(tenant: Tenant, listing: Listing, query: Query, limit: int, *, until: str = "") -> tuple[str, list[Any]]:
    """Return a statement for the ids of a page that finds all that fits first, up to the cursor `until`, and sorts it afterwards.

    PostgreSQL thinks that what a filter finds is spread evenly over an order. Where it stands together, such as names that begin with what
    was typed, walking along the order reads nearly all rows; this way no more are read than fit.
    """
    order = order_of(listing, query)
    statement = conditions(tenant, listing, query)
    _place(statement, order.by, listing.id_sql, order, query, until)
    inner = f"{_ids(listing, order)} FROM {listing.source}{statement.where()} OFFSET 0"  # else PostgreSQL would walk along after all
    by = _sorted("found.weft_sort", "found.id", order, query)
    return _dated(f"SELECT found.id FROM ({inner}) AS found ORDER BY {by} LIMIT {limit}", statement.args, tenant)


def ahead_sql(tenant: Tenant, listing: Listing, query: Query, distance: int) -> tuple[str, list[Any]]:
    """Return the statement that tells how the order of a segment goes on `distance` rows further, whatever fits a filter in between."""
    order, statement = order_of(listing, query), _base(tenant, listing, query)
    _place(statement, order.by, listing.id_sql, order, query, "")
    found = f"{_ids(listing, order)} FROM {listing.source}{statement.where()}"
    return _dated(f"{found} {_in_order(listing, order, query)} OFFSET {distance} LIMIT 1", statement.args, tenant)


def _ids(listing: Listing, order: Order) -> str:
    return f"SELECT {listing.id_sql} AS id, {order.by} AS weft_sort"


def _columns(listing: Listing, order: Order, shown: Sequence[Column]) -> str:
    columns = [f"{listing.id_sql} AS id", f"{order.by} AS weft_sort"]
    return ", ".join(columns + [f'{column.sql} AS "{column.key}"' for column in needed(listing, shown)])


def _direction(order: Order, query: Query) -> str:
    return "DESC" if order.descending != bool(query.before) else "ASC"


def _in_order(listing: Listing, order: Order, query: Query) -> str:
    return f"ORDER BY {_sorted(order.by, listing.id_sql, order, query)}"


def _sorted(by: str, record_id: str, order: Order, query: Query) -> str:
    direction = _direction(order, query)
    return f"{by} {direction}, {record_id} {direction}"


def _place(statement: Statement, by: str, id_sql: str, order: Order, query: Query, until: str) -> None:
    """Add the conditions that keep a page between two cursors; `by` and `id_sql` are what its order is called there."""
    onwards = ">" if _direction(order, query) == "ASC" else "<"
    for cursor, sign in ((query.before or query.after, onwards), (until, "<=" if onwards == ">" else ">=")):
        if cursor:
            value, record_id = unpack_cursor(cursor)
            typed = _typed(statement.bind(value), order.column)
            statement.conditions.append(f"({by}, {id_sql}) {sign} ({typed}, {statement.bind(record_id)}::text::uuid)")
            if by == order.column.parent_sort_sql:  # the pair is of two tables: this much its index can answer
                statement.conditions.append(f"{by} {sign[0]}= {typed}")


def _dated(sql: str, args: list[Any], tenant: Tenant) -> tuple[str, list[Any]]:
    """Put the tenant's business day where a listing says ``:today``; every value is bound already, so it can stand nowhere else."""
    return (sql.replace(":today", f"${len(args) + 1}::date"), [*args, tenant.today()]) if ":today" in sql else (sql, args)


def needed(listing: Listing, shown: Sequence[Column]) -> list[Column]:
    """Return the columns to read: those shown, and the currencies of amounts among them."""
    keys = [column.key for column in shown]
    keys += [column.currency for column in shown if column.currency and column.currency not in keys]
    return [column_of(listing, key) for key in dict.fromkeys(keys)]


def count_sql(tenant: Tenant, listing: Listing, query: Query) -> tuple[str, list[Any]]:
    """Return the statement that counts the rows of all pages, but never beyond the limit."""
    statement = conditions(tenant, listing, query)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {listing.source}{statement.where()} LIMIT {COUNT_LIMIT + 1}) AS counted"
    return _dated(sql, statement.args, tenant)


def conditions(tenant: Tenant, listing: Listing, query: Query) -> Statement:
    """Return every condition but the cursor's."""
    statement = _base(tenant, listing, query)
    if query.search and listing.search_sql:
        statement.conditions += _search(statement, listing, query.search)
    for each in query.filters:
        statement.conditions.append(_condition(statement, column_of(listing, each.key), each, tenant))
    return statement


def _base(tenant: Tenant, listing: Listing, query: Query) -> Statement:
    """Return the conditions of a segment. Record rules come first and always: there is no way to a listing around them."""
    statement = Statement()
    if listing.rule:
        rule = listing.rule(tenant)
        statement.args += rule.args
        statement.conditions.append(f"({rule.sql})")
    if listing.where:
        statement.conditions.append(f"({listing.where})")
    segment = next((each for each in listing.segments if each.key == query.segment), None)
    if segment and segment.where:
        statement.conditions.append(f"({segment.where})")
    return statement


def _search(statement: Statement, listing: Listing, text: str) -> list[str]:
    """Return one condition per word. Where both sides are folded the text is compared as it stands, which is several times cheaper; a word
    too short for a trigram is looked for where words begin, which an index can answer.
    """
    if listing.search_fold is None:
        return [f"{listing.search_sql} ILIKE {statement.bind(f'%{_escaped(word)}%')}" for word in text.split()[:6]]
    patterns = [f"{'%' if len(word) > 2 else '% '}{_escaped(word)}%" for word in listing.search_fold(text).split()[:6]]
    return [f"{listing.search_sql} LIKE {statement.bind(pattern)}" for pattern in patterns]


def _condition(statement: Statement, column: Column, asked: Filter, tenant: Tenant) -> str:
    value = filter_value(column, asked)
    if asked.test == "contains":
        return f"{column.sql} ILIKE {statement.bind(f'%{_escaped(value)}%')}"
    if column.kind is ColumnKind.TAGS:
        return f"{column.sql} && {statement.bind(value)}::text[]"
    if asked.test == "in" and len(value) == 1:  # an index on (it, the order) leads straight to a page of one value
        return f"{column.sql} = {statement.bind(value[0])}::text"
    if asked.test == "in":
        return f"{column.sql} = ANY ({statement.bind(value)}::text[])"
    if column.kind is ColumnKind.DATETIME:  # the column stays bare, so that its index can be used
        day = f"{statement.bind(value)}::date{' + 1' if asked.test == 'to' else ''}"
        sign = "<" if asked.test == "to" else ">="
        return f"{column.sql} {sign} ({day})::timestamp AT TIME ZONE {statement.bind(tenant.timezone.key)}::text"
    sign = {"min": ">=", "from": ">=", "max": "<=", "to": "<=", "is": "="}[asked.test]
    return f"{column.sql} {sign} {statement.bind(value)}"


def _typed(placeholder: str, column: Column) -> str:
    cast = {
        ColumnKind.NUMBER: "numeric",
        ColumnKind.MONEY: "numeric",
        ColumnKind.DATE: "date",
        ColumnKind.DATETIME: "timestamptz",
        ColumnKind.BOOL: "boolean",
    }.get(column.kind, "text")
    return f"{placeholder}::text" if cast == "text" else f"{placeholder}::text::{cast}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
