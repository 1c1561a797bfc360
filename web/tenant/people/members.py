"""The people of a business: who belongs to it, with which roles, and the way out."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth.permissions import PEOPLE
from core.listing.query import pack_cursor, unpack_cursor
from core.people.invitations import invitations_of
from core.people.members import KIND, Member, Wanted, member_by_id, members_page
from core.people.membership import MemberChanged, disable_member, enable_member, remove_member, set_roles, sign_out_member
from core.people.roles import groups_of, roles_of
from core.people.rules import Role, covers, together
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheDoor, TheForm, TheUi
from web.door import Door
from web.tenant.people.tabs import tabs
from web.ui import LiveUi
from weft.errors import Conflict, Invalid
from weft.forms import Form
from weft.permissions import needs

STATES = (("active", "Active"), ("disabled", "Disabled"))
COLUMNS = (
    {"key": "name", "label": "Person"},
    {"key": "roles", "label": "Roles", "kind": "tags"},
    {"key": "state", "label": "State", "kind": "choice", "role": "aside"},
    {"key": "seen", "label": "Last here", "kind": "ago"},
    {"key": "sign_ins", "label": "Signed in", "kind": "number", "role": "hide"},
)


@get("/people", guards=[needs(PEOPLE)])
async def people_page(ui: TheUi, door: TheDoor, request: Request[Any, Any, Any]) -> Response[str]:
    """Show members and invitations."""
    tenant = ui.door.tenant
    asked = {key: request.query_params.getall(key) for key in request.query_params}
    roles = await _roles(door, tenant)
    wanted = _wanted(asked, roles)
    page = await members_page(door.runtime, tenant, wanted)
    invitations = await invitations_of(door.runtime, tenant)
    return await ui.page(
        "people/people.html",
        tabs=await tabs(door, tenant, "people"),
        columns=COLUMNS,
        rows=[_row(tenant, member) for member in page.members],
        filters=_filters(wanted, roles),
        search={"value": wanted.search, "placeholder": "Find a person"},
        clear="/people" if wanted.search or wanted.roles or wanted.states else None,
        pager=_pager(asked, page.previous, page.following, page.total),
        invitations=invitations,
        now=door.runtime.now(),
        offered=offered(tenant, roles),
        form=Form({}),
        errors={},
    )


def offered(tenant: LiveTenant, roles: Sequence[Role]) -> list[dict[str, Any]]:
    """Return roles as choices; those that allow more than who acts may do cannot be chosen."""
    held = tenant.actor.permissions
    return [
        {
            "value": str(role.id),
            "label": role.title,
            "hint": _extent(role) if covers(held, role.held) else "Allows more than you may do yourself",
            "disabled": not covers(held, role.held),
        }
        for role in roles
    ]


def _extent(role: Role) -> str:
    if role.is_owner:
        return "May do everything, and close the business"
    count = len(role.permissions)
    return f"{count} permission{'' if count == 1 else 's'}" if count else "May do nothing yet"


async def _roles(door: Door, tenant: LiveTenant) -> list[Role]:
    async with door.runtime.platform.transaction() as db:
        return await roles_of(db, tenant.id)


def _wanted(asked: dict[str, list[str]], roles: Sequence[Role]) -> Wanted:
    known = {str(role.id): role.id for role in roles}
    after, before = (_place(asked.get(name, [""])[-1]) for name in ("after", "before"))
    return Wanted(
        search=asked.get("q", [""])[-1].strip()[:100],
        roles=tuple(known[each] for each in asked.get("role", []) if each in known),
        states=tuple(each for each in asked.get("state", []) if each in dict(STATES)),
        after=after,
        before=before,
    )


def _place(cursor: str) -> tuple[str, UUID] | None:
    if not cursor:
        return None
    name, member = unpack_cursor(cursor)
    try:
        return name, UUID(member)
    except ValueError:
        raise Invalid.field("after", "This page link is broken: go back to the first page.") from None


def _pager(
    asked: dict[str, list[str]], previous: tuple[str, UUID] | None, following: tuple[str, UUID] | None, total: int
) -> dict[str, str | None]:
    kept = [(key, value) for key in ("q", "role", "state") for value in asked.get(key, []) if value]

    def link(name: str, place: tuple[str, UUID] | None) -> str | None:
        return f"/people?{urlencode([*kept, (name, pack_cursor(*place))])}" if place else None

    text = "1 person" if total == 1 else f"{total} people"
    return {"previous": link("before", previous), "next": link("after", following), "text": text}


def _filters(wanted: Wanted, roles: Sequence[Role]) -> list[dict[str, Any]]:
    chosen = [str(each) for each in wanted.roles]
    titles = [role.title for role in roles if role.id in wanted.roles]
    options = [{"value": str(role.id), "label": role.title} for role in roles]
    states = [{"value": value, "label": label} for value, label in STATES]
    rest = {"q": wanted.search}
    return [
        _choice("role", "Role", chosen, titles, options, {**rest, "state": list(wanted.states)}),
        _choice("state", "State", list(wanted.states), [dict(STATES)[each] for each in wanted.states], states, {**rest, "role": chosen}),
    ]


def _choice(
    name: str, label: str, value: list[str], titles: list[str], options: list[dict[str, str]], rest: dict[str, Any]
) -> dict[str, Any]:
    reset = f"/people?{urlencode({key: each for key, each in rest.items() if each}, doseq=True)}"
    return {"name": name, "label": label, "kind": "choice", "value": value, "text": ", ".join(titles), "options": options, "reset": reset}


def _row(tenant: LiveTenant, member: Member) -> dict[str, Any]:
    here = tenant.person is not None and member.person_id == tenant.person.id
    return {
        "id": str(member.id),
        "label": member.name,
        "href": f"/people/{member.id}",
        "faint": member.disabled,
        "cells": {
            "name": {"text": member.name, "sub": f"{member.email} (you)" if here else member.email, "avatar": True},
            "roles": [role.title for role in member.roles],
            "state": state_of(member),
            "seen": member.seen_at,
            "sign_ins": member.sign_ins,
        },
    }


def state_of(member: Member) -> dict[str, str]:
    """Return a member's state as a word and a tone."""
    if member.disabled:
        return {"label": "Disabled", "tone": "neutral"}
    return {"label": "Active", "tone": "good"} if member.confirmed else {"label": "Address not confirmed", "tone": "warn"}


# --- one person ---


@get("/people/{member_id:uuid}", guards=[needs(PEOPLE)])
async def member_page(ui: TheUi, door: TheDoor, member_id: FromPath[UUID]) -> Response[str]:
    """Show one member."""
    member = await member_by_id(door.runtime, ui.door.tenant, member_id)
    return await ui.page("people/member.html", **await _around(ui, door, member), errors={}, problem="", theirs=None)


@post("/people/{member_id:uuid}/roles", guards=[needs(PEOPLE)])
async def give_roles(ui: TheUi, door: TheDoor, form: TheForm, member_id: FromPath[UUID]) -> Response[Any]:
    """Store a member's roles."""
    tenant, runtime = ui.door.tenant, door.runtime
    try:
        version = int(form.get("version")) if form.get("version").isdigit() else 0
        member = await set_roles(runtime, tenant, member_id, role_ids(form), version)
    except MemberChanged as wrong:
        around = await _around(ui, door, wrong.member, chosen=form.all("roles"))
        return await ui.rejected("people/member.html", wrong, **around, theirs=wrong.member)
    except (Invalid, Conflict) as wrong:
        member = await member_by_id(runtime, tenant, member_id)
        return await ui.rejected("people/member.html", wrong, **await _around(ui, door, member, chosen=form.all("roles")), theirs=None)
    return ui.redirect(f"/people/{member_id}", toast=f"{member.name}’s roles are saved.")


def role_ids(form: Form) -> list[UUID]:
    """Return the roles that were chosen; raises `Invalid` for what is no role at all."""
    try:
        return [UUID(each) for each in form.all("roles")]
    except ValueError:
        raise Invalid.field("roles", "One of these roles is not there any more: reload the page, then choose again.") from None


@post("/people/{member_id:uuid}/disable", guards=[needs(PEOPLE)])
async def disable(ui: TheUi, door: TheDoor, form: TheForm, member_id: FromPath[UUID]) -> Response[Any]:
    """Keep a member out."""
    member = await disable_member(door.runtime, ui.door.tenant, member_id, revoke_tokens=form.get("tokens") == "yes")
    return ui.redirect(f"/people/{member_id}", toast=f"{member.name} is kept out until you enable them again.")


@post("/people/{member_id:uuid}/enable", guards=[needs(PEOPLE)])
async def enable(ui: TheUi, door: TheDoor, member_id: FromPath[UUID]) -> Response[Any]:
    """Let a member in again."""
    member = await enable_member(door.runtime, ui.door.tenant, member_id)
    return ui.redirect(f"/people/{member_id}", toast=f"{member.name} can come in again.")


@post("/people/{member_id:uuid}/remove", guards=[needs(PEOPLE)])
async def remove(ui: TheUi, door: TheDoor, form: TheForm, member_id: FromPath[UUID]) -> Response[Any]:
    """Take a member's place away."""
    member = await remove_member(door.runtime, ui.door.tenant, member_id, revoke_tokens=form.get("tokens") == "yes")
    return ui.redirect("/people", toast=f"{member.name} no longer belongs to {ui.door.tenant.name}.")


@post("/people/{member_id:uuid}/sign-out", guards=[needs(PEOPLE)])
async def sign_out(ui: TheUi, door: TheDoor, member_id: FromPath[UUID]) -> Response[Any]:
    """End a member's sessions here."""
    count = await sign_out_member(door.runtime, ui.door.tenant, member_id)
    return ui.redirect(f"/people/{member_id}", toast=f"Signed out of {count} device{'' if count == 1 else 's'}.")


async def _around(ui: LiveUi, door: Door, member: Member, chosen: list[str] | None = None) -> dict[str, Any]:
    tenant = ui.door.tenant
    roles = await _roles(door, tenant)
    held = together(member.roles)
    return {
        "member": member,
        "state": state_of(member),
        "businesses": f"{door.runtime.settings.platform_url}/",
        "here": tenant.person is not None and member.person_id == tenant.person.id,
        "above": not covers(tenant.actor.permissions, held),
        "choices": offered(tenant, roles),
        "chosen": [str(role.id) for role in member.roles] if chosen is None else chosen,
        "allowed": [
            (group.title, [each.title for each in group.permissions if held is None or each.name in held])
            for group in groups_of(door.runtime.registry, tenant.catalogue_entry.enabled)
        ],
        "history": await ui.history(KIND, member.id),
    }


member_routes = [people_page, member_page, give_roles, disable, enable, remove, sign_out]
