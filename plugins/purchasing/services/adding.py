"""Finding what to put on an order: by barcode, SKU, the supplier's code, or words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft import Invalid, Tenant
from weft.contracts import Item, Items

from ..domain.prices import best_of_supplier, ordered_quantity
from ..queries import suppliers as stored
from . import suppliers


@dataclass(frozen=True, slots=True)
class Added:
    """An item for an order: how many the code stood for, in whole packs, and what the supplier asks for one."""

    item: UUID
    description: str
    quantity: Decimal
    unit: str
    supplier_code: str = ""
    price: Decimal | None = None


async def find(tenant: Tenant, text: str, supplier: UUID | None, currency: str = "") -> Added:
    """Return what a code or words mean; raises `Invalid` on the field ``code`` when they mean nothing, or several things."""
    async with tenant.transaction() as db:
        catalogue = tenant.service(Items)
        known = await suppliers.by_code(db, supplier, text) if supplier else None
        quantity, item = Decimal(1), await catalogue.get(known) if known else await catalogue.by_sku(text)
        if item is None:
            try:
                scanned = await catalogue.by_barcode(text)
            except Invalid as wrong:
                scanned = None
                why = wrong.message
            else:
                why = ""
            if scanned:
                quantity, item = scanned.quantity, scanned.item
            else:
                item = _only(await catalogue.find(text, 6), text, why)
        return await _added(tenant, item, quantity, supplier, currency)


def _only(found: Sequence[Item], text: str, why: str) -> Item:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Invalid.field("code", why or f"Nothing in the catalogue is called “{text[:60]}”, or has this code.")
    names = ", ".join(f"{each.name} ({each.sku})" for each in found[:4])
    raise Invalid.field("code", f"“{text[:60]}” could be {names}: type its SKU, or more words.")


async def by_id(tenant: Tenant, item: UUID, supplier: UUID | None, currency: str = "") -> Added:
    """Return an item that was chosen; raises `Missing`."""
    async with tenant.transaction():
        return await _added(tenant, await tenant.service(Items).get(item), Decimal(1), supplier, currency)


async def _added(tenant: Tenant, item: Item, quantity: Decimal, supplier: UUID | None, currency: str) -> Added:
    db = tenant.scope()
    price = best_of_supplier(await stored.prices(db, [item.id], tenant.today(), supplier), quantity, tenant.today()) if supplier else None
    if price is None:
        return Added(item.id, item.name, quantity, item.unit)
    asked = price.price if not currency or price.currency == currency.upper() else None
    return Added(item.id, item.name, ordered_quantity(quantity, price), item.unit, price.supplier_code, asked)


async def options(tenant: Tenant, text: str) -> Sequence[Item]:
    """Return items that can be ordered, by words, SKU or barcode."""
    if not text.strip():
        return ()
    async with tenant.transaction():
        return await tenant.service(Items).find(text.strip(), 12)
