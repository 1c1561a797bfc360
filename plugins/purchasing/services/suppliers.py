"""Suppliers and what they ask: kept, compared, chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Scope, Tenant
from weft.contracts import Items, Parties, Party

from ..domain.orders import Order
from ..domain.prices import Offer, SupplierPrice, best_of_supplier, checked, choose, ordered_quantity, overlapping
from ..domain.suppliers import Supplier
from ..domain.suppliers import checked as checked_supplier
from ..queries import orders
from ..queries import suppliers as stored
from ..queries.suppliers import Performance
from ..records import SUPPLIER, ref

YEAR = timedelta(days=365)


class SupplierChanged(Conflict):
    """Somebody else changed the supplier; `current` is how it is now."""

    def __init__(self, current: Supplier) -> None:
        super().__init__("This supplier was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


class PriceChanged(Conflict):
    """Somebody else changed the price; `current` is how it is now."""

    def __init__(self, current: SupplierPrice) -> None:
        super().__init__("This price was changed by somebody else meanwhile: look at both and save again.")
        self.current = current


@dataclass(frozen=True, slots=True)
class Card:
    """All there is to know of a supplier: prices with SKU and name of their items, open orders, and how they deliver."""

    supplier: Supplier
    party: Party
    prices: Sequence[tuple[SupplierPrice, str, str]]
    orders: Sequence[Order]
    performance: Performance | None


async def find(tenant: Tenant, db: Scope, supplier_id: UUID, *, lock: bool = False) -> Supplier:
    """Return a supplier in the open transaction; a contact that is none yet becomes one as it would be kept. Raises `Missing`."""
    found = await stored.supplier(db, supplier_id, lock=lock)
    if found:
        return found
    party = await tenant.service(Parties).get(supplier_id)
    if party.id != supplier_id and (kept := await stored.supplier(db, party.id, lock=lock)):
        return kept
    return Supplier(id=party.id, name=party.name, currency=tenant.currency, version=0)


async def ensure(tenant: Tenant, db: Scope, supplier_id: UUID) -> Supplier:
    """Return a supplier, made of the contact where it is none yet; raises `Missing`."""
    found = await find(tenant, db, supplier_id)
    if found.version:
        return found
    made = msgspec.structs.replace(found, version=1)
    await stored.put_supplier(db, made)
    await tenant.service(Parties).tag(made.id, "supplier")
    await tenant.record(Change(ref(SUPPLIER, made.id, made.name), "created", {}, {"name": made.name}))
    return made


async def save(tenant: Tenant, supplier: Supplier) -> Supplier:
    """Keep a supplier; its name is that of the contact. Raises `Invalid` by field, `SupplierChanged` and `Missing`."""
    async with tenant.transaction() as db:
        before = await find(tenant, db, supplier.id, lock=True)
        if before.version != supplier.version:
            raise SupplierChanged(before)
        party = await tenant.service(Parties).get(before.id)
        wanted = msgspec.structs.replace(supplier, id=before.id, name=party.name, version=before.version + 1)
        after = checked_supplier(msgspec.structs.replace(wanted, currency=wanted.currency.upper() or tenant.currency))
        await stored.put_supplier(db, after)
        if not before.version:
            await tenant.service(Parties).tag(after.id, "supplier")
        told = [msgspec.to_builtins(each, builtin_types=(Decimal, UUID, date)) for each in (before, after)]
        change = Change.between(ref(SUPPLIER, after.id, after.name), "changed" if before.version else "created", *told)
        await tenant.record(change)
    return after


async def card(tenant: Tenant, supplier_id: UUID) -> Card:
    """Return what is known of a supplier; raises `Missing`."""
    today = tenant.today()
    async with tenant.transaction() as db:
        supplier = await find(tenant, db, supplier_id)
        performance = await stored.performance(db, today - YEAR, today, supplier.id)
        return Card(
            supplier,
            await tenant.service(Parties).get(supplier.id),
            await stored.prices_of(db, supplier.id),
            await orders.running_of(db, supplier.id),
            performance.get(supplier.id),
        )


async def lookup(tenant: Tenant, text: str) -> list[Supplier]:
    """Return suppliers by name or number, and contacts that could become one."""
    async with tenant.transaction() as db:
        found = await stored.find(db, text)
        if len(found) < 20 and text.strip():
            parties = await tenant.service(Parties).find(text, 20)
            known = await stored.suppliers(db, [each.id for each in parties])
            found += [Supplier(id=each.id, name=each.name, currency=tenant.currency, version=0) for each in parties if each.id not in known]
    return found[:20]


async def save_price(tenant: Tenant, price: SupplierPrice, *, new: bool) -> SupplierPrice:
    """Keep a price; raises `Invalid` by field, `PriceChanged`, and `Conflict` where another one holds on the same days."""
    async with tenant.transaction() as db:
        supplier = await ensure(tenant, db, price.supplier)
        before = await stored.price(db, price.id, lock=True)
        if before is None and not new:
            raise Missing("There is no such price. It may have been deleted.")
        if before and before.version != price.version:
            raise PriceChanged(before)
        wanted = msgspec.structs.replace(price, supplier=supplier.id, currency=price.currency.upper() or supplier.currency)
        after = checked(msgspec.structs.replace(wanted, version=before.version + 1 if before else 1))
        others = [each for each, _, _ in await stored.prices_of(db, supplier.id, after.item)]
        if clash := overlapping(after, others):
            days = f"{clash.valid_from or 'ever'} to {clash.valid_to or 'for good'}"
            raise Invalid.field("valid_from", f"A price from this quantity up holds {days} already: end that one first.")
        item = await tenant.service(Items).get(after.item)
        await stored.put_price(db, after, item.sku, item.name, supplier.name)
        told = [_told(each, item.name) if each else {} for each in (before, after)]
        await tenant.record(Change.between(ref(SUPPLIER, supplier.id, supplier.name), "priced", *told))
    return after


async def delete_price(tenant: Tenant, price_id: UUID) -> SupplierPrice:
    """Delete a price; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await stored.price(db, price_id, lock=True)
        if found is None:
            raise Missing("There is no such price. It may have been deleted.")
        supplier = await find(tenant, db, found.supplier)
        item = (await tenant.service(Items).many([found.item])).get(found.item)
        await stored.delete_price(db, price_id)
        told = _told(found, item.name if item else "")
        await tenant.record(Change(ref(SUPPLIER, supplier.id, supplier.name), "took a price away", told, {}))
    return found


def _told(price: SupplierPrice, name: str) -> dict[str, object]:
    return {
        "item": name,
        "price": price.price,
        "currency": price.currency,
        "from": price.min_quantity,
        "valid_from": price.valid_from,
        "valid_to": price.valid_to,
        "supplier_code": price.supplier_code,
    }


async def price_for(db: Scope, supplier: UUID, item: UUID, quantity: Decimal, day: date) -> SupplierPrice | None:
    """Return what a supplier asks for a quantity of an item on a day."""
    return best_of_supplier(await stored.prices(db, [item], day, supplier), quantity, day)


async def offers(tenant: Tenant, db: Scope, wanted: Sequence[tuple[UUID, Decimal]], day: date) -> dict[UUID, list[Offer]]:
    """Return what suppliers offer for quantities of items, the best first; those in foreign currencies, which have no rate, come last."""
    found: dict[UUID, dict[UUID, list[SupplierPrice]]] = {}
    for price in await stored.prices(db, [item for item, _ in wanted], day):
        found.setdefault(price.item, {}).setdefault(price.supplier, []).append(price)
    sorted_offers: dict[UUID, list[Offer]] = {}
    for item, quantity in wanted:
        left = []
        for prices in found.get(item, {}).values():
            if best := best_of_supplier(prices, quantity, day):
                base = best.price if best.currency == tenant.currency else None
                left.append(Offer(price=best, quantity=ordered_quantity(quantity, best), base_price=base))
        ranked: list[Offer] = []
        while best_offer := choose(left):
            ranked.append(best_offer)
            left.remove(best_offer)
        sorted_offers[item] = ranked
    return sorted_offers


async def by_code(db: Scope, supplier: UUID, code: str) -> UUID | None:
    """Return the item that a supplier knows under a code."""
    found = await stored.by_supplier_code(db, code, supplier)
    return found[0].item if found else None


async def get_price(tenant: Tenant, price_id: UUID) -> SupplierPrice:
    """Return a price; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await stored.price(db, price_id)
    if found is None:
        raise Missing("There is no such price. It may have been deleted.")
    return found
