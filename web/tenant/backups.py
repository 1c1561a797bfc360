"""Backups: which there are, whether they can be relied on, and what can be done with one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response, Stream

from core.auth.permissions import BACKUPS
from core.files.store import told
from tenants.backups.asking import Asked, ask_backup, ask_restore, ask_rewind, asked_of, first_moment, hand_over
from tenants.backups.moments import kept_now, moment_from
from tenants.backups.shelf import Backup, backups_of, find_backup
from web.dependencies import TheDoor, TheForm, TheUi
from web.tenant.files import disposition
from web.ui import LiveUi
from weft.errors import Conflict, Invalid, Missing
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
        moments=await kept_now(runtime.platform) is not None,
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
    what = "A backup" if each.kind == "back_up" else f"A copy at “{each.slug}”"
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


@get("/moment")
async def moment_page(ui: TheUi) -> Response[str]:
    """Show from when to when one can go back, and ask for which moment."""
    return await ui.page("backups/moment.html", **await _around_moment(ui, Form.of()), errors={}, problem="")


async def _around_moment(ui: LiveUi, form: Form) -> dict[str, Any]:
    tenant, runtime = ui.door.tenant, ui.door.runtime
    kept = await kept_now(runtime.platform)
    if kept is None:
        raise Missing("Only the moments of backups can be had here: this installation keeps nothing in between.")
    first = await first_moment(runtime, tenant, kept) if kept.oldest_at else None
    proposed = {"moment": "", "slug": f"{tenant.slug}-then"[:40], "name": f"{tenant.name}, as it was"[:100]}
    given = {name: form.get(name) or proposed[name] for name in proposed}
    clocks = {"zone": str(tenant.timezone), "first": first.astimezone(tenant.timezone) if first else None}
    return {"given": given, **clocks, "trouble": bool(kept.trouble)}


@post("/moment")
async def rewind_beside(ui: TheUi, form: TheForm) -> Response[Any]:
    """Ask for a business as this one was at a moment."""
    try:
        try:
            moment = moment_from(form.get("moment"), ui.door.tenant.timezone)
        except Invalid as wrong:
            raise Invalid.field("moment", wrong.message) from None
        await ask_rewind(ui.door.runtime, ui.door.tenant, moment, form.get("slug").strip(), form.get("name").strip())
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("backups/moment.html", wrong, **await _around_moment(ui, form))
    return ui.redirect("/backups", toast="The copy is being made.")


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


handlers: Sequence[Any] = [backups_page, back_up_now, moment_page, rewind_beside, backup_page, restore_beside, take_away]
backups_router = Router("/backups", route_handlers=handlers, guards=[needs(BACKUPS)])
