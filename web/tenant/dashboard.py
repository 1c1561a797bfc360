"""The dashboard: cards of the enabled modules, as each person has arranged them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response
from markupsafe import Markup

from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.tenant.people.onboarding import checklist
from web.ui import contained
from weft.errors import Invalid, Missing
from weft.forms import Form
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


def moved(layout: list[Place], form: Form) -> list[Place]:
    """Return a layout after a drag or one press of a button.

    A drag sends ``order`` with every name; a button is ``earlier``, ``later``, ``hide``, ``show``, ``wider`` or ``narrower`` with the
    name of its card. Raises `Invalid` for a name that is not there.
    """
    names = [place.name for place in layout]
    if order := form.all("order"):
        if sorted(order) != sorted(names):
            raise Invalid.field("order", "The dashboard has changed meanwhile: reload the page, then arrange it.")
        return sorted(layout, key=lambda place: order.index(place.name))
    for button, change in _BUTTONS.items():
        if name := form.get(button):
            if name not in names:
                raise Invalid.field(button, f"There is no card “{name}” here.")
            at = names.index(name)
            return change(layout, at)
    return layout


def _swap(layout: list[Place], one: int, other: int) -> list[Place]:
    if 0 <= other < len(layout):
        layout = [*layout]
        layout[one], layout[other] = layout[other], layout[one]
    return layout


def _with(layout: list[Place], at: int, **changes: Any) -> list[Place]:
    return [msgspec.structs.replace(place, **changes) if number == at else place for number, place in enumerate(layout)]


_BUTTONS: dict[str, Callable[[list[Place], int], list[Place]]] = {
    "earlier": lambda layout, at: _swap(layout, at, at - 1),
    "later": lambda layout, at: _swap(layout, at, at + 1),
    "hide": lambda layout, at: _with(layout, at, hidden=True),
    "show": lambda layout, at: _with(layout, at, hidden=False),
    "wider": lambda layout, at: _with(layout, at, span=min(12, layout[at].span + 2)),
    "narrower": lambda layout, at: _with(layout, at, span=max(3, layout[at].span - 2)),
}


@get("/")
async def dashboard(ui: TheUi, arrange_: Annotated[str, QueryParameter(name="arrange")] = "") -> Response[str]:
    """Show the cards."""
    tenant, arranging = ui.door.tenant, arrange_ == "yes"
    cards = []
    for widget, place in arrange(offered(tenant), await layout_of(tenant)):
        shown = arranging or not place.hidden
        body = (
            await contained(ui, widget.name, widget.title, widget.render(tenant, ui), "widgets") if shown and not place.hidden else Markup()
        )
        if shown:
            cards.append(Card(widget, place.span, place.hidden, body))
    hour = tenant.now().astimezone(tenant.timezone).hour
    greeting = "Good morning" if 4 <= hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
    return await ui.page(
        "dashboard.html", cards=cards, arranging=arranging, greeting=greeting, today=tenant.today(), checklist=await checklist(ui)
    )


@post("/dashboard/order")
async def arrange_dashboard(ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep an arrangement."""
    tenant = ui.door.tenant
    layout = [place for _, place in arrange(offered(tenant), await layout_of(tenant))]
    await keep_layout(tenant, moved(layout, form))
    return Response(None, status_code=204) if form.all("order") else ui.redirect("/?arrange=yes")


dashboard_routes = [dashboard, arrange_dashboard]
