"""Entries: the list, the grid that makes them, and the page of one."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.drafts import Draft, DraftHead, DraftLine
from ..listings import DRAFTS, ENTRIES
from ..permissions import DRAFT, POST, READ
from ..records import DRAFT_ENTRY, ENTRY, source_url
from ..services import accounts, drafts, journals, pages, setup, templates
from ..services.drafts import DraftChanged
from .view import TheRequest, at_rows, read_head, read_lines, shown_rows, typed_rows

GRID = "accounting/entry_form.html"
BODY_LIMIT = pages.LARGEST_FILE + 100_000  # bytes; the fields beside the file count too


@get("/entries", guards=[needs(READ)])
async def entry_list(ui: TheUi) -> Response[Any]:
    """Show posted entries."""
    return await ui.listing(ENTRIES, template="accounting/entries.html")


@get("/drafts", guards=[needs(DRAFT)])
async def draft_list(ui: TheUi) -> Response[Any]:
    """Show drafts."""
    return await ui.listing(DRAFTS, template="accounting/drafts.html")


async def grid(
    tenant: Tenant,
    ui: Ui,
    head: Form,
    rows: list[dict[str, Any]],
    *,
    draft: Any = None,
    errors: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
    **more: Any,
) -> Response[str]:
    """Show the grid with what was typed."""
    chart = await accounts.chart(tenant)
    open_ = [each for each in chart if each.posting and not each.closed]
    names = {each.code: each.name for each in chart}
    for row in rows:
        row["name"] = names.get(str(row.get("code", "")).split(" ")[0], "")
    used = {key for row in rows for key, code in row.get("dimensions", {}).items() if code}
    dimensions = [each for each in await journals.all_dimensions(tenant) if each.active and (each.values or each.key in used)]
    foreign = any(row.get("currency") or row.get("base") for row in rows) or bool(head.get("currency") not in ("", tenant.currency))
    links = [{"label": f"{_place(name)}{sentence}", "href": f"#{name.replace('.', '-')}"} for name, sentence in (errors or {}).items()]
    context = {
        "accounts": open_,
        "journals": [each for each in await journals.all_journals(tenant) if each.active],
        "dimensions": dimensions,
        "head": head,
        "rows": rows,
        "draft": draft,
        "errors": errors or {},
        "links": links,
        "problem": problem,
        "foreign": foreign or head.get("do") == "foreign",
        "base": tenant.currency,
        "preview": None,
        "theirs": None,
        **more,
    }
    return await ui.page(GRID, status=status, **context)


def _place(name: str) -> str:
    parts = name.split(".")
    return f"Line {int(parts[1]) + 1}: " if len(parts) == 3 and parts[1].isdigit() else ""


@get("/entries/new", guards=[needs(DRAFT)])
async def new_entry(
    tenant: TheTenant, ui: TheUi, template: FromQuery[UUID | None] = None, copy: FromQuery[UUID | None] = None
) -> Response[Any]:
    """Show the empty grid, or one filled from a template or from another entry."""
    if not await setup.is_set_up(tenant):
        return await ui.page("accounting/unopened.html")
    general = next((str(each.id) for each in await journals.all_journals(tenant) if each.kind == "general" and each.active), "")
    head, lines = Form.of(date=tenant.today().isoformat(), currency=tenant.currency, journal=general), tuple[DraftLine, ...]()
    if template is not None:
        made = await templates.get(tenant, template)
        head = Form.of(
            date=tenant.today().isoformat(),
            journal=str(made.journal),
            description=made.description or made.title,
            currency=made.currency or tenant.currency,
        )
        lines = made.lines
    elif copy is not None:
        entry, journal, lines = await pages.as_draft(tenant, copy)
        head = Form.of(date=tenant.today().isoformat(), journal=str(journal), description=entry.description, currency=tenant.currency)
    return await grid(tenant, ui, head, shown_rows(lines, {}, max(4, len(lines) + 1)))


@post("/entries/new", guards=[needs(DRAFT)])
async def make_entry(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Post an entry or keep it as a draft, or show the grid again."""
    return await _take(tenant, ui, form, None)


@get("/drafts/{draft_id:uuid}", guards=[needs(DRAFT)])
async def show_draft(tenant: TheTenant, ui: TheUi, draft_id: FromPath[UUID]) -> Response[str]:
    """Show a draft in the grid."""
    draft = await drafts.get(tenant, draft_id)
    head = Form.of(
        date=draft.date.isoformat(),
        journal=str(draft.journal),
        description=draft.description,
        currency=draft.currency,
        rate="" if draft.rate is None else f"{draft.rate:f}",
        version=str(draft.version),
    )
    history = await ui.history(DRAFT_ENTRY.name, draft_id)
    return await grid(tenant, ui, head, shown_rows(draft.lines, {}, len(draft.lines) + 1), draft=draft, history=history)


@post("/drafts/{draft_id:uuid}", guards=[needs(DRAFT)])
async def save_draft(tenant: TheTenant, ui: TheUi, form: TheForm, draft_id: FromPath[UUID]) -> Response[Any]:
    """Post a draft or keep it, or show the grid again."""
    return await _take(tenant, ui, form, draft_id)


@post("/drafts/{draft_id:uuid}/delete", guards=[needs(DRAFT)])
async def delete_draft(tenant: TheTenant, ui: TheUi, draft_id: FromPath[UUID]) -> Response[Any]:
    """Delete a draft."""
    await drafts.delete(tenant, draft_id)
    return ui.redirect(DRAFTS.path, toast="The draft is deleted.")


async def _take(tenant: Tenant, ui: Ui, form: Form, draft_id: UUID | None) -> Response[Any]:
    keys = [each.key for each in await journals.all_dimensions(tenant)]
    rows = typed_rows(form, keys)
    draft = await drafts.get(tenant, draft_id) if draft_id else None
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    do = form.get("do") or "post"
    if do in ("rows", "foreign"):
        return await grid(tenant, ui, form, rows + [{"dimensions": {}}] * (5 if do == "rows" else 1), draft=draft)
    lines, places, wrong = read_lines(form, keys)
    try:
        head = read_head(form)
    except Invalid as problem:
        wrong |= problem.fields
    if wrong:
        return await grid(tenant, ui, form, rows, draft=draft, errors=wrong, status=422)
    try:
        return await _done(tenant, ui, Typed(form, head, lines, rows, draft, version))
    except DraftChanged as changed:
        return await grid(
            tenant,
            ui,
            Form({**form.values, "version": [str(changed.current.version)]}),
            rows,
            draft=changed.current,
            problem=changed.message,
            theirs=changed.current,
            status=409,
        )
    except Invalid as refused:
        errors = at_rows(refused.fields, places)
        return await grid(tenant, ui, form, rows, draft=draft, errors=errors, problem="" if errors else refused.message, status=422)
    except Conflict as refused:
        return await grid(tenant, ui, form, rows, draft=draft, problem=refused.message, status=409)


class Typed(NamedTuple):
    """What the grid was sent with."""

    form: Form
    head: DraftHead
    lines: tuple[DraftLine, ...]
    rows: list[dict[str, Any]]
    draft: Draft | None
    version: int


async def _done(tenant: Tenant, ui: Ui, typed: Typed) -> Response[Any]:
    do, draft_id = typed.form.get("do") or "post", typed.draft.id if typed.draft else None
    if do == "draft":
        made = await drafts.save(tenant, typed.head, typed.lines, draft_id, typed.version)
        return ui.redirect(DRAFT_ENTRY.url(made.id), toast="The draft is kept.")
    if do == "preview":
        shown = await drafts.preview(tenant, typed.head, typed.lines)
        return await grid(tenant, ui, typed.form, typed.rows, draft=typed.draft, preview=shown)
    if not tenant.may(POST):
        raise Invalid("You may prepare entries but not post them: keep it as a draft, and ask somebody who may.")
    posted = await drafts.post(tenant, typed.head, typed.lines, draft_id, typed.version)
    if do == "post_next":
        return ui.redirect("/accounting/entries/new", toast=f"{posted.reference} is posted.")
    return ui.redirect(ENTRY.url(posted.id), toast=f"{posted.reference} is posted.")


@get("/entries/{entry_id:uuid}", guards=[needs(READ)])
async def show_entry(tenant: TheTenant, ui: TheUi, entry_id: FromPath[UUID]) -> Response[str]:
    """Show an entry."""
    return await _entry_page(tenant, ui, entry_id)


async def _entry_page(
    tenant: Tenant, ui: Ui, entry_id: UUID, *, errors: dict[str, str] | None = None, problem: str = "", status: int = 200, typed: Any = None
) -> Response[str]:
    page = await pages.entry_page(tenant, entry_id)
    return await ui.page(
        "accounting/entry.html",
        status=status,
        slots={"accounting.entry.main": entry_id, "accounting.entry.side": entry_id},
        page=page,
        entry=page.entry,
        facts=page.facts,
        source_url=source_url(page.entry.source),
        base=tenant.currency,
        today=tenant.today(),
        history=await ui.history(ENTRY.name, entry_id),
        actions=ui.actions(ENTRY.name, entry_id),
        errors=errors or {},
        problem=problem,
        typed=typed or Form({}),
    )


@post("/entries/{entry_id:uuid}/reverse", guards=[needs(POST)])
async def reverse_entry(tenant: TheTenant, ui: TheUi, form: TheForm, entry_id: FromPath[UUID]) -> Response[Any]:
    """Reverse an entry on a day."""
    try:
        day = date.fromisoformat(form.get("date") or tenant.today().isoformat())
    except ValueError:
        return await _entry_page(tenant, ui, entry_id, errors={"date": "Enter a date."}, status=422, typed=form)
    try:
        made = await pages.reverse(tenant, entry_id, day, form.get("reason"))
    except Invalid as wrong:
        problem = "" if wrong.fields else wrong.message
        return await _entry_page(tenant, ui, entry_id, errors=wrong.fields, problem=problem, status=422, typed=form)
    except Conflict as wrong:
        return await _entry_page(tenant, ui, entry_id, problem=wrong.message, status=409, typed=form)
    return ui.redirect(ENTRY.url(made.id), toast=f"{made.reference} takes it back.")


@post("/entries/{entry_id:uuid}/attach", guards=[needs(DRAFT)], request_max_body_size=BODY_LIMIT)
async def attach_file(tenant: TheTenant, ui: TheUi, request: TheRequest, entry_id: FromPath[UUID]) -> Response[Any]:
    """Keep a file with an entry."""
    data = await request.form()
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await _entry_page(tenant, ui, entry_id, errors={"file": "Choose a file."}, status=422)
    try:
        await pages.attach(tenant, entry_id, file.filename, file.content_type, await file.read())
    except Invalid as wrong:
        return await _entry_page(tenant, ui, entry_id, errors={"file": wrong.message}, status=422)
    return ui.redirect(ENTRY.url(entry_id), toast=f"“{file.filename}” is attached.")


@get("/entries/{entry_id:uuid}/files/{attachment_id:uuid}", guards=[needs(READ)])
async def read_file(tenant: TheTenant, entry_id: FromPath[UUID], attachment_id: FromPath[UUID]) -> Response[bytes]:
    """Return a file of an entry."""
    found = await pages.file_of(tenant, entry_id, attachment_id)
    if found is None:
        raise Missing("There is no such file.")
    name, media_type, content = found
    quoted = "".join(c if c.isalnum() or c in "._- " else "_" for c in name)
    headers = {"content-disposition": f'attachment; filename="{quoted}"'}
    return Response(content, media_type=media_type, headers=headers)


entry_routes = [
    *(entry_list, draft_list, new_entry, make_entry, show_draft, save_draft, delete_draft),
    *(show_entry, reverse_entry, attach_file, read_file),
]
