"""Backups: which there are, whether they can be relied on, and what can be done with one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response, Stream

from core.auth.permissions import BACKUPS
from core.files.store import told
from tenants.backups.asking import Asked, ask_backup, ask_restore, asked_of, hand_over
from tenants.backups.shelf import Backup, backups_of, find_backup
from web.dependencies import TheDoor, TheForm, TheUi
from web.tenant.files import disposition
from web.ui import LiveUi
from weft.errors import Conflict, Invalid
from weft.forms import Form
from weft.permissions import needs


@get("/")
async def backups_page(ui: TheUi) -> Response[str]:
    """Show the backups there are, and what is on its way."""
    return await _page(ui)


async def _page(ui: LiveUi) -> Response[str]:
    tenant, runtime = ui.door.tenant, ui.door.runtime
    found = await backups_of(runtime.platform, tenant.schema)
    asked = await asked_of(runtime, tenant)
    tried = next((each for each in found if each.tested_at), None)
    return await ui.page(
        "backups/page.html",
        rows=[_row(each) for each in found],
        newest=next((each for each in found if each.state == "stored"), None),
        failed=found[0] if found and found[0].state == "failed" else None,
        tried=tried,
        asked=[_asked(ui, each) for each in asked],
        busy=any(each.state in ("waiting", "running") for each in asked) or any(each.state == "running" for each in found),
    )


def _row(each: Backup) -> dict[str, Any]:
    stored = each.state == "stored"
    return {
        "id": str(each.id),
        "label": each.made_at.isoformat(),
        "href": f"/backups/{each.id}" if stored else None,
        "faint": not stored,
        "cells": {
            "made": each.made_at,
            "state": _state(each),
            "why": f"Asked for by {each.asked_by}" if each.asked_by else "By the clock",
            "size": told(each.size) if stored else "",
            "rows": each.rows if stored else "",
            "files": each.files if stored else "",
        },
    }


def _state(each: Backup) -> dict[str, str]:
    if each.state == "failed":
        return {"label": "Failed", "tone": "bad"}
    if each.state == "running":
        return {"label": "Being made", "tone": "info"}
    if each.tested_at is None:
        return {"label": "Stored", "tone": "neutral"}
    return {"label": "Cannot be relied on", "tone": "bad"} if each.trouble else {"label": "Restored as a trial", "tone": "good"}


def _asked(ui: LiveUi, each: Asked) -> dict[str, Any]:
    what = f"A copy at “{each.slug}”" if each.kind == "restore_backup" else "A backup"
    if each.state == "failed":
        return {"title": f"{what} could not be made", "text": each.note, "tone": "bad"}
    if each.state == "done":
        url = ui.door.runtime.settings.tenant_url(each.note)
        return {"title": f"{what} is ready", "text": f"{url}: its schedules are paused, so that nothing is sent twice.", "tone": "good"}
    return {"title": f"{what} is being made", "text": "This takes from seconds to minutes; you can go on working.", "tone": "info"}


@post("/")
async def back_up_now(ui: TheUi) -> Response[Any]:
    """Ask for a backup."""
    await ask_backup(ui.door.runtime, ui.door.tenant)
    return ui.redirect("/backups", toast="A backup is being made.")


@get("/{backup_id:uuid}")
async def backup_page(ui: TheUi, backup_id: FromPath[UUID]) -> Response[str]:
    """Show a backup, and what can be done with it."""
    backup = await find_backup(ui.door.runtime.platform, ui.door.tenant.schema, backup_id)
    return await ui.page("backups/backup.html", **_around(ui, backup, Form.of()), errors={}, problem="")


def _around(ui: LiveUi, backup: Backup, form: Form) -> dict[str, Any]:
    local = backup.made_at.astimezone(ui.door.tenant.timezone)
    proposed = {"slug": f"{ui.door.tenant.slug}-{local:%m%d}"[:40], "name": f"{ui.door.tenant.name}, {local:%d %B %Y}"}
    given = {name: form.get(name) or proposed[name] for name in proposed}
    return {"backup": backup, "state": _state(backup), "size": told(backup.size), "given": given}


@post("/{backup_id:uuid}/restore")
async def restore_beside(ui: TheUi, backup_id: FromPath[UUID], form: TheForm) -> Response[Any]:
    """Ask for a business made of a backup."""
    backup = await find_backup(ui.door.runtime.platform, ui.door.tenant.schema, backup_id)
    try:
        await ask_restore(ui.door.runtime, ui.door.tenant, backup_id, form.get("slug").strip(), form.get("name").strip())
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("backups/backup.html", wrong, **_around(ui, backup, form))
    return ui.redirect("/backups", toast="The copy is being made.")


@post("/{backup_id:uuid}/archive")
async def take_away(ui: TheUi, door: TheDoor, backup_id: FromPath[UUID], form: TheForm) -> Response[Any] | Stream:
    """Send a backup as an archive, sealed under a passphrase."""
    try:
        if form.get("passphrase") != form.get("again"):
            raise Invalid.field("again", "This is not what you typed above.")
        backup, content = await hand_over(door.runtime, ui.door.tenant, backup_id, form.get("passphrase"))
    except Invalid as wrong:
        found = await find_backup(door.runtime.platform, ui.door.tenant.schema, backup_id)
        return await ui.rejected("backups/backup.html", wrong, **_around(ui, found, form))
    name = f"{ui.door.tenant.slug}-{backup.made_at:%Y-%m-%d}.weft"
    headers = {"Content-Disposition": disposition("attachment", name), "Cache-Control": "no-store"}
    return Stream(content, media_type="application/octet-stream", headers=headers)


handlers: Sequence[Any] = [backups_page, back_up_now, backup_page, restore_beside, take_away]
backups_router = Router("/backups", route_handlers=handlers, guards=[needs(BACKUPS)])
