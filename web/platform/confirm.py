"""Links that prove an address: opened from a mail, and acted on by a press of a button, since scanners open links too."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response

from core.people.accounts import account_by_id
from core.people.proving import Confirming, ask_again, confirm, who_confirms
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import Door
from web.paths import local_path
from web.platform.front import sign_in_first
from weft.errors import Conflict, Invalid, Missing

Secret = Annotated[str, QueryParameter(name="secret", max_length=100)]
SENTENCES = {
    "changed": "From now on you sign in with this address.",
    "confirmed": "Your address is confirmed.",
    "joined": "The business is among yours now.",
}


@get("/confirm")
async def confirm_form(gate: TheGate, door: TheDoor, secret: Secret = "") -> Response[str]:
    """Ask for the press of a button, and for what else is needed."""
    found = await who_confirms(door.runtime, secret)
    return gate.page("platform/confirm.html", found=found, secret=secret, way=_way(door, found), errors={}, problem="")


@post("/confirm")
async def confirm_address(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Let the address be theirs."""
    secret = form.get("secret")
    found = await who_confirms(door.runtime, secret)
    try:
        done = await confirm(door.runtime, secret, door.access, form.get("password"))
    except (Invalid, Conflict) as wrong:
        return gate.rejected("platform/confirm.html", wrong, found=found, secret=secret, way=_way(door, found))
    return gate.redirect("/" if door.person_id else "/sign-in", toast=SENTENCES[done])


def _way(door: Door, found: Confirming) -> str:
    """Return what stands between somebody and the address: nothing, a password, or signing in to the account that has it already."""
    if found.changes:
        return "press"
    if found.known:
        return "press" if door.person_id == found.known.id else "sign_in"
    return "press" if door.person_id == found.account.id else "password"


@post("/confirm/again")
async def send_again(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Mail the link once more."""
    if door.person_id is None:
        return sign_in_first(gate)
    async with door.runtime.platform.transaction() as db:
        account = await account_by_id(db, door.person_id)
    if account is None:
        raise Missing("There is no such account.")
    await ask_again(door.runtime, account)
    return gate.redirect(local_path(form.get("next") or "/account"), toast=f"We have mailed the link to {account.pending_email} again.")


confirm_routes = [confirm_form, confirm_address, send_again]
