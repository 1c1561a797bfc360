"""Settings: of the business itself, and of every enabled module from the struct it declares."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Response

from core.auth.permissions import SETTINGS
from core.business import Business, SettingsChanged, business_of, fingerprint, save_business, save_settings
from core.papers.style import KEY as PAPERS_KEY
from core.papers.style import TITLE as PAPERS
from core.tenancy.catalogue import TenantRecord
from core.tenancy.tenant import LiveTenant, read_settings
from web.dependencies import TheDoor, TheForm, TheUi
from web.places import countries, currencies, locales, time_zones
from web.ui import LiveUi
from weft.errors import Conflict, Invalid, Missing
from weft.forms import Form, unwrap
from weft.permissions import needs
from weft.settings import Settings

LOGO_LIMIT = 2_000_000  # bytes
LOGO_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def tabs(tenant: LiveTenant, here: str) -> list[dict[str, Any]]:
    """Return the sections of the settings: the business, printed documents, then each enabled module that has some."""
    found = [{"label": "Business", "href": "/settings", "active": here == ""}]
    found.append({"label": PAPERS, "href": f"/settings/{PAPERS_KEY}", "active": here == PAPERS_KEY})
    for key, plugin in tenant.house.registry.plugins.items():
        if tenant.has(key) and plugin.settings():
            found.append({"label": plugin.title, "href": f"/settings/{key}", "active": here == key})
    return found


# --- the business ---


@get("/")
async def business_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show the facts of the business."""
    record = _record(door.record)
    form = Form.of(version=str(record.version), **msgspec.to_builtins(business_of(record)))
    return await ui.page("settings/business.html", **_choices(ui, record, form), errors={}, problem="")


@post("/")
async def save_business_page(ui: TheUi, door: TheDoor, form: TheForm, request: Request[Any, Any, Any]) -> Response[Any]:
    """Store the facts of the business."""
    record, tenant = _record(door.record), ui.door.tenant
    try:
        business = form.read(Business)
        version = int(form.get("version") or 0)
        logo = await _logo(tenant, request) or (None if form.get("no_logo") else record.logo)
        await save_business(door.runtime, record, tenant.actor, business, version, logo)
    except Invalid as wrong:
        return await ui.rejected("settings/business.html", wrong, **_choices(ui, record, form))
    except Conflict as wrong:
        fresh = _record(await door.runtime.catalogue.by_id(record.id))
        theirs = msgspec.to_builtins(business_of(fresh))
        shown = Form({**form.values, "version": [str(fresh.version)]})  # who presses save again has seen theirs
        around = {**_choices(ui, fresh, shown), "differences": _differences(Business, theirs, shown)}
        return await ui.rejected("settings/business.html", wrong, **around)
    return ui.redirect("/settings", toast="Settings saved.")


def _differences(kind: type[msgspec.Struct], theirs: dict[str, Any], form: Form) -> list[dict[str, str]]:
    """Return where what stands differs from what was typed, both as text."""
    found = []
    for each in fields_of(kind):
        many = each["kind"] == "tags"
        stands, typed = theirs.get(each["name"], ""), form.all(each["name"]) if many else form.get(each["name"])
        told, yours = (_in_words(side, each["kind"]) for side in (stands, typed))
        if told != yours:
            found.append({"label": each["label"], "theirs": told, "yours": yours})
    return found


def _in_words(value: Any, kind: str) -> str:
    if kind == "switch":
        return "on" if value else "off"
    return "; ".join(value) if isinstance(value, (list, tuple)) else str(value)


async def _logo(tenant: LiveTenant, request: Request[Any, Any, Any]) -> Any:
    upload = (await request.form()).get("logo")
    if not isinstance(upload, UploadFile) or not (content := await upload.read()):
        return None
    kind = next((kind for start, kind in LOGO_KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise Invalid.field("logo", "Choose a PNG, JPEG or WebP picture.")
    async with tenant.transaction(unaudited="the settings that name this picture are audited"):
        return (await tenant.files.put(upload.filename, kind, content, limit=LOGO_LIMIT)).id


def _record(record: TenantRecord | None) -> TenantRecord:
    if record is None:
        raise Missing("There is no business at this address.")
    return record


def _choices(ui: LiveUi, record: TenantRecord, form: Form) -> dict[str, Any]:
    language = record.locale.partition("_")[0]
    return {
        "form": form,
        "record": record,
        "tabs": tabs(ui.door.tenant, ""),
        "countries": countries(language),
        "currencies": currencies(language),
        "locales": locales(),
        "time_zones": time_zones(),
        "base_host": ui.door.runtime.settings.base_host,
    }


# --- modules ---


@get("/{key:str}")
async def module_settings(ui: TheUi, key: FromPath[str]) -> Response[str]:
    """Show the settings of a module."""
    tenant, kind, title = _kind(ui, key)
    current = read_settings(kind, tenant.catalogue_entry.settings.get(key))
    form = Form({name: value if isinstance(value, list) else [value] for name, value in _texts(current).items()})
    return await ui.page("settings/module.html", **_module(tenant, kind, key, title, form, fingerprint(current)), errors={}, problem="")


@post("/{key:str}")
async def save_module_settings(ui: TheUi, form: TheForm, key: FromPath[str]) -> Response[Any]:
    """Store the settings of a module."""
    tenant, kind, title = _kind(ui, key)
    try:
        await save_settings(ui.door.runtime, tenant, key, title, form.read(kind), form.get("seen"))
    except Invalid as wrong:
        return await ui.rejected("settings/module.html", wrong, **_module(tenant, kind, key, title, form, form.get("seen")))
    except SettingsChanged as wrong:
        around = _module(tenant, kind, key, title, form, fingerprint(wrong.theirs))
        return await ui.rejected("settings/module.html", wrong, **around, differences=_differences(kind, _texts(wrong.theirs), form))
    return ui.redirect(f"/settings/{key}", toast="Settings saved.")


def _module(tenant: LiveTenant, kind: type[Settings], key: str, title: str, form: Form, seen: str) -> dict[str, Any]:
    return {"fields": fields_of(kind), "form": form, "key": key, "module": title, "tabs": tabs(tenant, key), "seen": seen}


def _texts(settings: Settings) -> dict[str, Any]:
    return {name: _as_text(value) for name, value in msgspec.structs.asdict(settings).items()}


def _kind(ui: LiveUi, key: str) -> tuple[LiveTenant, type[Settings], str]:
    tenant = ui.door.tenant
    plugin = tenant.house.registry.get(key)
    kind = plugin.settings() if plugin and tenant.has(key) else None
    if plugin is None or kind is None:
        raise Missing("There are no settings of such a module, or it is switched off.")
    return tenant, kind, plugin.title


def fields_of(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """Return the fields of a struct of settings as the `field` macro wants them."""
    found = []
    for each in msgspec.structs.fields(kind):
        base, meta = unwrap(each.type)
        choices = [{"value": str(value), "label": str(value).replace("_", " ").capitalize()} for value in get_args(base)]
        shown: dict[type[Any], str] = {bool: "switch", int: "number", Decimal: "number", date: "date"}
        is_choice, is_many = get_origin(base) is Literal, get_origin(base) in (list, tuple)
        found.append(
            {
                "name": each.encode_name,
                "label": (meta.title if meta else None) or each.name.replace("_", " ").capitalize(),
                "help": (meta.description if meta else None) or "",
                "kind": "select" if is_choice else "tags" if is_many else shown.get(base, "text"),
                "options": choices if is_choice else [],
                "required": False,
            }
        )
    return found


def _as_text(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, (list, tuple)):
        return [str(each) for each in value]
    return "" if value is None else str(value)


settings_router = Router(
    "/settings", route_handlers=[business_page, save_business_page, module_settings, save_module_settings], guards=[needs(SETTINGS)]
)
