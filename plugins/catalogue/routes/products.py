"""Pages that show products, and the buttons on them."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from weft import Conflict, TheForm, TheTenant, TheUi, needs

from ..listings import PRODUCTS
from ..permissions import DELETE, EDIT, READ
from ..records import PRODUCT
from ..services import bulk, products
from .product_view import TEMPLATE, product_context


@get("/products", guards=[needs(READ)])
async def product_list(ui: TheUi) -> Response[Any]:
    """Show the list."""
    return await ui.listing(PRODUCTS, template="catalogue/products.html", select="ids", bulk_action="/catalogue/products/bulk")


@get("/products/{product_id:uuid}", guards=[needs(READ)])
async def show_product(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID]) -> Response[str]:
    """Show a product with all that belongs to it."""
    product = await products.get(tenant, product_id)
    return await ui.page(TEMPLATE, **await product_context(tenant, ui, product), errors={}, problem="")


@post("/products/{product_id:uuid}/status", guards=[needs(EDIT)])
async def change_status(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID], to: FromQuery[str]) -> Response[Any]:
    """Activate, archive, or make a draft of a product."""
    wanted = bulk.status_of(to)
    product = await products.get(tenant, product_id)
    await bulk.set_status(tenant, [product_id], wanted)
    return ui.redirect(PRODUCT.url(product_id), toast=f"“{product.name}” is {bulk.DONE[wanted]}.")


@post("/products/{product_id:uuid}/duplicate", guards=[needs(EDIT)])
async def duplicate_product(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID]) -> Response[Any]:
    """Make a draft like a product, and open it."""
    copy = await products.duplicate(tenant, product_id)
    return ui.redirect(f"{PRODUCT.url(copy.id)}/edit", toast="A copy is made. Change what differs, then save.")


@get("/products/{product_id:uuid}/delete", guards=[needs(DELETE)])
async def confirm_deletion(tenant: TheTenant, ui: TheUi, product_id: FromPath[UUID]) -> Response[str]:
    """Ask before a product is deleted for good."""
    return await ui.page("catalogue/delete.html", product=await products.get(tenant, product_id), problem="")


@post("/products/{product_id:uuid}/delete", guards=[needs(DELETE)])
async def delete_product(tenant: TheTenant, ui: TheUi, form: TheForm, product_id: FromPath[UUID]) -> Response[Any]:
    """Delete a product for good."""
    version = form.get("version")
    try:
        name = await products.delete(tenant, product_id, int(version) if version.isdigit() else 0)
    except Conflict as wrong:
        return await ui.rejected("catalogue/delete.html", wrong, product=await products.get(tenant, product_id))
    return ui.redirect(PRODUCTS.path, toast=f"“{name}” is deleted.")
