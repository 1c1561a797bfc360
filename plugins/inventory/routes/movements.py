"""Pages of movements that are planned: drafts, what is held for them, and carrying them out."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.forms import TITLES
from ..domain.movements import takes
from ..listings import MOVEMENTS
from ..permissions import MOVE, READ
from ..records import DOCUMENT, MOVEMENT
from ..services import movements
from .moving import MOVE_PAGE, move_page

PAGE = "inventory/movement.html"


@get("/movements", guards=[needs(READ)])
async def movement_list(ui: TheUi) -> Response[Any]:
    """Show planned movements."""
    return await ui.listing(MOVEMENTS, template="inventory/movements.html")


async def _movement(tenant: Tenant, ui: Ui, movement_id: UUID, form: Form) -> dict[str, Any]:
    found = await movements.show(tenant, movement_id)
    history = await ui.history(MOVEMENT.name, movement_id)
    takers = {each.id for each in found.lines if takes(found, each)}
    short = found.state == "reserved" and any(each.held < each.amount for each in found.lines if each.id in takers)
    return {"movement": found, "kinds": TITLES, "takers": takers, "short": short, "history": history, "form": form}


@get("/movements/{movement_id:uuid}", guards=[needs(READ)])
async def show_movement(tenant: TheTenant, ui: TheUi, movement_id: FromPath[UUID]) -> Response[str]:
    """Show a movement with what is held for it."""
    return await ui.page(PAGE, **await _movement(tenant, ui, movement_id, Form({})), errors={}, problem="")


@post("/movements/{movement_id:uuid}", guards=[needs(MOVE)])
async def turn_movement(tenant: TheTenant, ui: TheUi, form: TheForm, movement_id: FromPath[UUID]) -> Response[Any]:
    """Reserve, let go, give up or carry out."""
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    try:
        match form.get("do"):
            case "reserve":
                toast = await movements.reserve(tenant, movement_id, version)
            case "let_go":
                await movements.let_go(tenant, movement_id, version)
                toast = "It is a draft again; nothing is held for it."
            case "cancel":
                await movements.cancel(tenant, movement_id, version)
                toast = "The movement is given up; nothing moved."
            case "carry_out":
                document, rest = await movements.carry_out(tenant, movement_id, version, form)
                return ui.redirect(DOCUMENT.url(document), toast="Done; the rest waits as a draft." if rest else "Done.")
            case _:
                raise Invalid("Choose what is to be done with this movement.")
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, **await _movement(tenant, ui, movement_id, form))
    return ui.redirect(MOVEMENT.url(movement_id), toast=toast)


@get("/movements/{movement_id:uuid}/edit", guards=[needs(MOVE)])
async def edit_movement(tenant: TheTenant, ui: TheUi, movement_id: FromPath[UUID]) -> Response[Any]:
    """Show a draft in the form that made it."""
    found = await movements.show(tenant, movement_id)
    if found.state != "draft":
        return ui.redirect(MOVEMENT.url(movement_id), toast="Only a draft can be changed: let it go first.")
    context = await move_page(tenant, movements.form_of(found), movement=movement_id, version=found.version)
    return await ui.page(MOVE_PAGE, **context, errors={}, problem="")


@post("/movements/{movement_id:uuid}/edit", guards=[needs(MOVE)])
async def change_movement(tenant: TheTenant, ui: TheUi, form: TheForm, movement_id: FromPath[UUID]) -> Response[Any]:
    """Keep a draft as it was changed."""
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    try:
        await movements.keep(tenant, form, movement_id, version)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(MOVE_PAGE, wrong, **await move_page(tenant, form, movement=movement_id, version=version))
    return ui.redirect(MOVEMENT.url(movement_id), toast="Saved.")
