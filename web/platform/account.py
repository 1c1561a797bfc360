"""A person's own account: name and theme, address, password, and where they are signed in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from core.auth.devices import device, is_small
from core.auth.limits import TooManyTries
from core.auth.sessions import SignIn, end_sign_in, sign_ins_of, sign_out_everywhere
from core.people import accounts
from core.people.accounts import Account, account_by_id, change_password, choose_theme, rename
from core.people.proving import ask_new_address, drop_new_address
from web.cookies import dropped
from web.dependencies import TheDoor, TheForm, TheGate
from web.door import SESSION_COOKIE, Door, door_of
from web.gate import GateUi
from weft.errors import Invalid, Missing
from weft.forms import Form

THEMES: dict[str, accounts.Theme] = {"light": "light", "dark": "dark", "system": "system"}


class SignInFirst(Exception):
    """Somebody who is not signed in wants to see an account; `to` is the page they were on the way to."""

    def __init__(self, to: str) -> None:
        self.to = to


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard the pages that only somebody signed in has."""
    if door_of(connection).person_id is None:
        raise SignInFirst(connection.url.path if connection.scope.get("method") == "GET" else "/account")


@dataclass(frozen=True, slots=True)
class Device:
    """One sign-in, in words."""

    sign_in: SignIn
    name: str
    icon: str
    here: bool


@get("/account")
async def account_page(gate: TheGate, door: TheDoor) -> Response[str]:
    """Show name, address, theme."""
    account = await _account(door)
    return gate.page("platform/account.html", account=account, form=Form.of(name=account.name), errors={}, problem="")


@post("/account")
async def save_account(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Store name and theme."""
    account = await _account(door)
    try:
        theme = THEMES.get(form.get("theme"))
        if theme is None:
            raise Invalid.field("theme", "Choose light, dark, or as the system.")
        await rename(door.runtime, account.id, form.get("name"))
        await choose_theme(door.runtime, account.id, theme)
    except Invalid as wrong:
        return gate.rejected("platform/account.html", wrong, account=account, form=form)
    return gate.redirect("/account", toast="Saved.")


@get("/account/email")
async def email_page(gate: TheGate, door: TheDoor) -> Response[str]:
    """Ask for another address."""
    return gate.page("platform/email.html", account=await _account(door), form=Form({}), errors={}, problem="")


@post("/account/email")
async def change_email(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Mail a link to the new address."""
    account = await _account(door)
    try:
        await ask_new_address(door.runtime, account, form.get("email"), form.get("password"))
    except Invalid as wrong:
        return gate.rejected("platform/email.html", wrong, account=account, form=form)
    except TooManyTries as wait:
        return _later(gate, "platform/email.html", wait, account=account, form=form)
    return gate.redirect("/account", toast=f"We have mailed a link to {form.get('email')}. Open it to use that address from then on.")


@post("/account/email/keep")
async def keep_email(gate: TheGate, door: TheDoor) -> Response[Any]:
    """Stay with the address one has."""
    await drop_new_address(door.runtime, await _account(door))
    return gate.redirect("/account", toast="You keep the address you have.")


@get("/account/password")
async def password_page(gate: TheGate, door: TheDoor) -> Response[str]:
    """Ask for the old and a new password."""
    return gate.page("platform/password.html", account=await _account(door), errors={}, problem="")


@post("/account/password")
async def save_password(gate: TheGate, door: TheDoor, form: TheForm) -> Response[Any]:
    """Store a new password, and sign out everywhere else."""
    account = await _account(door)
    try:
        if form.get("new_password") != form.get("repeated"):
            raise Invalid.field("repeated", "This is not the same as above.")
        root = door.access.root if door.access else None
        await change_password(door.runtime, account, form.get("old_password"), form.get("new_password"), root=root)
    except Invalid as wrong:
        return gate.rejected("platform/password.html", wrong, account=account)
    except TooManyTries as wait:
        return _later(gate, "platform/password.html", wait, account=account)
    return gate.redirect("/account", toast="Your password is changed. You are signed out everywhere else.")


@get("/account/sign-ins")
async def sign_ins_page(gate: TheGate, door: TheDoor) -> Response[str]:
    """Show where one is signed in."""
    account, access = await _account(door), door.access
    found = await sign_ins_of(door.runtime.platform, account.id, door.runtime.now())
    devices = [_device(each, here=access is not None and each.root == access.root) for each in found]
    return gate.page("platform/sign_ins.html", account=account, devices=sorted(devices, key=lambda each: not each.here))


@post("/account/sign-ins/{root:uuid}/end")
async def end_one(gate: TheGate, door: TheDoor, root: FromPath[UUID]) -> Response[Any]:
    """Sign out one device."""
    account, access = await _account(door), door.access
    async with door.runtime.platform.transaction() as db:
        ended = await end_sign_in(db, account.id, root)
    if not ended:
        raise Missing("That device is signed out already.")
    if access and access.root == root:
        return gate.redirect("/sign-in?left=true", cookies=[dropped(SESSION_COOKIE, secure=door.runtime.settings.secure)])
    return gate.redirect("/account/sign-ins", toast="That device is signed out.")


@post("/account/sign-ins/end-others")
async def end_others(gate: TheGate, door: TheDoor) -> Response[Any]:
    """Sign out everywhere but here."""
    account, access = await _account(door), door.access
    async with door.runtime.platform.transaction() as db:
        await sign_out_everywhere(db, account.id, but=access.root if access else None)
    return gate.redirect("/account/sign-ins", toast="Every other device is signed out.")


@post("/account/sign-ins/end-all")
async def end_all(gate: TheGate, door: TheDoor) -> Response[Any]:
    """Sign out everywhere, here too."""
    account = await _account(door)
    async with door.runtime.platform.transaction() as db:
        await sign_out_everywhere(db, account.id)
    return gate.redirect("/sign-in?left=true", cookies=[dropped(SESSION_COOKIE, secure=door.runtime.settings.secure)])


async def _account(door: Door) -> Account:
    assert door.person_id is not None
    async with door.runtime.platform.transaction() as db:
        account = await account_by_id(db, door.person_id)
    if account is None:
        raise Missing("There is no such account.")
    return account


def _device(sign_in: SignIn, *, here: bool) -> Device:
    icon = "device-mobile" if is_small(sign_in.user_agent) else "device-desktop"
    return Device(sign_in, device(sign_in.user_agent), icon, here)


def _later(gate: GateUi, template: str, wait: TooManyTries, **context: Any) -> Response[str]:
    headers = {"Retry-After": str(wait.seconds)}
    return gate.page(template, status=429, headers=headers, errors={}, problem=wait.message, **context)


account_routes = [
    *(account_page, save_account, email_page, change_email, keep_email, password_page, save_password),
    *(sign_ins_page, end_one, end_others, end_all),
]
