"""API tokens of a business."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth.permissions import TOKENS
from core.people.roles import groups_of, may_touch, titles
from core.people.tokens import Token, create_token, revoke_token, tokens_of
from web.dependencies import TheDoor, TheForm, TheUi
from web.door import Door
from web.tenant.people.tabs import tabs
from web.ui import LiveUi
from weft.errors import Invalid
from weft.forms import Form
from weft.permissions import needs

LASTING = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked"))
STATES = {"active": ("Active", "good"), "expired": ("Expired", "neutral"), "revoked": ("Revoked", "neutral")}
COLUMNS = (
    {"key": "name", "label": "Token"},
    {"key": "state", "label": "State", "kind": "choice", "role": "aside"},
    {"key": "permissions", "label": "Permissions", "kind": "number"},
    {"key": "used", "label": "Last used", "kind": "ago"},
    {"key": "expires", "label": "Expires", "kind": "date"},
    {"key": "by", "label": "Made by"},
)


@get("/people/tokens", guards=[needs(TOKENS)])
async def tokens_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show the tokens there are."""
    tenant, now = ui.door.tenant, door.runtime.now()
    names = titles(door.runtime.registry, tenant.catalogue_entry.enabled)
    rows = [_row(token, token.state(now), names) for token in await tokens_of(door.runtime, tenant)]
    return await ui.page("people/tokens.html", tabs=await tabs(door, tenant, "tokens"), columns=COLUMNS, rows=rows)


def _row(token: Token, state: str, names: Any) -> dict[str, Any]:
    label, tone = STATES[state]
    confirm = f"Revoke “{token.name}”? Every program that uses it is turned away at once."
    menu: list[Any] = [{"heading": "It may"}, *({"label": names.get(each, each), "disabled": True} for each in sorted(token.permissions))]
    if state == "active":
        menu += ["-", {"label": "Revoke", "post": f"/people/tokens/{token.id}/revoke", "icon": "trash", "tone": "bad", "confirm": confirm}]
    return {
        "id": str(token.id),
        "label": token.name,
        "faint": state != "active",
        "menu": menu,
        "cells": {
            "name": {"text": token.name, "sub": f"ends in {token.hint}", "icon": "key"},
            "state": {"label": label, "tone": tone},
            "permissions": len(token.permissions),
            "used": token.last_used_at,
            "expires": token.expires_at,
            "by": token.created_by,
        },
    }


@get("/people/tokens/new", guards=[needs(TOKENS)])
async def new_token_form(ui: TheUi, door: TheDoor) -> Response[str]:
    """Ask what a token is for and what it may do."""
    return await ui.page("people/token.html", **_around(ui, door, Form.of(days="90")), errors={}, problem="")


@post("/people/tokens/new", guards=[needs(TOKENS)])
async def add_token(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Make a token, and show it this once."""
    tenant, days = ui.door.tenant, form.get("days")
    try:
        if days not in dict(LASTING):
            raise Invalid.field("expires", "Choose one of the list.")
        expires = door.runtime.now() + timedelta(days=int(days)) if days else None
        token = await create_token(door.runtime, tenant.id, form.get("name"), frozenset(form.all("may")), expires, tenant.actor)
    except Invalid as wrong:
        return await ui.rejected("people/token.html", wrong, **_around(ui, door, form))
    url = door.runtime.settings.tenant_url(tenant.slug, "/api/schema/openapi.json")
    return await ui.page("people/token_made.html", name=form.get("name"), token=token, url=url)


@post("/people/tokens/{token_id:uuid}/revoke", guards=[needs(TOKENS)])
async def drop_token(ui: TheUi, door: TheDoor, token_id: FromPath[UUID]) -> Response[Any]:
    """Let a token stop working."""
    name = await revoke_token(door.runtime, ui.door.tenant, token_id)
    return ui.redirect("/people/tokens", toast=f"The token “{name}” no longer works.")


def _around(ui: LiveUi, door: Door, form: Form) -> dict[str, Any]:
    tenant = ui.door.tenant
    groups = groups_of(door.runtime.registry, tenant.catalogue_entry.enabled)
    held = tenant.actor.permissions
    mine = [replace(group, permissions=tuple(each for each in group.permissions if may_touch(held, each.name))) for group in groups]
    names = frozenset(each.name for group in mine for each in group.permissions)
    checked = frozenset(form.all("may"))
    return {
        "form": form,
        "groups": [group for group in mine if group.permissions],
        "lasting": LASTING,
        "checked": checked,
        "touchable": names,
    }


token_routes = [tokens_page, new_token_form, add_token, drop_token]
