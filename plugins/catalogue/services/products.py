"""What a person can do with one product."""

from datetime import datetime
from uuid import UUID

import msgspec

from weft import Invalid, Missing, Refused, Scope, Stale, Tenant
from weft.contracts import Taxes

from ..domain.drafts import checked, made, revised
from ..domain.naming import capitals
from ..domain.products import Product, ProductDraft, Variant, VariantDraft
from ..permissions import PRICE
from ..queries import categories, finding
from ..queries.loading import load, load_many
from ..queries.saving import Save, save
from .basics import Basics, basics
from .skus import with_skus
from .telling import tell


class Changed(Stale):
    """Somebody else saved the product since the page was opened; `current` is what it is now."""

    def __init__(self, current: Product) -> None:
        super().__init__(f"“{current.name}” was changed by somebody else while you had it open: compare the two, then save again.")
        self.current = current


async def get(tenant: Tenant, product_id: UUID) -> Product:
    """Return a product; raises `Missing`."""
    async with tenant.transaction() as db:
        return await load(db, product_id)


async def of_variant(tenant: Tenant, variant_id: UUID) -> Product:
    """Return the product that a variant belongs to; raises `Missing`."""
    async with tenant.transaction() as db:
        owners = await finding.products_of_variants(db, [variant_id])
        if variant_id not in owners:
            raise Missing("There is no such variant. It may have been deleted.")
        return await load(db, owners[variant_id])


async def create(tenant: Tenant, draft: ProductDraft) -> Product:
    """Make a product; raises `Invalid` by field, and `Refused` for prices by somebody who may not set them."""
    async with tenant.transaction() as db:
        known = await basics(tenant)
        product = made(_prepared(tenant, draft, known), today=tenant.today(), now=tenant.now(), price_list=known.price_list.id)
        (product,) = await with_skus(tenant, db, [product])
        await _check_free(db, product)
        await save(db, [Save(None, product)])
        await tell(tenant, db, [Save(None, product)], known)
    return product


async def update(tenant: Tenant, product_id: UUID, version: int, draft: ProductDraft) -> Product:
    """Change a product to what a draft says; raises `Invalid` by field, and `Changed` when another version stands."""
    async with tenant.transaction() as db:
        known = await basics(tenant)
        stored = await load(db, product_id, lock=True)
        if stored.version != version:
            raise Changed(stored)
        wanted = revised(stored, _prepared(tenant, draft, known, stored), today=tenant.today(), price_list=known.price_list.id)
        (wanted,) = await with_skus(tenant, db, [wanted])
        if wanted == stored:
            return stored
        await _check_free(db, wanted, stored)
        return await put(tenant, db, stored, wanted, known)


async def put(tenant: Tenant, db: Scope, stored: Product, wanted: Product, known: Basics, action: str = "") -> Product:
    """Write a product in its next version, and tell of it."""
    after = msgspec.structs.replace(wanted, version=stored.version + 1, updated_at=tenant.now())
    await save(db, [Save(stored, after)])
    await tell(tenant, db, [Save(stored, after)], known, action)
    return after


async def delete(tenant: Tenant, product_id: UUID, version: int) -> str:
    """Delete a product for good; returns its name. Raises `Conflict` while something refers to it or when another version stands."""
    async with tenant.transaction() as db:
        stored = await load(db, product_id, lock=True)
        if stored.version != version:
            raise Changed(stored)
        for image in stored.images:
            await tenant.files.remove(image.file)
        await save(db, [Save(stored, None)])
        await tell(tenant, db, [Save(stored, None)], await basics(tenant))
    return stored.name


async def duplicate(tenant: Tenant, product_id: UUID) -> Product:
    """Make a draft like a product: same facts, options and measures, codes and prices left to be entered."""
    stored = await get(tenant, product_id)
    facts = msgspec.structs.replace(stored.facts, name=f"{stored.name[:190]} (copy)", status="draft", external_reference="")
    variants = tuple(VariantDraft(choices=each.choices, measures=each.measures, active=each.active) for each in stored.variants)
    return await create(tenant, ProductDraft(facts=facts, options=stored.options, variants=variants))


async def page(
    tenant: Tenant, after: UUID | None, limit: int, status: str | None = None, updated_since: datetime | None = None
) -> list[Product]:
    """Return products in the order in which they were made, behind a place in it."""
    async with tenant.transaction() as db:
        ids = await finding.next_ids(db, after, limit, status, updated_since)
        found = await load_many(db, ids)
    return [found[each] for each in ids]


async def variant_page(tenant: Tenant, after: UUID | None, limit: int, sku: str | None = None) -> list[tuple[Product, Variant]]:
    """Return variants with their products in the order in which they were made, behind a place in it."""
    async with tenant.transaction() as db:
        pairs = await finding.next_variants(db, after, limit, sku)
        found = await load_many(db, [product for product, _ in pairs])
    return [(found[product], variant) for product, wanted in pairs for variant in found[product].variants if variant.id == wanted]


async def tax_categories(tenant: Tenant) -> list[tuple[str, str]]:
    """Return the tax categories that the business's taxes know, as key and title; nothing where no module keeps taxes."""
    async with tenant.transaction():
        try:
            return [(key, title) for key, title in await tenant.service(Taxes).categories() if key]
        except Missing:
            return []


async def words_in_use(tenant: Tenant) -> finding.Words:
    """Return what the fields of a form can offer: brands, suppliers, tags and tax categories in use."""
    async with tenant.transaction() as db:
        return await finding.words_in_use(db)


def _prepared(tenant: Tenant, draft: ProductDraft, known: Basics, stored: Product | None = None) -> ProductDraft:
    """Return a draft checked and with defaults; raises `Refused` when it sets prices that who acts may not set."""
    if any(variant.prices for variant in draft.variants) and not tenant.may(PRICE):
        raise Refused(f"You need the permission “{PRICE.title}” to set prices. An administrator can give it to you.")
    draft = checked(draft)
    unit = known.unit_by_id(draft.facts.unit or (stored.facts.unit if stored else None))
    for variant in draft.variants:
        for price in variant.prices:
            known.price_list_by_id(price.price_list)
    return msgspec.structs.replace(draft, facts=msgspec.structs.replace(draft.facts, unit=unit.id))


async def _check_free(db: Scope, product: Product, stored: Product | None = None) -> None:
    """Raise `Invalid` by field for codes that other products have, and for a category that is none."""
    wrong: dict[str, str] = {}
    own = {variant.id for each in (product, stored) if each for variant in each.variants}
    skus = await finding.sku_owners(db, [variant.sku for variant in product.variants])
    keys = await finding.barcode_owners(db, [code.key for variant in product.variants for code in variant.barcodes])
    for place, variant in enumerate(product.variants):
        if (owner := skus.get(capitals(variant.sku))) and owner[0] not in own:
            wrong[f"variants.{place}.sku"] = f"The SKU {variant.sku} belongs to “{owner[1]}”."
        for number, code in enumerate(variant.barcodes):
            if (owner := keys.get(code.key)) and owner[0] not in own:
                wrong[f"variants.{place}.barcodes.{number}.code"] = f"The barcode {code.code} belongs to “{owner[1]}”."
    reference = product.facts.external_reference
    other = (await finding.reference_owners(db, [reference])).get(reference)
    if other and other[0] != product.id:
        wrong["external_reference"] = f"“{other[1]}” has this external reference."
    if product.facts.category and all(each.id != product.facts.category for each in await categories.names(db)):
        wrong["category"] = "There is no such category: choose one of the list."
    if wrong:
        raise Invalid(fields=wrong)
