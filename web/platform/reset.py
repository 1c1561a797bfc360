"""A forgotten password: asked for by address, set anew by the link that is mailed there."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response

from core.auth.limits import TooManyTries
from core.people.proving import ask_reset, reset_password, who_resets
from web.cookies import dropped
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import SESSION_COOKIE
from weft.errors import Invalid
from weft.forms import Form

Secret = Annotated[str, QueryParameter(name="secret", max_length=100)]


@get("/reset")
async def ask_form(gate: TheGate) -> Response[str]:
    """Ask for the address."""
    return gate.page("platform/reset.html", form=Form({}), errors={}, problem="", sent="")


@post("/reset")
async def ask(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Mail a link, if somebody has this address, and say the same if nobody has."""
    try:
        await ask_reset(door.runtime, form.get("email"), door.visitor)
    except Invalid as wrong:
        return gate.rejected("platform/reset.html", wrong, form=form, sent="")
    except TooManyTries as wait:
        headers = {"Retry-After": str(wait.seconds)}
        return gate.page("platform/reset.html", status=429, headers=headers, form=form, errors={}, problem=wait.message, sent="")
    return gate.page("platform/reset.html", form=form, errors={}, problem="", sent=form.get("email"))


@get("/reset/new")
async def new_password_form(gate: TheGate, door: TheDoor, secret: Secret = "") -> Response[str]:
    """Ask for a new password."""
    account = await who_resets(door.runtime, secret)
    return gate.page("platform/new_password.html", account=account, secret=secret, errors={})


@post("/reset/new")
async def new_password(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Store a new password; everybody who was signed in with the old one is signed out."""
    secret = form.get("secret")
    account = await who_resets(door.runtime, secret)
    try:
        if form.get("password") != form.get("repeated"):
            raise Invalid.field("repeated", "This is not the same as above.")
        await reset_password(door.runtime, secret, form.get("password"))
    except Invalid as wrong:
        return gate.rejected("platform/new_password.html", wrong, account=account, secret=secret)
    gone = dropped(SESSION_COOKIE, secure=door.runtime.settings.secure)
    return gate.redirect("/sign-in", toast="Your new password is set. Sign in with it.", cookies=[gone])


reset_routes = [ask_form, ask, new_password_form, new_password]
