"""Between what programs send and get, and what the catalogue knows."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from weft import Invalid

from ..domain.gtin import BarcodeKind
from ..domain.prices import PriceDraft, PriceList
from ..domain.products import BarcodeDraft, Facts, Measures, Product, ProductDraft, Variant, VariantDraft
from ..domain.units import find_unit
from ..domain.variants import Option
from ..services.basics import Basics
from .schemas import (
    BarcodeOut,
    ImageOut,
    OptionBody,
    PriceBody,
    PriceOut,
    ProductBody,
    ProductOut,
    VariantBody,
    VariantOut,
)

_MEASURES = tuple(each.name for each in msgspec.structs.fields(Measures))


def draft_of(body: ProductBody, known: Basics) -> ProductDraft:
    """Return the draft that a program sent; raises `Invalid` for a unit or a price list that there is not."""
    unit = find_unit(known.units, body.unit) if body.unit else None
    if body.unit and unit is None:
        raise Invalid.field("unit", f"There is no unit “{body.unit}” here.")
    facts = Facts(
        name=body.name,
        kind=body.kind,
        status=body.status,
        category=body.category_id,
        unit=unit.id if unit else None,
        brand=body.brand,
        supplier=body.supplier,
        description=body.description,
        tags=tuple(body.tags),
        tax_category=body.tax_category,
        country=body.country_of_origin,
        hs_code=body.hs_code,
        external_reference=body.external_reference,
    )
    options = tuple(Option(name=option.name, values=tuple(option.values)) for option in body.options)
    return ProductDraft(facts=facts, options=options, variants=tuple(_variant(each, known) for each in body.variants))


def _variant(body: VariantBody, known: Basics) -> VariantDraft:
    return VariantDraft(
        id=body.id,
        sku=body.sku,
        choices=tuple(body.choices),
        active=body.active,
        measures=Measures(**{name: getattr(body, name) for name in _MEASURES}),
        barcodes=tuple(BarcodeDraft(code=code.code, internal=code.internal, quantity=code.quantity) for code in body.barcodes),
        prices=tuple(price_draft(price, known) for price in body.prices),
    )


def price_draft(body: PriceBody, known: Basics) -> PriceDraft:
    """Return the price that a program sent; raises `Invalid` for a price list that there is not."""
    return PriceDraft(
        amount=body.amount,
        price_list=known.price_list_by_code(body.price_list).id,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        min_quantity=body.min_quantity,
        compare_at=body.compare_at,
    )


def product_out(product: Product, known: Basics, categories: Mapping[UUID, str]) -> ProductOut:
    """Return a product as programs get it."""
    facts = product.facts
    return ProductOut(
        id=product.id,
        version=product.version,
        name=facts.name,
        kind=facts.kind,
        status=facts.status,
        category_id=facts.category,
        category=categories.get(facts.category, "") if facts.category else "",
        unit=known.unit_by_id(facts.unit).code,
        brand=facts.brand,
        supplier=facts.supplier,
        description=facts.description,
        tags=facts.tags,
        tax_category=facts.tax_category,
        country_of_origin=facts.country,
        hs_code=facts.hs_code,
        external_reference=facts.external_reference,
        options=[OptionBody(name=option.name, values=list(option.values)) for option in product.options],
        variants=[variant_out(product, variant, known) for variant in product.variants],
        images=[
            ImageOut(id=each.id, path=f"/files/{each.file}", alt=each.alt, width=each.width, height=each.height) for each in product.images
        ],
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def variant_out(product: Product, variant: Variant, known: Basics) -> VariantOut:
    """Return a variant as programs get it."""
    lists = {each.id: each for each in known.price_lists}
    barcodes = [
        BarcodeOut(code=code.code, kind=code.kind, gtin14="" if code.kind is BarcodeKind.INTERNAL else code.key, quantity=code.quantity)
        for code in variant.barcodes
    ]
    return VariantOut(
        id=variant.id,
        product_id=product.id,
        version=product.version,
        name=f"{product.name}, {variant.title}" if variant.title else product.name,
        sku=variant.sku,
        choices=variant.choices,
        active=variant.active,
        **msgspec.structs.asdict(variant.measures),
        barcodes=barcodes,
        prices=prices_out(variant, lists),
    )


def prices_out(variant: Variant, lists: Mapping[UUID, PriceList]) -> list[PriceOut]:
    """Return all prices of a variant as programs get them."""
    return [
        PriceOut(
            id=price.id,
            variant_id=variant.id,
            price_list=lists[price.price_list].code,
            currency=lists[price.price_list].currency,
            tax_included=lists[price.price_list].tax_included,
            amount=price.amount,
            valid_from=price.valid_from,
            valid_to=price.valid_to,
            min_quantity=price.min_quantity,
            compare_at=price.compare_at,
        )
        for price in variant.prices
    ]
