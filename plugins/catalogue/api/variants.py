"""Variants, prices and scans for programs."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from weft import Invalid, TheTenant, needs

from ..domain.prices import price_on
from ..permissions import PRICE, READ
from ..services import prices, products
from ..services.basics import basics
from ..services.scan import look_up
from .answers import CONFLICT, INVALID, MISSING, cursor
from .converting import price_draft, prices_out, variant_out
from .schemas import NewPrice, PriceOut, ScanOut, VariantOut, VariantPage


@get("/variants", guards=[needs(READ)], summary="List variants", responses=INVALID)
async def list_variants(
    tenant: TheTenant,
    size: Annotated[int, QueryParameter(ge=1, le=200, description="Variants per page")] = 50,
    after: Annotated[str | None, QueryParameter(description="The cursor of the previous page’s “next”")] = None,
    sku: Annotated[str | None, QueryParameter(description="Only the variant with this SKU, whatever its case")] = None,
) -> VariantPage:
    """Return variants in the order in which they were made."""
    known = await basics(tenant)
    found = await products.variant_page(tenant, cursor(after), size + 1, sku)
    more = str(found[size - 1][1].id) if len(found) > size else None
    return VariantPage(items=[variant_out(product, variant, known) for product, variant in found[:size]], next=more)


@get("/variants/{variant_id:uuid}", guards=[needs(READ)], summary="Read a variant", responses=MISSING)
async def read_variant(tenant: TheTenant, variant_id: FromPath[UUID]) -> VariantOut:
    """Return one variant with its codes and prices."""
    product = await products.of_variant(tenant, variant_id)
    variant = next(each for each in product.variants if each.id == variant_id)
    return variant_out(product, variant, await basics(tenant))


@get("/prices", guards=[needs(READ)], summary="Read the prices of a variant", responses={**INVALID, **MISSING})
async def read_prices(
    tenant: TheTenant,
    variant_id: Annotated[UUID, QueryParameter(description="Whose prices")],
    on: Annotated[date | None, QueryParameter(description="Only the one that holds on this day")] = None,
    quantity: Annotated[Decimal | None, QueryParameter(description="With “on”: for this quantity; 1 unless told")] = None,
    price_list: Annotated[str, QueryParameter(description="With “on”: in this price list; the default one unless told")] = "",
) -> list[PriceOut]:
    """Return all prices of a variant, or with `on` the one that holds on a day for a quantity."""
    known = await basics(tenant)
    product = await products.of_variant(tenant, variant_id)
    variant = next(each for each in product.variants if each.id == variant_id)
    told = prices_out(variant, {each.id: each for each in known.price_lists})
    if on is None:
        return told
    held = price_on(variant.prices, known.price_list_by_code(price_list).id, on, Decimal(1) if quantity is None else quantity)
    return [each for each in told if held and each.id == held.id]


@post("/prices", guards=[needs(PRICE)], summary="Set a price", responses={**INVALID, **CONFLICT, **MISSING})
async def add_price(tenant: TheTenant, data: JSONBody[NewPrice]) -> list[PriceOut]:
    """Set a price and return all prices of the variant; those that stood make way on the same days."""
    known = await basics(tenant)
    product, _ = await prices.set_price(tenant, data.variant_id, price_draft(data, known))
    variant = next(each for each in product.variants if each.id == data.variant_id)
    return prices_out(variant, {each.id: each for each in known.price_lists})


@delete("/prices/{price_id:uuid}", guards=[needs(PRICE)], summary="Remove a price", responses=MISSING)
async def remove_price(tenant: TheTenant, price_id: FromPath[UUID]) -> None:
    """Take a price away as if it had never been; the audit log keeps it."""
    await prices.remove_price(tenant, price_id)


@get("/scan", guards=[needs(READ)], summary="Read a scanned code", responses=INVALID)
async def read_scan(
    tenant: TheTenant, code: Annotated[str, QueryParameter(max_length=500, description="What the scanner sent")]
) -> ScanOut:
    """Return what a code says (GTIN, in-store code, GS1 element string or Digital Link, code of one's own) and which variants it means."""
    scanned = await look_up(tenant, code)
    reading = scanned.reading
    if not reading.text:
        raise Invalid.field("code", reading.why)
    return ScanOut(
        kind=reading.kind,
        text=reading.text,
        gtin14=reading.gtin14,
        item=reading.item,
        weight_kg=reading.weight_kg,
        price=reading.price,
        elements={each.ai: each.text for each in reading.elements},
        why=reading.why,
        variants=[each.variant for each in scanned.found],
    )
