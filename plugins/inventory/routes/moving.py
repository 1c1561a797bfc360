"""Pages where goods are moved: receipts, deliveries, transfers, adjustments; locations."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs, new_id

from ..domain.forms import TITLES, LocationDraft
from ..permissions import ADJUST, MOVE, READ, SETUP
from ..queries import cards, finding
from ..records import DOCUMENT, MOVEMENT
from ..services import desk, movements, periods

MOVE_PAGE = "inventory/move.html"
LOCATIONS = "/inventory/locations"


async def move_page(tenant: Tenant, form: Form, movement: UUID | None = None, version: int = 0) -> dict[str, Any]:
    """Return what the form that moves goods shows; of a draft that is changed, its id and version."""
    used = [place for place in range(200) if form.get(f"line.{place}.code") or form.get(f"line.{place}.quantity")]
    count = max([8, *(place + 3 for place in used)])
    places = await desk.own_locations(tenant)
    facts = {"form": form, "kinds": TITLES, "locations": places, "count": count, "currency": tenant.currency}
    return facts | {"movement": movement, "version": version}


@get("/move", guards=[needs(MOVE)])
async def new_move(tenant: TheTenant, ui: TheUi, kind: FromQuery[str] = "receipt", code: FromQuery[str] = "") -> Response[str]:
    """Show the form that moves goods."""
    form = Form.of(kind=kind if kind in TITLES else "receipt", date=str(tenant.today()), id=str(new_id()))
    if code:
        form.values["line.0.code"] = [code]
    return await ui.page(MOVE_PAGE, **await move_page(tenant, form), errors={}, problem="")


@post("/move", guards=[needs(MOVE)])
async def make_move(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Move goods, or keep the movement as a draft."""
    try:
        if form.get("do") == "draft":
            return ui.redirect(MOVEMENT.url(await movements.keep(tenant, form)), toast="The draft is kept; nothing moved yet.")
        document, title = await desk.carry_out(tenant, form)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(MOVE_PAGE, wrong, **await move_page(tenant, form))
    return ui.redirect(DOCUMENT.url(document), toast=f"“{title}” is done.")


@get("/transit", guards=[needs(READ)])
async def show_transit(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what is on its way between places of the business."""
    async with tenant.transaction() as db:
        found = await cards.transit(db)
    return await ui.page("inventory/transit.html", transfers=found)


@post("/documents/{document_id:uuid}/arrived", guards=[needs(MOVE)])
async def take_in(tenant: TheTenant, ui: TheUi, form: TheForm, document_id: FromPath[UUID]) -> Response[Any]:
    """Take in a transfer that arrived."""
    try:
        made = await desk.receive_transfer(tenant, document_id, form)
    except (Invalid, Conflict) as wrong:
        shown = await desk.show_document(tenant, document_id)
        return await ui.rejected("inventory/document.html", wrong, shown=shown, history=[], currency=tenant.currency)
    return ui.redirect(DOCUMENT.url(made), toast="The goods have arrived.")


async def _locations(tenant: Tenant, form: Form) -> dict[str, Any]:
    async with tenant.transaction() as db:
        closed = await periods.closed_through(tenant)
        return {"locations": await finding.locations(db), "form": form, "closed": closed, "today": tenant.today()}


@get("/locations", guards=[needs(SETUP)])
async def show_locations(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show warehouses and locations as a tree."""
    return await ui.page("inventory/locations.html", **await _locations(tenant, Form({})), errors={}, problem="")


@post("/locations", guards=[needs(SETUP)])
async def add_location(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a location."""
    try:
        code = await desk.add_location(tenant, form.read(LocationDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("inventory/locations.html", wrong, **await _locations(tenant, form))
    return ui.redirect(LOCATIONS, toast=f"“{code}” is there now.")


class Through(msgspec.Struct, frozen=True, kw_only=True):
    """A day to close stock through, or to open."""

    through: date


@post("/periods", guards=[needs(ADJUST)])
async def close_period(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Close stock through a day, or open what was closed last."""
    try:
        through = form.read(Through).through
        if form.get("do") == "open":
            await periods.open_again(tenant, through)
            return ui.redirect(LOCATIONS, toast="The period is open again.")
        await periods.close(tenant, through)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("inventory/locations.html", wrong, **await _locations(tenant, form))
    return ui.redirect(LOCATIONS, toast=f"Stock is closed through {through}.")


@get("/locations/{location_id:uuid}", guards=[needs(SETUP)])
async def show_location(tenant: TheTenant, ui: TheUi, location_id: FromPath[UUID]) -> Response[Any]:
    """Open the list of locations at one."""
    return ui.redirect(f"{LOCATIONS}#l-{location_id}")


@post("/locations/{location_id:uuid}", guards=[needs(SETUP)])
async def change_location(tenant: TheTenant, ui: TheUi, form: TheForm, location_id: FromPath[UUID]) -> Response[Any]:
    """Rename, close or open a location."""
    version = form.get("version")
    try:
        await desk.change_location(
            tenant, location_id, form.get("title"), active=bool(form.get("active")), version=int(version) if version.isdigit() else 0
        )
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("inventory/locations.html", wrong, **await _locations(tenant, form))
    return ui.redirect(LOCATIONS, toast="Saved.")
