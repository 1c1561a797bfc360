"""What the person at the door has been told."""

from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.response import Response

from core.messaging.notifications import list_notices, mark_read
from web.dependencies import TheForm, TheUi
from web.ui import LiveUi
from weft.errors import Invalid


@get("/notifications")
async def notifications_page(ui: TheUi) -> Response[str]:
    """Show the newest lines; those never seen are marked."""
    notices = await list_notices(ui.door.runtime.platform, ui.door.tenant)
    return await ui.page("notifications.html", notices=notices)


@post("/notifications")
async def read_notifications(ui: TheUi, form: TheForm) -> Response[Any]:
    """Note that everything shown has been read."""
    try:
        up_to = datetime.fromisoformat(form.get("up_to"))
    except ValueError as wrong:
        raise Invalid.field("up_to", "This is not a moment.") from wrong
    await mark_read(ui.door.runtime.platform, ui.door.tenant, up_to)
    forget_unread(ui)
    return ui.redirect("/notifications")


def forget_unread(ui: LiveUi) -> None:
    """Have the bell count anew."""
    ui.views.unread.forget(ui.door.tenant)


notification_routes = [notifications_page, read_notifications]
