"""How long the stock lasts at the pace it is sold, and what nobody buys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from weft import Missing, Tenant
from weft.contracts import Items, Stock

from ..domain.kpis import Days, Stocked
from ..queries import daily

TOGETHER = 1000  # items asked about at once


@dataclass(frozen=True, slots=True)
class StockedItem:
    """An item on the shelves."""

    id: UUID
    sku: str
    name: str
    category: str
    stocked: Stocked


async def covers(tenant: Tenant, days: Days) -> AsyncIterator[StockedItem]:
    """Yield the items that were sold on some days, with what is left of them now; services are passed over.

    Raises `Missing` where no module keeps stock.
    """
    async with tenant.transaction() as db:
        tenant.service(Stock)
        sold = await daily.units_sold(db, days)
    ids = sorted(sold)
    for first in range(0, len(ids), TOGETHER):
        part = ids[first : first + TOGETHER]
        async with tenant.transaction():
            known = await tenant.service(Items).many(part)
            found = await _stocked(tenant, {item: sold[item] for item in part}, days.count)
        for item, stocked in found.items():
            if item in known:
                yield StockedItem(item, known[item].sku, known[item].name, known[item].category, stocked)


async def dead(tenant: Tenant, days: int) -> AsyncIterator[StockedItem]:
    """Yield the items for sale of which there is something, and of which nothing was sold for so many days.

    Raises `Missing` where no module keeps stock.
    """
    today = tenant.today()
    async with tenant.transaction() as db:
        tenant.service(Stock)
        sold = await daily.units_sold(db, Days(today - timedelta(days - 1), today))
    after: UUID | None = None
    while True:
        async with tenant.transaction():
            offer = await tenant.service(Items).offered(today, after=after, limit=TOGETHER)
            quiet = {each.id: Decimal(0) for each in offer.items if each.for_sale and sold.get(each.id, Decimal(0)) <= 0}
            found = await _stocked(tenant, quiet, days)
        for each in offer.items:
            if each.id in found and found[each.id].is_dead:
                yield StockedItem(each.id, each.sku, each.name, each.category, found[each.id])
        if offer.after is None:
            return
        after = offer.after


async def _stocked(tenant: Tenant, sold: dict[UUID, Decimal], days: int) -> dict[UUID, Stocked]:
    stock, ids = tenant.service(Stock), list(sold)
    kept = await stock.tracking(ids)
    there, costs = await stock.availability(ids), await stock.cost(ids)
    return {
        item: Stocked(
            sold=sold[item], on_hand=there[item].on_hand if item in there else Decimal(0), cost=costs.get(item, Decimal(0)), days=days
        )
        for item in ids
        if item in kept
    }


def keeps_stock(tenant: Tenant) -> bool:
    """Tell whether a module keeps stock here."""
    try:
        tenant.service(Stock)
    except Missing:
        return False
    return True
