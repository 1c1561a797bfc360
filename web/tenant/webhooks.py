"""Webhooks: which systems are told of what happens here, what was sent to them, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from core.auth.permissions import WEBHOOKS
from core.webhooks import log
from core.webhooks.endpoints import TEST, Endpoint, Endpoints, NewEndpoint
from core.webhooks.log import Delivery, Show
from core.webhooks.patience import ATTEMPTS
from web.dependencies import TheDoor, TheForm, TheUi
from web.ui import LiveUi
from weft.errors import Conflict, Invalid
from weft.forms import Form
from weft.permissions import needs

STATES = {
    "on": {"label": "On", "tone": "good"},
    "failing": {"label": "Failing", "tone": "warn"},
    "paused": {"label": "Paused", "tone": "bad"},
    "off": {"label": "Off", "tone": "neutral"},
}
DELIVERIES = {
    "waiting": {"label": "Waiting", "tone": "info"},
    "delivered": {"label": "Delivered", "tone": "good"},
    "failed": {"label": "Failed", "tone": "bad"},
    "cancelled": {"label": "Called off", "tone": "neutral"},
}
TITLES = {Show.ALL: "All", Show.WAITING: "Waiting", Show.DELIVERED: "Delivered", Show.FAILED: "Failed"}
SINCE = (("1", "the last hour"), ("24", "the last 24 hours"), ("168", "the last 7 days"), ("720", "the last 30 days"))


def _endpoints(ui: LiveUi) -> Endpoints:
    return Endpoints(ui.door.runtime, ui.door.tenant)


def _state(each: Endpoint) -> dict[str, str]:
    return STATES["failing" if each.state == "on" and each.failing_since else each.state]


@get("/")
async def webhooks_page(ui: TheUi) -> Response[str]:
    """Show the endpoints there are."""
    rows = [_row(each) for each in await _endpoints(ui).all()]
    return await ui.page("webhooks/page.html", rows=rows)


def _row(each: Endpoint) -> dict[str, Any]:
    told = "Every event" if not each.events else f"{len(each.events)} events" if len(each.events) > 1 else each.events[0]
    return {
        "id": str(each.id),
        "label": each.title or each.url,
        "href": f"/webhooks/{each.id}",
        "faint": each.state == "off",
        "cells": {
            "url": {"text": each.title or each.url, "sub": each.url if each.title else told, "icon": "webhook"},
            "state": _state(each),
            "events": told,
            "delivered": each.delivered,
            "failed": each.failed,
            "waiting": each.waiting,
        },
    }


@get("/new")
async def new_endpoint_form(ui: TheUi) -> Response[str]:
    """Ask where to send what."""
    return await ui.page("webhooks/form.html", **_around(ui, Form.of(), None), errors={}, problem="")


@post("/new")
async def add_endpoint(ui: TheUi, form: TheForm) -> Response[Any]:
    """Make an endpoint."""
    try:
        made = await _endpoints(ui).add(_asked(form))
    except Invalid as wrong:
        return await ui.rejected("webhooks/form.html", wrong, **_around(ui, form, None))
    return ui.redirect(f"/webhooks/{made}", toast="It is told of everything that happens from now on.")


@get("/{endpoint_id:uuid}/edit")
async def edit_endpoint_form(ui: TheUi, endpoint_id: FromPath[UUID]) -> Response[str]:
    """Show an endpoint as a form."""
    found = await _endpoints(ui).one(endpoint_id)
    fields = {"url": found.url, "title": found.title, "version": str(found.version), "which": "some" if found.events else "all"}
    form = Form({**{name: [value] for name, value in fields.items()}, "events": list(found.events)})
    return await ui.page("webhooks/form.html", **_around(ui, form, found), errors={}, problem="")


@post("/{endpoint_id:uuid}/edit")
async def change_endpoint(ui: TheUi, endpoint_id: FromPath[UUID], form: TheForm) -> Response[Any]:
    """Change an endpoint."""
    found = await _endpoints(ui).one(endpoint_id)
    try:
        await _endpoints(ui).change(endpoint_id, _asked(form), int(form.get("version") or 0))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("webhooks/form.html", wrong, **_around(ui, form, found))
    return ui.redirect(f"/webhooks/{endpoint_id}", toast="Saved.")


def _asked(form: Form) -> NewEndpoint:
    chosen = tuple(form.all("events")) if form.get("which") == "some" else ()
    if form.get("which") == "some" and not chosen:
        raise Invalid.field("events", "Choose at least one event, or all of them.")
    return NewEndpoint(url=form.get("url"), title=form.get("title"), events=chosen)


def _around(ui: LiveUi, form: Form, found: Endpoint | None) -> dict[str, Any]:
    return {"form": form, "endpoint": found, "modules": _endpoints(ui).events(), "chosen": frozenset(form.all("events"))}


@get("/{endpoint_id:uuid}")
async def endpoint_page(
    ui: TheUi,
    endpoint_id: FromPath[UUID],
    show: Annotated[Show, QueryParameter(name="show")] = Show.ALL,
    after: Annotated[UUID | None, QueryParameter(name="after")] = None,
) -> Response[str]:
    """Show an endpoint with what was sent to it."""
    found = await _endpoints(ui).one(endpoint_id)
    rows, following = await log.deliveries(ui.door.runtime, ui.door.tenant, endpoint_id, show, after)
    here = f"/webhooks/{endpoint_id}"
    return await ui.page(
        "webhooks/endpoint.html",
        endpoint=found,
        state=_state(found),
        rows=[_delivery_row(each) for each in rows],
        tabs=[{"label": title, "href": f"{here}?show={each.value}", "active": each is show} for each, title in TITLES.items()],
        following=f"{here}?show={show.value}&after={following}" if following else None,
        since=SINCE,
    )


def _delivery_row(each: Delivery) -> dict[str, Any]:
    name = "Test" if each.event == TEST else each.event
    return {
        "id": str(each.id),
        "label": name,
        "href": f"/webhooks/deliveries/{each.id}",
        "cells": {
            "event": {"text": name, "sub": each.error if each.state != "delivered" else ""},
            "state": DELIVERIES[each.state],
            "status": str(each.status) if each.status else "",
            "attempts": each.attempts,
            "when": each.created_at,
        },
    }


@get("/deliveries/{delivery_id:uuid}")
async def delivery_page(ui: TheUi, delivery_id: FromPath[UUID]) -> Response[str]:
    """Show what was sent, and each attempt."""
    found, body, tries = await log.delivery(ui.door.runtime, ui.door.tenant, delivery_id)
    endpoint = await _endpoints(ui).one(found.endpoint)
    return await ui.page(
        "webhooks/delivery.html",
        delivery=found,
        endpoint=endpoint,
        state=DELIVERIES[found.state],
        body=msgspec.json.format(body.encode(), indent=2).decode(),
        tries=tries,
        most=ATTEMPTS,
    )


@post("/deliveries/{delivery_id:uuid}/again")
async def send_again(ui: TheUi, delivery_id: FromPath[UUID]) -> Response[Any]:
    """Send a delivery once more."""
    await log.send_again(ui.door.runtime, ui.door.tenant, delivery_id)
    return ui.redirect(f"/webhooks/deliveries/{delivery_id}", toast="It is on its way again.")


@post("/{endpoint_id:uuid}/again")
async def send_failed_again(ui: TheUi, door: TheDoor, endpoint_id: FromPath[UUID], form: TheForm) -> Response[Any]:
    """Send again what failed."""
    hours = form.get("hours")
    if hours not in dict(SINCE):
        raise Invalid.field("hours", "Choose one of the list.")
    since: datetime = door.runtime.now() - timedelta(hours=int(hours))
    count = await log.send_failed_again(door.runtime, ui.door.tenant, endpoint_id, since)
    return ui.redirect(
        f"/webhooks/{endpoint_id}?show=waiting", toast=f"{count} {'delivery is' if count == 1 else 'deliveries are'} on the way again."
    )


@post("/{endpoint_id:uuid}/{what:str}")
async def steer_endpoint(ui: TheUi, endpoint_id: FromPath[UUID], what: FromPath[str]) -> Response[Any]:
    """Try an endpoint out, switch it on or off, change its secret, or remove it."""
    endpoints, here = _endpoints(ui), f"/webhooks/{endpoint_id}"
    if what == "test":
        return ui.redirect(f"/webhooks/deliveries/{await endpoints.try_out(endpoint_id)}", toast="A test is on its way.")
    if what == "secret":
        found = await endpoints.one(endpoint_id)
        return await ui.page("webhooks/secret.html", endpoint=found, secret=await endpoints.secret(endpoint_id))
    done: dict[str, tuple[Any, str]] = {
        "on": (endpoints.switch_on, "It is switched on."),
        "off": (endpoints.switch_off, "It is switched off."),
        "rotate": (endpoints.rotate, "There is a new secret. The one before signs as well for 24 hours."),
        "remove": (endpoints.remove, "It is removed."),
    }
    if what not in done:
        raise Invalid("There is nothing of that name to do with an endpoint.")
    do, said = done[what]
    await do(endpoint_id)
    return ui.redirect("/webhooks" if what == "remove" else here, toast=said)


handlers: Sequence[Any] = [
    webhooks_page,
    new_endpoint_form,
    add_endpoint,
    endpoint_page,
    edit_endpoint_form,
    change_endpoint,
    delivery_page,
    send_again,
    send_failed_again,
    steer_endpoint,
]
webhooks_router = Router("/webhooks", route_handlers=handlers, guards=[needs(WEBHOOKS)])
