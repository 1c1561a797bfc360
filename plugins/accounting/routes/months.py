"""The page on which a month is closed: what is left to do, and the lock."""

from datetime import date
from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response

from weft import Conflict, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..permissions import LOCK, READ
from ..services import month_close

PAGE = "accounting/month.html"


@get("/months", guards=[needs(READ)])
async def show_month(tenant: TheTenant, ui: TheUi, day: Annotated[date | None, QueryParameter()] = None) -> Response[str]:
    """Show what is left to do in a month, the next one to close unless told."""
    return await _month(tenant, ui, day)


async def _month(tenant: Tenant, ui: Ui, day: date | None, problem: str = "", status: int = 200) -> Response[str]:
    found = await month_close.month_end(tenant, day)
    return await ui.page(PAGE, status=status, month=found, problem=problem)


@post("/months", guards=[needs(LOCK)])
async def close_month(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Lock everybody out of a month."""
    try:
        day = date.fromisoformat(form.get("day"))
    except ValueError as wrong:
        raise Invalid.field("day", "Say which month, by one of its days, such as 2026-03-31.") from wrong
    try:
        done = await month_close.close(tenant, day, unfinished=form.get("unfinished") == "yes")
    except Conflict as wrong:
        return await _month(tenant, ui, day, wrong.message, status=409)
    return ui.redirect(f"/accounting/months?day={day}", toast=f"Everything through {done.period.last} is locked.")


month_routes = [show_month, close_month]
