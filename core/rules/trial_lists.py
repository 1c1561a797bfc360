"""Rules about listings, tried with rows in them: every column, order, filter, segment and word to search for is sent to PostgreSQL."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import asyncpg

from core.listing.page import read_page
from core.listing.query import Query, read_query
from core.listing.sql import page_sql
from core.rules.rule import Problem, TrialRule
from core.rules.trial import CANARY, Trial
from weft import Column, ColumnKind, Listing, WeftError

# What a filter of each kind is asked with.
_ASKED: dict[ColumnKind, dict[str, str]] = {
    ColumnKind.TEXT: {"": "a%_b"},
    ColumnKind.CHOICE: {"": "any"},
    ColumnKind.TAGS: {"": "any"},
    ColumnKind.BOOL: {"": "yes"},
    ColumnKind.NUMBER: {".min": "1", ".max": "2.5"},
    ColumnKind.MONEY: {".min": "1", ".max": "2.5"},
    ColumnKind.DATE: {".from": "2026-01-31", ".to": "2026-02-28"},
    ColumnKind.DATETIME: {".from": "2026-01-31", ".to": "2026-02-28"},
}


async def run(trial: Trial) -> AsyncIterator[Problem]:
    """Whatever a person can press on a listing, PostgreSQL answers."""
    await trial.plant()
    for listing in trial.subject.declared("listings"):
        for what, query in _queries(listing):
            try:
                await _turn_pages(trial, listing, query)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, WeftError, KeyError, TypeError, ValueError) as wrong:
                cause = wrong.__cause__ or wrong
                yield Problem(
                    trial.subject.hook_place("listings"), f"The listing “{listing.name}”, {what}: {type(cause).__name__}: {_first(cause)}"
                )


def _queries(listing: Listing) -> Iterator[tuple[str, Query]]:
    every = Query(columns=tuple(column.key for column in listing.columns))
    yield "as it opens", Query()
    for column in listing.columns:
        yield f"column “{column.key}”", replace(every, columns=(column.key,))
        if column.sortable:
            yield f"sorted by “{column.key}”", replace(every, sort=column.key)
            yield f"sorted by “{column.key}” backwards", replace(every, sort=f"-{column.key}")
        if column.filterable:
            for end, value in _values(column).items():
                yield f"filtered by “{column.key}{end}”", read_query(listing, {f"{column.key}{end}": [value]})
    for segment in listing.segments:
        yield f"segment “{segment.key}”", read_query(listing, {"segment": [segment.key]})
    if listing.search_sql:
        for text in ("a", "zoë o'neil", '100% _\\ "x"', CANARY):
            yield f"searched for “{text}”", Query(search=text)


def _values(column: Column) -> dict[str, str]:
    asked = _ASKED.get(column.kind, {})
    return {"": column.choices[0].value} if asked and column.choices else asked


async def _turn_pages(trial: Trial, listing: Listing, query: Query) -> None:
    """Read the first page, and where there is one the next, and the first again."""
    page = await read_page(trial.here, listing, replace(query, size=1))
    if page.following:
        after = parse_qs(page.following)["after"][0]
        second = await read_page(trial.here, listing, replace(query, size=1, after=after), count=False)
        if second.previous:
            before = parse_qs(second.previous)["before"][0]
            first = await read_page(trial.here, listing, replace(query, size=1, before=before), count=False)
            if [row["id"] for row in first.rows] != [row["id"] for row in page.rows]:
                raise ValueError("back on the first page there are other rows: its order is not one that ids complete")


def _first(wrong: BaseException) -> str:
    return str(wrong).partition("\n")[0]


async def never_null(trial: Trial) -> AsyncIterator[Problem]:
    """A row without a value to sort by would be on no page."""
    await trial.plant()
    for listing in trial.subject.declared("listings"):
        for column in (each for each in listing.columns if each.sortable):
            sql = f"SELECT count(*) FROM {listing.source} WHERE ({column.order_by}) IS NULL"
            async with trial.tables(trial.here) as db:
                try:
                    missing = await db.fetchval(sql)
                except asyncpg.PostgresError:
                    continue  # the rule that runs every listing tells of that
            if missing:
                yield Problem(
                    trial.subject.hook_place("listings"),
                    f"The listing “{listing.name}” can be sorted by “{column.key}”, which can be NULL ({column.order_by}): "
                    "rows without it are on no page. Make it NOT NULL, or sort by COALESCE(…) with an index on that.",
                )


async def indexed(trial: Trial) -> AsyncIterator[Problem]:
    """A page of a million rows is read from an index, not sorted."""
    for listing in trial.subject.declared("listings"):
        for column in (each for each in listing.columns if each.sortable):
            try:
                sorts = await _sorts(trial, listing, column)
            except asyncpg.PostgresError:
                continue
            if sorts:
                yield Problem(
                    trial.subject.hook_place("listings"),
                    f"The listing “{listing.name}” sorts all rows to order them by “{column.key}”: add an index on "
                    f"({column.order_by}, {listing.id_sql}) to a migration.",
                )


async def _sorts(trial: Trial, listing: Listing, column: Column) -> bool:
    """Tell whether PostgreSQL has to sort even where it is told to avoid it."""
    sql, args = page_sql(trial.here, replace(listing, rule=None), Query(sort=column.key), listing.columns, 51)
    async with trial.tables(trial.here) as db:
        undo = db.transaction()
        await undo.start()
        for setting in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin", "hashagg"):
            await db.execute(f"SET LOCAL enable_{setting} = off")
        plan = json.loads(await db.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *args))
        await undo.rollback()
    return _has_sort(plan[0]["Plan"])


def _has_sort(node: dict[str, Any]) -> bool:
    """Tell whether a plan sorts its rows; what a column's own sub-select sorts are the few rows that belong to one."""
    if node.get("Parent Relationship") in ("SubPlan", "InitPlan"):
        return False
    return node["Node Type"] in ("Sort", "Incremental Sort") or any(map(_has_sort, node.get("Plans", ())))


async def described(trial: Trial) -> AsyncIterator[Problem]:
    """What a filter offers can be asked for."""
    for listing in trial.subject.declared("listings"):
        for column in (each for each in listing.columns if each.options):
            try:
                await column.options(trial.here)
            except Exception as wrong:
                yield Problem(
                    trial.subject.hook_place("listings"),
                    f"The listing “{listing.name}” cannot say what “{column.key}” offers: {type(wrong).__name__}: {_first(wrong)}",
                )


RULES = (
    TrialRule("listings-run", "A listing answers for every column, order, filter, segment and search", run),
    TrialRule("listings-never-null", "What a listing can be sorted by is never NULL", never_null),
    TrialRule("listings-indexed", "What a listing can be sorted by has an index that ends in the id", indexed),
    TrialRule("listings-options", "What a filter offers can be read", described),
)
