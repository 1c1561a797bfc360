"""What a template needs to show a listing: headings, rows, filters, views, and the links between them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Request

from core.auth.permissions import EXPORT
from core.listing.page import Page, read_page
from core.listing.query import Filter, Query, read_query
from core.listing.views import SavedView, views_of
from weft.listing import Choice, Column, ColumnKind, Listing
from weft.tenant import Tenant

if TYPE_CHECKING:
    from web.ui import LiveUi


def asked(request: Request[Any, Any, Any]) -> Mapping[str, Sequence[str]]:
    """Return the query string as lists of values."""
    return {key: request.query_params.getall(key) for key in request.query_params}


async def listing_context(ui: "LiveUi", listing: Listing) -> dict[str, Any]:
    """Return what the templates need to show a listing as the query string asks for it."""
    tenant = ui.door.tenant
    query = read_query(listing, asked(ui.request))
    page = await read_page(tenant, listing, query)
    views = await views_of(tenant, listing.name)
    return {
        "listing": listing,
        "page": page,
        "columns": [_heading(listing, column, query) for column in page.columns if column.kind is not ColumnKind.IMAGE],
        "rows": [_row(listing, page, row) for row in page.rows],
        "pager": {
            "previous": f"{listing.path}?{page.previous}" if page.previous else None,
            "next": f"{listing.path}?{page.following}" if page.following else None,
            "text": _counted(ui, page),
        },
        "filters": _filters(listing, query, await _options(tenant, listing)),
        "views": _views(listing, query, views),
        "chooser": [{"key": each.key, "label": each.title, "shown": each in page.columns} for each in listing.columns],
        "exports": [
            {"label": f"{name} of all rows", "href": f"/lists/{listing.name}/export.{suffix}?{query.encode(after='', before='')}"}
            for name, suffix in (("Spreadsheet (XLSX)", "xlsx"), ("Text (CSV)", "csv"))
        ]
        if tenant.may(EXPORT)
        else [],
        "search": {"value": query.search, "placeholder": f"Find in {listing.title.lower()}"} if listing.search_sql else None,
        "clear": listing.path if query.filters or query.search else None,
        "kept": {name: value for name, value in (("segment", query.segment), ("sort", query.sort)) if value},
        "query": query.encode(after="", before=""),
    }


def _heading(listing: Listing, column: Column, query: Query) -> dict[str, Any]:
    current = query.sort or listing.default_sort
    descending = current == f"-{column.key}"
    is_sorted = current.removeprefix("-") == column.key
    turned = f"-{column.key}" if is_sorted and not descending else column.key
    return {
        "key": column.key,
        "label": column.title,
        "kind": column.kind.value if column.kind is not ColumnKind.TEXT else None,
        "sort": f"{listing.path}?{query.encode(sort=turned, after='', before='')}" if column.sortable else None,
        "sorted": ("desc" if descending else "asc") if is_sorted else None,
    }


def _row(listing: Listing, page: Page, row: Mapping[str, Any]) -> dict[str, Any]:
    image = next((row[column.key] for column in page.columns if column.kind is ColumnKind.IMAGE), None)
    has_image = any(column.kind is ColumnKind.IMAGE for column in page.columns)
    cells = {}
    for column in page.columns:
        cells[column.key] = _cell(column, row)
        if column.link and has_image:
            cells[column.key] = {"text": row[column.key], "image": f"/files/{image}?size=thumb" if image else None, "icon": "photo"}
    href = listing.record.url(row["id"]) if listing.record else None
    title = next((str(row[column.key]) for column in page.columns if column.link), str(row["id"]))
    return {"id": row["id"], "href": href, "label": title, "cells": cells}


def _cell(column: Column, row: Mapping[str, Any]) -> Any:
    value = row[column.key]
    if column.kind is ColumnKind.MONEY and value is not None:
        return {"amount": value, "currency": row[column.currency] if column.currency else None}
    if column.kind is ColumnKind.CHOICE and value:
        choice = next((each for each in column.choices if each.value == value), Choice(str(value), str(value)))
        return {"label": choice.title, "tone": choice.tone}
    return value


def _counted(ui: "LiveUi", page: Page) -> str:
    record = ui.door.record
    assert record is not None
    formats = ui.views.formats(record.locale, record.timezone, record.currency)
    if page.more_than_counted:
        return f"More than {formats.number(page.total - 1)}"
    return f"{formats.number(page.total)} in all" if page.total != 1 else "1 in all"


async def _options(tenant: Tenant, listing: Listing) -> dict[str, Sequence[Choice]]:
    """Return what each filter offers; of the columns that ask the tenant, what it has."""
    return {column.key: await column.options(tenant) if column.options else column.choices for column in listing.columns}


def _filters(listing: Listing, query: Query, options: Mapping[str, Sequence[Choice]]) -> list[dict[str, Any]]:
    given: dict[str, list[Filter]] = {}
    for each in query.filters:
        given.setdefault(each.key, []).append(each)
    columns = [column for column in listing.columns if _can_filter(column)]
    return [_filter(listing, column, given.get(column.key, []), query, options[column.key]) for column in columns]


def _can_filter(column: Column) -> bool:
    return column.filterable and column.kind is not ColumnKind.IMAGE


def _filter(listing: Listing, column: Column, given: list[Filter], query: Query, options: Sequence[Choice]) -> dict[str, Any]:
    rest = tuple(each for each in query.filters if each.key != column.key)
    item: dict[str, Any] = {
        "name": column.key,
        "label": column.title,
        "kind": column.kind.value,
        "options": [{"value": each.value, "label": each.title} for each in options],
        "reset": f"{listing.path}?{query.encode(filters=rest, after='', before='')}",
        "value": None,
        "text": "",
    }
    if not given:
        return item
    if given[0].test in ("min", "max", "from", "to"):
        item["value"] = {each.test: each.values[-1] for each in given}
        item["text"] = " – ".join(
            filter(
                None,
                (item["value"].get("min") or item["value"].get("from") or "…", item["value"].get("max") or item["value"].get("to") or "…"),
            )
        )
    elif given[0].test == "in":
        item["value"] = list(given[0].values)
        titles = {each.value: each.title for each in options}
        item["text"] = ", ".join(titles.get(value, value) for value in given[0].values)
    else:
        item["value"] = item["text"] = given[0].values[-1]
    return item


def _views(listing: Listing, query: Query, saved: Sequence[SavedView]) -> list[dict[str, Any]]:
    current = query.encode(after="", before="")
    segments = listing.segments or ()
    views = [
        {
            "label": each.title,
            "href": f"{listing.path}?{urlencode({'segment': each.key}) if each.key else ''}",
            "active": query.segment == each.key and not any(view.query == current for view in saved),
        }
        for each in segments
    ]
    views += [
        {"label": view.title, "href": f"{listing.path}?{view.query}", "active": view.query == current, "id": view.id} for view in saved
    ]
    return views
