"""Help: how to get about, who can help in this business, what one may do, and which versions run."""

from importlib.metadata import version

from litestar import get
from litestar.response import Response

from core.auth.permissions import PEOPLE
from core.people.members import Member, Wanted, members_page
from core.people.roles import groups_of, roles_of
from core.people.rules import covers
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheDoor, TheUi
from web.door import Door

SHOWN = 5  # people who can help


@get("/help")
async def help_page(ui: TheUi, door: TheDoor) -> Response[str]:
    """Show what helps."""
    tenant = ui.door.tenant
    registry, entry = tenant.house.registry, tenant.catalogue_entry
    held = tenant.actor.permissions
    groups = [
        (group.title, [each.title for each in group.permissions if held is None or each.name in held])
        for group in groups_of(registry, entry.enabled)
    ]
    return await ui.page(
        "help.html",
        helpers=await helpers(door, tenant),
        everything=held is None,
        allowed=[(title, titles) for title, titles in groups if titles],
        version=version("weft"),
        modules=[plugin for key, plugin in registry.plugins.items() if tenant.has(key)],
    )


async def helpers(door: Door, tenant: LiveTenant) -> tuple[Member, ...]:
    """Return some of those who can change what others may do here."""
    async with door.runtime.platform.transaction() as db:
        roles = await roles_of(db, tenant.id)
    able = tuple(role.id for role in roles if covers(role.held, frozenset({PEOPLE.name})))
    return (await members_page(door.runtime, tenant, Wanted(roles=able, states=("active",), size=SHOWN))).members if able else ()
