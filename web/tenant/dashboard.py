"""The dashboard: cards of the enabled modules, as each person has arranged them."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Response
from markupsafe import Markup

from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.ui import contained
from weft.errors import Invalid, Missing
from weft.ui import Widget


class Place(msgspec.Struct, frozen=True):
    """Where a person wants a card: its place in the order, its width in twelfths, or nowhere."""

    name: str
    span: int = 4
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card to show."""

    widget: Widget
    span: int
    hidden: bool
    body: Markup


def offered(tenant: LiveTenant) -> list[Widget]:
    """Return the widgets of the enabled modules that who acts may see."""
    return [each for each in tenant.house.registry.widgets(tenant.catalogue_entry.enabled) if tenant.may(each.permission)]


def arrange(widgets: list[Widget], layout: list[Place]) -> list[tuple[Widget, Place]]:
    """Return widgets in a person's order; those the layout does not know yet come last, as their plugins suggest."""
    known = {place.name: (number, place) for number, place in enumerate(layout)}
    placed = [(widget, *known.get(widget.name, (len(layout), Place(widget.name, widget.span)))) for widget in widgets]
    return [(widget, place) for widget, _, place in sorted(placed, key=lambda each: each[1])]


async def layout_of(tenant: LiveTenant) -> list[Place]:
    """Return how who acts has arranged the dashboard."""
    if tenant.person is None:
        return []
    async with tenant.transaction() as db:
        stored = await db.fetchval("SELECT layout::text FROM platform.dashboard WHERE person_id = $1", tenant.person.id)
    return msgspec.json.decode(stored, type=list[Place]) if stored else []


async def keep_layout(tenant: LiveTenant, layout: list[Place]) -> None:
    """Store how who acts wants the dashboard; raises `Missing` for a program."""
    if tenant.person is None:
        raise Missing("Only a person has a dashboard.")
    async with tenant.transaction(unaudited="how a person likes their dashboard") as db:
        await db.execute(
            "INSERT INTO platform.dashboard (person_id, layout) VALUES ($1, $2::jsonb) "
            "ON CONFLICT (tenant, person_id) DO UPDATE SET layout = excluded.layout",
            tenant.person.id,
            msgspec.json.encode(layout).decode(),
        )


@get("/")
async def dashboard(ui: TheUi, editing: FromQuery[bool] = False) -> Response[str]:
    """Show the cards."""
    tenant = ui.door.tenant
    cards = []
    for widget, place in arrange(offered(tenant), await layout_of(tenant)):
        shown = not place.hidden or editing
        body = await contained(ui, widget.name, widget.title, widget.render(tenant, ui), "widgets") if shown else Markup()
        cards.append(Card(widget, place.span, place.hidden, body))
    return await ui.page("dashboard.html", cards=cards, arranging=editing)


@post("/dashboard/layout")
async def arrange_dashboard(ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep an arrangement: `name` in order, `span.NAME` and `hidden.NAME` beside."""
    tenant = ui.door.tenant
    known = {widget.name: widget for widget in offered(tenant)}
    layout = []
    for name in dict.fromkeys(form.all("name")):
        if name not in known:
            raise Invalid.field("name", f"There is no card “{name}” here.")
        span = form.get(f"span.{name}", str(known[name].span))
        layout.append(Place(name, int(span) if span.isdigit() and 3 <= int(span) <= 12 else 4, form.get(f"hidden.{name}") == "on"))
    await keep_layout(tenant, layout)
    return ui.redirect("/", toast="Your dashboard is arranged.")


dashboard_routes = [dashboard, arrange_dashboard]
