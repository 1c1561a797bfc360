"""The import centre: what was brought in, and the way of a file from upload to saved records, and back."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post, put
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from core.auth.permissions import IMPORT
from core.imports import services
from core.imports.batch import Import, Phase
from core.imports.error_file import error_file
from core.imports.examine import propose
from core.imports.importers import find_importer, importers_of
from core.imports.template import template_file
from core.messaging.job_list import pack_cursor, unpack_cursor
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheTenant, TheUi
from web.tenant.files import disposition
from web.tenant.imports.columns import Chosen, mapping_from, options_from
from web.tenant.imports.columns_page import columns_context
from web.tenant.imports.pages import import_context, list_context, progress_context
from web.tenant.imports.upload import AROUND, LIMIT, Sent, check_csrf, take_body, take_form
from web.ui import LiveUi
from weft.errors import Conflict, Invalid
from weft.permissions import needs

CSV = "text/csv; charset=utf-8"
PAGE = 30  # imports on a page of the history


@get("/")
async def imports_page(ui: TheUi, after: Annotated[str, QueryParameter(name="after")] = "") -> Response[str]:
    """Show what was brought in, newest first."""
    tenant = ui.door.tenant
    found = await services.newest(tenant, unpack_cursor(after) if after else None, PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = f"/imports?after={pack_cursor(last.created_at, last.id)}" if last else None
    return await ui.page("imports/page.html", **list_context(tenant, found[:PAGE]), following=following)


@get("/new")
async def new_import(ui: TheUi, into: FromQuery[str] = "") -> Response[str]:
    """Ask for a file, and what it holds."""
    return await ui.page("imports/new.html", **_choice(ui.door.tenant, into), errors={}, problem="")


@post("/", request_max_body_size=LIMIT + AROUND, exclude_from_csrf=True)
async def upload_form(ui: TheUi, request: Request[Any, Any, Any]) -> Response[Any]:
    """Take a file in, as a form without a script sends it."""
    tenant = ui.door.tenant
    into = ""

    def check(sent: Sent) -> None:
        nonlocal into
        check_csrf(request, request.headers.get("x-csrftoken") or sent.fields.get("_csrf_token", ""))
        into = sent.fields.get("into", "")
        find_importer(tenant, into)

    try:
        sent = await take_form(request, tenant.files, check)
        if sent.staged is None:
            raise Invalid.field("file", "Choose a file first.")
        found = await services.start(tenant, into, sent.staged, sent.name, media_type=sent.media_type)
    except Invalid as wrong:
        return await ui.rejected("imports/new.html", wrong, **_choice(tenant, into))
    return ui.redirect(f"/imports/{found.id}")


@put("/file", request_max_body_size=LIMIT + AROUND)
async def upload_body(
    tenant: TheTenant,
    request: Request[Any, Any, Any],
    into: FromQuery[str],
    name: Annotated[str, QueryParameter(name="name", max_length=300)],
) -> Response[dict[str, str]]:
    """Take a file in as it is, which lets a script show how far it is; returns where to go on."""
    find_importer(tenant, into)
    staged = await take_body(request, tenant.files)
    found = await services.start(tenant, into, staged, name, media_type=request.headers.get("content-type", ""))
    return Response({"url": f"/imports/{found.id}"}, status_code=201)


@get("/template/{name:str}")
async def template(tenant: TheTenant, name: FromPath[str]) -> Response[bytes]:
    """Return an empty file with the headings an importer knows."""
    importer = find_importer(tenant, name)
    headers = {"Content-Disposition": disposition("attachment", f"{importer.title}.csv")}
    return Response(template_file(importer), media_type=CSV, headers=headers)


@get("/{import_id:uuid}")
async def import_page(ui: TheUi, import_id: FromPath[UUID]) -> Response[str]:
    """Show one import where it stands: its columns, what a check has found, how far it is, what was saved."""
    tenant = ui.door.tenant
    found = await services.find(tenant, import_id)
    if found.state == "mapping":
        return await ui.page("imports/columns.html", **await _columns(ui, found), errors={}, problem="")
    return await ui.page("imports/import.html", **await import_context(tenant, found))


@get("/{import_id:uuid}/progress")
async def import_progress(ui: TheUi, import_id: FromPath[UUID]) -> Response[str]:
    """Return how far a worker is; when it is done, the page is shown anew."""
    tenant = ui.door.tenant
    found = await services.find(tenant, import_id)
    context = progress_context(found, await services.progress(tenant, found))
    answer = await ui.fragment("imports/_progress.html", **context)
    if not context["going"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@post("/{import_id:uuid}/reading")
async def read_again(ui: TheUi, form: TheForm, import_id: FromPath[UUID]) -> Response[Any]:
    """Read the file differently."""
    tenant = ui.door.tenant
    heading = form.get("heading", "1")
    try:
        if not heading.isdecimal():
            raise Invalid.field("heading", "Enter a row number from 1 to 1,000, or 0 when there are no headings.")
        await services.read_again(
            tenant,
            import_id,
            _version(form.get("version")),
            encoding=form.get("encoding"),
            delimiter={"tab": "\t"}.get(form.get("delimiter"), form.get("delimiter")),
            sheet=form.get("sheet"),
            heading=int(heading),
        )
    except (Invalid, Conflict) as wrong:
        return await _rejected(ui, import_id, wrong)
    return ui.redirect(f"/imports/{import_id}", toast="The file is read again.")


@post("/{import_id:uuid}/check")
async def check(ui: TheUi, form: TheForm, import_id: FromPath[UUID]) -> Response[Any]:
    """Settle the columns, and have every row tried."""
    tenant = ui.door.tenant
    found = await services.find(tenant, import_id)
    try:
        mapping = mapping_from(form, found.columns)
        await services.check(tenant, import_id, _version(form.get("version")), mapping, options_from(form))
    except (Invalid, Conflict) as wrong:
        return await _rejected(ui, import_id, wrong, Chosen.of(form, found.columns))
    return ui.redirect(f"/imports/{import_id}")


@post("/{import_id:uuid}/columns")
async def back_to_columns(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Go back to the columns."""
    await services.back_to_columns(ui.door.tenant, import_id)
    return ui.redirect(f"/imports/{import_id}")


@post("/{import_id:uuid}/save")
async def save(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Have the good rows saved."""
    await services.run(ui.door.tenant, import_id)
    return ui.redirect(f"/imports/{import_id}")


@post("/{import_id:uuid}/stop")
async def stop(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Stop after the rows at hand."""
    await services.stop(ui.door.tenant, import_id)
    return ui.redirect(f"/imports/{import_id}", toast="It stops after the rows at hand.")


@post("/{import_id:uuid}/undo")
async def undo(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Have an import taken back."""
    await services.undo(ui.door.tenant, import_id)
    return ui.redirect(f"/imports/{import_id}")


@post("/{import_id:uuid}/retry")
async def retry(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Have a worker try again."""
    await services.retry(ui.door.tenant, import_id)
    return ui.redirect(f"/imports/{import_id}")


@post("/{import_id:uuid}/discard")
async def discard(ui: TheUi, import_id: FromPath[UUID]) -> Response[Any]:
    """Throw a file away that nothing was saved of."""
    await services.discard(ui.door.tenant, import_id)
    return ui.redirect("/imports", toast="The file is thrown away. Nothing of it was saved.")


@get("/{import_id:uuid}/problems.csv")
async def refused_rows(tenant: TheTenant, import_id: FromPath[UUID], phase: FromQuery[Phase] = "check") -> Stream:
    """Return the rows that were refused, to mend and upload again."""
    found = await services.find(tenant, import_id)
    name = f"{found.file_name.rpartition('.')[0] or found.file_name} - refused rows.csv"
    return Stream(error_file(tenant, found, phase), media_type=CSV, headers={"Content-Disposition": disposition("attachment", name)})


@get("/{import_id:uuid}/file")
async def original_file(tenant: TheTenant, import_id: FromPath[UUID]) -> Stream:
    """Return the file as it was uploaded."""
    found = await services.find(tenant, import_id)
    file = await tenant.files.find(found.file)
    headers = {"Content-Disposition": disposition("attachment", file.name)}
    return Stream(tenant.files.read(file.id), media_type="application/octet-stream", headers=headers)


def _choice(tenant: LiveTenant, into: str) -> dict[str, Any]:
    return {"importers": importers_of(tenant), "into": into, "limit": LIMIT, "registry": tenant.house.registry}


async def _columns(ui: LiveUi, found: Import, chosen: Chosen | None = None) -> dict[str, Any]:
    tenant = ui.door.tenant
    importer = find_importer(tenant, found.importer)
    return columns_context(tenant, found, importer, await propose(tenant, importer, found.columns), chosen)


async def _rejected(ui: LiveUi, import_id: UUID, wrong: Invalid | Conflict, chosen: Chosen | None = None) -> Response[Any]:
    """Show the columns again with what is wrong; once the import is beyond them, where it stands now."""
    found = await services.find(ui.door.tenant, import_id)
    if found.state != "mapping":
        return ui.redirect(f"/imports/{import_id}", toast=wrong.message)
    return await ui.rejected("imports/columns.html", wrong, **await _columns(ui, found, chosen))


def _version(text: str) -> int:
    return int(text) if text.isdecimal() else 0


imports_router = Router(
    "/imports",
    route_handlers=[
        *(imports_page, new_import, upload_form, upload_body, template, import_page, import_progress, read_again, check, back_to_columns),
        *(save, stop, undo, retry, discard, refused_rows, original_file),
    ],
    guards=[needs(IMPORT)],
)
