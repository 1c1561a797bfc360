"""The page of recurring invoices."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import TheTenant, TheUi, needs

from ...permissions import DOCUMENT as EDIT
from ...permissions import READ
from ...services import recurring


@get("/recurring", guards=[needs(READ)])
async def show_recurring(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what comes again, and when."""
    return await ui.page("accounting/recurring.html", found=await recurring.all_recurring(tenant))


@post("/recurring/{recurring_id:uuid}/switch", guards=[needs(EDIT)])
async def switch_recurring(tenant: TheTenant, ui: TheUi, recurring_id: FromPath[UUID]) -> Response[Any]:
    """Stop a recurring invoice, or let it go on."""
    made = await recurring.switch(tenant, recurring_id)
    return ui.redirect("/accounting/recurring", toast=f"It {'goes on' if made.active else 'stops'}.")


recurring_routes = [show_recurring, switch_recurring]
