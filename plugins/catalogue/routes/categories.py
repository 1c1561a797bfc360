"""The tree of categories."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Response

from weft import Conflict, Form, Invalid, Missing, Tenant, TheForm, TheTenant, TheUi, needs

from ..domain.categories import Category, CategoryDraft, is_below
from ..permissions import READ, SETUP
from ..records import CATEGORY
from ..services import categories

TEMPLATE = "catalogue/categories.html"
ONE = "catalogue/category.html"
PATH = "/catalogue/categories"


async def _context(tenant: Tenant, form: Form) -> dict[str, Any]:
    tree = await categories.tree(tenant)
    below = {each.id: sum(other.products for other in tree if is_below(other, each)) for each in tree}
    return {"tree": tree, "below": below, "form": form}


@get("/categories", guards=[needs(READ)])
async def show_categories(tenant: TheTenant, ui: TheUi) -> Response[str]:
    """Show the tree."""
    return await ui.page(TEMPLATE, **await _context(tenant, Form({})), errors={}, problem="")


@post("/categories", guards=[needs(SETUP)])
async def add_category(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a category."""
    try:
        made = await categories.add(tenant, form.read(CategoryDraft))
    except (Invalid, Conflict) as wrong:
        return await ui.rejected(TEMPLATE, wrong, **await _context(tenant, form))
    return ui.redirect(PATH, toast=f"“{made.full_name}” is there now.")


async def _one(tenant: Tenant, category_id: UUID) -> tuple[Category, list[Category]]:
    tree = await categories.tree(tenant)
    found = next((each for each in tree if each.id == category_id), None)
    if found is None:
        raise Missing("There is no such category. It may have been deleted.")
    return found, tree


async def _one_context(ui: TheUi, category: Category, tree: list[Category], form: Form) -> dict[str, Any]:
    return {
        "category": category,
        "places": [each for each in tree if not is_below(each, category)],
        "children": [each for each in tree if each.parent == category.id],
        "below": sum(each.products for each in tree if is_below(each, category)),
        "form": form,
        "history": await ui.history(CATEGORY.name, category.id),
    }


@get("/categories/{category_id:uuid}", guards=[needs(READ)])
async def show_category(tenant: TheTenant, ui: TheUi, category_id: FromPath[UUID]) -> Response[str]:
    """Show one category: its name, its place, what is below it."""
    category, tree = await _one(tenant, category_id)
    form = Form.of(name=category.name, parent=str(category.parent or ""))
    return await ui.page(ONE, **await _one_context(ui, category, tree, form), errors={}, problem="")


@post("/categories/{category_id:uuid}", guards=[needs(SETUP)])
async def place_category(tenant: TheTenant, ui: TheUi, form: TheForm, category_id: FromPath[UUID]) -> Response[Any]:
    """Give a category another name or place."""
    try:
        version = form.get("version")
        done = await categories.place(tenant, category_id, int(version) if version.isdigit() else 0, form.read(CategoryDraft))
    except (Invalid, Conflict) as wrong:
        category, tree = await _one(tenant, category_id)
        return await ui.rejected(ONE, wrong, **await _one_context(ui, category, tree, form))
    return ui.redirect(PATH, toast=f"“{done.full_name}” is saved.")


@post("/categories/{category_id:uuid}/delete", guards=[needs(SETUP)])
async def delete_category(tenant: TheTenant, ui: TheUi, form: TheForm, category_id: FromPath[UUID]) -> Response[Any]:
    """Delete a category; its products go to the one above."""
    try:
        version = form.get("version")
        gone, moved = await categories.delete(tenant, category_id, int(version) if version.isdigit() else 0)
    except Conflict as wrong:
        category, tree = await _one(tenant, category_id)
        return await ui.rejected(ONE, wrong, **await _one_context(ui, category, tree, form))
    return ui.redirect(PATH, toast=f"“{gone.full_name}” is gone." + (f" {moved} products stand one level higher." if moved else ""))
