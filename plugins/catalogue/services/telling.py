"""How changes of products are told: to the audit log in words that a person reads, and to other modules as events."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from weft import Change, Scope, Tenant

from ..domain.prices import Price
from ..domain.products import Product, Variant
from ..events import PriceChanged, ProductArchived, ProductCreated, ProductDeleted, ProductUpdated
from ..queries import setup
from ..queries.saving import Save
from ..records import product_ref
from .basics import Basics

Titles = Mapping[UUID, str]


def snapshot(product: Product, titles: Titles) -> dict[str, Any]:
    """Return all that is known of a product as plain values, by the names that people know them by."""
    facts = product.facts
    return {
        "name": facts.name,
        "kind": facts.kind,
        "status": facts.status,
        "category": titles.get(facts.category, "") if facts.category else "",
        "unit": titles.get(facts.unit, "") if facts.unit else "",
        "brand": facts.brand,
        "supplier": facts.supplier,
        "description": facts.description,
        "tags": list(facts.tags),
        "tax_category": facts.tax_category,
        "country_of_origin": facts.country,
        "HS_code": facts.hs_code,
        "external_reference": facts.external_reference,
        "options": [f"{option.name}: {', '.join(option.values)}" for option in product.options],
        "variants": [_told_variant(variant) for variant in product.variants],
        "barcodes": [f"{each.code} ({variant.sku})" for variant in product.variants for each in variant.barcodes],
        "prices": [_told_price(each, variant, titles) for variant in product.variants for each in variant.prices],
        "images": [each.alt or f"image {str(each.id)[-6:]}" for each in product.images],
    }


def _told_variant(variant: Variant) -> str:
    measures = variant.measures
    parts = [variant.sku, variant.title]
    if measures.weight is not None:
        parts.append(f"{measures.weight:f} {measures.weight_unit}")
    sizes = [measures.length, measures.width, measures.height]
    if any(size is not None for size in sizes):
        parts.append(" × ".join("?" if size is None else f"{size:f}" for size in sizes) + f" {measures.size_unit}")
    if not variant.active:
        parts.append("not for sale")
    return ", ".join(filter(None, parts))


def _told_price(price: Price, variant: Variant, titles: Titles) -> str:
    until = f" to {price.valid_to}" if price.valid_to else ""
    above = f" from {price.min_quantity:f} up" if price.min_quantity else ""
    instead = f" instead of {price.compare_at:f}" if price.compare_at is not None else ""
    return f"{variant.sku}: {price.amount:f}{instead} {titles.get(price.price_list, '')} from {price.valid_from}{until}{above}"


async def tell(tenant: Tenant, db: Scope, saves: Sequence[Save], basics: Basics, action: str = "") -> None:
    """Record and publish what was saved; `action` is how the audit log calls it, unless the change itself says."""
    titles = await setup.titles(db)
    lists = {each.id: each for each in basics.price_lists}
    changes = []
    for each in saves:
        before = snapshot(each.before, titles) if each.before else {}
        after = snapshot(each.after, titles) if each.after else {}
        product = each.after or each.before
        assert product is not None
        if action == "" or each.before is None or each.after is None:
            told = "created" if each.before is None else "deleted" if each.after is None else "changed"
        else:
            told = action
        _keep_what_differs(before, after)
        change = Change.between(product_ref(product.id, product.name), told, before, _without_nothing(after) if not before else after)
        changes.append(change)
        await _publish(tenant, each, tuple(dict.fromkeys([*change.before, *change.after])), lists)
    await tenant.record(*changes)


def _keep_what_differs(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Of long lists leave what went and what came, unless only their order changed."""
    for name in ("variants", "barcodes", "prices", "images"):
        old, new = before.get(name, []), after.get(name, [])
        gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
        if old and new and (gone or come):
            before[name], after[name] = gone, come


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [])}


async def _publish(tenant: Tenant, saved: Save, fields: tuple[str, ...], lists: Mapping[UUID, Any]) -> None:
    before, after = saved.before, saved.after
    if after is None:
        assert before is not None
        await tenant.emit(ProductDeleted(product_id=before.id, name=before.name, variant_ids=tuple(each.id for each in before.variants)))
        return
    if before is None:
        await tenant.emit(ProductCreated(product_id=after.id, name=after.name, variant_ids=tuple(each.id for each in after.variants)))
    elif any(field != "prices" for field in fields):
        if after.facts.status == "archived" and before.facts.status != "archived":
            await tenant.emit(ProductArchived(product_id=after.id, name=after.name))
        await tenant.emit(ProductUpdated(product_id=after.id, name=after.name, fields=fields))
    known = {price.id: price for variant in before.variants for price in variant.prices} if before else {}
    for variant in after.variants:
        for price in variant.prices:
            if known.get(price.id) != price and price.price_list in lists:
                await tenant.emit(_price_event(after, variant, price, lists[price.price_list]))


def _price_event(product: Product, variant: Variant, price: Price, price_list: Any) -> PriceChanged:
    return PriceChanged(
        variant_id=variant.id,
        product_id=product.id,
        price_list=price_list.code,
        currency=price_list.currency,
        amount=price.amount,
        valid_from=price.valid_from,
        valid_to=price.valid_to,
        min_quantity=price.min_quantity,
    )
