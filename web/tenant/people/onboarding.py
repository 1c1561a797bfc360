"""The first days of a business: what kind it is, which modules it needs, and a list of what is left to do."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import get, post
from litestar.response import Response
from markupsafe import Markup

from core.audit.trail import write_entry
from core.auth.permissions import IMPORT, MODULES, PEOPLE
from core.tenancy.tenant import LiveTenant
from tenants.life import ask_operator
from web.dependencies import TheDoor, TheForm, TheUi
from web.door import Door
from web.tenant.people.industries import BY_KEY, INDUSTRIES, choices, to_switch_on
from web.ui import LiveUi
from weft.errors import Invalid
from weft.permissions import needs

SETTING = "core.onboarding"  # its place among the tenant's settings


class Begun(msgspec.Struct, frozen=True):
    """What a business has told of itself so far."""

    industry: str = ""
    chosen: bool = False  # the modules


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do in the first days."""

    title: str
    text: str
    done: bool
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the operator is with the modules that were asked for."""

    done: int
    total: int
    failed: tuple[str, ...]

    @property
    def running(self) -> bool:
        """Whether there is something to wait for."""
        return self.done + len(self.failed) < self.total


def begun(tenant: LiveTenant) -> Begun:
    """Return what the business has told of itself so far."""
    stored = tenant.catalogue_entry.settings.get(SETTING)
    return msgspec.json.decode(stored, type=Begun) if stored else Begun()


async def tasks_of(door: Door, tenant: LiveTenant) -> list[Task]:
    """Return what there is to do for who acts, and what of it is done."""
    platform, confirmed = door.runtime.platform, door.access is None or door.access.confirmed
    tasks = [Task("Sign the business up", f"{tenant.name} is at {tenant.slug}.{door.runtime.settings.base_host}.", True)]
    if not confirmed:
        text = "Open the link that we mailed you: then you can sign in anywhere, and invite people."
        settings = door.runtime.settings
        way = ("Open our mailbox", f"{settings.platform_url}/mailbox") if settings.shows_mail else ("Your account", "/person")
        tasks.append(Task("Confirm your address", text, False, *way))
    if tenant.may(MODULES):
        text = "Tell us what kind of business it is, and choose what you need today."
        tasks.append(Task("Choose your modules", text, begun(tenant).chosen, "Choose modules", "/welcome"))
    if tenant.may(IMPORT):
        async with tenant.transaction() as db:
            imported = await db.fetchval("SELECT EXISTS (SELECT 1 FROM platform.import_batch WHERE state = 'done')")
        text = "Customers, products and more, from the spreadsheets you have. A trial run shows what would happen before anything does."
        tasks.append(Task("Bring your data", text, imported, "Import a file", "/imports"))
    if tenant.may(PEOPLE):
        asked = await platform.fetchval(_ANYBODY_ELSE, tenant.id)
        tasks.append(Task("Invite your colleagues", "Each with the roles that fit their work.", asked, "Invite people", "/people/invite"))
    return tasks


_ANYBODY_ELSE = """
SELECT (SELECT count(*) FROM platform.membership WHERE tenant_id = $1) > 1
    OR EXISTS (SELECT 1 FROM platform.invitation WHERE tenant_id = $1)
"""


async def checklist(ui: LiveUi) -> Markup:
    """Return the list of what is left to do, for the dashboard: nothing once it is all done, dismissed, or not this person's to do."""
    tenant, door = ui.door.tenant, ui.door
    if tenant.catalogue_entry.onboarded or tenant.person is None or not tenant.may(MODULES):
        return Markup()
    tasks = await tasks_of(door, tenant)
    if all(task.done for task in tasks):  # from now on nobody need ask
        await door.runtime.platform.execute("UPDATE platform.tenant SET onboarded = true WHERE id = $1 AND NOT onboarded", tenant.id)
        return Markup()
    return Markup('<div class="mb-3">{}</div>').format(ui.partial("people/_checklist.html", tasks=tasks))


async def progress_of(door: Door, tenant: LiveTenant) -> Progress:
    """Return how far the modules are that were asked for last."""
    rows = await door.runtime.platform.fetch(_ASKED, tenant.id)
    titles = {key: plugin.title for key, plugin in tenant.house.registry.plugins.items()}
    failed = tuple(titles.get(row["module"], row["module"]) for row in rows if row["state"] == "failed")
    return Progress(sum(row["state"] == "done" for row in rows), len(rows), failed)


_ASKED = """
SELECT DISTINCT ON (arguments ->> 'module') arguments ->> 'module' AS module, state FROM platform.operation
WHERE tenant_id = $1 AND kind = 'enable_module' AND created_at > now() - interval '1 day' ORDER BY arguments ->> 'module', created_at DESC
"""


@get("/welcome")
async def welcome(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show where a business begins."""
    tenant = ui.door.tenant
    told = begun(tenant)
    industry = BY_KEY.get(told.industry)
    modules = choices(tenant.house.registry, tenant.catalogue_entry.enabled, industry) if industry else []
    return await ui.page(
        "people/welcome.html",
        options=[{"value": each.key, "label": each.title, "hint": each.hint} for each in INDUSTRIES],
        industry=industry,
        modules=modules,
        chosen=told.chosen,
        tasks=await tasks_of(door, tenant),
        progress=await progress_of(door, tenant),
    )


@post("/welcome/industry", guards=[needs(MODULES)])
async def choose_industry(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Keep what kind of business it is."""
    if form.get("industry") not in BY_KEY:
        raise Invalid.field("industry", "Choose what comes closest.")
    await _keep(door, ui.door.tenant, Begun(form.get("industry")))
    return ui.redirect("/welcome")


@post("/welcome/again", guards=[needs(MODULES)])
async def choose_again(ui: TheUi, door: TheDoor) -> Response[Any]:
    """Ask once more what kind of business it is."""
    await _keep(door, ui.door.tenant, Begun())
    return ui.redirect("/welcome")


@post("/welcome/modules", guards=[needs(MODULES)])
async def choose_modules(ui: TheUi, door: TheDoor, form: TheForm) -> Response[Any]:
    """Ask the operator for the modules that were chosen."""
    tenant = ui.door.tenant
    missing = to_switch_on(tenant.house.registry, tenant.catalogue_entry.enabled, form.all("modules"))
    await _keep(door, tenant, Begun(begun(tenant).industry, chosen=True), missing)
    return ui.redirect("/welcome", toast="" if missing else "Your modules are as you chose them.")


async def _keep(door: Door, tenant: LiveTenant, told: Begun, modules: list[str] | None = None) -> None:
    async with door.runtime.platform.transaction() as db:
        await db.execute(
            "UPDATE platform.tenant SET settings = jsonb_set(settings, ARRAY[$2], $3::jsonb) WHERE id = $1",
            tenant.id,
            SETTING,
            msgspec.json.encode(told).decode(),
        )
        for key in modules or ():
            await ask_operator(db, "enable_module", tenant.id, door.person_id, module=key)
        after = {"industry": told.industry, **({"modules": modules} if modules else {})}
        action = "chose modules" if told.chosen else "chose an industry"
        await write_entry(db, tenant.schema, tenant.actor, action, "core.business", tenant.name, record=tenant.id, after=after)


@get("/welcome/progress")
async def module_progress(ui: TheUi, door: TheDoor) -> Response[str]:
    """Return how far the modules are; when they are done, the page is shown anew, with what they bring."""
    progress = await progress_of(door, ui.door.tenant)
    response = await ui.fragment("people/_progress_bar.html", progress=progress)
    if not progress.running:
        response.headers["HX-Refresh"] = "true"
    return response


@post("/welcome/dismiss", guards=[needs(MODULES)])
async def dismiss(ui: TheUi, door: TheDoor) -> Response[Any]:
    """Take the list off the dashboard."""
    await door.runtime.platform.execute("UPDATE platform.tenant SET onboarded = true WHERE id = $1", ui.door.tenant.id)
    return ui.redirect("/", toast="The list is gone. Everything in it is in the menu too.")


onboarding_routes = [welcome, choose_industry, choose_again, choose_modules, module_progress, dismiss]
