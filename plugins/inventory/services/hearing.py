"""What the catalogue tells: names, SKUs and categories that changed."""

from typing import Any, ClassVar
from uuid import UUID

from weft import Event, Subscription, Tenant

from ..queries import items
from .basics import make_known


class ProductUpdated(Event, frozen=True, kw_only=True):
    """Something of a product was changed."""

    heard_as: ClassVar[str] = "catalogue.ProductUpdated"
    product_id: UUID


async def take_over(tenant: Tenant, event: ProductUpdated) -> None:
    """Bring what inventory knows of a product's variants up to date."""
    async with tenant.transaction(unaudited="a copy of what the catalogue's log tells") as db:
        known = await items.of_product(db, event.product_id)
        await make_known(tenant, known)
        await items.renamed(db, known)


# Not atomic: its transaction says by itself why the audit log need not know; to run twice does no harm.
SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (Subscription(ProductUpdated, take_over, "inventory.take_over_product", atomic=False),)
