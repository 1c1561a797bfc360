"""The demo shop's buying: suppliers with prices, and weeks of orders, goods, bills and returns that end with work on every desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import msgspec

from weft import Tenant, new_id
from weft.contracts import Items, OfferedItem, Parties, Stock, Tracking

from ..domain.prices import SupplierPrice
from ..domain.suppliers import Supplier
from . import story_trade, suppliers

SUPPLIERS = {  # with words of the categories they sell of; what is left over fills the rest of their lists
    "Sable & Sons Confectioners": ("confection", "chocolate", "sweet", "candies"),
    "Downland Dairy Co-operative": ("dair", "cheese", "yogurt", "milk"),
    "Marlpit Bakehouse": ("bread", "bak", "cookie", "biscuit", "cake"),
    "Quayside Fish & Larder": ("fish", "sea", "meal", "canned"),
}
EACH = 14  # items that a supplier has a price for, besides those that are to be bought today
DEARER = Decimal("1.06")  # what another supplier asks for the same, so that there is something to choose
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sold:
    """What one supplier sells: item and price; of `wanted` the shop has too little today, and has ordered none."""

    supplier: UUID
    usual: Sequence[tuple[UUID, Decimal]]
    wanted: Sequence[tuple[UUID, Decimal]]


async def on_demo(tenant: Tenant) -> None:
    """Fill the business with buying, where it has the suppliers and the stock for it."""
    async with tenant.transaction():
        parties = tenant.service(Parties)
        found = [next((each.id for each in await parties.find(name, 3) if each.name == name), None) for name in SUPPLIERS]
        offered = (await tenant.service(Items).offered(tenant.today())).items
        stock = tenant.service(Stock)
        costs = await stock.cost([each.id for each in offered if each.for_sale][:800])
        short = {each.item for each in await stock.needed()}
        tracking = await stock.tracking(list(costs))
    known = [each for each in found if each]
    items = {item: cost.quantize(CENT, ROUND_HALF_UP) for item, cost in costs.items() if cost > 0}
    if len(known) < len(SUPPLIERS) or len(items) < EACH * len(SUPPLIERS):
        return
    catalogue = _dealt(known, offered, items, short, tracking)
    async with tenant.transaction():
        for place, sold in enumerate(catalogue):
            await _prices(tenant, sold, catalogue[(place + 1) % len(catalogue)].supplier, place)
    await story_trade.trade(tenant, {each.supplier: each.usual for each in catalogue}, tracking, days_back(tenant))


def _dealt(
    known: Sequence[UUID],
    offered: Sequence[OfferedItem],
    items: Mapping[UUID, Decimal],
    short: set[UUID],
    tracking: Mapping[UUID, Tracking],
) -> list[Sold]:
    """Give each supplier items of its trade, and their share of what is to be bought today."""
    categories = {each.id: each.category.casefold() for each in offered}
    left = {item: cost for item, cost in items.items() if item not in short and tracking.get(item) != "serial"}
    wanted = [(item, items[item]) for item in sorted(short & items.keys())]
    made = []
    for place, (supplier, words) in enumerate(zip(known, SUPPLIERS.values(), strict=True)):
        ranked = sorted(left, key=lambda item: not any(word in categories[item] for word in words))
        usual = [(item, left.pop(item)) for item in ranked[:EACH]]
        made.append(Sold(supplier, usual, wanted[place :: len(known)]))
    return made


async def _prices(tenant: Tenant, sold: Sold, other: UUID, place: int) -> None:
    """Keep a supplier's terms and prices; another one sells some of what is to be bought as well, for a little more."""
    kept = (await suppliers.card(tenant, sold.supplier)).supplier
    await suppliers.save(tenant, _with_terms(kept, place))
    for number, (item, cost) in enumerate((*sold.usual, *sold.wanted), 1):
        price = SupplierPrice(
            id=new_id(),
            supplier=sold.supplier,
            item=item,
            price=cost,
            currency=tenant.currency,
            pack=Decimal(6 if number % 3 == 0 else 1),
            supplier_code=f"{'SDMQ'[place]}{1000 + number}",
        )
        await suppliers.save_price(tenant, price, new=True)
        if number % 5 == 0:  # and less for each from four dozen up
            less = (cost * Decimal("0.94")).quantize(CENT, ROUND_HALF_UP)
            step = msgspec.structs.replace(price, id=new_id(), price=less, min_quantity=Decimal(48))
            await suppliers.save_price(tenant, step, new=True)
    for item, cost in sold.wanted[::2]:
        more = (cost * DEARER).quantize(CENT, ROUND_HALF_UP)
        dear = SupplierPrice(id=new_id(), supplier=other, item=item, price=more, currency=tenant.currency, rank=2)
        await suppliers.save_price(tenant, dear, new=True)


def _with_terms(kept: Supplier, place: int) -> Supplier:
    least = Decimal((0, 120, 0, 80)[place])
    return msgspec.structs.replace(kept, account=f"HV-{4410 + place}", lead_days=2 + 2 * place, least_order=least)


def days_back(tenant: Tenant) -> int:
    """Return how many days ago the shop's stock began: on the first day of the month before this one."""
    return (tenant.today() - (tenant.today().replace(day=1) - timedelta(days=1)).replace(day=1)).days
