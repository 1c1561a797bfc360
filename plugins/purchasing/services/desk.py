"""What the pages of purchasing show together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from weft import Missing, Tenant

from ..domain.kept import Bill, Receipt, Return
from ..domain.orders import Order, Totals
from ..queries import bills, goods
from ..queries import orders as stored
from . import approving, orders, sending, suppliers
from .approving import Waiting


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
            approving.waiting(tenant, order),
            await sending.address_of(tenant, order),
        )


async def receivable(tenant: Tenant) -> Sequence[Order]:
    """Return the orders of which goods may come, those expected first coming first."""
    async with tenant.transaction() as db:
        return await stored.receivable(db)


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
