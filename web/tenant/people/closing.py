"""Closing the business for good: for owners, and only when they mean it."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from tenants.closing import close_business
from tenants.life import GRACE
from web.dependencies import TheDoor, TheForm, TheUi
from weft.errors import Invalid, Refused
from weft.forms import Form


@get("/settings/close")
async def close_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Say what closing means, and ask for the name."""
    if door.access is None or not door.access.is_owner:
        raise Refused("Only an owner can close a business.")
    return await ui.page("people/close.html", form=Form({}), errors={}, problem="", days=GRACE.days)


@post("/settings/close")
async def close(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Close the business."""
    try:
        await close_business(door.runtime, ui.door.tenant, form.get("typed"))
    except Invalid as wrong:
        return await ui.rejected("people/close.html", wrong, form=form, days=GRACE.days)
    return ui.redirect(f"{door.runtime.settings.platform_url}/")


closing_routes = [close_page, close]
