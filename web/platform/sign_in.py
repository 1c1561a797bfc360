"""Signing in: once, at the platform's host."""

from typing import Any
from urllib.parse import quote

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth import passwords
from core.auth.sessions import make_handoff, open_session
from web.dependencies import TheDoor, TheForm, TheGate
from web.paths import Next, local_path
from web.tenant.enter import session_cookie
from weft.errors import Invalid, Missing
from weft.forms import Form


@get("/sign-in")
async def sign_in_form(gate: TheGate, to: Next = "/") -> Response[str]:
    """Show the form."""
    return gate.page("platform/sign_in.html", form=Form({}), errors={}, next=local_path(to))


@post("/sign-in")
async def sign_in(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Open a session for who knows the password."""
    runtime = door.runtime
    person = await runtime.platform.fetchrow(
        "SELECT id, password_hash FROM platform.person WHERE email = $1 AND disabled_at IS NULL", form.get("email").lower()
    )
    if not await passwords.matches(person["password_hash"] if person else None, form.get("password")):
        wrong = Invalid.field("password", "This address and this password do not belong together.")
        return gate.page("platform/sign_in.html", status=422, form=form, errors=wrong.fields, next=local_path(form.get("next")))
    assert person is not None
    async with runtime.platform.transaction() as db:
        token = await open_session(db, person["id"], None, runtime.now(), door.visitor)
    cookie = session_cookie(token, secure=runtime.settings.secure)
    return Response(b"", status_code=303, headers={"Location": local_path(form.get("next"))}, cookies=[cookie])


@get("/open/{slug:str}")
async def open_tenant(door: TheDoor, slug: FromPath[str], to: Next = "/") -> Response[Any]:
    """Lead a signed-in person to the host of one of their tenants."""
    runtime = door.runtime
    if door.access is None or door.access.person is None or door.access.root is None:
        back = quote(f"/open/{slug}?next={quote(to, safe='')}", safe="")
        return Response(b"", status_code=303, headers={"Location": f"/sign-in?next={back}"})
    record = await runtime.catalogue.by_slug(slug)
    if record is None:
        raise Missing("There is no business at this address.")
    async with runtime.platform.transaction() as db:
        member = await db.fetchval(
            "SELECT true FROM platform.membership WHERE tenant_id = $1 AND person_id = $2 AND disabled_at IS NULL",
            record.id,
            door.access.person.id,
        )
        if not member:
            raise Missing("You are not a member of this business. Ask one of its administrators to invite you.")
        secret = await make_handoff(db, door.access.person.id, record.id, door.access.root, runtime.now())
    target = runtime.settings.tenant_url(slug, f"/enter?secret={secret}&next={quote(local_path(to), safe='')}")
    return Response(b"", status_code=303, headers={"Location": target})
