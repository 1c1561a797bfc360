"""Relations of a party, and the files kept with it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, QueryParameter

from weft import Conflict, Invalid, TheForm, TheTenant, TheUi, needs

from ..domain.relations import directions
from ..permissions import EDIT
from ..records import PARTY
from ..services import finding, links, parties
from .forms import uuid_of
from .view import party_view

BODY_LIMIT = links.LARGEST_FILE + 100_000  # bytes; the fields beside the file count too


@get("/{party_id:uuid}/relate", guards=[needs(EDIT)])
async def relate_form(
    tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID], q: Annotated[str, QueryParameter(max_length=200)] = ""
) -> Response[str]:
    """Ask whom a party is related to, and how."""
    return await _relate_page(tenant, ui, party_id, q, {}, {})


@post("/{party_id:uuid}/relate", guards=[needs(EDIT)])
async def relate(tenant: TheTenant, ui: TheUi, form: TheForm, party_id: FromPath[UUID]) -> Response[Any]:
    """Say what a party is to another."""
    try:
        await links.relate(tenant, party_id, form.get("direction"), uuid_of(form.get("other")), form.get("note"))
    except (Invalid, Conflict) as wrong:
        errors = wrong.fields if isinstance(wrong, Invalid) else {"other": wrong.message}
        typed = {"direction": form.get("direction"), "other": form.get("other"), "note": form.get("note")}
        return await _relate_page(tenant, ui, party_id, form.get("q"), typed, errors, status=422)
    return ui.redirect(PARTY.url(party_id), toast="The relation is added.")


@post("/{party_id:uuid}/relations/{relation_id:uuid}/remove", guards=[needs(EDIT)])
async def unrelate(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID], relation_id: FromPath[UUID]) -> Response[Any]:
    """Take a relation away."""
    await links.unrelate(tenant, relation_id)
    return ui.redirect(PARTY.url(party_id), toast="The relation is removed.")


@get("/{party_id:uuid}/attach", guards=[needs(EDIT)])
async def attach_form(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID]) -> Response[str]:
    """Ask for a file to keep with a party."""
    return await ui.page("contacts/attach.html", party=party_view(await parties.read_party(tenant, party_id)), errors={}, note="")


@post("/{party_id:uuid}/attach", guards=[needs(EDIT)], request_max_body_size=BODY_LIMIT)
async def attach(tenant: TheTenant, ui: TheUi, request: Request[Any, Any, Any], party_id: FromPath[UUID]) -> Response[Any]:
    """Keep a file with a party."""
    data = await request.form()
    file, note = data.get("file"), str(data.get("note") or "")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid.field("file", "Choose a file first.")
        await links.attach(tenant, party_id, file.filename, file.content_type, await file.read(), note)
    except Invalid as wrong:
        party = party_view(await parties.read_party(tenant, party_id))
        errors = wrong.fields or {"file": wrong.message}
        return await ui.page("contacts/attach.html", status=422, party=party, errors=errors, note=note)
    return ui.redirect(PARTY.url(party_id), toast=f"“{file.filename}” is kept here.")


@post("/{party_id:uuid}/files/{attachment_id:uuid}/delete", guards=[needs(EDIT)])
async def detach(tenant: TheTenant, ui: TheUi, party_id: FromPath[UUID], attachment_id: FromPath[UUID]) -> Response[Any]:
    """Delete a file of a party."""
    await links.detach(tenant, party_id, attachment_id)
    return ui.redirect(PARTY.url(party_id), toast="The file is deleted.")


async def _relate_page(
    tenant: TheTenant, ui: TheUi, party_id: UUID, typed: str, values: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response[str]:
    party = await parties.read_party(tenant, party_id)
    options: list[dict[str, Any]] = []
    if typed.strip():
        exact, others = await finding.search(tenant, typed.strip(), 20)
        options = [
            {"value": each.id, "label": each.name, "hint": each.city or each.email} for each in (*exact, *others) if each.id != party_id
        ]
    if (chosen := uuid_of(values.get("other", ""))) and str(chosen) not in (str(each["value"]) for each in options):
        options += [{"value": chosen, "label": (await finding.name_of(tenant, chosen)) or "?", "hint": ""}]
    return await ui.page(
        "contacts/relate.html",
        status=status,
        party=party_view(party),
        directions=[{"value": key, "label": title} for key, title in directions(party.details.kind)],
        options=options,
        typed=typed,
        values=values,
        errors=errors,
    )


link_routes = [relate_form, relate, unrelate, attach_form, attach, detach]
