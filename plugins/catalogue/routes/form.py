"""Pages that make and change a product."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, Form, Invalid, Tenant, TheForm, TheTenant, TheUi, Ui, needs

from ..domain.countries import COUNTRIES
from ..domain.measures import SIZE_UNITS, WEIGHT_UNITS
from ..domain.products import Product
from ..permissions import EDIT, PRICE
from ..records import PRODUCT
from ..services import categories, products
from ..services.basics import basics
from ..settings import CatalogueSettings
from .entry import BarcodeEntry, Entry, OptionEntry, blank, differences, draft_of, entry_from, entry_of, named_as_in_form, relaid

TEMPLATE = "catalogue/product_form.html"


async def _context(tenant: Tenant, entry: Entry, product: Product | None) -> dict[str, Any]:
    known = await basics(tenant)
    return {
        "entry": entry,
        "product": product,
        "category_options": [{"value": each.id, "label": each.full_name} for each in await categories.names(tenant)],
        "unit_options": [
            {"value": each.id, "label": f"{each.title} ({each.code})"}
            for each in known.units
            if each.active or str(each.id) == entry.facts.get("unit")
        ],
        "price_list": known.price_list,
        "may_price": tenant.may(PRICE),
        "words": await products.words_in_use(tenant),
        "tax_categories": await products.tax_categories(tenant),
        "countries": [{"value": code, "label": name} for code, name in sorted(COUNTRIES.items(), key=lambda each: each[1])],
        "weight_units": WEIGHT_UNITS,
        "size_units": SIZE_UNITS,
        "settings": tenant.settings(CatalogueSettings),
        "theirs": [],
    }


@get("/products/new", guards=[needs(EDIT)])
async def new_product(tenant: TheTenant, ui: TheUi, barcode: FromQuery[str] = "") -> Response[str]:
    """Show the empty form, with a barcode in it that was scanned and not found."""
    settings, known = tenant.settings(CatalogueSettings), await basics(tenant)
    entry = blank(settings.new_status, settings.tax_category, known.unit.id)
    if barcode:
        entry = replace(entry, barcodes=(BarcodeEntry(code=barcode[:60]),))
    return await ui.page(TEMPLATE, **await _context(tenant, entry, None), errors={}, problem="")


@post("/products/new", guards=[needs(EDIT)])
async def create_product(tenant: TheTenant, ui: TheUi, form: TheForm) -> Response[Any]:
    """Make a product, or one more row in its form."""
    return await _save(tenant, ui, form, None)


@get("/products/{product_id:uuid}/edit", guards=[needs(EDIT)])
async def edit_product(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID]) -> Response[str]:
    """Show the form with a product in it."""
    product, known = await products.get(tenant, product_id), await basics(tenant)
    entry = entry_of(product, known.price_list, tenant.today())
    return await ui.page(TEMPLATE, **await _context(tenant, entry, product), errors={}, problem="")


@post("/products/{product_id:uuid}/edit", guards=[needs(EDIT)])
async def change_product(tenant: TheTenant, ui: TheUi, form: TheForm, product_id: FromPath[UUID]) -> Response[Any]:
    """Change a product, or one more row in its form."""
    return await _save(tenant, ui, form, await products.get(tenant, product_id))


async def _save(tenant: Tenant, ui: Ui, form: Form, stored: Product | None) -> Response[Any]:
    entry, asked = entry_from(form), form.get("do") or "save"
    shown = await _context(tenant, entry, stored)
    try:
        if more := _MORE.get(asked):
            return await ui.page(TEMPLATE, **{**shown, "entry": more(entry)}, errors={}, problem="")
        if asked == "matrix" or entry.wanted != entry.laid:
            return await ui.page(TEMPLATE, **{**shown, "entry": relaid(entry)}, errors={}, problem="")
        draft = draft_of(entry, stored, shown["price_list"], tenant.today())
        done = await (products.update(tenant, stored.id, entry.version, draft) if stored else products.create(tenant, draft))
    except products.Changed as changed:
        theirs = entry_of(changed.current, shown["price_list"], tenant.today())
        history = await ui.history(PRODUCT.name, changed.current.id)
        again = {**shown, "entry": replace(entry, version=changed.current.version), "theirs": differences(entry, theirs)}
        return await ui.rejected(TEMPLATE, changed, **again, latest=history[0] if history else None)
    except Invalid as wrong:
        return await ui.rejected(TEMPLATE, named_as_in_form(entry, wrong), **shown)
    except Conflict as wrong:
        return await ui.rejected(TEMPLATE, wrong, **shown)
    return ui.redirect(PRODUCT.url(done.id), toast=f"“{done.name}” is saved.")


_MORE: dict[str, Callable[[Entry], Entry]] = {
    "add_option": lambda entry: replace(entry, options=(*entry.options, OptionEntry())),
    "add_barcode": lambda entry: replace(entry, barcodes=(*entry.barcodes, BarcodeEntry())),
}
