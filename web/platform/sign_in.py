"""Signing in: once, at the platform's host; and being led on to a tenant's."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from core.auth.limits import TooManyTries
from core.auth.sessions import KEPT, make_handoff, must_prove, sign_out
from core.people import accounts
from web.cookies import dropped, session_cookie
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import SESSION_COOKIE
from web.paths import Next, local_path
from weft.errors import Invalid, Missing
from weft.forms import Form

_DIGEST = re.compile(r"[0-9a-f]{64}")


@get("/sign-in")
async def sign_in_form(
    gate: TheGate,
    door: TheDoor,
    to: Next = "/",
    left: Annotated[bool, QueryParameter(name="left")] = False,
    again: Annotated[bool, QueryParameter(name="again")] = False,
) -> Response[Any]:
    """Show the form; who is signed in already goes on, unless they are asked to prove it `again`."""
    if door.person_id and not again:
        return gate.redirect(local_path(to))
    return gate.page("platform/sign_in.html", form=Form({}), errors={}, next=local_path(to), left=left, again=again)


@post("/sign-in")
async def sign_in(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Open a session for who knows the password."""
    runtime, to = door.runtime, local_path(form.get("next"))
    kept = form.get("remember") == "yes"
    try:
        token = await accounts.sign_in(runtime, form.get("email"), form.get("password"), door.visitor, kept=kept)
    except Invalid as wrong:
        return gate.rejected("platform/sign_in.html", wrong, form=form, next=to, left=False, again=False)
    except TooManyTries as wait:
        headers = {"Retry-After": str(wait.seconds)}
        return gate.page(
            "platform/sign_in.html",
            status=429,
            headers=headers,
            form=form,
            errors={},
            next=to,
            left=False,
            again=False,
            problem=wait.message,
        )
    if door.access and door.access.root:  # somebody else was signed in here
        async with runtime.platform.transaction() as db:
            await sign_out(db, door.access.root)
    seconds = int(KEPT.total_seconds()) if kept else None
    return gate.redirect(to, cookies=[session_cookie(token, seconds, secure=runtime.settings.secure)])


@post("/sign-out")
async def sign_out_of_platform(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """End this sign-in, here and at every business it led to."""
    if door.access and door.access.root:
        async with door.runtime.platform.transaction() as db:
            await sign_out(db, door.access.root)
    to = local_path(form.get("next") or "/sign-in?left=true")
    return gate.redirect(to, cookies=[dropped(SESSION_COOKIE, secure=door.runtime.settings.secure)])


@get("/open/{slug:str}")
async def open_tenant(
    door: TheDoor,
    gate: TheGate,
    slug: FromPath[str],
    to: Next = "/",
    browser: Annotated[str, QueryParameter(name="browser", max_length=64)] = "",
    again: Annotated[bool, QueryParameter(name="again")] = False,
) -> Response[Any]:
    """Lead a signed-in person to the host of one of their tenants, in the browser that asked there."""
    runtime, to = door.runtime, local_path(to)
    access = door.access
    back = f"/open/{slug}?{urlencode({'next': to})}"
    if access is None or access.person is None or access.root is None:
        return gate.redirect(f"/sign-in?{urlencode({'next': back})}")
    place = next((each for each in await runtime.places.of(access.person.id) if each.slug == slug), None)
    if place is None:
        raise Missing("You are not a member of this business, or it does not exist. Ask one of its administrators to invite you.")
    if place.state != "active":
        return gate.redirect("/")
    if not _DIGEST.fullmatch(browser):
        return gate.redirect(runtime.settings.tenant_url(slug, f"/enter?{urlencode({'next': to})}"))
    async with runtime.platform.transaction() as db:
        if await must_prove(db, access.person.id, place.tenant_id, access.root):
            return gate.redirect(f"/sign-in?{urlencode({'again': 'true', 'next': back})}")
        secret = await make_handoff(db, access.person.id, place.tenant_id, access.root, browser, runtime.now())
    asked = {"secret": secret, "next": to, **({"again": "true"} if again else {})}
    return gate.redirect(runtime.settings.tenant_url(slug, f"/enter?{urlencode(asked)}"))


sign_in_routes = [sign_in_form, sign_in, sign_out_of_platform, open_tenant]
