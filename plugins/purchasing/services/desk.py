"""What the pages of purchasing show together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from weft import Missing, Tenant

from ..domain.kept import Bill, Receipt, Return
from ..domain.orders import Order, OrderLine, Totals
from ..domain.prices import SupplierPrice
from ..queries import bills, goods
from ..queries import orders as stored
from ..queries import suppliers as priced
from . import approving, limiting, orders, sending, suppliers
from .approving import Waiting

AT_ONCE = 100  # orders that the page of receiving shows; the list has all of them


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with all that became of it."""

    order: Order
    totals: Totals
    receipts: Sequence[Receipt]
    bills: Sequence[Bill]
    returns: Sequence[Return]
    waiting: Waiting
    email: str


async def order_page(tenant: Tenant, order_id: UUID) -> OrderPage:
    """Return an order with all that became of it; raises `Missing`."""
    async with tenant.transaction() as db:
        order = await orders.find(db, order_id)
        receipts = await goods.receipts_of(db, order.id)
        return OrderPage(
            order,
            orders.totals_of(tenant, order),
            receipts,
            await bills.of_order(db, order.id),
            await goods.returns_of(db, [each.id for each in receipts]),
            approving.waiting(tenant, order, await limiting.approver(tenant)),
            await sending.address_of(tenant, order),
        )


async def receivable(tenant: Tenant, text: str = "") -> Sequence[Order]:
    """Return the orders of which goods may come, those expected first coming first; what is looked for exactly comes before all."""
    async with tenant.transaction() as db:
        return await stored.receivable(db, AT_ONCE, text)


async def supplier_option(tenant: Tenant, supplier: str) -> list[dict[str, str]]:
    """Return the chosen supplier as the option of a lookup field."""
    try:
        async with tenant.transaction() as db:
            found = await suppliers.find(tenant, db, UUID(supplier))
    except (ValueError, Missing):
        return []
    return [{"value": str(found.id), "label": found.name}]


async def latest_receipts(tenant: Tenant) -> tuple[Sequence[Receipt], Mapping[UUID, Order]]:
    """Return the latest receipts with their orders."""
    async with tenant.transaction() as db:
        found = await goods.latest_receipts(db)
        return found, {each.id: each for each in await stored.orders(db, list({each.purchase_order for each in found}))}


@dataclass(frozen=True, slots=True)
class ItemCard:
    """Who sells an item, with their names, and the lines of running orders that it is still to come of."""

    prices: Sequence[tuple[SupplierPrice, str]]
    lines: Sequence[tuple[Order, OrderLine]]


async def item_card(tenant: Tenant, item: UUID) -> ItemCard:
    """Return how an item is bought."""
    async with tenant.transaction() as db:
        prices = await priced.prices(db, [item], tenant.today())
        names = await priced.suppliers(db, [each.supplier for each in prices])
        coming = await stored.running_with(db, item)
    lines = [(order, line) for order in coming for line in order.lines if line.item == item and line.outstanding > 0]
    return ItemCard([(each, names[each.supplier].name) for each in prices], lines)


async def supplier_card(tenant: Tenant, party: UUID) -> suppliers.Card | None:
    """Return what a contact supplies, or nothing where it is no supplier."""
    async with tenant.transaction() as db:
        found = await priced.supplier(db, party)
    return await suppliers.card(tenant, party) if found else None
