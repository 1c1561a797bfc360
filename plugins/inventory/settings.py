"""What a tenant's admin can set. Methods of single categories are chosen on their own page, since they are rows."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from weft import Settings


class InventorySettings(Settings, frozen=True, kw_only=True):
    """How stock is valued, posted and kept from falling below zero."""

    method: Annotated[
        Literal["fifo", "average", "standard"],
        Meta(
            title="New items are valued by",
            description="“fifo”: first in, first out; “average”: moving average; “standard”: a cost that you set. Categories can differ.",
        ),
    ] = "fifo"
    below_zero: Annotated[
        Literal["forbid", "warn", "allow"],
        Meta(
            title="Stock below zero",
            description="“forbid”: such a move is refused; “warn”: it is made and shows in the list; “allow”: it is made. "
            "Sales of a till are never refused. The next receipt corrects what such goods were valued at.",
        ),
    ] = "warn"
    posting: Annotated[
        Literal["anglo_saxon", "continental", "off"],
        Meta(
            title="The ledger hears of stock",
            description="“anglo_saxon”: cost of sales with each delivery, goods received until the bill; “continental”: changes of stock, "
            "bills are expenses; “off”: you post stock yourself when you close a period.",
        ),
    ] = "anglo_saxon"
    expiry_days: Annotated[int, Meta(title="Warn before goods expire", description="Days ahead.", ge=0, le=3650)] = 14
    blind_counts: Annotated[bool, Meta(title="Counts are blind", description="Who counts does not see what should be there.")] = True
    second_person: Annotated[
        bool,
        Meta(title="Somebody else approves counts", description="Who counted may not approve what came of it."),
    ] = False
    count_limit: Annotated[
        Decimal,
        Meta(
            title="Differences that need no approval",
            description="Up to this worth in your currency, all lines together, a count is posted when it is handed in. 0: none.",
            ge=0,
        ),
    ] = Decimal(0)
    transit_days: Annotated[
        int, Meta(title="Warn of goods on their way after", description="Days since they were shipped.", ge=0, le=365)
    ] = 14
