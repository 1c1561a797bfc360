"""Inviting people into a business."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth.permissions import PEOPLE
from core.people.invitations import invite, read_addresses, resend, revoke
from core.people.roles import roles_of
from web.dependencies import TheDoor, TheForm, TheUi
from web.tenant.people.members import offered, role_ids
from web.ui import LiveUi
from weft.errors import Invalid
from weft.forms import Form
from weft.permissions import needs


@get("/people/invite", guards=[needs(PEOPLE)])
async def invite_form(ui: TheUi) -> Response[str]:
    """Ask whom to invite, and as what."""
    return await ui.page("people/invite.html", form=Form({}), offered=await _offered(ui), errors={}, problem="")


@post("/people/invite", guards=[needs(PEOPLE)])
async def send_invitations(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Mail the invitations."""
    try:
        emails = read_addresses(form.get("emails"))
        count = await invite(door.runtime, ui.door.tenant, emails, role_ids(form))
    except Invalid as wrong:
        return await ui.rejected("people/invite.html", wrong, form=form, offered=await _offered(ui))
    whom = emails[0] if count == 1 else f"{count} people"
    return ui.redirect("/people", toast=f"{whom} {'is' if count == 1 else 'are'} invited. The link works for seven days.")


@post("/people/invitations/{invitation_id:uuid}/resend", guards=[needs(PEOPLE)])
async def send_again(ui: TheUi, door: TheDoor, invitation_id: FromPath[UUID]) -> Response[Any]:
    """Mail an invitation once more."""
    email = await resend(door.runtime, ui.door.tenant, invitation_id)
    return ui.redirect("/people", toast=f"The invitation was mailed to {email} again. The earlier link no longer works.")


@post("/people/invitations/{invitation_id:uuid}/revoke", guards=[needs(PEOPLE)])
async def take_back(ui: TheUi, door: TheDoor, invitation_id: FromPath[UUID]) -> Response[Any]:
    """Let an invitation stop working."""
    email = await revoke(door.runtime, ui.door.tenant, invitation_id)
    return ui.redirect("/people", toast=f"The invitation of {email} no longer works.")


async def _offered(ui: LiveUi) -> list[dict[str, Any]]:
    tenant = ui.door.tenant
    async with ui.door.runtime.platform.transaction() as db:
        return offered(tenant, await roles_of(db, tenant.id))


invitation_routes = [invite_form, send_invitations, send_again, take_back]
