"""What has to be bought, from whom, and orders of it: one for each supplier and place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from weft import Conflict, Invalid, Tenant, new_id
from weft.contracts import Item, Items, NeededLine, Stock

from ..domain.orders import Order
from ..domain.prices import Offer, best_of_supplier, ordered_quantity
from ..queries import orders as stored
from ..queries import suppliers as asked
from . import orders, suppliers
from .orders import DraftLine, OrderDraft


@dataclass(frozen=True, slots=True)
class Suggested:
    """An item to buy with the offers of suppliers, the best first, and how much of it drafts ask for already."""

    needed: NeededLine
    item: Item
    offers: Sequence[Offer]
    drafted: Decimal


class Chosen(NamedTuple):
    """What to buy of whom."""

    item: UUID
    supplier: UUID
    quantity: Decimal
    location: str


async def suggestions(tenant: Tenant) -> tuple[Sequence[Suggested], Mapping[UUID, str]]:
    """Return what has to be bought, by name, and the names of all suppliers that offer some of it."""
    async with tenant.transaction() as db:
        needed = await tenant.service(Stock).needed()
        ids = list({each.item for each in needed})
        items = await tenant.service(Items).many(ids)
        offers = await suppliers.offers(tenant, db, [(each.item, each.quantity) for each in needed], tenant.today())
        drafted = await stored.drafted(db, ids)
        names = await asked.suppliers(db, list({offer.price.supplier for found in offers.values() for offer in found}))
    found = [
        Suggested(each, items[each.item], offers.get(each.item, ()), drafted.get(each.item, Decimal(0)))
        for each in needed
        if each.item in items
    ]
    found.sort(key=lambda each: (each.item.name.casefold(), each.needed.location))
    return found, {key: each.name for key, each in names.items()}


async def order(tenant: Tenant, chosen: Sequence[Chosen]) -> list[Order]:
    """Draft one order for each supplier, place and currency, in whole packs at the supplier's prices; all or none.

    Raises `Invalid` when nothing is chosen, and `Conflict` for a supplier without a price on this day.
    """
    if not chosen:
        raise Invalid("Choose what to order.")
    made = []
    async with tenant.transaction() as db:
        groups: dict[tuple[UUID, str, str], list[DraftLine]] = {}
        for each in chosen:
            prices = await asked.prices(db, [each.item], tenant.today(), each.supplier)
            price = best_of_supplier(prices, each.quantity, tenant.today())
            if price is None:
                raise Conflict("A supplier has no price for this any more: look at the suggestions again.")
            line = DraftLine(item=each.item, quantity=ordered_quantity(each.quantity, price))
            groups.setdefault((each.supplier, each.location, price.currency), []).append(line)
        for (supplier, location, currency), lines in groups.items():
            if currency != tenant.currency:
                raise Conflict(f"The prices are in {currency}: write this order by hand, with its exchange rate.")
            draft = OrderDraft(supplier=supplier, lines=tuple(lines), location=location, currency=currency)
            made.append(await orders.save(tenant, draft, new_id()))
    return made
