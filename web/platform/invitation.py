"""Invitations, as whoever opens their link sees them."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response

from core.auth.sessions import KEPT, sign_out
from core.people.invitations import Invited, accept_as, accept_new, look_at
from web.cookies import dropped, session_cookie
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import SESSION_COOKIE, Door
from weft.errors import Conflict, Invalid
from weft.forms import Form

Secret = Annotated[str, QueryParameter(name="secret", max_length=100)]


@get("/invitation")
async def invitation_page(gate: TheGate, door: TheDoor, secret: Secret = "") -> Response[str]:
    """Show who invites whom where, and what is to be done to join."""
    return gate.page("platform/invitation.html", **await _around(door, secret, Form({})), errors={}, problem="")


@post("/invitation")
async def accept(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Join: as who is signed in, or as somebody new."""
    runtime, secret = door.runtime, form.get("secret")
    person = door.access.person if door.access else None
    cookies = []
    try:
        if person:
            invited = await accept_as(runtime, secret, person, door.request_id)
        else:
            invited, session = await accept_new(
                runtime, secret, form.get("name"), form.get("password"), door.visitor, door.request_id
            )  # fmt: skip
            cookies = [session_cookie(session, int(KEPT.total_seconds()), secure=runtime.settings.secure)]
    except (Invalid, Conflict) as wrong:
        return gate.rejected("platform/invitation.html", wrong, **await _around(door, secret, form))
    return gate.redirect(f"/open/{invited.slug}" if invited.open else "/", toast="", cookies=cookies)


@post("/invitation/as-somebody-else")
async def sign_out_first(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Sign out whoever is signed in, and show the invitation again."""
    if door.access and door.access.root:
        async with door.runtime.platform.transaction() as db:
            await sign_out(db, door.access.root)
    gone = dropped(SESSION_COOKIE, secure=door.runtime.settings.secure)
    return gate.redirect(f"/invitation?{urlencode({'secret': form.get('secret')})}", cookies=[gone])


async def _around(door: Door, secret: str, form: Form) -> dict[str, Any]:
    invited = await look_at(door.runtime, secret)
    here = f"/invitation?{urlencode({'secret': secret})}"
    return {
        "invited": invited,
        "secret": secret,
        "form": form,
        "way": _way(door, invited),
        "sign_in": f"/sign-in?{urlencode({'next': here})}",
    }


def _way(door: Door, invited: Invited) -> str:
    """Return how one joins: at once, after signing out, after signing in, or with a new account."""
    person = door.access.person if door.access else None
    if person:
        return "join" if person.email == invited.email else "wrong_account"
    return "sign_in" if invited.account else "new"


invitation_routes = [invitation_page, accept, sign_out_first]
