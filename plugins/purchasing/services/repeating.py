"""Orders like one that was written before."""

from uuid import UUID

from weft import Tenant, new_id

from ..domain.orders import Order
from . import orders, suppliers
from .orders import DraftLine, OrderDraft


async def copy(tenant: Tenant, order_id: UUID) -> Order:
    """Write a draft like an order, at the prices of today where the supplier has some; raises `Missing` and `Invalid`."""
    async with tenant.transaction() as db:
        found = await orders.find(db, order_id)
        lines = []
        for each in found.lines:
            price = await suppliers.price_for(db, found.supplier, each.item, each.quantity, tenant.today()) if each.item else None
            kept = None if price and price.currency == found.currency else each.unit_price
            lines.append(
                DraftLine(
                    quantity=each.quantity,
                    item=each.item,
                    description=each.description,
                    unit_price=kept,
                    discount=each.discount,
                    unit=each.unit,
                    tax_category=each.tax_category,
                )
            )
        draft = OrderDraft(supplier=found.supplier, lines=tuple(lines), currency=found.currency, rate=found.rate, location=found.location)
        return await orders.save(tenant, draft, new_id())
