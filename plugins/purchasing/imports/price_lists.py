"""Suppliers' price lists from spreadsheets."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from weft import Importer, Numbered, Outcome, RowProblem, Tenant, Written

from ..permissions import PRICES
from ..services import price_lists


class PriceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One price in a file. The item is found by SKU, barcode, or the code under which the supplier has it already."""

    supplier: Annotated[str, Meta(title="Supplier", description="Name, or our account with them.", max_length=200)]
    price: Annotated[Decimal, Meta(title="Price", ge=0)]
    sku: Annotated[str, Meta(title="SKU", max_length=60)] = ""
    barcode: Annotated[str, Meta(title="Barcode", max_length=60)] = ""
    supplier_code: Annotated[str, Meta(title="Supplier's code", max_length=60)] = ""
    currency: Annotated[str, Meta(title="Currency", description="Empty: the supplier's.", max_length=3)] = ""
    min_quantity: Annotated[Decimal, Meta(title="From quantity", ge=0)] = Decimal(0)
    pack: Annotated[Decimal, Meta(title="Pack", description="Units sold together.", gt=0)] = Decimal(1)
    lead_days: Annotated[int | None, Meta(title="Days to deliver", ge=0, le=730)] = None
    valid_from: Annotated[date | None, Meta(title="Valid from")] = None
    valid_to: Annotated[date | None, Meta(title="Valid through")] = None
    rank: Annotated[int, Meta(title="Rank", description="Who is asked first: the lowest.", ge=1, le=99)] = 1


async def write(tenant: Tenant, rows: Sequence[Numbered[PriceRow]], options: Mapping[str, str]) -> Outcome:
    """Write a batch of prices."""
    found = [(each.row, price_lists.Incoming(**msgspec.structs.asdict(each.value))) for each in rows]
    return await price_lists.bring_in(tenant, found)


async def undo(tenant: Tenant, written: Sequence[Written]) -> Sequence[RowProblem]:
    """Take prices back."""
    return await price_lists.take_back(tenant, written)


PRICE_LISTS = Importer(
    name="purchasing.supplier_prices",
    title="Suppliers' prices",
    permission=PRICES,
    row=PriceRow,
    write=write,
    undo=undo,
    aliases={
        "supplier": ("vendor", "supplier name"),
        "sku": ("item", "item code", "article"),
        "barcode": ("ean", "gtin", "upc"),
        "supplier_code": ("vendor code", "supplier sku", "part number", "your code"),
        "price": ("unit price", "cost", "net price"),
        "min_quantity": ("minimum quantity", "moq", "min qty"),
        "pack": ("pack size", "case", "units per pack"),
        "lead_days": ("lead time", "lead time days"),
    },
)
