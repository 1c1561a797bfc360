"""Listings over HTTP: exports, saved views, and the same rows for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from core.auth.permissions import EXPORT
from core.listing.export import csv_bytes, xlsx_bytes
from core.listing.page import Page, read_page, shown_columns
from core.listing.query import read_query
from core.listing.views import delete_view, save_view
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.door import door_of
from web.listing_view import asked
from weft.errors import Missing
from weft.forms import Form
from weft.listing import Listing
from weft.permissions import needs

FILES = {
    "csv": (csv_bytes, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def find_listing(tenant: LiveTenant, name: FromPath[str]) -> Listing:
    """Return a listing of an enabled module; raises `Missing`."""
    found = next((each for each in tenant.house.registry.listings(tenant.catalogue_entry.enabled) if each.name == name), None)
    if found is None:
        raise Missing("There is no such list, or its module is switched off.")
    return found


@get("/{name:str}/{file:str}", guards=[needs(EXPORT)])  # a parameter is a whole segment of the path: `export.csv` cannot be split there
async def export(request: Request[Any, Any, Any], name: FromPath[str], file: FromPath[str]) -> Stream:
    """Stream a listing as a file: what the page shows, all of it."""
    stem, _, suffix = file.rpartition(".")
    tenant = door_of(request).tenant
    listing = find_listing(tenant, name)
    if stem != "export" or suffix not in FILES:
        raise Missing("Lists can be exported as csv or xlsx.")
    write, media_type = FILES[suffix]
    query = read_query(listing, asked(request))
    shown_columns(listing, query)
    day = tenant.today().isoformat()
    file_name = f"{name.replace('.', '-')}-{day}.{suffix}"
    return Stream(
        write(tenant, listing, query), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{file_name}"'}
    )


@get("/{name:str}/views/new")
async def new_view(ui: TheUi, name: FromPath[str]) -> Response[str]:
    """Ask for the name of a view."""
    listing = find_listing(ui.door.tenant, name)
    return await ui.page("view_form.html", listing=listing, query=ui.request.url.query, form=Form({}), errors={})


@post("/{name:str}/views")
async def add_view(ui: TheUi, form: TheForm, name: FromPath[str]) -> Response[Any]:
    """Keep a listing's filters, sorting and columns under a name."""
    tenant = ui.door.tenant
    listing = find_listing(tenant, name)
    query = read_query(listing, _parsed(form.get("query")))
    view = await save_view(tenant, listing.name, form.get("title"), query.encode(after="", before=""), shared=form.get("shared") != "")
    return ui.redirect(f"{listing.path}?{view.query}", toast=f"The view “{view.title}” is saved.")


@post("/{name:str}/views/{view_id:uuid}/delete")
async def drop_view(ui: TheUi, name: FromPath[str], view_id: FromPath[UUID]) -> Response[Any]:
    """Forget a view."""
    tenant = ui.door.tenant
    await delete_view(tenant, view_id)
    return ui.redirect(find_listing(tenant, name).path, toast="The view is gone.")


def _parsed(query: str) -> Mapping[str, Sequence[str]]:
    return parse_qs(query)


def list_routes() -> Router:
    """Return the routes of all listings' tools."""
    return Router("/lists", route_handlers=[export, new_view, add_view, drop_view])


@get("/lists/{name:str}", summary="Read a list", tags=["Lists"])
async def read_list(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    size: Annotated[int, QueryParameter(ge=1, le=200, description="Rows per page")] = 50,
    after: Annotated[str | None, QueryParameter(description="The cursor of the previous page’s “next”")] = None,
) -> dict[str, Any]:
    """Return a page of a list, filtered and sorted by the same parameters as its page in the browser."""
    tenant = door_of(request).tenant
    listing = find_listing(tenant, name)
    given = {key: values for key, values in asked(request).items() if key != "size"}
    query = read_query(listing, given)
    page = await read_page(tenant, listing, replace(query, size=size), count=False)
    keys = ["id", *(column.key for column in page.columns), *(column.currency for column in page.columns if column.currency)]
    return {"items": [{key: row[key] for key in dict.fromkeys(keys)} for row in page.rows], "next": _next(page)}


def _next(page: Page) -> str | None:
    cursors = parse_qs(page.following).get("after")
    return cursors[0] if cursors else None
