"""The dashboard: cards of the enabled modules, as each person has arranged them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Response
from markupsafe import Markup

from core.firewall.calls import Spot
from core.tenancy.tenant import LiveTenant
from web.dependencies import TheForm, TheUi
from web.tenant.people.onboarding import checklist
from web.tenant.reports.keeping import pinned, report_of
from web.ui import LiveUi, contained
from weft.errors import Invalid, Missing
from weft.forms import Form
from weft.ui import Widget

SPANS = (3, 4, 6, 8, 12)  # twelfths of the page that a card can be wide


class Place(msgspec.Struct, frozen=True):
    """Where a person wants a card: its place in the order, its width in twelfths, or nowhere."""

    name: str
    span: int = 4
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card: one to show, or a hidden one, which has no body."""

    widget: Widget
    span: int
    body: Markup


async def offered(tenant: LiveTenant) -> list[Widget]:
    """Return the widgets of the enabled modules that who acts may see, and the reports they have pinned."""
    widgets = [each for each in tenant.house.registry.widgets(tenant.catalogue_entry.enabled) if tenant.may(each.permission)]
    return widgets + await pinned(tenant)


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
    """Store how who acts wants the dashboard, empty as the modules suggest it; raises `Missing` for a program."""
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
    name of its card, or ``reset``. Raises `Invalid` for a name that is not there.
    """
    if form.get("reset"):
        return []
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


def _swap(layout: list[Place], at: int, step: int) -> list[Place]:
    """Swap a card with the next one that is seen: a hidden one between them would make a press do nothing."""
    other = at + step
    while 0 <= other < len(layout) and layout[other].hidden:
        other += step
    if 0 <= other < len(layout):
        layout = [*layout]
        layout[at], layout[other] = layout[other], layout[at]
    return layout


def _with(layout: list[Place], at: int, **changes: Any) -> list[Place]:
    return [msgspec.structs.replace(place, **changes) if number == at else place for number, place in enumerate(layout)]


_BUTTONS: dict[str, Callable[[list[Place], int], list[Place]]] = {
    "earlier": lambda layout, at: _swap(layout, at, -1),
    "later": lambda layout, at: _swap(layout, at, 1),
    "hide": lambda layout, at: _with(layout, at, hidden=True),
    "show": lambda layout, at: _with(layout, at, hidden=False),
    "wider": lambda layout, at: _with(layout, at, span=min((each for each in SPANS if each > layout[at].span), default=SPANS[-1])),
    "narrower": lambda layout, at: _with(layout, at, span=max((each for each in SPANS if each < layout[at].span), default=SPANS[0])),
}


@get("/")
async def dashboard(ui: TheUi, arrange_: Annotated[str, QueryParameter(name="arrange")] = "") -> Response[str]:
    """Show the cards."""
    return await _show(ui, arranging=arrange_ == "yes")


async def _show(ui: LiveUi, *, arranging: bool) -> Response[str]:
    tenant = ui.door.tenant
    layout = await layout_of(tenant)
    cards, hidden = [], []
    for widget, place in arrange(await offered(tenant), layout):
        if place.hidden:
            hidden.append(Card(widget, place.span, Markup()))
        else:
            cards.append(Card(widget, place.span, await contained(ui, spot_of(widget), partial(widget.render, tenant, ui))))
    return await ui.page(
        "dashboard.html",
        cards=cards,
        hidden=hidden,
        arranging=arranging,
        arranged=bool(layout),
        steps=SPANS,
        greeting=greeting(tenant.now().astimezone(tenant.timezone).hour),
        today=tenant.today(),
        checklist=await checklist(ui),
    )


def spot_of(widget: Widget) -> Spot:
    """Return whose code renders a card: a plugin's own, or the report that a person has pinned."""
    if (report := report_of(widget)) is not None:
        return Spot(report.name.partition(".")[0], "reports", widget.title)
    return Spot(widget.name.partition(".")[0], "widgets", widget.title)


def greeting(hour: int) -> str:
    """Return how to greet somebody at an hour of their day."""
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 18 else "Good evening"


@post("/dashboard/order")
async def arrange_dashboard(ui: TheUi, form: TheForm) -> Response[Any]:
    """Keep an arrangement; a script that has moved the card itself asks for no page (``quiet``)."""
    tenant = ui.door.tenant
    layout = [place for _, place in arrange(await offered(tenant), await layout_of(tenant))]
    await keep_layout(tenant, moved(layout, form))
    if form.all("order") or form.get("quiet"):
        return Response(None, status_code=204)
    return await _show(ui, arranging=True) if ui.htmx else ui.redirect("/?arrange=yes")


dashboard_routes = [dashboard, arrange_dashboard]
