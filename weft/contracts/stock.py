"""What a business has in stock and what that is worth: whoever sells, buys or makes moves goods here.

::

    stock = tenant.service(Stock)
    async with tenant.transaction() as db:
        ...  # the document itself
        moved = await stock.move(StockDocument(
            source=Source("shop.parcel", str(parcel.id), parcel.number), date=parcel.day,
            moves=(NewMove(key="1", item=item, quantity=Decimal(2), origin="main/shelf", destination=CUSTOMER),),
        ))
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.contracts.ledger import NewLine, Source
from weft.errors import Conflict

LocationKind = Literal["internal", "supplier", "customer", "adjustment", "transit", "production", "scrap"]
Tracking = Literal["none", "lot", "serial"]

# The places outside a warehouse, as `origin` or `destination` of a move.
SUPPLIER = ":supplier"
CUSTOMER = ":customer"
ADJUSTMENT = ":adjustment"
PRODUCTION = ":production"
SCRAP = ":scrap"


class ShortOfStock(Conflict):
    """There is less than is to be moved or reserved, and the policy of the business does not let stock fall below zero."""


class AlreadyMoved(Conflict):
    """The document moved goods before, with other figures."""


class StockLocation(msgspec.Struct, frozen=True, kw_only=True):
    """A place of stock; `code` is its whole path, such as ``main/shelf-3``. One with other locations below it can hold goods as well."""

    id: UUID
    code: str
    title: str
    kind: LocationKind
    warehouse: str = ""  # code of the warehouse it lies in


class NewMove(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to move: `quantity` in the item's own unit unless `unit` says another, above zero.

    `origin` and `destination` are codes of locations, or one of the places outside. `unit_cost` in base currency says what incoming goods
    cost, per unit of `quantity`; without it they come in at the item's cost. Goods that `returns` bring back come in at what they went out
    for.
    """

    key: str  # tells the moves of one document apart
    item: UUID
    quantity: Decimal
    origin: str
    destination: str
    unit: str = ""
    unit_cost: Decimal | None = None
    lot: str = ""  # number of the lot, or the serial number; made when it is not there yet
    expires: date | None = None
    returns: UUID | None = None  # the move that is taken back in part or whole
    note: str = ""


class StockDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that moves goods on a day of business, which may lie in the past.

    `post` says who books what it is worth: ``own`` makes an entry of its own, ``caller`` hands the lines back for an entry of the caller's.
    `forced` lets stock fall below zero whatever the policy: what has happened already is never refused.
    """

    source: Source
    date: date
    moves: tuple[NewMove, ...]
    post: Literal["own", "caller"] = "own"
    forced: bool = False
    at: datetime | None = None  # when it happened, aware; now unless told


class DoneMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move as it stands: `cost` is what it was worth in base currency, as known then; later corrections post the difference."""

    id: UUID
    key: str
    item: UUID
    quantity: Decimal  # in the item's own unit
    cost: Decimal
    origin: str
    destination: str
    lot: str = ""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a document moved; `lines` are the lines of the ledger that a caller who posts has to take in, none otherwise."""

    moves: tuple[DoneMove, ...]
    lines: tuple[NewLine, ...] = ()


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of an item: `available` is on hand less reserved, `expected` what is on its way in.

    `promised` is all that documents asked to be reserved, what of it could not be held included.
    """

    item: UUID
    on_hand: Decimal
    reserved: Decimal
    expected: Decimal
    promised: Decimal = Decimal(0)

    @property
    def available(self) -> Decimal:
        """What can still be promised of what is here."""
        return self.on_hand - self.reserved

    @property
    def forecast(self) -> Decimal:
        """What there will be once all that is expected came and all that is promised went."""
        return self.on_hand + self.expected - self.promised


class ExpectedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Goods on their way: what of an order has not come yet, in the item's own unit, on the day it is expected."""

    key: str
    item: UUID
    quantity: Decimal
    location: str
    day: date


class ReservedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to hold for a document."""

    key: str
    item: UUID
    quantity: Decimal
    location: str
    lot: str = ""


class NeededLine(msgspec.Struct, frozen=True, kw_only=True):
    """Goods to buy, in the item's own unit: `forecast` is what there will be without them, at the place that asks for them."""

    item: UUID
    quantity: Decimal
    location: str
    forecast: Decimal


class Stock(ABC):
    """Stock on hand and its value; works in the caller's transaction. Services and items that are not kept in stock are passed over."""

    @abstractmethod
    async def move(self, document: StockDocument) -> Moved:
        """Move goods and value them. The same `source` with the same moves again returns those that stand.

        Raises `ShortOfStock`, `AlreadyMoved`, `PeriodLocked`, and `Invalid` with a sentence by field: ``moves.2.quantity``.
        """

    @abstractmethod
    async def move_many(self, documents: Sequence[StockDocument]) -> Sequence[Moved]:
        """Move the goods of many documents, all or none; several times faster for each than `move`."""

    @abstractmethod
    async def undo(self, source: Source, day: date, reason: str) -> Moved:
        """Move back all that a document moved, at the same cost, and post it; raises `Missing` and `Conflict` when it was undone."""

    @abstractmethod
    async def moved(self, source: Source) -> Moved | None:
        """Return what a document moved."""

    @abstractmethod
    async def reserve(self, source: Source, lines: Sequence[ReservedLine]) -> Mapping[str, Decimal]:
        """Hold goods for a document, instead of what it held before; returns how much of each key could be held. Nothing given: let go.

        What could not be held stays promised: it is missing in the forecast, and reorder rules ask for it.
        """

    @abstractmethod
    async def expect(self, source: Source, lines: Sequence[ExpectedLine]) -> None:
        """Say what a document will bring in, instead of what was said before."""

    @abstractmethod
    async def revalue(self, move_id: UUID, unit_cost: Decimal, day: date, source: Source) -> Decimal:
        """Set what goods that came in cost per unit, when a bill or freight says otherwise; what went out of them since is corrected.

        The difference is posted. Returns it in base currency; raises `Missing`.
        """

    @abstractmethod
    async def needed(self) -> Sequence[NeededLine]:
        """Return what reorder rules ask to be bought today, and what is missing without one; what comes from places of one's own is not.

        What is on order counts, once it was said with `expect`.
        """

    @abstractmethod
    async def availability(self, items: Sequence[UUID], location: str = "") -> dict[UUID, Availability]:
        """Return what there is of items, at a location and all below it, or everywhere."""

    @abstractmethod
    async def cost(self, items: Sequence[UUID]) -> dict[UUID, Decimal]:
        """Return what one unit of each item costs now, in base currency."""

    @abstractmethod
    async def worth(self) -> Decimal:
        """Return what all stock together is worth now, in base currency."""

    @abstractmethod
    async def tracking(self, items: Sequence[UUID]) -> dict[UUID, Tracking]:
        """Return how items are told apart; items that are not kept in stock are left out."""

    @abstractmethod
    async def locations(self, kind: LocationKind = "internal") -> Sequence[StockLocation]:
        """Return the locations of a kind, by code."""
