"""What moving goods asks about: places, items as they stand, lots, and moves that are taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft.contracts import LocationKind, Tracking

from .queue import Layer
from .valuation import Flow, Pool

OURS = frozenset({"internal", "transit"})  # goods there belong to the business and are worth something


@dataclass(frozen=True, slots=True)
class Place:
    """A location, or a place outside."""

    id: UUID
    code: str
    title: str
    kind: LocationKind
    active: bool = True

    @property
    def ours(self) -> bool:
        """Whether goods there are the business's own."""
        return self.kind in OURS


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it stands; `seq` numbers its flows, those after `begun_after` are valued by its method, from `begun_cost` on."""

    item: UUID
    sku: str
    name: str
    sort_name: str
    search_text: str
    category: str
    unit: str
    kept: bool
    tracking: Tracking
    pool: Pool
    seq: int = 0
    last_day: date | None = None
    begun_after: int = 0
    begun_cost: Decimal = Decimal(0)
    below_zero: str = ""  # of its category's rule, as is the next; empty: as the business does
    removal: str = ""


@dataclass(frozen=True, slots=True)
class LotHeld:
    """What of a lot is at a place."""

    lot: UUID
    number: str
    expires: date | None
    on_hand: Decimal


@dataclass(frozen=True, slots=True)
class Original:
    """A move that goods come back from: `worth` is what it is worth now, always above zero."""

    id: UUID
    item: UUID
    quantity: Decimal
    worth: Decimal
    origin: str
    destination: str
    lot: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """What a document moved already."""

    id: UUID
    digest: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """A flow that was valued: `total` is what it changed of the stock's value until now."""

    flow: Flow
    move: UUID
    date: date
    seq: int
    total: Decimal
    outside: LocationKind


@dataclass(frozen=True, slots=True)
class Ground:
    """All of it. `on_hand` and `lots` are read only where somebody asks: by item and place."""

    items: Mapping[UUID, Kept]
    places: Mapping[str, Place]
    stood: Mapping[tuple[str, str], Stood] = field(default_factory=dict)
    originals: Mapping[UUID, Original] = field(default_factory=dict)
    on_hand: Mapping[tuple[UUID, UUID], Decimal] = field(default_factory=dict)
    lots: Mapping[tuple[UUID, UUID], tuple[LotHeld, ...]] = field(default_factory=dict)
    lot_ids: Mapping[tuple[UUID, str], UUID] = field(default_factory=dict)
    present: frozenset[UUID] = frozenset()  # lots of which there is something somewhere
    pasts: Mapping[UUID, tuple[Past, ...]] = field(default_factory=dict)
    closed: date | None = None  # stock is closed through this day


def layers_of(stored: Any) -> tuple[Layer, ...]:
    """Return layers from JSON."""
    return tuple(Layer(key, Decimal(quantity), Decimal(value)) for key, quantity, value in stored)


def layers_told(layers: tuple[Layer, ...]) -> list[list[str]]:
    """Return layers as JSON keeps them."""
    return [[each.key, str(each.quantity), str(each.value)] for each in layers]
