"""The page of checks: what each module asks of its records every night, and what was found."""

from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from core.tenancy.tenant import LiveTenant
from web.dependencies import TheUi
from weft.checks import Check
from weft.errors import Missing, Refused
from weft.permissions import for_everyone

EVERYONE = for_everyone("each check has its own permission; the page shows those that one may see")


def _seen(tenant: LiveTenant) -> dict[str, list[Check]]:
    """Return the checks that the person may see, by module."""
    registry, found = tenant.house.registry, dict[str, list[Check]]()
    for key in sorted(tenant.catalogue_entry.enabled):
        checks = [check for check in registry.checks(frozenset({key})) if tenant.may(check.permission)]
        if checks:
            found[key] = checks
    return found


@get("/", guards=[EVERYONE])
async def checks_page(ui: TheUi) -> Response[str]:
    """Show what the latest run of each module's checks found."""
    tenant = ui.door.tenant
    modules: list[dict[str, Any]] = []
    async with tenant.transaction():
        for key, checks in _seen(tenant).items():
            run = next(iter(await tenant.check_runs(key, 1)), None)
            answers = {answer.name: answer for answer in run.answers} if run else {}
            shown = [(check, answers.get(check.name)) for check in checks]
            title = tenant.house.registry.plugins[key].title
            modules.append({"key": key, "title": title, "made_at": run.made_at if run else None, "checks": shown})
    return await ui.page("checks.html", modules=modules)


@post("/{plugin:str}", guards=[EVERYONE])
async def ask_checks(ui: TheUi, plugin: FromPath[str]) -> Response[Any]:
    """Ask a worker to run a module's checks; raises `Missing`, and `Refused` for somebody who may see none of them."""
    tenant = ui.door.tenant
    if plugin not in tenant.catalogue_entry.enabled or not tenant.house.registry.checks(frozenset({plugin})):
        raise Missing("No module of that name checks anything.")
    if plugin not in _seen(tenant):
        raise Refused("You may not see what these checks find.")
    async with tenant.transaction(unaudited="a check changes nothing"):
        await tenant.ask_checks(plugin)
    return ui.redirect("/checks", toast="The records are being checked: the result is here in a moment.")


checks_router = Router("/checks", route_handlers=[checks_page, ask_checks])
