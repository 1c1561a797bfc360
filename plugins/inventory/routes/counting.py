"""Pages where stock is counted, and where it is ordered again."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..permissions import APPROVE, COUNT, MOVE, READ, SETUP
from ..queries import auditing, counting
from ..records import COUNT as COUNT_RECORD
from ..records import DOCUMENT
from ..services import counting as service
from ..services import desk
from ..settings import InventorySettings

COUNTS, REORDER = "/inventory/counts", "/inventory/reorder"
COUNT_PAGE, REORDER_PAGE = "inventory/count.html", "inventory/reorder.html"


async def _counts(tenant: Tenant, form: Form) -> dict[str, Any]:
    async with tenant.transaction() as db:
        found, categories = await counting.counts(db), await auditing.categories(db)
    tops = sorted({name.split(" > ")[0] for name in categories if name})
    return {"counts": found, "form": form, "locations": await desk.own_locations(tenant), "categories": tops}


@get("/counts", guards=[needs(COUNT)])
async def show_counts(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show counts, and where to begin one."""
    return await ui.page("inventory/counts.html", **await _counts(tenant, Form({})), errors={}, problem="")


@post("/counts", guards=[needs(COUNT)])
async def begin_count(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Begin to count."""
    try:
        made = await service.begin(tenant, form.read(service.CountDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected("inventory/counts.html", wrong, **await _counts(tenant, form))
    return ui.redirect(COUNT_RECORD.url(made))


async def _count(tenant: Tenant, ui: Ui, count_id: UUID, form: Form) -> dict[str, Any]:
    facts, lines = await service.show(tenant, count_id)
    history = await ui.history(COUNT_RECORD.name, count_id)
    second = tenant.settings(InventorySettings).second_person
    hidden = facts.blind and facts.state == "counting" and (second or not tenant.may(APPROVE))
    own = second and tenant.person is not None and tenant.person.id in facts.counted_by
    total = sum(line.worth for line in lines)
    return {
        "count": facts,
        "lines": lines,
        "hidden": hidden,
        "own": own,
        "total": total,
        "history": history,
        "form": form,
        "currency": tenant.currency,
    }


@get("/counts/{count_id:uuid}", guards=[needs(COUNT)])
async def show_count(tenant: TheTenant, ui: TheUi, count_id: FromPath[UUID]) -> Response[str]:
    """Show a count."""
    return await ui.page(COUNT_PAGE, **await _count(tenant, ui, count_id, Form({})), errors={}, problem="")


@post("/counts/{count_id:uuid}", guards=[needs(COUNT)])
async def enter_count(tenant: TheTenant, ui: TheUi, form: TheForm, count_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was counted, or hand it in, send it back or give it up."""
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    done, toast = form.get("do"), "Kept."
    try:
        if done in ("", "save", "hand_in"):
            await service.enter(tenant, count_id, form)
        if done == "hand_in":
            posted = await service.hand_in(tenant, count_id, version)
            toast = "The count is posted: its differences are small." if posted else "The count is handed in for approval."
        elif done == "cancel":
            await service.cancel(tenant, count_id, version)
            toast = "The count is given up; stock stays as it was."
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(COUNT_PAGE, wrong, **await _count(tenant, ui, count_id, form))
    return ui.redirect(COUNT_RECORD.url(count_id), toast=toast)


@post("/counts/{count_id:uuid}/approve", guards=[needs(APPROVE)])
async def approve_count(tenant: TheTenant, ui: TheUi, form: TheForm, count_id: FromPath[UUID]) -> Response[Any]:
    """Post the differences, or have them counted again."""
    version = int(form.get("version")) if form.get("version").isdigit() else 0
    try:
        if form.get("do") == "again":
            await service.again(tenant, count_id, version)
            return ui.redirect(COUNT_RECORD.url(count_id), toast="The count is open again.")
        worth = await service.approve(tenant, count_id, version)
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(COUNT_PAGE, wrong, **await _count(tenant, ui, count_id, form))
    return ui.redirect(COUNT_RECORD.url(count_id), toast=f"The differences are posted: {worth} {tenant.currency}.")


async def _reorder(tenant: Tenant, form: Form) -> dict[str, Any]:
    async with tenant.transaction() as db:
        found = await counting.suggestions(db)
    return {"suggestions": found, "form": form, "locations": await desk.own_locations(tenant)}


@get("/reorder", guards=[needs(READ)])
async def show_reorder(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show what to order and what to bring."""
    return await ui.page(REORDER_PAGE, **await _reorder(tenant, Form({})), errors={}, problem="")


@post("/reorder", guards=[needs(SETUP)])
async def set_rule(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Set a rule."""
    try:
        name = await service.set_rule(tenant, form.read(service.RuleDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(REORDER_PAGE, wrong, **await _reorder(tenant, form))
    return ui.redirect(REORDER, toast=f"The rule for “{name}” is set.")


@post("/reorder/{rule_id:uuid}/remove", guards=[needs(SETUP)])
async def remove_rule(tenant: TheTenant, ui: TheUi, rule_id: FromPath[UUID]) -> Response[Any]:
    """Forget a rule."""
    await service.remove_rule(tenant, rule_id)
    return ui.redirect(REORDER, toast="The rule is gone.")


@post("/reorder/{rule_id:uuid}/bring", guards=[needs(MOVE)])
async def bring(tenant: TheTenant, ui: TheUi, rule_id: FromPath[UUID]) -> Response[Any]:
    """Bring what a rule asks for."""
    return ui.redirect(DOCUMENT.url(await service.bring(tenant, rule_id)), toast="The goods are moved.")
