"""What other plugins may ask of the catalogue: `weft.contracts.Items`, kept. Everything works in the caller's transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from weft import Invalid, Missing, Provided, Tenant
from weft.contracts import Item, ItemPrice, Items, ItemUnit, Offer, PricedItem, ScannedItem

from .domain.prices import Price, PriceList, price_on
from .domain.units import Unit, convert, find_unit
from .queries import finding, items, offering
from .queries import prices as reading
from .services.basics import basics
from .services.scan import look_up
from .settings import CatalogueSettings


class Catalogue(Items):
    """The items of one tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def get(self, item_id: UUID) -> Item:
        """Return an item."""
        found = await self.many([item_id])
        if item_id not in found:
            raise Missing("There is no such item in the catalogue. It may have been deleted.")
        return found[item_id]

    async def many(self, item_ids: Sequence[UUID]) -> dict[UUID, Item]:
        """Return items by id."""
        return await items.load(self._tenant.scope(), item_ids)

    async def by_sku(self, sku: str) -> Item | None:
        """Return the item with a SKU."""
        found = await finding.by_skus(self._tenant.scope(), [sku])
        return await self.get(found[0].variant) if found else None

    async def by_barcode(self, scanned: str) -> ScannedItem | None:
        """Return the item that a scan means."""
        self._tenant.scope()
        result = await look_up(self._tenant, scanned)
        if not result.found:
            if result.reading.why:
                raise Invalid(result.reading.why)
            return None
        first, reading_of = result.found[0], result.reading
        return ScannedItem(
            item=await self.get(first.variant),
            quantity=first.quantity,
            weight_kg=reading_of.weight_kg,
            price=reading_of.price,
            elements={each.ai: each.text for each in reading_of.elements},
        )

    async def find(self, text: str, limit: int = 20) -> Sequence[Item]:
        """Return items by words."""
        db = self._tenant.scope()
        found = await items.load(db, await items.by_words(db, text, limit))
        return list(found.values())

    async def price(self, item_id: UUID, day: date, quantity: Decimal = Decimal(1), price_list: str = "") -> ItemPrice | None:
        """Return the price of an item."""
        return (await self._prices([item_id], day, quantity, price_list)).get(item_id)

    async def prices(self, item_ids: Sequence[UUID], day: date, price_list: str = "") -> dict[UUID, ItemPrice]:
        """Return the price of one unit of each item."""
        return await self._prices(item_ids, day, Decimal(1), price_list)

    async def _prices(self, item_ids: Sequence[UUID], day: date, quantity: Decimal, price_list: str) -> dict[UUID, ItemPrice]:
        db = self._tenant.scope()
        chosen = (await basics(self._tenant)).price_list_by_code(price_list)
        found = await reading.of_variants(db, item_ids)
        held = {item_id: price_on(prices, chosen.id, day, quantity) for item_id, prices in found.items()}
        return {item_id: _told(price, chosen) for item_id, price in held.items() if price}

    async def priced(self, item_ids: Sequence[UUID], first: date, last: date, price_list: str = "") -> dict[UUID, PricedItem]:
        """Return every price of items that held on one of these days."""
        return await reading.held(self._tenant.scope(), item_ids, first, last, price_list)

    async def offered(
        self, day: date, price_list: str = "", *, since: datetime | None = None, after: UUID | None = None, limit: int = 5000
    ) -> Offer:
        """Return a part of what is for sale."""
        db = self._tenant.scope()
        chosen = (await basics(self._tenant)).price_list_by_code(price_list)
        found = await offering.part(db, offering.Wanted(chosen.id, day, since, after, limit))
        return Offer(
            items=tuple(found),
            currency=chosen.currency,
            tax_included=chosen.tax_included,
            count=await offering.count(db),
            after=found[-1].id if len(found) == limit else None,
            in_store_codes=self._tenant.settings(CatalogueSettings).in_store_codes,
        )

    async def units(self) -> Sequence[ItemUnit]:
        """Return all units that can be chosen."""
        known = await basics(self._tenant)
        return [
            ItemUnit(id=each.id, code=each.code, title=each.title, dimension=each.dimension, factor=each.factor, rec20=each.rec20)
            for each in known.units
            if each.active
        ]

    async def convert(self, quantity: Decimal, source: str, target: str, step: Decimal | None = None) -> Decimal:
        """Return a quantity in another unit."""
        known = (await basics(self._tenant)).units
        return convert(quantity, _unit(known, source), _unit(known, target), step=step)


def _told(price: Price, price_list: PriceList) -> ItemPrice:
    return ItemPrice(
        amount=price.amount,
        currency=price_list.currency,
        tax_included=price_list.tax_included,
        price_list=price_list.code,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
        min_quantity=price.min_quantity,
        compare_at=price.compare_at,
    )


def _unit(units: Sequence[Unit], code: str) -> Unit:
    found = find_unit(units, code)
    if found is None:
        raise Invalid(f"There is no unit “{code}” here.")
    return found


SERVICES = (Provided(Items, Catalogue),)
