"""The way into a tenant's host: a sign-in happens at the platform's host, and a secret that works once brings it here."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Response

from core.auth.sessions import LASTS, open_session, sign_out, take_secret
from web.dependencies import TheDoor
from web.door import SESSION_COOKIE
from web.paths import Next, local_path


@get("/enter")
async def enter(
    door: TheDoor,
    secret: Annotated[str, QueryParameter(name="secret", max_length=100)] = "",
    to: Next = "/",
) -> Response[Any]:
    """Open a session at this host for who signed in at the platform's."""
    runtime, record = door.runtime, door.record
    assert record is not None
    async with runtime.platform.transaction() as db:
        taken = await take_secret(db, "handoff", secret, runtime.now())
        if taken is None or taken["tenant_id"] != record.id:
            again = f"{runtime.settings.base_url}/open/{record.slug}"
            return Response(b"", status_code=303, headers={"Location": again})
        token = await open_session(db, taken["person_id"], record.id, runtime.now(), door.visitor, taken["root"])
    return Response(
        b"", status_code=303, headers={"Location": local_path(to)}, cookies=[session_cookie(token, secure=runtime.settings.secure)]
    )


@post("/sign-out")
async def sign_out_here(door: TheDoor, request: Request[Any, Any, Any]) -> Response[Any]:
    """End this sign-in, here and wherever else it led."""
    runtime = door.runtime
    if door.access and door.access.root:
        async with runtime.platform.transaction() as db:
            await sign_out(db, door.access.root)
    target = f"{runtime.settings.base_url}/sign-in?left=1"
    headers = {"HX-Redirect": target} if "hx-request" in request.headers else {"Location": target}
    response: Response[Any] = Response(b"", status_code=200 if "HX-Redirect" in headers else 303, headers=headers)
    response.delete_cookie(SESSION_COOKIE)
    return response


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """Return the cookie that carries a session; scripts cannot read it, other sites cannot send it along with a form."""
    return Cookie(key=SESSION_COOKIE, value=token, max_age=int(LASTS.total_seconds()), httponly=True, samesite="lax", secure=secure)
