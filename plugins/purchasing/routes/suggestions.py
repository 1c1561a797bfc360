"""The page of what has to be bought: chosen, and ordered of all suppliers at once."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs, number

from ..listings import ORDERS
from ..permissions import EDIT, READ
from ..records import ORDER
from ..services import suggesting
from ..services.suggesting import Chosen

PAGE = "purchasing/suggestions.html"


@get("/suggestions", guards=[needs(READ)])
async def show_suggestions(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what reorder rules ask for, and who delivers it."""
    return await _page(tenant, ui)


async def _page(tenant: Tenant, ui: Ui, wrong: Invalid | Conflict | None = None, form: Form | None = None) -> Response[str]:
    found, names = await suggesting.suggestions(tenant)
    context: dict[str, Any] = {"found": found, "names": names, "typed": form, "base": tenant.currency}
    if wrong is not None:
        return await ui.rejected(PAGE, wrong, **context)
    return await ui.page(PAGE, **context, errors={}, problem="")


@post("/suggestions", guards=[needs(EDIT)])
async def order_suggestions(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Draft orders of what was chosen."""
    try:
        made = await suggesting.order(tenant, _chosen(form))
    except (Invalid, Conflict) as wrong:
        return await _page(tenant, ui, wrong, form)
    if len(made) == 1:
        return ui.redirect(ORDER.url(made[0].id), toast=f"{made[0].title} is drafted.")
    return ui.redirect(f"{ORDERS.path}?segment=drafts", toast=f"{len(made)} orders are drafted, one for each supplier.")


def _chosen(form: Form) -> list[Chosen]:
    chosen, wrong = [], {}
    for key in form.all("select"):
        text = form.get(f"quantity-{key}")
        item, _, location = key.partition("@")
        try:
            quantity = number(text)
            if quantity <= 0:
                raise ValueError("Order more than nothing, or leave it out.")
            chosen.append(Chosen(UUID(item), UUID(form.get(f"supplier-{key}")), quantity, location))
        except ValueError as problem:
            wrong[f"quantity-{key}"] = str(problem)
    if wrong:
        raise Invalid(fields=wrong)
    return chosen


suggestion_routes = [show_suggestions, order_suggestions]
