"""What belongs to the person at the door: theme, notifications."""

from typing import Any

from litestar import post
from litestar.response import Response

from web.dependencies import TheDoor, TheForm, TheUi
from weft.errors import Invalid

THEMES = ("light", "dark", "system")


@post("/theme")
async def choose_theme(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Keep the theme that a person likes."""
    theme = form.get("theme")
    if theme not in THEMES:
        raise Invalid.field("theme", "Choose light, dark, or as the system.")
    await door.runtime.platform.execute("UPDATE platform.person SET theme = $2 WHERE id = $1", door.person_id, theme)
    return ui.redirect(ui.request.headers.get("referer", "/"))


me_routes = [choose_theme]
