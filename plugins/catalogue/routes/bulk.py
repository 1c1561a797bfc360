"""What can be done with the products chosen in the list. Each step is a page of its own, so it works without a script."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import post
from litestar.response import Response

from weft import Form, Invalid, Permission, Refused, Tenant, TheForm, TheTenant, TheUi, needs

from ..listings import PRODUCTS
from ..permissions import EDIT, PRICE, READ
from ..services import bulk, categories, products

TEMPLATE = "catalogue/bulk.html"


def chosen(form: Form) -> list[UUID]:
    """Return the products that were chosen; raises `Invalid` when none was."""
    try:
        ids = [UUID(each) for each in form.all("ids")]
    except ValueError:
        raise Invalid("One of the chosen products is none: go back to the list and choose again.") from None
    if not ids:
        raise Invalid("Choose at least one product first.")
    return ids


def told(count: int, done: str) -> str:
    """Return a sentence about how many products changed."""
    return f"{count} product{'' if count == 1 else 's'} {done}." if count else "Nothing had to be changed."


@post("/products/bulk", guards=[needs(READ)])
async def choose(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Do what needs no question at once; ask for the rest."""
    asked = form.get("do")
    ids = chosen(form)
    if asked == "price":
        _check(tenant, PRICE)
        query = urlencode([("how", "ids"), *(("values", str(each)) for each in ids)])
        return ui.redirect(f"/catalogue/prices/change?{query}")
    _check(tenant, EDIT)
    if asked in bulk.DONE:
        status = bulk.status_of(asked)
        return ui.redirect(PRODUCTS.path, toast=told(await bulk.set_status(tenant, ids, status), bulk.DONE[status]))
    if asked not in ("category", "tag"):
        raise Invalid("Choose what to do with the products.")
    return await ui.page(TEMPLATE, **await _context(tenant, asked, ids, form), errors={}, problem="")


def _check(tenant: Tenant, permission: Permission) -> None:
    if not tenant.may(permission):
        raise Refused(f"You need the permission “{permission.title}” for this. An administrator can give it to you.")


async def _context(tenant: Tenant, asked: str, ids: list[UUID], form: Form) -> dict[str, Any]:
    return {
        "asked": asked,
        "ids": ids,
        "form": form,
        "categories": await categories.names(tenant) if asked == "category" else [],
        "words": await products.words_in_use(tenant),
    }


@post("/products/bulk/category", guards=[needs(EDIT)])
async def put_into_category(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Put the chosen products into a category."""
    ids = chosen(form)
    try:
        category = UUID(form.get("category")) if form.get("category") else None
    except ValueError:
        raise Invalid.field("category", "There is no such category: choose one of the list.") from None
    try:
        count = await bulk.set_category(tenant, ids, category)
    except Invalid as wrong:
        return await ui.rejected(TEMPLATE, wrong, **await _context(tenant, "category", ids, form))
    return ui.redirect(PRODUCTS.path, toast=told(count, "moved"))


@post("/products/bulk/tag", guards=[needs(EDIT)])
async def tag(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Give the chosen products tags, and take others away."""
    ids = chosen(form)
    try:
        count = await bulk.tag(tenant, ids, form.get("add"), form.get("remove"))
    except Invalid as wrong:
        return await ui.rejected(TEMPLATE, wrong, **await _context(tenant, "tag", ids, form))
    return ui.redirect(PRODUCTS.path, toast=told(count, "tagged"))
