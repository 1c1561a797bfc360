"""The pages of cards."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs
from weft.contracts import Parties

from . import queries, services
from .domain import Gift
from .listing import MEMBERS
from .permissions import GIVE, READ
from .records import MEMBER


@get("/", guards=[needs(READ)])
async def list_members(ui: TheUi) -> Response[Any]:
    """Show the cards."""
    return await ui.listing(MEMBERS)


@get("/{member_id:uuid}", guards=[needs(READ)])
async def show_member(ui: TheUi, tenant: TheTenant, member_id: FromPath[UUID]) -> Response[Any]:
    """Show a card."""
    return await ui.page("acme_loyalty/member.html", form=Form({}), errors={}, problem="", **await _context(tenant, member_id))


@post("/{member_id:uuid}/points", guards=[needs(GIVE)])
async def give_points(ui: TheUi, tenant: TheTenant, form: TheForm, member_id: FromPath[UUID]) -> Response[Any]:
    """Add or take points."""
    try:
        await services.give(tenant, member_id, form.read(Gift))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("acme_loyalty/member.html", wrong, form=form, **await _context(tenant, member_id))
    return ui.redirect(MEMBER.url(member_id), toast="The points are booked.")


@get("/of/{party_id:uuid}", guards=[needs(GIVE)])
async def ask_for_card(ui: TheUi, tenant: TheTenant, party_id: FromPath[UUID]) -> Response[Any]:
    """Lead to the card of a contact, or ask for the number of a new one."""
    async with tenant.transaction() as db:
        party, member = await tenant.service(Parties).get(party_id), await queries.of_party(db, party_id)
    if member:
        return ui.redirect(MEMBER.url(member.id))
    return await ui.page("acme_loyalty/join.html", party=party, form=Form({}), errors={}, problem="")


@post("/of/{party_id:uuid}", guards=[needs(GIVE)])
async def join(ui: TheUi, tenant: TheTenant, form: TheForm, party_id: FromPath[UUID]) -> Response[Any]:
    """Give a contact a card."""
    try:
        member = await services.join(tenant, party_id, form.get("card"))
    except (Invalid, Conflict) as wrong:
        async with tenant.transaction():
            party = await tenant.service(Parties).get(party_id)
        return await ui.rejected("acme_loyalty/join.html", wrong, party=party, form=form)
    return ui.redirect(MEMBER.url(member.id), toast=f"{member.name} has a card now.")


async def _context(tenant: Tenant, member_id: UUID) -> dict[str, Any]:
    member, entries = await services.find_member(tenant, member_id)
    cells = [{"day": each.day, "reason": each.reason, "points": each.points} for each in entries]
    return {"member": member, "rows": [{"id": number, "cells": each} for number, each in enumerate(cells)]}


ALL: tuple[ControllerRouterHandler, ...] = (list_members, show_member, give_points, ask_for_card, join)
