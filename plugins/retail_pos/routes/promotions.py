"""Promotions: the list, and the editor with a basket to try one on."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, needs

from ..domain.promotions import DAYS, KINDS, PromotionDraft, StoredPromotion
from ..permissions import READ, SETUP
from ..records import PROMOTION
from ..services import promotions
from .reading import text

HOME = "/retail_pos/promotions"
FORM = "retail_pos/promotion_form.html"
EMPTY = PromotionDraft(code="NEW", title="New")


def _filled(draft: PromotionDraft, version: int) -> Form:
    values = {name: [text(value)] for name, value in msgspec.structs.asdict(draft).items() if name != "weekdays"}
    return Form({**values, "weekdays": list(draft.weekdays), "version": [str(version)]})


async def _context(ui: TheUi, stored: StoredPromotion | None, form: Form) -> dict[str, Any]:
    return {
        "stored": stored,
        "form": form,
        "kinds": [{"value": key, "label": title} for key, title in KINDS.items()],
        "days": [{"value": str(number), "label": title} for number, title in enumerate(DAYS, 1)],
        "history": await ui.history(PROMOTION.name, stored.id) if stored else None,
    }


@get("/promotions", guards=[needs(READ)])
async def show_promotions(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show all promotions."""
    return await ui.page("retail_pos/promotions.html", promotions=await promotions.every(tenant), today=tenant.today())


@get("/promotions/new", guards=[needs(SETUP)])
async def new_promotion(ui: TheUi) -> Response[str]:
    """Show the empty form."""
    form = _filled(msgspec.structs.replace(EMPTY, code="", title=""), 0)
    return await ui.page(FORM, **await _context(ui, None, form), errors={}, problem="")


@get("/promotions/{promotion_id:uuid}", guards=[needs(SETUP)])
async def show_promotion(tenant: TheTenant, ui: TheUi, promotion_id: FromPath[UUID]) -> Response[str]:
    """Show a promotion in its form."""
    stored = await promotions.find(tenant, promotion_id)
    return await ui.page(FORM, **await _context(ui, stored, _filled(stored.entry, stored.version)), errors={}, problem="")


async def _save(tenant: Tenant, ui: TheUi, form: Form, promotion_id: UUID | None) -> Response[Any]:
    try:
        done = await promotions.save(tenant, form.read(PromotionDraft), promotion_id)
    except (Invalid, Conflict) as wrong:
        stored = await promotions.find(tenant, promotion_id) if promotion_id else None
        return await ui.rejected(FORM, wrong, **await _context(ui, stored, form))
    return ui.redirect(HOME, toast=f"“{done.rule.title}” is saved. Tills have it within five minutes.")


@post("/promotions/new", guards=[needs(SETUP)])
async def add_promotion(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a promotion."""
    return await _save(tenant, ui, form, None)


@post("/promotions/{promotion_id:uuid}", guards=[needs(SETUP)])
async def change_promotion(tenant: TheTenant, ui: TheUi, form: TheForm, promotion_id: FromPath[UUID]) -> Response[Any]:
    """Change a promotion."""
    return await _save(tenant, ui, form, promotion_id)


@post("/promotions/example", guards=[needs(SETUP)], status_code=200)
async def try_promotion(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[str]:
    """Show what the promotion in the form makes of the basket in it."""
    values = {**form.values, "code": [form.get("code") or "TRY"], "title": [form.get("title") or "This promotion"]}
    example, problem = None, ""
    try:
        example = await promotions.try_on(tenant, Form(values).read(PromotionDraft), form.get("example"))
    except Invalid as wrong:
        problem = next(iter(wrong.fields.values()), str(wrong))
    return await ui.fragment("retail_pos/_promotion_example.html", example=example, problem=problem)


@post("/promotions/fields", guards=[needs(SETUP)], status_code=200)
async def show_fields(ui: TheUi, form: TheForm) -> Response[str]:
    """Show the fields of the kind that was chosen."""
    return await ui.fragment("retail_pos/_promotion_fields.html", form=form, errors={})


PROMOTIONS: tuple[ControllerRouterHandler, ...] = (
    *(show_promotions, new_promotion, add_promotion, try_promotion, show_fields),
    *(show_promotion, change_promotion),
)
