"""The way into a tenant's host: a sign-in happens at the platform's host, and a secret that works once brings it here.

A secret opens a session only in the browser that asked for it here: this host first leaves a cookie, the platform's host binds the secret
to it. Else a stranger could send somebody a link that signs them in as the stranger, and read what they then type.
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Response

from core.auth.secrets import new_token, token_hash
from core.auth.sessions import follow_handoff, sign_out
from web.cookies import dropped, session_cookie
from web.dependencies import TheDoor
from web.door import BROWSER_COOKIE, SESSION_COOKIE, Door, cookie_name
from web.paths import Next, local_path
from weft.errors import Refused

COOKIE_LASTS = 600  # seconds: somebody may have to sign in meanwhile


class NoCookies(Refused):
    """The browser sends no cookies back, so nobody can be recognised."""

    title = "Cookies are off"

    def __init__(self) -> None:
        super().__init__(
            "Your browser did not send back the cookie that was set a moment ago. Allow cookies for this address, then try again."
        )


@get("/enter")
async def enter(
    door: TheDoor,
    request: Request[Any, Any, Any],
    secret: Annotated[str, QueryParameter(name="secret", max_length=100)] = "",
    to: Next = "/",
    again: Annotated[bool, QueryParameter(name="again")] = False,
) -> Response[Any]:
    """Open a session at this host for who signed in at the platform's."""
    runtime, record = door.runtime, door.record
    assert record is not None
    secure = runtime.settings.secure
    if door.access:  # the link was opened twice
        return _lead_on(local_path(to))
    name = cookie_name(BROWSER_COOKIE, secure=secure)
    if secret:
        async with runtime.platform.transaction() as db:
            opened = await follow_handoff(db, secret, record.id, request.cookies.get(name, ""), runtime.now(), door.visitor)
        if opened:
            session = session_cookie(opened.token, opened.seconds, secure=secure)
            return _lead_on(local_path(to), session, dropped(BROWSER_COOKIE, secure=secure))
        if again:
            raise NoCookies
    return _ask_platform(door, record.slug, local_path(to), again=bool(secret))


def _ask_platform(door: Door, slug: str, to: str, *, again: bool) -> Response[Any]:
    """Leave a cookie, and send the browser for a secret that is bound to it."""
    browser, settings = new_token(), door.runtime.settings
    asked = {"next": to, "browser": token_hash(browser).hex(), **({"again": "true"} if again else {})}
    name = cookie_name(BROWSER_COOKIE, secure=settings.secure)
    cookie = Cookie(key=name, value=browser, max_age=COOKIE_LASTS, httponly=True, samesite="lax", secure=settings.secure)
    return _lead_on(f"{settings.platform_url}/open/{slug}?{urlencode(asked)}", cookie)


def _lead_on(location: str, *cookies: Cookie) -> Response[Any]:
    return Response(b"", status_code=303, headers={"Location": location}, cookies=list(cookies))


@post("/sign-out")
async def sign_out_here(door: TheDoor, request: Request[Any, Any, Any]) -> Response[Any]:
    """End this sign-in, here and wherever else it led."""
    runtime = door.runtime
    if door.access and door.access.root:
        async with runtime.platform.transaction() as db:
            await sign_out(db, door.access.root)
    target = f"{runtime.settings.platform_url}/sign-in?left=true"
    headers = {"HX-Redirect": target} if "hx-request" in request.headers else {"Location": target}
    cookie = dropped(SESSION_COOKIE, secure=runtime.settings.secure)
    return Response(b"", status_code=200 if "HX-Redirect" in headers else 303, headers=headers, cookies=[cookie])
