"""What a manager does with promotions; tills take them along with the next look at their settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, minor_unit, new_id
from weft.contracts import Item, Items

from ..domain.promotions import PromotionDraft, StoredPromotion, example_in, rule_of, skus_in, usual_count
from ..domain.rules.basket import Basket, BasketLine, Priced, Promotion
from ..domain.rules.pricing import price
from ..domain.rules.promotions import matches
from ..queries import promotions
from ..records import PROMOTION

LOOKED_AT = 500  # items for sale, for one that a promotion means


@dataclass(frozen=True, slots=True)
class Example:
    """A basket that a promotion was tried on: names with their prices, and the figures."""

    names: tuple[str, ...]
    quantities: tuple[Decimal, ...]
    priced: Priced
    before: Decimal
    currency: str
    sentence: str = ""


def digits_of(tenant: Tenant) -> int:
    """Return how many decimals the currency has."""
    return -int(minor_unit(tenant.currency).as_tuple().exponent)


async def every(tenant: Tenant) -> list[StoredPromotion]:
    """Return all promotions."""
    async with tenant.transaction() as db:
        return await promotions.every(db)


async def find(tenant: Tenant, promotion_id: UUID) -> StoredPromotion:
    """Return a promotion; raises `Missing`."""
    async with tenant.transaction() as db:
        found = await promotions.one(db, promotion_id)
    if found is None:
        raise Missing("There is no such promotion.")
    return found


async def _items(tenant: Tenant, skus: list[str]) -> dict[str, Item]:
    asked = tenant.service(Items)
    found = {sku.upper(): await asked.by_sku(sku) for sku in dict.fromkeys(skus)}
    return {sku: item for sku, item in found.items() if item}


async def save(tenant: Tenant, draft: PromotionDraft, promotion_id: UUID | None = None) -> StoredPromotion:
    """Make or change a promotion; raises `Invalid` by field and `Conflict`."""
    async with tenant.transaction() as db:
        items = await _items(tenant, skus_in(draft))
        rule = rule_of(draft, {sku: item.id for sku, item in items.items()}, digits_of(tenant))
        stored = StoredPromotion(id=promotion_id or new_id(), entry=draft, rule=rule, active=draft.active, version=1)
        ref = RecordRef(PROMOTION, stored.id, rule.title)
        if promotion_id is None:
            await promotions.add(db, stored)
            await tenant.record(Change(ref, "created", {}, _told(draft)))
            return stored
        before = await find(tenant, promotion_id)
        if not await promotions.change(db, stored, draft.version):
            raise Conflict(f"“{before.rule.title}” was changed by somebody else meanwhile: look at it again before you save.")
        await tenant.record(Change.between(ref, "changed", _told(before.entry), _told(draft)))
    return stored


def _told(draft: PromotionDraft) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(draft)
    plain.pop("version")
    return {name: ", ".join(value) if isinstance(value, (list, tuple)) else value for name, value in plain.items()}


async def try_on(tenant: Tenant, draft: PromotionDraft, example: str) -> Example | None:
    """Return what a promotion makes of a basket at this moment, its days, hours and coupon left aside; raises `Invalid` by field.

    Without a basket, or where nothing in it has a price, there is nothing to show.
    """
    wanted = example_in(example)
    async with tenant.transaction():
        items = await _items(tenant, [*skus_in(draft), *(sku for _, sku in wanted)])
        rule = rule_of(draft, {sku: item.id for sku, item in items.items()}, digits_of(tenant))
        if not wanted:
            wanted = await _usual(tenant, rule, items)
        if unknown := [sku for _, sku in wanted if sku.upper() not in items]:
            raise Invalid.field("example", f"There is no item with the SKU {unknown[0]}.")
        prices = await tenant.service(Items).prices([item.id for item in items.values()], tenant.today())
    lines = [(quantity, items[sku.upper()]) for quantity, sku in wanted if items[sku.upper()].id in prices]
    if not lines:
        return None
    always = msgspec.structs.replace(rule, coupon="", valid_from=None, valid_to=None, weekdays="", hours_from="", hours_to="")
    basket = Basket(
        lines=tuple(
            BasketLine(item=str(item.id), category=item.category, tags=item.tags, quantity=quantity, unit_price=prices[item.id].amount)
            for quantity, item in lines
        ),
        digits=digits_of(tenant),
        promotions=(always,),
        day=tenant.today(),
    )
    priced = price(basket)
    before = sum((each.base for each in priced.lines), Decimal(0))
    names, quantities = tuple(item.name for _, item in lines), tuple(quantity for quantity, _ in lines)
    return Example(names, quantities, priced, before, tenant.currency, _sentence(rule, names, quantities, priced, before))


async def _usual(tenant: Tenant, rule: Promotion, items: dict[str, Item]) -> list[tuple[Decimal, str]]:
    """Return a basket that shows what a promotion does: of the goods it names, or of the first for sale that it means."""
    if rule.kind == "bundle":
        by_id = {str(item.id): sku for sku, item in items.items()}
        return [(Decimal(part.quantity), by_id[part.goods.items[0]]) for part in rule.parts if part.goods.items]
    catalogue = tenant.service(Items)
    offered = (await catalogue.offered(tenant.today(), limit=LOOKED_AT)).items
    meant = next(
        (each for each in offered if each.prices and each.sku and matches(rule.goods, _line(str(each.id), each.category, each.tags))), None
    )
    sku = next(iter(items), meant.sku.upper() if meant else "")
    if not sku:
        return []
    items |= await _items(tenant, [sku])
    return [(usual_count(rule), sku)]


def _line(item: str, category: str, tags: tuple[str, ...]) -> BasketLine:
    return BasketLine(item=item, category=category, tags=tags, quantity=Decimal(1), unit_price=Decimal(0))


def _sentence(rule: Promotion, names: Sequence[str], quantities: Sequence[Decimal], priced: Priced, before: Decimal) -> str:
    """Return what a promotion does to a basket in one line: “3 for 2 on Coffee: 3 x 4.50 = 9.00”."""
    told = ", ".join(dict.fromkeys(names))
    if len(names) == 1:
        each = before / quantities[0]
        return f"{rule.title} on {told}: {quantities[0]:f} x {round(each, 2):f} = {priced.total:f} instead of {before:f}"
    return f"{rule.title} on {told}: {priced.total:f} instead of {before:f}"
