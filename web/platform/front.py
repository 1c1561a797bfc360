"""The front page: what Weft is, or the businesses of who is signed in; and what one can do with a place in one of them."""

from dataclasses import replace
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from core.auth.places import Place
from core.people.membership import leave
from core.tenancy.tenant import LiveTenant
from tenants.closing import bring_back
from web.dependencies import TheDoor, TheGate
from web.door import Door
from web.gate import GateUi
from weft.errors import Missing


def sign_in_first(gate: GateUi) -> Response[Any]:
    """Send somebody who is not signed in to do so, and back to where they are."""
    return gate.redirect(f"/sign-in?next={gate.request.url.path}")


@get("/")
async def front_page(gate: TheGate, door: TheDoor) -> Response[Any]:
    """Show what there is to know, or one's businesses."""
    if door.person_id is None:
        return gate.page("platform/front.html")
    places = await door.runtime.places.of(door.person_id)
    settings = door.runtime.settings
    urls = {place.slug: settings.tenant_url(place.slug, "/") for place in places}
    return gate.page("platform/businesses.html", places=places, urls=urls, confirmed=door.access is not None and door.access.confirmed)


@post("/businesses/{slug:str}/leave")
async def leave_business(gate: TheGate, door: TheDoor, slug: FromPath[str]) -> Response[Any]:
    """Give up one's place."""
    if door.person_id is None:
        return sign_in_first(gate)
    place = await _place(door, slug)
    await leave(door.runtime, await _tenant(door, place), door.person_id)
    return gate.redirect("/", toast=f"You no longer belong to {place.name}.")


@get("/businesses/{slug:str}/restore")
async def restore_page(gate: TheGate, door: TheDoor, slug: FromPath[str]) -> Response[Any]:
    """Ask whether a business that will be erased is to come back."""
    if door.person_id is None:
        return sign_in_first(gate)
    place = await _place(door, slug)
    if place.state != "deleting":
        return gate.redirect("/")
    return gate.page("platform/restore.html", place=place)


@post("/businesses/{slug:str}/restore")
async def restore(gate: TheGate, door: TheDoor, slug: FromPath[str]) -> Response[Any]:
    """Bring a business back that was to be erased."""
    if door.person_id is None:
        return sign_in_first(gate)
    await bring_back(door.runtime, await _tenant(door, await _place(door, slug)))
    return gate.redirect(door.runtime.settings.tenant_url(slug, "/"))


async def _place(door: Door, slug: str) -> Place:
    assert door.person_id is not None
    found = next((each for each in await door.runtime.places.of(door.person_id) if each.slug == slug), None)
    if found is None:
        raise Missing("You do not belong to a business with this address.")
    return found


async def _tenant(door: Door, place: Place) -> LiveTenant:
    """Return a tenant with the person acting there: as an owner, or with no permission at all, since none counts at this host."""
    assert door.access is not None
    actor = replace(door.access.actor(door.request_id), permissions=None if place.is_owner else frozenset())
    return await door.runtime.tenant_by_id(place.tenant_id, actor)


front_routes = [front_page, leave_business, restore_page, restore]
