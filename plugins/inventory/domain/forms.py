"""What a person types to move goods, and what kinds of movement there are."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from weft.contracts import ADJUSTMENT, CUSTOMER, SCRAP, SUPPLIER

Kind = Literal["receipt", "delivery", "transfer", "adjustment", "scrap"]
TITLES: dict[str, str] = {
    "receipt": "Receipt",
    "delivery": "Delivery",
    "transfer": "Transfer",
    "adjustment": "Adjustment",
    "scrap": "Scrap",
}
TRANSIT = ":transit"


class MoveHead(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all lines of a movement; `id` tells a form that is sent twice."""

    kind: Kind
    date: date
    location: Annotated[str, Meta(min_length=1)]
    to: str = ""
    reference: Annotated[str, Meta(max_length=100)] = ""
    on_the_way: bool = False
    id: Annotated[str, Meta(min_length=8, max_length=60)]


class MoveLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: an item by SKU or barcode; below zero in an adjustment means goods that are lost."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
    quantity: Decimal
    cost: Annotated[Decimal | None, Meta(ge=0)] = None
    lot: Annotated[str, Meta(max_length=100)] = ""
    expires: date | None = None


class LocationDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse, or a location below another."""

    code: Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z0-9][a-z0-9_-]*$")]
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    parent: str = ""


def places_of(head: MoveHead, quantity: Decimal) -> tuple[str, str]:
    """Return where goods of a movement come from and go to."""
    if head.kind == "receipt":
        return SUPPLIER, head.location
    if head.kind == "delivery":
        return head.location, CUSTOMER
    if head.kind == "scrap":
        return head.location, SCRAP
    if head.kind == "adjustment":
        return (ADJUSTMENT, head.location) if quantity > 0 else (head.location, ADJUSTMENT)
    return head.location, TRANSIT if head.on_the_way else head.to
