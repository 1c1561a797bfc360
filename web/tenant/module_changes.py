"""Changing a module with open eyes: it is tried on a copy, a person reads what it comes to, and confirms; a removal can be undone."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from core.auth.permissions import MODULES
from core.tenancy.tenant import LiveTenant
from tenants.life import ask_operator
from tenants.trash.removing import KEPT
from tenants.trial.copying import MOST
from tenants.trial.sheet import Sheet
from web.dependencies import TheDoor, TheUi
from web.ui import LiveUi
from weft.errors import Conflict, Invalid, Missing
from weft.permissions import needs

FRESH = timedelta(hours=1)  # a sheet older than that may tell of a business as it is no more
CHANGES = {"enable": "switched on", "upgrade": "upgraded", "remove": "removed"}
BUTTONS = {"enable": "Switch on", "upgrade": "Upgrade", "remove": "Remove"}
_SHEET = """
SELECT p.sheet::text, p.made_at, o.state, o.note, o.arguments ->> 'module' AS module, o.arguments ->> 'change' AS change
FROM platform.operation o LEFT JOIN platform.module_preview p ON p.id = o.id
WHERE o.id = $1 AND o.tenant_id = $2 AND o.kind = 'preview_module'
"""
_BUSY = """
SELECT true FROM platform.operation WHERE tenant_id = $1 AND arguments ->> 'module' = $2 AND state IN ('waiting', 'running')
AND kind <> 'preview_module'
"""


@post("/{key:str}/preview")
async def ask_preview(
    ui: TheUi, door: TheDoor, key: FromPath[str], change: Annotated[str, QueryParameter(max_length=20)] = "enable"
) -> Response[Any]:
    """Have a change tried on a copy."""
    if change not in CHANGES:
        raise Invalid.field("change", "A module can be switched on, upgraded or removed.")
    _title(ui.door.tenant, key)
    async with door.runtime.platform.transaction() as db:
        asked = await ask_operator(db, "preview_module", ui.door.tenant.id, door.person_id, module=key, change=change)
    return ui.redirect(f"/modules/{key}/preview/{asked}")


@get("/{key:str}/preview/{asked:uuid}")
async def preview_page(ui: TheUi, door: TheDoor, key: FromPath[str], asked: FromPath[UUID]) -> Response[str]:
    """Show what a change comes to, or that it is being tried."""
    row, title = await _find(ui, key, asked), _title(ui.door.tenant, key)
    sheet = msgspec.json.decode(row["sheet"], type=Sheet) if row["sheet"] else None
    failed = row["note"] if row["state"] == "failed" else ""
    values = {"title": title, "key": key, "asked": asked, "change": row["change"], "word": CHANGES[row["change"]]}
    return await ui.page(
        "module_preview.html", sheet=sheet, failed=failed, button=BUTTONS[row["change"]], most=MOST, days=KEPT.days, **values
    )


@post("/{key:str}/preview/{asked:uuid}/confirm")
async def confirm(ui: TheUi, door: TheDoor, key: FromPath[str], asked: FromPath[UUID]) -> Response[Any]:
    """Ask the operator for a change that went well on the copy; raises `Conflict` for one that did not, or long ago."""
    row, tenant = await _find(ui, key, asked), ui.door.tenant
    if row["sheet"] is None or msgspec.json.decode(row["sheet"], type=Sheet).problem:
        raise Conflict("This change did not go well on the copy, so it is not made.")
    if row["made_at"] < tenant.now() - FRESH:
        raise Conflict("This was tried more than an hour ago: have it tried again, and read what it comes to now.")
    return await _ask(ui, door, key, f"{row['change']}_module", f"{_title(tenant, key)} is being {CHANGES[row['change']]}.")


@post("/{key:str}/undo")
async def bring_back(ui: TheUi, door: TheDoor, key: FromPath[str]) -> Response[Any]:
    """Ask the operator to bring a removed module back."""
    return await _ask(ui, door, key, "undo_module", f"{_title(ui.door.tenant, key)} is being brought back.")


async def _ask(ui: LiveUi, door: Any, key: str, kind: str, toast: str) -> Response[Any]:
    tenant = ui.door.tenant
    actor = {"by_name": tenant.actor.name} | ({"by": str(tenant.person.id)} if tenant.person else {})
    async with door.runtime.platform.transaction() as db:
        if not await db.fetchval(_BUSY, tenant.id, key):
            await ask_operator(db, kind, tenant.id, door.person_id, module=key, **actor)
    return ui.redirect("/modules", toast=toast)


async def _find(ui: LiveUi, key: str, asked: UUID) -> Any:
    row = await ui.views.runtime.platform.fetchrow(_SHEET, asked, ui.door.tenant.id)
    if row is None or row["module"] != key:
        raise Missing("There is no such trial of a change: it may be of another business.")
    return row


def _title(tenant: LiveTenant, key: str) -> str:
    plugin = tenant.house.registry.get(key)
    if plugin is None:
        raise Missing("There is no such module installed.")
    return plugin.title


changes_router = Router("/modules", route_handlers=[ask_preview, preview_page, confirm, bring_back], guards=[needs(MODULES)])
