"""The page on which foreign balances are valued at the end of a period."""

from datetime import date, timedelta
from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response

from weft import Conflict, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ...domain.currency.rates import NoRate
from ...permissions import POST, READ
from ...services import revaluing

PAGE = "accounting/revaluation.html"


async def _context(tenant: Tenant, day: date) -> dict[str, Any]:
    context: dict[str, Any] = {"day": day, "base": tenant.currency, "valued": None, "missing": ""}
    try:
        context["valued"] = await revaluing.value(tenant, day)
    except NoRate as missing:
        context["missing"] = missing.message
    return context


@get("/revaluation", guards=[needs(READ)])
async def show_revaluation(tenant: TheTenant, ui: TheUi, day: Annotated[date | None, QueryParameter()] = None) -> Response[str]:
    """Show what foreign balances are worth on a day, the end of last month unless told."""
    chosen = day or tenant.today().replace(day=1) - timedelta(days=1)
    return await ui.page(PAGE, **await _context(tenant, chosen), errors={}, problem="")


@post("/revaluation", guards=[needs(POST)])
async def post_revaluation(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Post a revaluation and its reversal."""
    try:
        day = date.fromisoformat(form.get("day"))
    except ValueError as wrong:
        raise Invalid.field("day", "Enter the last day of a period, such as 2026-03-31.") from wrong
    try:
        done = await revaluing.post(tenant, day)
    except NoRate as missing:
        return await ui.rejected(PAGE, Conflict(missing.message), **await _context(tenant, day))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, **await _context(tenant, day))
    assert done.entry
    return ui.redirect(f"/accounting/revaluation?day={day}", toast=f"{done.entry.reference} is posted, and reversed on the day after.")


revaluation_routes = [show_revaluation, post_revaluation]
