"""What other plugins may ask of stock: `weft.contracts.Stock`, kept. Everything works in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import Provided, Tenant
from weft.contracts import (
    Availability,
    ExpectedLine,
    LocationKind,
    Moved,
    NeededLine,
    ReservedLine,
    Source,
    Stock,
    StockDocument,
    StockLocation,
    Tracking,
)

from .queries import counting, setup
from .queries import items as reading
from .services import moving, reserving, revaluing
from .services.basics import unmet

ZERO = Decimal(0)


class Warehouse(Stock):
    """The stock of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def move(self, document: StockDocument) -> Moved:
        """Move goods and value them."""
        return await moving.move(self.tenant, document)

    async def move_many(self, documents: Sequence[StockDocument]) -> Sequence[Moved]:
        """Move the goods of many documents."""
        return await moving.move_many(self.tenant, documents)

    async def undo(self, source: Source, day: date, reason: str) -> Moved:
        """Move back all that a document moved."""
        return await moving.undo(self.tenant, source, day, reason)

    async def moved(self, source: Source) -> Moved | None:
        """Return what a document moved."""
        return await moving.moved(self.tenant, source)

    async def reserve(self, source: Source, lines: Sequence[ReservedLine]) -> Mapping[str, Decimal]:
        """Hold goods for a document."""
        return await reserving.reserve(self.tenant, source, lines)

    async def expect(self, source: Source, lines: Sequence[ExpectedLine]) -> None:
        """Say what a document will bring in."""
        await reserving.expect(self.tenant, source, lines)

    async def revalue(self, move_id: UUID, unit_cost: Decimal, day: date, source: Source) -> Decimal:
        """Set what goods that came in cost per unit."""
        return await revaluing.revalue(self.tenant, move_id, unit_cost, day, source)

    async def needed(self) -> Sequence[NeededLine]:
        """Return what reorder rules ask to be bought today."""
        return [
            NeededLine(item=each.item, quantity=each.quantity, location=each.location, forecast=each.forecast)
            for each in await counting.suggestions(self.tenant.scope())
            if each.quantity > 0 and not each.supply
        ]

    async def availability(self, items: Sequence[UUID], location: str = "") -> dict[UUID, Availability]:
        """Return what there is of items."""
        found = await reading.availability(self.tenant.scope(), items, location)
        for each in await unmet(self.tenant, items, found):
            found[each] = Availability(item=each, on_hand=ZERO, reserved=ZERO, expected=ZERO)
        return found

    async def cost(self, items: Sequence[UUID]) -> dict[UUID, Decimal]:
        """Return what one unit of each item costs."""
        found = await reading.costs(self.tenant.scope(), items)
        return found | dict.fromkeys(await unmet(self.tenant, items, found), ZERO)

    async def worth(self) -> Decimal:
        """Return what all stock is worth."""
        return await reading.worth(self.tenant.scope())

    async def tracking(self, items: Sequence[UUID]) -> dict[UUID, Tracking]:
        """Return how items are told apart."""
        found = await reading.tracking(self.tenant.scope(), items)
        return found | await unmet(self.tenant, items, found)

    async def locations(self, kind: LocationKind = "internal") -> Sequence[StockLocation]:
        """Return the locations of a kind."""
        return await setup.locations(self.tenant.scope(), kind)


SERVICES: tuple[Provided[Any], ...] = (Provided(Stock, Warehouse),)
