"""Lists in the description of the API: one address for each, with its own columns, filters and order."""

from collections.abc import Sequence
from typing import Any

from weft.listing import Column, ColumnKind, Listing

PATH = "/api/v1/lists/{name}"
_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": ["string", "integer", "number"], "format": "decimal"}
_KINDS: dict[ColumnKind, dict[str, Any]] = {
    ColumnKind.BOOL: {"type": "boolean"},
    ColumnKind.NUMBER: _NUMBER,
    ColumnKind.MONEY: _NUMBER,
    ColumnKind.DATE: {"type": "string", "format": "date"},
    ColumnKind.DATETIME: {"type": "string", "format": "date-time"},
    ColumnKind.TAGS: {"type": "array", "items": _TEXT},
    ColumnKind.IMAGE: {"type": "string", "format": "uuid"},
}


def list_operation(listing: Listing, generic: dict[str, Any]) -> dict[str, Any]:
    """Return the operation that reads one list, after the one that reads any."""
    shared = [each for each in generic["parameters"] if each["name"] in ("size", "after")]
    return {
        **generic,
        "summary": f"List: {listing.title}",
        "description": f"A page, filtered and sorted as in the browser. Needs the permission {listing.permission.name}.",
        "operationId": "List" + "".join(part.capitalize() for part in listing.name.replace(".", "_").split("_")),
        "parameters": [*shared, *_parameters(listing)],
        "responses": {
            **generic["responses"],
            "200": {"description": "A page", "content": {"application/json": {"schema": _page(listing)}}},
        },
    }


def _page(listing: Listing) -> dict[str, Any]:
    columns = {column.key: _column(column) for column in listing.columns}
    row = {"type": "object", "properties": {"id": {"type": "string"}, **columns}, "required": ["id"]}
    following = {"oneOf": [_TEXT, {"type": "null"}], "description": "The cursor of the next page: goes into “after”"}
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": row}, "next": following},
        "required": ["items", "next"],
    }


def _column(column: Column) -> dict[str, Any]:
    return {"oneOf": [_KINDS.get(column.kind, _TEXT), {"type": "null"}], "description": column.title}


def _parameters(listing: Listing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if listing.search_sql:
        found.append(_query("q", {"type": "string", "maxLength": 200}, "Words to look for"))
    sortable = [column.key for column in listing.columns if column.sortable]
    if sortable:
        found.append(_query("sort", _one_of([*sortable, *(f"-{key}" for key in sortable)]), "The column to sort by; with “-” downwards"))
    if listing.segments:
        found.append(_query("segment", _one_of([each.key for each in listing.segments]), "One of the list’s tabs"))
    shown = {"type": "array", "items": _one_of([column.key for column in listing.columns])}
    found.append(_query("columns", shown, "Which columns, repeated; those of the page otherwise"))
    for column in listing.columns:
        if column.filterable and column.kind is not ColumnKind.IMAGE:
            found += _filters(column)
    return found


def _filters(column: Column) -> list[dict[str, Any]]:
    if column.kind in (ColumnKind.NUMBER, ColumnKind.MONEY):
        limit = {"type": "string", "format": "decimal"}
        return [
            _query(f"{column.key}.{end}", limit, f"{column.title}: {words}") for end, words in (("min", "at least"), ("max", "at most"))
        ]
    if column.kind in (ColumnKind.DATE, ColumnKind.DATETIME):
        day = {"type": "string", "format": "date"}
        return [_query(f"{column.key}.{end}", day, f"{column.title}: {end} this day") for end in ("from", "to")]
    if column.kind is ColumnKind.BOOL:
        return [_query(column.key, _one_of(["yes", "no"]), column.title)]
    if column.kind in (ColumnKind.CHOICE, ColumnKind.TAGS):
        each = _one_of([choice.value for choice in column.choices]) if column.choices else _TEXT
        return [_query(column.key, {"type": "array", "items": each}, f"{column.title}: any of these")]
    return [_query(column.key, _TEXT, f"{column.title}: contains this")]


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description, "required": False}


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}
