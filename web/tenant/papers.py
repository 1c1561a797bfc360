"""Printed documents: how they look, with an example beside the form that follows what is typed."""

import base64
from typing import Any

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery
from litestar.response import Response

from core.auth.permissions import SETTINGS
from core.business import SettingsChanged, fingerprint, save_settings
from core.papers.house import preview, style_of
from core.papers.style import KEY, TITLE, PaperStyle
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.tenant.settings import fields_of, tabs
from web.ui import LiveUi
from weft.documents import PrintedDocument
from weft.errors import Invalid, Unavailable
from weft.forms import Form
from weft.permissions import needs

PAGE, EXAMPLE = "settings/papers.html", "settings/_paper.html"
LANGUAGES = {"": "That of the business", "en": "English", "de": "Deutsch", "fr": "Français"}


def _kinds(tenant: LiveTenant) -> list[PrintedDocument]:
    return tenant.house.registry.documents(tenant.catalogue_entry.enabled)


@get("/")
async def papers_page(ui: TheUi, document: FromQuery[str] = "") -> Response[str]:
    """Show how documents look."""
    style = style_of(ui.door.tenant)
    form = Form.of(**msgspec.to_builtins(style), document=document)
    return await ui.page(PAGE, **await _around(ui, form, style, fingerprint(style)), errors={}, problem="")


@post("/")
async def save_papers(ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep how documents look."""
    tenant = ui.door.tenant
    stands = style_of(tenant)
    try:
        await save_settings(ui.door.runtime, tenant, KEY, TITLE, form.read(PaperStyle), form.get("seen"))
    except Invalid as wrong:
        return await ui.rejected(PAGE, wrong, **await _around(ui, form, stands, form.get("seen")))
    except SettingsChanged as wrong:
        theirs = msgspec.to_builtins(wrong.theirs)
        differences = [
            {"label": each["label"], "theirs": str(theirs[each["name"]]), "yours": form.get(each["name"])}
            for each in fields_of(PaperStyle)
            if str(theirs[each["name"]]) != form.get(each["name"])
        ]
        around = await _around(ui, form, stands, fingerprint(wrong.theirs))
        return await ui.rejected(PAGE, wrong, **around, differences=differences)
    return ui.redirect(f"/settings/{KEY}?document={form.get('document')}", toast="Settings saved.")


@post("/preview")
async def show_example(ui: TheUi, form: TheForm) -> Response[str]:
    """Show an example in what is typed; nothing is kept."""
    try:
        return await ui.fragment(EXAMPLE, **await _example(ui.door.tenant, form, form.read(PaperStyle)))
    except Invalid as wrong:
        return await ui.fragment(EXAMPLE, picture="", problem=wrong.message)


async def _example(tenant: LiveTenant, form: Form, style: PaperStyle) -> dict[str, Any]:
    kinds = _kinds(tenant)
    if not kinds:
        return {"picture": "", "problem": "No module that is switched on prints documents."}
    chosen = next((each for each in kinds if each.name == form.get("document")), kinds[0])
    try:
        picture = await preview(tenant, chosen, style)
    except Unavailable as wrong:
        return {"picture": "", "problem": wrong.message}
    return {"picture": base64.b64encode(picture).decode(), "problem": "", "what": chosen.title}


async def _around(ui: LiveUi, form: Form, style: PaperStyle, seen: str) -> dict[str, Any]:
    tenant = ui.door.tenant
    return {
        "form": form,
        "fields": fields_of(PaperStyle),
        "languages": LANGUAGES,
        "kinds": _kinds(tenant),
        "tabs": tabs(tenant, KEY),
        "seen": seen,
        "example": await _example(tenant, form, style),
    }


papers_router = Router(f"/settings/{KEY}", route_handlers=[papers_page, save_papers, show_example], guards=[needs(SETTINGS)])
