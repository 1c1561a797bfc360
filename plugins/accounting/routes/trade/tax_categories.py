"""Pages of tax categories and fiscal positions: which taxes stand on what, and what replaces them for whom."""

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Response
from msgspec import Meta

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ...domain.tax.determination import TaxCategory
from ...domain.tax.model import Use
from ...permissions import READ, TAX
from ...services import desk, tax_categories

LIST, FORM = "accounting/tax_categories.html", "accounting/tax_category.html"
PATH = "/accounting/taxes/categories"
Key = Annotated[str, Meta(max_length=40)]


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A category as its form has it."""

    title: Annotated[str, Meta(max_length=80)] = ""
    key: Key = ""
    sale: list[str] = []
    purchase: list[str] = []
    version: int = 0


@get("/taxes/categories", guards=[needs(READ)])
async def category_list(tenant: TheTenant, ui: TheUi) -> Response[Any]:
    """Show tax categories and fiscal positions."""
    system, version = await tax_categories.system_and_version(tenant)
    titles = {each.code: each.title for each in system.taxes} | {each.code: each.title for each in system.groups}
    return await ui.page(LIST, system=system, version=version, titles=titles)


@get("/taxes/categories/edit", guards=[needs(TAX)])
async def edit_category(tenant: TheTenant, ui: TheUi, key: FromQuery[Key] = "", new: FromQuery[bool] = False) -> Response[Any]:
    """Show the form of a category."""
    if new:
        return await _form(tenant, ui, Form({}), new=True)
    system, version = await tax_categories.system_and_version(tenant)
    found = system.category(key)
    values = {"title": [found.title], "key": [found.key], "sale": list(found.sale), "purchase": list(found.purchase)}
    return await _form(tenant, ui, Form(values | {"version": [str(version)]}), new=False)


async def _form(tenant: Tenant, ui: Ui, form: Form, *, new: bool, wrong: Invalid | Conflict | None = None) -> Response[Any]:
    system, version = await tax_categories.system_and_version(tenant)
    context: dict[str, Any] = {
        "form": form,
        "new": new,
        "version": form.get("version") or version,
        "sale": desk.offered_taxes(system, Use.SALE),
        "purchase": desk.offered_taxes(system, Use.PURCHASE),
    }
    if wrong is not None:
        return await ui.rejected(FORM, wrong, **context)
    return await ui.page(FORM, **context, errors={}, problem="")


@post("/taxes/categories/edit", guards=[needs(TAX)])
async def save_category(tenant: TheTenant, ui: TheUi, form: TheForm, new: FromQuery[bool] = False) -> Response[Any]:
    """Add or change a category."""
    try:
        read = form.read(Typed)
        system, _ = await tax_categories.system_and_version(tenant)
        law = next((each.law for each in system.categories if each.key == read.key), "")
        made = TaxCategory(key=read.key, title=read.title, sale=tuple(read.sale), purchase=tuple(read.purchase), law=law)
        await tax_categories.save(tenant, made, read.version, new=new)
    except (Invalid, Conflict) as wrong:
        return await _form(tenant, ui, form, new=new, wrong=wrong)
    return ui.redirect(PATH, toast=f"“{read.title}” is saved. Documents that stand keep their taxes.")


@post("/taxes/categories/remove", guards=[needs(TAX)])
async def remove_category(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Remove a category."""
    read = form.read(Typed)
    await tax_categories.remove(tenant, read.key, read.version)
    return ui.redirect(PATH, toast="The tax category is removed.")


tax_category_routes = [category_list, edit_category, save_category, remove_category]
