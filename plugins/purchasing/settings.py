"""What a tenant's admin can set."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from weft import Settings


class PurchasingSettings(Settings, frozen=True, kw_only=True):
    """Who has to agree to orders, and how far receipts and bills may be off."""

    approval_from: Annotated[
        Decimal,
        Meta(title="Orders need approval above", description="In your currency, without tax. Who asked never approves.", ge=0),
    ] = Decimal(1000)
    second_from: Annotated[
        Decimal,
        Meta(title="A second approval above", description="By somebody who may approve any amount, and is not the first.", ge=0),
    ] = Decimal(10000)
    over_percent: Annotated[
        Decimal,
        Meta(title="More may come, percent", description="Of what was ordered; more than that has to be confirmed.", ge=0, le=100),
    ] = Decimal(5)
    under_percent: Annotated[
        Decimal,
        Meta(title="Less is complete, percent", description="A line is complete when no more than this is missing.", ge=0, le=100),
    ] = Decimal(0)
    price_percent: Annotated[
        Decimal,
        Meta(title="Prices on bills may differ, percent", description="Of the ordered price; beyond, the bill is blocked.", ge=0, le=100),
    ] = Decimal(2)
    price_amount: Annotated[
        Decimal,
        Meta(title="… but no more than, for a line", description="In the currency of the bill; the smaller of both counts.", ge=0),
    ] = Decimal(50)
    bill_percent: Annotated[
        Decimal,
        Meta(title="More may be billed than came, percent", description="Beyond, the bill is blocked.", ge=0, le=100),
    ] = Decimal(0)
    bill_sets_cost: Annotated[
        bool,
        Meta(
            title="Bills set what goods cost",
            description="A bill that differs from its order makes the stock dearer or cheaper, and what was sold of it. Without "
            "this goods cost what was ordered, and the difference is one of price.",
        ),
    ] = True
    location: Annotated[
        str, Meta(title="Goods come to", description="Code of a location, such as main/stock; empty: the first one.", max_length=100)
    ] = ""
    order_note: Annotated[str, Meta(title="On every order", description="Terms, opening hours of your dock.", max_length=1000)] = ""
