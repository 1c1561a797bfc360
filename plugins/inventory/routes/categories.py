"""The page of categories: how their goods are valued, told apart, kept above zero and taken from lots."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ..permissions import SETUP
from ..services import categories
from ..settings import InventorySettings

PATH, PAGE = "/inventory/categories", "inventory/categories.html"


async def _page(tenant: Tenant, form: Form) -> dict[str, Any]:
    rules, free = await categories.rules(tenant)
    return {"rules": rules, "free": free, "form": form, "own": tenant.settings(InventorySettings)}


@get("/categories", guards=[needs(SETUP)])
async def show_categories(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the rules of categories."""
    return await ui.page(PAGE, **await _page(tenant, Form({})), errors={}, problem="")


@post("/categories", guards=[needs(SETUP)])
async def put_category(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Set a rule, or forget it."""
    try:
        if form.get("do") == "remove":
            await categories.remove(tenant, form.get("category"))
            return ui.redirect(PATH, toast="The rule is gone.")
        title = await categories.put(tenant, form)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, **await _page(tenant, form))
    return ui.redirect(PATH, toast=f"The rule of “{title}” is set.")
