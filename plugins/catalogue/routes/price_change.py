"""Changing many prices: a question, a look at what would happen, and only then the change."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, minor_unit, needs, read_fields

from ..domain.price_change import PriceChange
from ..listings import PRODUCTS
from ..permissions import PRICE
from ..services import categories, prices, products
from ..services.basics import basics
from .query import TheRequest, query_form

TEMPLATE = "catalogue/price_change.html"
SHOWN = 200  # lines of a preview; the rest is counted


async def _context(tenant: Tenant, form: Form) -> dict[str, Any]:
    known = await basics(tenant)
    return {
        "form": form,
        "known": known,
        "minor": minor_unit(known.price_list.currency),
        "categories": await categories.names(tenant),
        "words": await products.words_in_use(tenant),
        "plan": None,
        "shown": SHOWN,
        "today": tenant.today(),
    }


def _read(form: Form) -> tuple[prices.Selection, PriceChange]:
    """Return what was asked; raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    how = form.get("how") or "all"
    values = [value for value in form.all("values" if how == "ids" else how) if value]
    selection = prices.Selection()
    change = None
    try:
        days = {name: [form.get(name)] for name in ("price_list", "valid_from", "valid_to")}
        selection = read_fields(prices.Selection, {"how": [how], "values": values, **days})
        if how != "all" and not values:
            wrong["chosen" if how == "ids" else how] = "Choose which products."
    except Invalid as found:
        wrong |= found.fields
    try:
        rule = {name: [form.get(name)] for name in ("value", "rounding", "step", "less")}
        change = read_fields(PriceChange, {"how": [form.get("by") or "percent"], **rule})
    except Invalid as found:
        wrong |= found.fields
    if wrong or change is None:
        raise Invalid(fields=wrong)
    return selection, change


@get("/prices/change", guards=[needs(PRICE)])
async def ask_change(tenant: TheTenant, ui: TheUi, request: TheRequest) -> Response[str]:
    """Ask which prices change, and how."""
    return await ui.page(TEMPLATE, **await _context(tenant, query_form(request)), errors={}, problem="")


@post("/prices/change", guards=[needs(PRICE)])
async def change_prices(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Show what would happen, or do it when it has been looked at."""
    shown = await _context(tenant, form)
    try:
        selection, change = _read(form)
        if form.get("do") == "apply":
            count = await prices.apply(tenant, selection, change, form.get("fingerprint"))
            return ui.redirect(PRODUCTS.path, toast=f"{count} price{'' if count == 1 else 's'} changed.")
        plan = await prices.plan(tenant, selection, change)
    except Invalid as wrong:
        return await ui.rejected(TEMPLATE, wrong, **shown)
    except Conflict as wrong:
        return await ui.rejected(TEMPLATE, wrong, **{**shown, "plan": await prices.plan(tenant, selection, change)})
    return await ui.page(TEMPLATE, **{**shown, "plan": plan}, errors={}, problem="")
