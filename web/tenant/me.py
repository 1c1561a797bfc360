"""What belongs to the person at the door: their theme, and the way to their account."""

from typing import Any

from litestar import get, post
from litestar.response import Response

from core.people.accounts import Theme, choose_theme
from web.dependencies import TheDoor, TheForm, TheUi
from web.paths import path_of
from weft.errors import Invalid, Refused

THEMES: dict[str, Theme] = {"light": "light", "dark": "dark", "system": "system"}


@post("/theme")
async def set_theme(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Keep the theme that a person likes."""
    theme = THEMES.get(form.get("theme"))
    if theme is None:
        raise Invalid.field("theme", "Choose light, dark, or as the system.")
    if door.person_id is None:
        raise Refused("Only a person has a theme.")
    await choose_theme(door.runtime, door.person_id, theme)
    return ui.redirect(path_of(ui.request.headers.get("referer", "/")))


@get("/person")
async def my_account(door: TheDoor) -> Response[Any]:
    """Lead a person to their account, which is the platform's: passwords are typed at no other host."""
    return Response(b"", status_code=303, headers={"Location": f"{door.runtime.settings.platform_url}/account"})


me_routes = [set_theme, my_account]
