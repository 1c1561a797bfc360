"""What is asked once per import of products."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from weft import Tenant, read_fields

from ..services.basics import basics
from ..services.incoming import Terms


class ProductOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How prices and odd barcodes of a file are taken."""

    price_list: Annotated[str, Meta(title="Price list", description="Its code; empty for the default one.", max_length=20)] = ""
    valid_from: Annotated[date | None, Meta(title="Prices hold from", description="Empty for today.")] = None
    internal_barcodes: Annotated[
        bool, Meta(title="Take other barcodes as internal codes", description="Else digits that are no GTIN are refused, with the reason.")
    ] = False
    restore_zeros: Annotated[
        bool, Meta(title="Put back zeros", description="For barcodes that lost the zeros at their beginning in a spreadsheet.")
    ] = False


def read_options(options: Mapping[str, str]) -> ProductOptions:
    """Return the answers; raises `Invalid` by field."""
    return read_fields(ProductOptions, {name: [text] for name, text in options.items()})


async def terms_of(tenant: Tenant, options: ProductOptions) -> Terms:
    """Return what the answers mean in a tenant; raises `Invalid` for a price list that there is not."""
    known = await basics(tenant)
    return Terms(known.price_list_by_code(options.price_list), options.valid_from or tenant.today(), known.unit.id)
