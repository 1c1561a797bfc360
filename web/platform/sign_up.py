"""Signing a business up: by somebody new, or by somebody signed in who adds another."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Response

from core.auth.limits import TooManyTries
from core.auth.sessions import KEPT
from tenants.sign_up import Signed, give_up, go_on, sign_up, wait_for_spare, what_waits
from web.cookies import session_cookie
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import Door
from web.gate import GateUi
from web.platform.guesses import guess
from web.platform.sign_up_form import around, free_slug, read, wrong_with
from weft.errors import Invalid
from weft.forms import Form

Secret = Annotated[str, QueryParameter(name="secret", max_length=100)]
TEMPLATE = "platform/sign_up.html"


@get("/sign-up")
async def sign_up_form(gate: TheGate, request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form, filled with what the browser tells."""
    found = guess(request.headers.get("accept-language", ""))
    form = Form.of(country=found.country, currency=found.currency, timezone=found.timezone, locale=found.locale)
    return gate.page(TEMPLATE, **around(form), errors={}, problem="")


@get("/sign-up/slug")
async def suggest_slug(
    gate: TheGate,
    door: TheDoor,
    business: Annotated[str, QueryParameter(max_length=200)] = "",
    slug: Annotated[str, QueryParameter(max_length=100)] = "",
    suggested: Annotated[str, QueryParameter(max_length=100)] = "",
    country: Annotated[str, QueryParameter(max_length=2)] = "",
    only: Annotated[str, QueryParameter(max_length=10)] = "",
) -> Response[str]:
    """Return the field of the address, or only whether it is free; until somebody types their own it follows the business's name."""
    slug = slug.strip().lower()
    if only != "note" and slug in ("", suggested):
        slug = suggested = await free_slug(door.runtime, business, country)
    template = "platform/_slug_note.html" if only == "note" else "platform/_slug.html"
    wrong = await wrong_with(door.runtime, slug) if slug else ""
    form = Form.of(slug=slug, suggested=suggested)
    return gate.page(template, form=form, errors={"slug": wrong} if wrong and only != "note" else {}, checked=bool(slug), wrong=wrong)


@post("/sign-up")
async def sign_up_business(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Sign the business up, or let it wait for a spare."""
    runtime = door.runtime
    try:
        wanted = await read(door, form)
        signed = await sign_up(runtime, wanted, door.visitor, door.request_id)
    except Invalid as wrong:
        return gate.rejected(TEMPLATE, wrong, **around(form))
    except TooManyTries as wait:
        headers = {"Retry-After": str(wait.seconds)}
        return gate.page(TEMPLATE, status=429, headers=headers, **around(form), errors={}, problem=wait.message)
    if signed is None:
        return gate.redirect(f"/sign-up/waiting?secret={await wait_for_spare(runtime, wanted)}")
    return _done(gate, door, signed)


@get("/sign-up/waiting")
async def waiting_page(gate: TheGate, door: TheDoor, secret: Secret = "") -> Response[str]:
    """Say that the business is being prepared; the page asks again by itself."""
    return gate.page("platform/waiting.html", wanted=await what_waits(door.runtime, secret), secret=secret)


@post("/sign-up/waiting")
async def wait_on(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Complete the sign-up if there is a spare by now; a script is told to ask again later, and a person sees the page anew."""
    runtime, secret = door.runtime, form.get("secret")
    try:
        signed = await go_on(runtime, secret, door.visitor, door.request_id)
    except Invalid as wrong:  # the address was taken meanwhile: nothing that was typed is lost but the password, which is not kept readable
        wanted = await what_waits(runtime, secret)
        await give_up(runtime, secret)
        typed = {
            key: str(value) for key, value in msgspec.structs.asdict(wanted).items() if isinstance(value, str) and key != "password_hash"
        }
        response = gate.rejected(TEMPLATE, wrong, **around(Form.of(**typed)))
        if gate.htmx:
            response.status_code = 200
            response.headers |= {"HX-Retarget": "body", "HX-Reswap": "outerHTML"}
        return response
    if signed is None:
        return Response(b"", status_code=204) if gate.htmx else gate.redirect(f"/sign-up/waiting?secret={secret}")
    return _done(gate, door, signed)


def _done(gate: GateUi, door: Door, signed: Signed) -> Response[Any]:
    secure = door.runtime.settings.secure
    cookies = [session_cookie(signed.session, int(KEPT.total_seconds()), secure=secure)] if signed.session else []
    return gate.redirect(f"/open/{signed.slug}?next=/welcome", cookies=cookies)


sign_up_routes = [sign_up_form, suggest_slug, sign_up_business, waiting_page, wait_on]
