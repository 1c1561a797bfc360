"""The pages of reports: which there are, one with its form, its files, and layouts kept under a name."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response, Stream

from core.auth.permissions import EXPORT
from core.listing.views import delete_view, save_view
from core.reports.asking import NoRows
from core.reports.files import csv_bytes, xlsx_bytes
from core.reports.printing import pdf_bytes
from core.reports.running import find_report, reports_for
from core.reports.wish import fields_named, read_wish
from web.dependencies import TheForm, TheUi
from web.listing_view import asked
from web.tenant.reports.keeping import keeping_routes
from web.tenant.reports.page import LAYOUTS, form_context, report_context
from weft.errors import Invalid, Missing
from weft.forms import Form
from weft.permissions import for_everyone, needs

STREAMS = {
    "csv": (csv_bytes, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
EVERYONE = for_everyone("each report asks for its own permission; the page shows those that one may see")


@get("/", guards=[EVERYONE])
async def report_list(ui: TheUi) -> Response[str]:
    """Show which reports there are, by module."""
    tenant, registry = ui.door.tenant, ui.door.tenant.house.registry
    modules: dict[str, list[Any]] = {}
    for each in reports_for(tenant):
        modules.setdefault(registry.plugins[registry.owner_of("reports", each)].title, []).append(each)
    return await ui.page("reports/list.html", modules=modules)


@get("/{name:str}", guards=[EVERYONE])
async def report_page(ui: TheUi, name: FromPath[str]) -> Response[str]:
    """Show a report for the parameters of the query string; what cannot be read is told beside its field."""
    tenant = ui.door.tenant
    report, given = find_report(tenant, name), asked(ui.request)
    try:
        wish = await read_wish(tenant, report, given)
        context = await report_context(tenant, wish)
    except (Invalid, NoRows) as wrong:
        texts = {key: list(given.get(key, ())) for key in fields_named(report)}
        around = {**await form_context(tenant, report, texts, None), "heading": "", "rows": None}
        if isinstance(wrong, NoRows):
            return await ui.page("reports/report.html", status=503, errors={}, problem=wrong.message, **around)
        return await ui.rejected("reports/report.html", wrong, **around)
    return await ui.page("reports/report.html", **context, errors={}, problem="")


@get("/{name:str}/{file:str}", guards=[needs(EXPORT)])
async def report_file(ui: TheUi, name: FromPath[str], file: FromPath[str]) -> Response[Any] | Stream:
    """Send a report as a file; what its parameters lack is told before the first byte."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    stem, _, suffix = file.rpartition(".")
    if stem != "file" or suffix not in {*STREAMS, "pdf"}:
        raise Missing("Reports come as csv, xlsx or pdf.")
    wish = await read_wish(tenant, report, asked(ui.request))
    headers = {"Content-Disposition": f'attachment; filename="{name.replace(".", "-")}-{tenant.today().isoformat()}.{suffix}"'}
    if suffix == "pdf":
        return Response(await pdf_bytes(tenant, wish), media_type="application/pdf", headers=headers)
    write, media_type = STREAMS[suffix]
    return Stream(await begun(write(tenant, wish)), media_type=media_type, headers=headers)


async def begun(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return a stream whose first part is made: a report that refuses its parameters answers with an error, not with half a file."""
    first, second = await anext(parts, b""), await anext(parts, b"")

    async def going_on() -> AsyncIterator[bytes]:
        yield first + second
        async for part in parts:
            yield part

    return going_on()


@get("/{name:str}/layouts/new", guards=[EVERYONE])
async def new_layout(ui: TheUi, name: FromPath[str]) -> Response[str]:
    """Ask for the name of a layout."""
    report = find_report(ui.door.tenant, name)
    return await ui.page("reports/layout_form.html", report=report, query=ui.request.url.query, form=Form({}), errors={}, problem="")


@post("/{name:str}/layouts", guards=[EVERYONE])
async def add_layout(ui: TheUi, form: TheForm, name: FromPath[str]) -> Response[Any]:
    """Keep parameters, comparison and columns under a name."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    try:
        wish = await read_wish(tenant, report, form.get("query"))
        layout = await save_view(tenant, LAYOUTS + report.name, form.get("title"), wish.encode(page=1), shared=bool(form.get("shared")))
    except Invalid as wrong:
        return await ui.rejected("reports/layout_form.html", wrong, report=report, query=form.get("query"), form=form)
    return ui.redirect(f"/reports/{name}?{layout.query}", toast=f"The layout “{layout.title}” is saved.")


@post("/{name:str}/layouts/{layout_id:uuid}/delete", guards=[EVERYONE])
async def drop_layout(ui: TheUi, name: FromPath[str], layout_id: FromPath[UUID]) -> Response[Any]:
    """Forget a layout."""
    tenant = ui.door.tenant
    report = find_report(tenant, name)
    await delete_view(tenant, layout_id)
    return ui.redirect(f"/reports/{report.name}", toast="The layout is gone.")


reports_router = Router(
    "/reports", route_handlers=[report_list, report_page, report_file, new_layout, add_layout, drop_layout, *keeping_routes]
)
