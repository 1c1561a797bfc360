"""What programs send and get. Quantities and amounts are decimals, written as text; ids are UUIDs; days are ISO 8601."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft.contracts import LocationKind


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request: str
    errors: tuple[dict[str, str], ...] = ()


class MoveBody(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to move, named by the item's id or its SKU; places are codes of locations, or ``:supplier``, ``:customer`` and the like."""

    quantity: Decimal
    origin: Annotated[str, Meta(max_length=200)]
    destination: Annotated[str, Meta(max_length=200)]
    item: UUID | None = None
    sku: Annotated[str, Meta(max_length=100)] = ""
    unit: Annotated[str, Meta(max_length=60, description="Its code; the item's own when empty.")] = ""
    unit_cost: Decimal | None = None
    lot: Annotated[str, Meta(max_length=100)] = ""
    expires: date | None = None
    note: Annotated[str, Meta(max_length=500)] = ""


class DocumentBody(msgspec.Struct, frozen=True, kw_only=True):
    """A document that moves goods; the same `id` with the same moves again moves nothing, with others it is refused."""

    id: Annotated[str, Meta(min_length=1, max_length=100, description="The sender's own, such as the number of a delivery note.")]
    moves: Annotated[list[MoveBody], Meta(min_length=1, max_length=1000)]
    day: Annotated[date | None, Meta(description="Today when left out.")] = None
    title: Annotated[str, Meta(max_length=100)] = ""


class MoveOut(msgspec.Struct, frozen=True, kw_only=True):
    """A move as it stands; `quantity` in the item's own unit, `cost` in base currency."""

    id: UUID
    item: UUID
    quantity: Decimal
    cost: Decimal
    origin: str
    destination: str
    lot: str


class DocumentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document that moved goods."""

    id: UUID
    moves: list[MoveOut]


class UndoBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document is undone."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class AvailabilityOut(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of an item."""

    item: UUID
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    expected: Decimal


class LocationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A place of stock."""

    id: UUID
    code: str
    title: str
    kind: LocationKind
    warehouse: str
