"""Units of measure and price lists."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ..domain.prices import PriceList, PriceListDraft
from ..domain.units import BASES, Unit, UnitDraft
from ..permissions import READ, SETUP
from ..records import PRICE_LIST, UNIT
from ..services import setup
from ..services.basics import basics

UNITS = "/catalogue/units"
LISTS = "/catalogue/price-lists"
_FORMS = {"unit": "catalogue/unit.html", "price_list": "catalogue/price_list.html"}


def _version(form: Form) -> int:
    text = form.get("version")
    return int(text) if text.isdigit() else 0


@get("/units", guards=[needs(READ)])
async def show_units(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show all units of measure."""
    return await ui.page("catalogue/units.html", units=(await basics(tenant)).units, bases=BASES)


@get("/price-lists", guards=[needs(READ)])
async def show_price_lists(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show all price lists."""
    lists, counts = (await basics(tenant)).price_lists, await setup.price_counts(tenant)
    return await ui.page("catalogue/price_lists.html", lists=lists, counts=counts)


async def _form(tenant: Tenant, ui: TheUi, kind: setup.SetupKind, stored: Unit | PriceList | None, form: Form) -> dict[str, Any]:
    record = UNIT if kind == "unit" else PRICE_LIST
    history = await ui.history(record.name, stored.id) if stored else []
    return {"stored": stored, "form": form, "history": history, "bases": BASES, "currency": tenant.currency}


def _filled(stored: Unit | PriceList) -> Form:
    values = {name: getattr(stored, name) for name in type(stored).__struct_fields__}
    return Form.of(**{name: "yes" if value is True else "" if value is False else _text(value) for name, value in values.items()})


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@get("/units/new", guards=[needs(SETUP)])
async def new_unit(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form of a unit."""
    context = await _form(tenant, ui, "unit", None, Form.of(active="yes", dimension="count"))
    return await ui.page(_FORMS["unit"], **context, errors={}, problem="")


@post("/units/new", guards=[needs(SETUP)])
async def add_unit(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a unit."""
    try:
        done = await setup.save_unit(tenant, form.read(UnitDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(_FORMS["unit"], wrong, **await _form(tenant, ui, "unit", None, form))
    return ui.redirect(UNITS, toast=f"“{done.title}” is there now.")


@get("/units/{unit_id:uuid}", guards=[needs(SETUP)])
async def show_unit(tenant: TheTenant, ui: TheUi, unit_id: FromPath[UUID]) -> Response[str]:
    """Show a unit in its form."""
    stored = await setup.find_unit(tenant, unit_id)
    return await ui.page(_FORMS["unit"], **await _form(tenant, ui, "unit", stored, _filled(stored)), errors={}, problem="")


@post("/units/{unit_id:uuid}", guards=[needs(SETUP)])
async def change_unit(tenant: TheTenant, ui: TheUi, form: TheForm, unit_id: FromPath[UUID]) -> Response[Any]:
    """Change a unit, make it the default, or delete it."""
    try:
        if asked := form.get("do"):
            return ui.redirect(UNITS, toast=await _other(tenant, "unit", unit_id, asked))
        done = await setup.save_unit(tenant, form.read(UnitDraft), unit_id, _version(form))
    except (Invalid, Conflict) as wrong:
        stored = await setup.find_unit(tenant, unit_id)
        shown = form if not form.get("do") else _filled(stored)
        return await ui.rejected(_FORMS["unit"], wrong, **await _form(tenant, ui, "unit", stored, shown))
    return ui.redirect(UNITS, toast=f"“{done.title}” is saved.")


async def _other(tenant: Tenant, kind: setup.SetupKind, record_id: UUID, asked: str) -> str:
    if asked == "delete":
        return f"“{await setup.delete(tenant, kind, record_id)}” is deleted."
    return f"“{(await setup.make_default(tenant, kind, record_id)).title}” is the default now."


@get("/price-lists/new", guards=[needs(SETUP)])
async def new_price_list(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the empty form of a price list."""
    context = await _form(tenant, ui, "price_list", None, Form.of(active="yes", currency=tenant.currency))
    return await ui.page(_FORMS["price_list"], **context, errors={}, problem="")


@post("/price-lists/new", guards=[needs(SETUP)])
async def add_price_list(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a price list."""
    try:
        done = await setup.save_price_list(tenant, form.read(PriceListDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(_FORMS["price_list"], wrong, **await _form(tenant, ui, "price_list", None, form))
    return ui.redirect(LISTS, toast=f"“{done.title}” is there now.")


@get("/price-lists/{list_id:uuid}", guards=[needs(READ)])
async def show_price_list(tenant: TheTenant, ui: TheUi, list_id: FromPath[UUID]) -> Response[str]:
    """Show a price list in its form."""
    stored = await setup.find_price_list(tenant, list_id)
    return await ui.page(_FORMS["price_list"], **await _form(tenant, ui, "price_list", stored, _filled(stored)), errors={}, problem="")


@post("/price-lists/{list_id:uuid}", guards=[needs(SETUP)])
async def change_price_list(tenant: TheTenant, ui: TheUi, form: TheForm, list_id: FromPath[UUID]) -> Response[Any]:
    """Change a price list, make it the default, or delete it."""
    stored = await setup.find_price_list(tenant, list_id)
    try:
        if asked := form.get("do"):
            return ui.redirect(LISTS, toast=await _other(tenant, "price_list", list_id, asked))
        fixed = Form({**form.values, "code": [stored.code], "currency": [stored.currency]})
        done = await setup.save_price_list(tenant, fixed.read(PriceListDraft), list_id, _version(form))
    except (Invalid, Conflict) as wrong:
        shown = form if not form.get("do") else _filled(stored)
        return await ui.rejected(_FORMS["price_list"], wrong, **await _form(tenant, ui, "price_list", stored, shown))
    return ui.redirect(LISTS, toast=f"“{done.title}” is saved.")
