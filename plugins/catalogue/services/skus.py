"""Gives SKUs to variants that have none, where the tenant has them made."""

from collections.abc import Sequence

import msgspec

from weft import Invalid, Scope, Tenant

from ..domain.naming import capitals
from ..domain.numbering import numbered, variant_skus
from ..domain.products import Product
from ..domain.variants import suffix_of
from ..queries import finding, setup
from ..settings import CatalogueSettings

COUNTER = "sku"


async def with_skus(tenant: Tenant, db: Scope, products: Sequence[Product]) -> list[Product]:
    """Return products whose variants all have SKUs; raises `Invalid` where one has to be typed.

    New variants of a product take the stem of its first SKU, new products the next running number.
    """
    bare = [product for product in products if any(not variant.sku for variant in product.variants)]
    if not bare:
        return list(products)
    settings = tenant.settings(CatalogueSettings)
    if not settings.make_skus:
        place = next(place for place, variant in enumerate(bare[0].variants) if not variant.sku)
        raise Invalid.field(f"variants.{place}.sku", "Enter a SKU: here they are not made (Settings, Catalogue).")
    bases = iter(await _bases(db, settings, [product for product in bare if _stem(product) is None]))
    made = {product.id: _filled(product, _stem(product) or next(bases), await _taken(db, product)) for product in bare}
    return [made.get(product.id, product) for product in products]


def _stem(product: Product) -> str | None:
    """Return what the SKUs of a product begin with, when one tells."""
    first = next((variant for variant in product.variants if variant.sku), None)
    if first is None:
        return None
    stem = first.sku.removesuffix(suffix_of(first.choices)) or first.sku
    return stem[:30]


async def _taken(db: Scope, product: Product) -> set[str]:
    stem = _stem(product)
    return await finding.skus_like(db, stem) if stem else set()


def _filled(product: Product, base: str, taken: set[str]) -> Product:
    missing = [variant for variant in product.variants if not variant.sku]
    own = {capitals(variant.sku) for variant in product.variants if variant.sku}
    skus = iter(variant_skus(base, [variant.choices for variant in missing], taken | own))
    variants = tuple(variant if variant.sku else msgspec.structs.replace(variant, sku=next(skus)) for variant in product.variants)
    return msgspec.structs.replace(product, variants=variants)


async def _bases(db: Scope, settings: CatalogueSettings, products: Sequence[Product]) -> list[str]:
    """Take a running number for each product, leaving out those that somebody has typed as a SKU already."""
    found: list[str] = []
    while len(found) < len(products):
        count = len(products) - len(found)
        first = await setup.take_numbers(db, COUNTER, count)
        bases = [numbered(settings.sku_prefix, settings.sku_digits, number) for number in range(first, first + count)]
        taken = await finding.stems_in_use(db, bases)
        found += [base for base in bases if base not in taken]
    return found
