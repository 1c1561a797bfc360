"""What of a module failed, on pages of others or in work behind the pages: why it is left out, and the button that has it tried again."""

from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from core.audit.trail import write_entry
from core.auth.permissions import MODULES
from core.firewall.books import Fault
from core.plugins.hooks import HOOKS
from web.dependencies import TheDoor, TheUi
from weft.errors import Missing
from weft.permissions import needs
from weft.plugin import Plugin

KIND = "core.module"
PLACES = {
    "panels": "Its parts of other modules' pages",
    "widgets": "Its cards on the dashboard",
    "reports": "Its reports as cards on the dashboard",
    "search": "Its records in the search",
    "checks": "Its nightly checks",
    "closing_checks": "Its checks before books are closed",
}
WORK = {"jobs": "Its job", "subscriptions": "Its reaction to an event", "importers": "Its import", "reports": "Its report"}
CAUSES = {
    "raised": "It failed with an error.",
    "late": "It took too long.",
    "blocked": "It kept the whole server waiting, so it was left out at once.",
    "statements": "It asked the database far too often.",
    "tables": "It wrote to a table of another module. Nothing of that was saved.",
    "answer": "It answered with something that cannot be shown.",
}


@get("/{key:str}/faults")
async def faults_page(ui: TheUi, key: FromPath[str]) -> Response[str]:
    """Show what of a module failed here, the latest trace with it."""
    tenant = ui.door.tenant
    found = [each for each in await ui.views.runtime.firewall.faults(tenant) if each.plugin == key]
    plugin = tenant.house.registry.get(key)
    if plugin is None and not found:
        raise Missing("There is no such module.")
    return await ui.page("module_faults.html", title=_title(plugin, key), key=key, faults=[_shown(each) for each in found])


def _shown(fault: Fault) -> dict[str, Any]:
    place, cause = _place(fault.hook, fault.part), CAUSES.get(fault.cause, "")
    return {"fault": fault, "place": place, "cause": cause, "left_out": fault.retry_at is not None}


def _place(hook: str, part: str) -> str:
    kind, _, name = hook.partition(":")
    return f"{WORK.get(kind, kind)} “{part}”" if name else PLACES.get(hook, hook)


@post("/{key:str}/faults/{hook:str}/try")
async def try_again(ui: TheUi, door: TheDoor, key: FromPath[str], hook: FromPath[str]) -> Response[Any]:
    """Have what is left out tried at the next page that shows it, or with the work that waits; one good answer brings it back."""
    tenant = ui.door.tenant
    if hook.partition(":")[0] not in HOOKS:
        raise Missing("There is no such part of a module.")
    fault = next((each for each in await door.runtime.firewall.faults(tenant) if (each.plugin, each.hook) == (key, hook)), None)
    if not await door.runtime.firewall.try_soon(tenant, (key, hook)):
        return ui.redirect(f"/modules/{key}/faults", toast="It is not left out any more, or is tried already.")
    title = _title(tenant.house.registry.get(key), key)
    async with door.runtime.platform.transaction() as db:
        await write_entry(
            db, tenant.schema, tenant.actor, "had tried again", KIND, title, after={"part": _place(hook, fault.part if fault else hook)}
        )
    toast = "It is tried again at once, with all that waits for it." if ":" in hook else "It is tried at the next page that shows it."
    return ui.redirect(f"/modules/{key}/faults", toast=toast)


def _title(plugin: Plugin | None, key: str) -> str:
    return plugin.title if plugin else key


faults_router = Router("/modules", route_handlers=[faults_page, try_again], guards=[needs(MODULES)])
