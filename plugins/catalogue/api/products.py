"""Products for programs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from weft import Tenant, TheTenant, needs

from ..domain.products import Product, Status
from ..permissions import DELETE, EDIT, READ
from ..services import bulk, products
from ..services.basics import basics
from ..services.categories import names
from .answers import CONFLICT, INVALID, MISSING, cursor
from .converting import draft_of, product_out
from .schemas import ProductBody, ProductChange, ProductOut, ProductPage, StatusChange


async def _out(tenant: Tenant, found: list[Product]) -> list[ProductOut]:
    known, categories = await basics(tenant), {each.id: each.full_name for each in await names(tenant)}
    return [product_out(product, known, categories) for product in found]


@get("/products", guards=[needs(READ)], summary="List products", responses=INVALID)
async def list_products(
    tenant: TheTenant,
    size: Annotated[int, QueryParameter(ge=1, le=200, description="Products per page")] = 50,
    after: Annotated[str | None, QueryParameter(description="The cursor of the previous page’s “next”")] = None,
    status: Annotated[Status | None, QueryParameter(description="Only products that stand so")] = None,
    updated_since: Annotated[datetime | None, QueryParameter(description="Only products changed at or after this moment")] = None,
) -> ProductPage:
    """Return products in the order in which they were made; a sorted and filtered list is at ``/api/v1/lists/catalogue.products``."""
    found = await products.page(tenant, cursor(after), size + 1, status, updated_since)
    more = str(found[size - 1].id) if len(found) > size else None
    return ProductPage(items=await _out(tenant, found[:size]), next=more)


@post("/products", guards=[needs(EDIT)], summary="Make a product", responses={**INVALID, **CONFLICT})
async def add_product(tenant: TheTenant, data: JSONBody[ProductBody]) -> ProductOut:
    """Make a product with its variants, barcodes and prices, all or nothing."""
    made = await products.create(tenant, draft_of(data, await basics(tenant)))
    return (await _out(tenant, [made]))[0]


@get("/products/{product_id:uuid}", guards=[needs(READ)], summary="Read a product", responses=MISSING)
async def read_product(tenant: TheTenant, product_id: FromPath[UUID]) -> ProductOut:
    """Return one product with all that belongs to it."""
    return (await _out(tenant, [await products.get(tenant, product_id)]))[0]


@put("/products/{product_id:uuid}", guards=[needs(EDIT)], summary="Change a product", responses={**INVALID, **CONFLICT, **MISSING})
async def replace_product(tenant: TheTenant, product_id: FromPath[UUID], data: JSONBody[ProductChange]) -> ProductOut:
    """Replace a product by what is sent; variants are told by their ids, and those that are left out are deleted."""
    done = await products.update(tenant, product_id, data.version, draft_of(data, await basics(tenant)))
    return (await _out(tenant, [done]))[0]


@put("/products/{product_id:uuid}/status", guards=[needs(EDIT)], summary="Archive or activate a product", responses=MISSING)
async def set_status(tenant: TheTenant, product_id: FromPath[UUID], data: JSONBody[StatusChange]) -> ProductOut:
    """Archive or activate a product, or make it a draft."""
    await products.get(tenant, product_id)
    await bulk.set_status(tenant, [product_id], data.status)
    return (await _out(tenant, [await products.get(tenant, product_id)]))[0]


@delete("/products/{product_id:uuid}", guards=[needs(DELETE)], summary="Delete a product", responses={**CONFLICT, **MISSING})
async def remove_product(
    tenant: TheTenant,
    product_id: FromPath[UUID],
    version: Annotated[int, QueryParameter(description="The version that was read")],
) -> None:
    """Delete a product for good; refused while something refers to it."""
    await products.delete(tenant, product_id, version)
