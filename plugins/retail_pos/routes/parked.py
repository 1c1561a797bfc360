"""The parked queue: what waits for a person, and the way out of each."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, TheForm, TheTenant, TheUi, needs

from ..domain.reasons import TITLES, ways
from ..listings import PARKED
from ..permissions import DECIDE, READ
from ..records import PROBLEM
from ..services import deciding

PAGE = "retail_pos/problem.html"


@get("/parked", guards=[needs(READ)])
async def parked_list(ui: TheUi) -> Response[Any]:
    """Show what waits for a person."""
    return await ui.listing(PARKED, template="retail_pos/parked.html")


async def _context(tenant: TheTenant, ui: TheUi, problem_id: UUID, form: Form) -> dict[str, Any]:
    problem, raw = await deciding.find(tenant, problem_id)
    receipt = deciding.receipt_of(raw)
    return {
        "problem_of": problem,
        "title": TITLES.get(problem.reason, problem.reason),
        "ways": ways(problem.kind, problem.reason) if problem.state == "open" else (),
        "raw": raw,
        "receipt": receipt,
        "unknown": await deciding.unknown_lines(tenant, receipt) if receipt else (),
        "applied": await deciding.is_applied(tenant, problem),
        "people": {each.id: each.name for each in await tenant.people()},
        "form": form,
        "history": await ui.history(PROBLEM.name, problem_id),
    }


@get("/parked/{problem_id:uuid}", guards=[needs(READ)])
async def show_parked(tenant: TheTenant, ui: TheUi, problem_id: FromPath[UUID]) -> Response[str]:
    """Show what is wrong with a record, what it says, and what can be done."""
    return await ui.page(PAGE, **await _context(tenant, ui, problem_id, Form({})), errors={}, problem="")


@post("/parked/{problem_id:uuid}", guards=[needs(DECIDE)])
async def decide(tenant: TheTenant, ui: TheUi, form: TheForm, problem_id: FromPath[UUID]) -> Response[Any]:
    """Decide on a parked record."""
    try:
        mend = {"items": _items(form), "customer": _uuid(form.get("customer"))}
        done = await deciding.decide(tenant, problem_id, form.get("do"), form.get("why"), mend)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(PAGE, wrong, **await _context(tenant, ui, problem_id, form))
    return ui.redirect(PARKED.path, toast=f"The record is {done}.")


def _items(form: Form) -> dict[int, str]:
    places = [name.removeprefix("item-") for name in form.values if name.startswith("item-")]
    return {int(place): code for place in places if place.isdigit() and (code := form.get(f"item-{place}"))}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise Invalid("Choose one of the list.") from wrong
