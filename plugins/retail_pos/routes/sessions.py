"""Sessions of tills with their X and Z reports, on the page and as PDF."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, TheTenant, TheUi, needs

from ..listings import SESSIONS
from ..permissions import CASH, READ
from ..records import SESSION
from ..services import closing, showing
from ..services.z_paper import z_pdf


@get("/sessions", guards=[needs(READ)])
async def session_list(ui: TheUi) -> Response[Any]:
    """Show the list of sessions."""
    return await ui.listing(SESSIONS, template="retail_pos/sessions.html")


async def _context(tenant: TheTenant, ui: TheUi, session_id: UUID) -> dict[str, Any]:
    return {"page": await showing.session_page(tenant, session_id), "history": await ui.history(SESSION.name, session_id)}


@get("/sessions/{session_id:uuid}", guards=[needs(READ)])
async def show_session(tenant: TheTenant, ui: TheUi, session_id: FromPath[UUID]) -> Response[str]:
    """Show a session: its drawer, and its X report, or its Z once it is closed."""
    return await ui.page("retail_pos/session.html", **await _context(tenant, ui, session_id), problem="")


@post("/sessions/{session_id:uuid}/close", guards=[needs(CASH)])
async def close_session(tenant: TheTenant, ui: TheUi, session_id: FromPath[UUID]) -> Response[Any]:
    """Close a counted session although something of it is missing or parked."""
    try:
        made = await closing.close_now(tenant, session_id)
    except Conflict as wrong:
        return await ui.rejected("retail_pos/session.html", wrong, **await _context(tenant, ui, session_id))
    return ui.redirect(SESSION.url(session_id), toast=f"The session is closed, with Z report {made.number}.")


@get("/sessions/{session_id:uuid}/pdf", guards=[needs(READ)])
async def session_pdf(tenant: TheTenant, session_id: FromPath[UUID]) -> Response[bytes]:
    """Return the X or Z report as PDF."""
    page = await showing.session_page(tenant, session_id)
    kind = f"Z{page.period.number}" if page.period else "X"
    name = f"{kind}-{page.session.till_code}-{page.session.business_date}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(await z_pdf(tenant, page), media_type="application/pdf", headers=headers)
