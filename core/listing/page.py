"""Reads pages of a listing, and all of it for an export, through the one gate."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from core.listing.query import Query, pack_cursor
from core.listing.sql import COUNT_LIMIT, ahead_sql, count_sql, fitting_sql, gathered_sql, needed, page_sql, parent_order, rows_sql
from core.tenancy.scope import LiveScope
from weft.errors import Invalid, Refused
from weft.listing import Column, Listing
from weft.tenant import Row, Scope, Tenant

# How many rows of an order are looked at for a page, where more fit than are counted. First one after the other: what is not rare is found
# at once. Then those that fit among many more, which PostgreSQL finds by the filter's index and the order's together; then whatever fits.
# Measured on a million rows: 1 to 8 ms, 15 to 60 ms, and 40 to 140 ms.
NEAR, FAR = 2_000, 100_000
NEAR_ENOUGH = 4  # where at least a fourth of a page was found near, eight times as many rows are looked at before all that fits is gathered


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and how to get to those before and after. `total` is at most the limit plus one, which stands for more."""

    query: Query
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    previous: str
    following: str
    total: int

    @property
    def more_than_counted(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.total > COUNT_LIMIT


def shown_columns(listing: Listing, query: Query) -> tuple[Column, ...]:
    """Return the columns to show, in order."""
    chosen = [column for key in query.columns if (column := listing.column(key))]
    return tuple(chosen or [column for column in listing.columns if not column.hidden])


async def read_page(tenant: Tenant, listing: Listing, query: Query, *, count: bool = True) -> Page:
    """Read one page; raises `Refused` without the listing's permission."""
    check(tenant, listing)
    columns = shown_columns(listing, query)
    try:
        async with tenant.transaction() as db:
            await _plan_afresh(db)
            total, found = await _find(db, tenant, listing, query, columns, count=count)
    except asyncpg.DataError as wrong:  # a cursor that was tampered with
        raise Invalid("This page link is broken: go back to the first page.") from wrong
    more, rows = len(found) > query.size, found[: query.size]
    backwards = bool(query.before)
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (bool(query.after), more)
    return Page(
        query,
        columns,
        tuple(dict(row.items()) for row in rows),
        query.encode(before=_cursor(rows[0]), after="") if rows and has_before else "",
        query.encode(after=_cursor(rows[-1]), before="") if rows and has_after else "",
        total,
    )


async def read_all(tenant: Tenant, listing: Listing, query: Query, *, batch: int = 1000) -> AsyncIterator[Sequence[Row]]:
    """Yield every row that a query matches, in order and in batches; each batch is a transaction of its own."""
    check(tenant, listing)
    columns = shown_columns(listing, query)
    at = replace(query, after="", before="")
    while True:
        sql, args = page_sql(tenant, listing, at, columns, batch)
        async with tenant.transaction() as db:
            await _plan_afresh(db)
            rows = await db.fetch(sql, *args)
        if rows:
            yield rows
        if len(rows) < batch:
            return
        at = replace(at, after=_cursor(rows[-1]))


async def _find(
    db: Scope, tenant: Tenant, listing: Listing, query: Query, columns: Sequence[Column], *, count: bool
) -> tuple[int, list[Row]]:
    """Return how many rows fit (0 where nobody asked), and those of a page and one more.

    Whichever way that takes, it never reads many more rows than it must.
    """
    limit, total = query.size + 1, 0
    if not query.search and not query.filters:  # every row fits, so the index on the order leads straight to them
        if count:
            sql, args = count_sql(tenant, listing, query)
            total = int(await db.fetchval(sql, *args))
        sql, args = page_sql(tenant, listing, query, columns, limit)
        return total, list(await db.fetch(sql, *args))
    if count:
        sql, args = fitting_sql(tenant, listing, query, limit)
        [fitting] = await db.fetch(sql, *args)
        total = fitting["total"]
        if total <= COUNT_LIMIT:
            return total, await _rows(db, tenant, listing, query, columns, fitting["ids"] or ())
    near = await _ahead(db, tenant, listing, query, NEAR)
    sql, args = page_sql(tenant, listing, query, columns, limit, until=near)
    rows = list(await db.fetch(sql, *args))
    if not near or len(rows) == limit:
        return total, rows
    if by := parent_order(tenant, listing, query):
        sql, args = page_sql(tenant, listing, query, (), limit, by=by)
        ids = [row["id"] for row in await db.fetch(sql, *args)]
        return total, await _rows(db, tenant, listing, query, columns, ids)
    if len(rows) * NEAR_ENOUGH > limit:  # as thick as here, a page is found a little further
        near = await _ahead(db, tenant, listing, query, NEAR * NEAR_ENOUGH * 2)
        sql, args = page_sql(tenant, listing, query, columns, limit, until=near)
        rows = list(await db.fetch(sql, *args))
        if not near or len(rows) == limit:
            return total, rows
    far = await _ahead(db, tenant, listing, query, FAR)
    ids = await _gathered(db, tenant, listing, query, until=far)
    if far and len(ids) < limit:
        ids = await _gathered(db, tenant, listing, query)
    return total, await _rows(db, tenant, listing, query, columns, ids)


async def _ahead(db: Scope, tenant: Tenant, listing: Listing, query: Query, distance: int) -> str:
    """Return the cursor of the row that is so far ahead in the order, or nothing where the order ends before."""
    sql, args = ahead_sql(tenant, listing, query, distance)
    row = await db.fetchrow(sql, *args)
    return _cursor(row) if row else ""


async def _gathered(db: Scope, tenant: Tenant, listing: Listing, query: Query, *, until: str = "") -> list[Any]:
    """Return the ids of a page and one more."""
    sql, args = gathered_sql(tenant, listing, query, query.size + 1, until=until)
    return [row["id"] for row in await db.fetch(sql, *args)]


async def _rows(db: Scope, tenant: Tenant, listing: Listing, query: Query, columns: Sequence[Column], ids: Sequence[Any]) -> list[Row]:
    """Return the rows of a page whose ids are known: what a column costs is spent on these alone."""
    if not ids:
        return []
    sql, args = rows_sql(tenant, listing, query, columns, ids)
    return list(await db.fetch(sql, *args))


async def _plan_afresh(db: Scope) -> None:
    """Have PostgreSQL plan for the values of each query: after five alike it would keep one plan for all, and the one that finds a common
    word in a moment reads a million rows for a rare one.
    """
    if isinstance(db, LiveScope):
        await db.internal("SET LOCAL plan_cache_mode = force_custom_plan")


def check(tenant: Tenant, listing: Listing) -> None:
    """Raise `Refused` unless who acts may see the listing."""
    if not tenant.may(listing.permission):
        raise Refused(f"You need the permission “{listing.permission.title}” to see {listing.title}.")


def _cursor(row: Row) -> str:
    return pack_cursor(row["weft_sort"], row["id"])


def export_columns(listing: Listing, query: Query) -> list[Column]:
    """Return the columns that an export has: those shown, and the currencies of amounts."""
    return needed(listing, shown_columns(listing, query))
