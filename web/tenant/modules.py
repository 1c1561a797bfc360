"""The Modules page: what each module adds and needs, and its switch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth.permissions import MODULES
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from tenants.life import ask_operator
from tenants.requirements import UnmetRequirement, dependents, resolve
from tenants.trash.removing import Removed, trash_of
from web.dependencies import TheDoor, TheUi
from web.flash import toast_cookie
from web.tenant.clock_words import in_words
from web.ui import LiveUi
from weft.errors import Conflict, Missing
from weft.permissions import needs
from weft.plugin import Plugin


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """One module, as the page shows it. `state` is on, off, switching, failed or unavailable."""

    plugin: Plugin
    state: str
    note: str
    adds: tuple[tuple[str, tuple[str, ...]], ...]
    needs: tuple[str, ...]
    used_by: tuple[str, ...]
    has_settings: bool
    left_out: int = 0  # of its parts, of pages of others
    stored: bool = False  # switched off, with its data kept
    newer: str = ""  # the version it has here, where another is installed
    removed: Removed | None = None  # waits in the trash


DONE = ("on", "off")
# What is on and what the operator is at, as of one moment: the cached entry may not have heard yet of what has just been done.
_STATES = """
WITH asked AS (
    SELECT DISTINCT ON (arguments ->> 'module') arguments ->> 'module' AS module, kind, state, note FROM platform.operation
    WHERE tenant_id = $1 AND kind = ANY ('{enable_module,disable_module,upgrade_module,remove_module,undo_module}')
    ORDER BY arguments ->> 'module', created_at DESC
), enabled AS (SELECT plugin FROM platform.tenant_module WHERE tenant_id = $1 AND enabled)
SELECT COALESCE(asked.module, enabled.plugin) AS module, kind, state, note, enabled.plugin IS NOT NULL AS enabled
FROM asked FULL JOIN enabled ON enabled.plugin = asked.module
"""
_STORED = "SELECT plugin, version FROM platform.tenant_module WHERE tenant_id = $1"


async def cards(tenant: LiveTenant, door: Any) -> list[ModuleCard]:
    """Return every installed module with its state in this tenant."""
    registry = tenant.house.registry
    found = {row["module"]: row for row in await door.runtime.platform.fetch(_STATES, tenant.id)}
    stored = {row["plugin"]: row["version"] for row in await door.runtime.platform.fetch(_STORED, tenant.id)}
    trash = {each.plugin: each for each in reversed(await trash_of(door.runtime.platform, tenant.schema)) if each.state == "kept"}
    enabled = frozenset(key for key, row in found.items() if row["enabled"])
    faults = Counter(each.plugin for each in await door.runtime.firewall.faults(tenant) if each.retry_at)
    made = [_card(registry, enabled, plugin, found.get(key)) for key, plugin in registry.plugins.items()]
    return [_completed(card, faults[card.plugin.key], stored.get(card.plugin.key), trash.get(card.plugin.key)) for card in made]


def _completed(card: ModuleCard, left_out: int, version: str | None, removed: Removed | None) -> ModuleCard:
    """Return a card with what is known of the module's parts and data."""
    newer = version if version and card.state == "on" and version != card.plugin.version else ""
    kept = version is not None and card.state in ("off", "failed", "unavailable")
    return replace(card, left_out=left_out, stored=kept, newer=newer, removed=None if version is not None else removed)


def _card(registry: Registry, enabled: frozenset[str], plugin: Plugin, operation: Any) -> ModuleCard:
    on = plugin.key in enabled
    state, note = ("on" if on else "off"), ""
    if operation and operation["state"] in ("waiting", "running"):
        state = "switching"
    elif operation and operation["state"] == "failed" and operation["kind"] == "enable_module" and not on:
        state, note = "failed", operation["note"]
    elif operation and operation["state"] == "failed" and operation["kind"] in ("upgrade_module", "remove_module", "undo_module"):
        note = operation["note"]
    if state == "off":
        try:
            resolve(registry.plugins, [plugin.key])
        except UnmetRequirement as unmet:
            state, note = "unavailable", unmet.message
    titles = {key: each.title for key, each in registry.plugins.items()}
    used_by = tuple(titles[key] for key in dependents(registry.plugins, enabled, plugin.key))
    return ModuleCard(
        plugin, state, note, adds(plugin), tuple(titles.get(key, key) for key in plugin.requires), used_by, plugin.settings() is not None
    )


def adds(plugin: Plugin) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what a module brings: the word for each kind of thing, and what those things are called."""
    storage = plugin.storage()
    parts: Sequence[tuple[str, Iterable[str]]] = (
        ("page", (each.title for each in plugin.menu())),
        ("table", (each._meta.tablename for each in storage.table_classes) if storage else ()),
        ("permission", (each.title for each in plugin.permissions())),
        ("role", (each.title for each in plugin.role_templates())),
        ("dashboard card", (each.title for each in plugin.widgets())),
        ("import", (each.title for each in plugin.importers())),
        ("job", (each.title for each in plugin.jobs())),
        ("schedule", (f"{each.job.title}, {in_words(each.cron).lower()}" for each in plugin.schedules())),
    )
    found = [(word, tuple(titles)) for word, titles in parts]
    return tuple((f"{len(titles)} {word}{'' if len(titles) == 1 else 's'}", titles) for word, titles in found if titles)


@get("/")
async def modules_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show the modules, by category."""
    tenant = ui.door.tenant
    found = sorted(await cards(tenant, door), key=lambda card: (card.plugin.category, card.plugin.title))
    if any(card.state in DONE and (card.state == "on") != (card.plugin.key in tenant.catalogue_entry.enabled) for card in found):
        await door.runtime.changes.catch_up(door.runtime.platform)  # it was switched while this request came in: the navigation is to agree
        return ui.redirect("/modules")
    groups = [(category, list(members)) for category, members in groupby(found, key=lambda card: card.plugin.category)]
    return await ui.page("modules.html", groups=groups, set_aside=ui.door.tenant.house.registry.set_aside)


@get("/{key:str}/card")
async def module_card(ui: TheUi, door: TheDoor, key: FromPath[str]) -> Response[Any]:
    """Return one card alone, which a card that is being switched asks for; once it is done the page, with its navigation, comes anew."""
    card = next((card for card in await cards(ui.door.tenant, door) if card.plugin.key == key), None)
    if card is None:
        raise Missing("There is no such module.")
    if ui.htmx and card.state in DONE:
        await door.runtime.changes.catch_up(door.runtime.platform)  # so that the page's navigation agrees with the card
        return Response(b"", headers={"HX-Refresh": "true"}, cookies=[toast_cookie(f"{card.plugin.title} is switched {card.state}.")])
    return await ui.fragment("_module.html", card=card)


@post("/{key:str}/enable")
async def switch_on(ui: TheUi, door: TheDoor, key: FromPath[str]) -> Response[Any]:
    """Ask the operator to switch a module on, with what it needs."""
    tenant = ui.door.tenant
    plugin = _installed(tenant, key)
    resolve(tenant.house.registry.plugins, [key])
    return await _ask(ui, door, tenant, plugin, "enable_module", f"{plugin.title} is being switched on.")


@post("/{key:str}/disable")
async def switch_off(ui: TheUi, door: TheDoor, key: FromPath[str]) -> Response[Any]:
    """Ask the operator to hide a module; its data stays."""
    tenant = ui.door.tenant
    plugin = _installed(tenant, key)
    registry = tenant.house.registry
    if used_by := dependents(registry.plugins, tenant.catalogue_entry.enabled, key):
        titles = ", ".join(registry.plugins[each].title for each in used_by)
        raise Conflict(f"{plugin.title} is needed by {titles}: switch those off first.")
    return await _ask(ui, door, tenant, plugin, "disable_module", f"{plugin.title} is being switched off. Its data stays.")


async def _ask(ui: LiveUi, door: Any, tenant: LiveTenant, plugin: Plugin, kind: str, toast: str) -> Response[Any]:
    person: UUID | None = door.person_id
    async with door.runtime.platform.transaction() as db:
        waiting = await db.fetchval(
            "SELECT true FROM platform.operation WHERE tenant_id = $1 AND arguments ->> 'module' = $2 AND state IN ('waiting', 'running')",
            tenant.id,
            plugin.key,
        )
        if not waiting:
            await ask_operator(db, kind, tenant.id, person, module=plugin.key)
    return ui.redirect("/modules", toast=toast)


def _installed(tenant: LiveTenant, key: str) -> Plugin:
    plugin = tenant.house.registry.get(key)
    if plugin is None:
        raise Missing("There is no such module installed.")
    return plugin


modules_router = Router("/modules", route_handlers=[modules_page, module_card, switch_on, switch_off], guards=[needs(MODULES)])
