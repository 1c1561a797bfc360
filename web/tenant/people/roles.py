"""Roles: the matrix of what each allows, one role's own page, and what modules suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from core.auth.permissions import PEOPLE
from core.people.roles import (
    KIND,
    Edit,
    Group,
    RoleChanged,
    answer_offer,
    create_role,
    delete_role,
    groups_of,
    may_touch,
    role_by_id,
    roles_of,
    save_roles,
    template_permissions,
    titles,
)
from core.people.rules import Offer, Role, covers, new_offer
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheDoor, TheForm, TheUi
from web.door import Door
from web.tenant.people.tabs import tabs
from web.ui import LiveUi
from weft.errors import Conflict, Invalid
from weft.forms import Form
from weft.permissions import needs


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a module's new version suggests for a role, in words."""

    module: str
    added: tuple[str, ...]
    dropped: tuple[str, ...]


@get("/people/roles", guards=[needs(PEOPLE)])
async def roles_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show which role may do what."""
    return await ui.page("people/roles.html", **await _matrix(ui, door), problem="", conflict=None)


@post("/people/roles", guards=[needs(PEOPLE)])
async def save_matrix(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Store every role that was changed in the matrix, or none."""
    tenant = ui.door.tenant
    around = await _matrix(ui, door)
    groups: list[Group] = around["groups"]
    edits = []
    checked: dict[UUID, frozenset[str]] = {}
    for role in around["roles"]:
        if role.is_owner or not form.get(f"version.{role.id}"):
            continue
        checked[role.id] = _chosen(tenant, groups, role.permissions, form.all(f"may.{role.id}"))
        edits.append(Edit(role.id, _number(form.get(f"version.{role.id}")), checked[role.id]))
    try:
        changed = await save_roles(door.runtime, tenant, edits)
    except RoleChanged as wrong:
        conflict = _conflict(door, tenant, wrong.role, checked.get(wrong.role.id, frozenset()))
        return await ui.rejected("people/roles.html", wrong, **{**around, "checked": checked}, conflict=conflict)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("people/roles.html", wrong, **{**around, "checked": checked}, conflict=None)
    count = len(changed)
    return ui.redirect("/people/roles", toast=f"{count} role{'' if count == 1 else 's'} saved." if count else "Nothing was changed.")


async def _matrix(ui: LiveUi, door: Door) -> dict[str, Any]:
    tenant = ui.door.tenant
    async with door.runtime.platform.transaction() as db:
        roles = await roles_of(db, tenant.id)
    groups = groups_of(door.runtime.registry, tenant.catalogue_entry.enabled)
    held = tenant.actor.permissions
    return {
        "tabs": await tabs(door, tenant, "roles"),
        "roles": roles,
        "groups": groups,
        "checked": {role.id: role.permissions for role in roles},
        "touchable": frozenset(each.name for group in groups for each in group.permissions if may_touch(held, each.name)),
        "suggestions": [(role, found) for role in roles if (found := _suggestion(door, tenant, role))],
    }


def _chosen(tenant: LiveTenant, groups: Sequence[Group], before: frozenset[str], checked: Sequence[str]) -> frozenset[str]:
    """Return a role's permissions after a form: boxes that could not be touched, or were not there, stay as they were."""
    held = tenant.actor.permissions
    touchable = frozenset(each.name for group in groups for each in group.permissions if may_touch(held, each.name))
    return frozenset(checked) | (before - touchable)


def _suggestion(door: Door, tenant: LiveTenant, role: Role) -> Suggestion | None:
    registry, enabled = door.runtime.registry, tenant.catalogue_entry.enabled
    offer = new_offer(role, template_permissions(registry, enabled, role.template))
    if offer is None:
        return None
    return Suggestion(registry.plugins[role.template.partition(".")[0]].title, *_in_words(registry, enabled, offer))


def _in_words(registry: Any, enabled: frozenset[str], offer: Offer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = titles(registry, enabled)
    added, dropped = (tuple(sorted(names.get(each, each) for each in part)) for part in (offer.added, offer.dropped))
    return added, dropped


def _conflict(door: Door, tenant: LiveTenant, role: Role, yours: frozenset[str]) -> dict[str, Any]:
    names = titles(door.runtime.registry, tenant.catalogue_entry.enabled)
    return {
        "role": role,
        "theirs": sorted(names.get(each, each) for each in role.permissions - yours),
        "yours": sorted(names.get(each, each) for each in yours - role.permissions),
    }


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


# --- one role ---


@get("/people/roles/new", guards=[needs(PEOPLE)])
async def new_role_form(ui: TheUi, door: TheDoor, copy: Annotated[UUID | None, QueryParameter(name="copy")] = None) -> Response[str]:
    """Ask for a new role, perhaps beginning with what another allows."""
    form, checked = Form({}), frozenset[str]()
    if copy:
        role = await _role(door, ui.door.tenant, copy)
        form, checked = Form.of(title=f"{role.title} (copy)"), role.permissions
    return await ui.page("people/role.html", **await _around(ui, door, None, form, checked), errors={}, problem="", conflict=None)


@post("/people/roles/new", guards=[needs(PEOPLE)])
async def add_role(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Make a role."""
    checked = frozenset(form.all("may"))
    try:
        await create_role(door.runtime, ui.door.tenant, form.get("title"), checked)
    except Invalid as wrong:
        return await ui.rejected("people/role.html", wrong, **await _around(ui, door, None, form, checked), conflict=None)
    return ui.redirect("/people/roles", toast=f"The role “{form.get('title')}” is there now.")


@get("/people/roles/{role_id:uuid}", guards=[needs(PEOPLE)])
async def role_page(ui: TheUi, door: TheDoor, role_id: FromPath[UUID]) -> Response[str]:
    """Show one role."""
    role = await _role(door, ui.door.tenant, role_id)
    around = await _around(ui, door, role, Form.of(title=role.title, version=str(role.version)), role.permissions)
    return await ui.page("people/role.html", **around, errors={}, problem="", conflict=None)


@post("/people/roles/{role_id:uuid}", guards=[needs(PEOPLE)])
async def save_role(ui: TheUi, door: TheDoor, form: TheForm, role_id: FromPath[UUID]) -> Response[Any]:
    """Store one role."""
    tenant = ui.door.tenant
    role = await _role(door, tenant, role_id)
    groups = groups_of(door.runtime.registry, tenant.catalogue_entry.enabled)
    checked = _chosen(tenant, groups, role.permissions, form.all("may"))
    try:
        await save_roles(door.runtime, tenant, [Edit(role_id, _number(form.get("version")), checked, form.get("title"))])
    except RoleChanged as wrong:
        newer = Form.of(title=form.get("title"), version=str(wrong.role.version))
        conflict = _conflict(door, tenant, wrong.role, checked)
        return await ui.rejected("people/role.html", wrong, **await _around(ui, door, wrong.role, newer, checked), conflict=conflict)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("people/role.html", wrong, **await _around(ui, door, role, form, checked), conflict=None)
    return ui.redirect("/people/roles", toast=f"The role “{form.get('title')}” is saved.")


@post("/people/roles/{role_id:uuid}/offer", guards=[needs(PEOPLE)])
async def decide_offer(ui: TheUi, door: TheDoor, form: TheForm, role_id: FromPath[UUID]) -> Response[Any]:
    """Take over what a module suggests for a role, or keep the role as it is."""
    accept = form.get("answer") == "accept"
    role = await answer_offer(door.runtime, ui.door.tenant, role_id, accept=accept)
    toast = f"“{role.title}” is up to date with its module." if accept else f"“{role.title}” stays as it is."
    return ui.redirect("/people/roles", toast=toast)


@post("/people/roles/{role_id:uuid}/delete", guards=[needs(PEOPLE)])
async def drop_role(ui: TheUi, door: TheDoor, form: TheForm, role_id: FromPath[UUID]) -> Response[Any]:
    """Delete a role; its people get another instead."""
    instead = form.get("instead")
    try:
        role = await delete_role(door.runtime, ui.door.tenant, role_id, instead=UUID(instead) if instead else None)
    except (Conflict, ValueError, Invalid) as wrong:
        role = await _role(door, ui.door.tenant, role_id)
        around = await _around(ui, door, role, Form.of(title=role.title, version=str(role.version)), role.permissions)
        shown = wrong if isinstance(wrong, (Conflict, Invalid)) else Invalid.field("instead", "Choose a role of the list.")
        return await ui.rejected("people/role.html", shown, **around, conflict=None)
    return ui.redirect("/people/roles", toast=f"The role “{role.title}” is gone.")


async def _role(door: Door, tenant: LiveTenant, role_id: UUID) -> Role:
    async with door.runtime.platform.transaction() as db:
        return await role_by_id(db, tenant.id, role_id)


async def _around(ui: LiveUi, door: Door, role: Role | None, form: Form, checked: frozenset[str]) -> dict[str, Any]:
    tenant = ui.door.tenant
    held = tenant.actor.permissions
    async with door.runtime.platform.transaction() as db:
        others = [each for each in await roles_of(db, tenant.id) if role is None or each.id != role.id]
    groups = groups_of(door.runtime.registry, tenant.catalogue_entry.enabled)
    return {
        "role": role,
        "form": form,
        "groups": groups,
        "checked": checked,
        "touchable": frozenset(each.name for group in groups for each in group.permissions if may_touch(held, each.name)),
        "suggestion": _suggestion(door, tenant, role) if role else None,
        "instead": [{"value": str(each.id), "label": each.title} for each in others if covers(held, each.held)],
        "history": await ui.history(KIND, role.id) if role else [],
    }


role_routes = [roles_page, save_matrix, new_role_form, add_role, role_page, save_role, decide_offer, drop_role]
