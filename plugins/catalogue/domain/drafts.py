"""Whether what somebody entered can be a product, and which product it makes."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.ids import new_id

from .countries import COUNTRIES
from .gtin import Barcode, WrongBarcode, read_barcode
from .limits import wrong_number, wrong_numbers
from .naming import capitals, folded, tidy, tidy_lines
from .prices import FIRST_DAY, Price, PriceDraft, applied, check_days, overlay
from .products import BarcodeDraft, Facts, Product, ProductDraft, Variant, VariantDraft
from .variants import check_choices, check_options

_HS_CODE = re.compile(r"\d{4}(?:[. ]?\d{2}){0,4}")
_NO_LIST = UUID(int=0)
_SEPARATORS = re.compile(r"[,;|]")


def checked(draft: ProductDraft) -> ProductDraft:
    """Return a draft tidied; raises `Invalid` with a sentence for every wrong field at once, named like ``variants.0.barcodes.1.code``."""
    wrong: dict[str, str] = {}
    facts, options = draft.facts, draft.options
    try:
        facts = checked_facts(draft.facts)
    except Invalid as found:
        wrong |= found.fields
    try:
        options = check_options(draft.options)
        check_choices(options, [variant.choices for variant in draft.variants])
    except Invalid as found:
        wrong |= found.fields
    variants = [_checked_variant(variant, place, wrong) for place, variant in enumerate(draft.variants)]
    _check_doubled(variants, wrong)
    if not draft.variants:
        wrong["variants.0.sku"] = "A product has at least one variant."
    if wrong:
        raise Invalid(fields=wrong)
    return ProductDraft(facts=facts, options=options, variants=tuple(variants))


def checked_facts(facts: Facts) -> Facts:
    """Return facts tidied; raises `Invalid` by field."""
    wrong: dict[str, str] = {}
    clean = msgspec.structs.replace(
        facts,
        name=tidy(facts.name),
        brand=tidy(facts.brand),
        supplier=tidy(facts.supplier),
        description=tidy_lines(facts.description),
        tags=_each_once(facts.tags),
        tax_category=tidy(facts.tax_category),
        country=tidy(facts.country).upper(),
        hs_code=tidy(facts.hs_code),
        external_reference=tidy(facts.external_reference),
    )
    if not clean.name:
        wrong["name"] = "Give the product a name."
    if clean.country and clean.country not in COUNTRIES:
        wrong["country"] = f"“{facts.country}” is no country: use its two letters (ISO 3166), such as GB."
    if clean.hs_code and not _HS_CODE.fullmatch(clean.hs_code):
        wrong["hs_code"] = f"“{facts.hs_code}” is no HS code: it has 4 to 12 digits, such as 1806.32."
    if tag := next((each for each in clean.tags if _SEPARATORS.search(each)), None):
        wrong["tags"] = f"“{tag}” cannot be a tag: commas, semicolons and bars stand between tags."
    if wrong:
        raise Invalid(fields=wrong)
    return clean


def _each_once(tags: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for tag in map(tidy, tags):
        if tag:
            found.setdefault(folded(tag), tag)
    return tuple(found.values())


def _checked_variant(variant: VariantDraft, place: int, wrong: dict[str, str]) -> VariantDraft:
    for number, barcode in enumerate(variant.barcodes):
        try:
            read(barcode)
        except WrongBarcode as found:
            wrong[f"variants.{place}.barcodes.{number}.code"] = found.message
        if sentence := wrong_number(barcode.quantity, above_zero=True):
            wrong[f"variants.{place}.barcodes.{number}.quantity"] = sentence
    for number, price in enumerate(variant.prices):
        try:
            priced(price, price.valid_from or FIRST_DAY, _NO_LIST)
        except Invalid as found:
            wrong |= {f"variants.{place}.prices.{number}.{name}": sentence for name, sentence in found.fields.items()}
    measures = variant.measures
    sizes = {"weight": measures.weight, "length": measures.length, "width": measures.width, "height": measures.height}
    wrong |= {f"variants.{place}.{name}": sentence for name, sentence in wrong_numbers(sizes).items()}
    return msgspec.structs.replace(variant, sku=tidy(variant.sku), choices=tuple(map(tidy, variant.choices)))


def _check_doubled(variants: Sequence[VariantDraft], wrong: dict[str, str]) -> None:
    skus: set[str] = set()
    keys: set[str] = set()
    for place, variant in enumerate(variants):
        if variant.sku and capitals(variant.sku) in skus:
            wrong.setdefault(f"variants.{place}.sku", f"Two variants have the SKU {variant.sku}.")
        skus.add(capitals(variant.sku))
        for number, barcode in enumerate(variant.barcodes):
            field = f"variants.{place}.barcodes.{number}.code"
            if field in wrong:
                continue
            key = read(barcode).key
            if key in keys:
                wrong[field] = f"{barcode.code} is here twice: a barcode belongs to one variant."
            keys.add(key)


def read(draft: BarcodeDraft) -> Barcode:
    """Return the barcode that a draft means; raises `WrongBarcode`."""
    return read_barcode(draft.code, internal=draft.internal, quantity=draft.quantity)


def made(draft: ProductDraft, *, today: date, now: datetime, price_list: UUID) -> Product:
    """Return the new product of a checked draft; SKUs that are missing are still empty."""
    variants = tuple(_variant(None, variant, today, price_list) for variant in draft.variants)
    return Product(id=new_id(), version=1, facts=draft.facts, options=draft.options, variants=variants, created_at=now, updated_at=now)


def revised(stored: Product, draft: ProductDraft, *, today: date, price_list: UUID) -> Product:
    """Return what a product becomes by a checked draft; variants are told by their ids, those that are not named go.

    Raises `Invalid` for a variant of another product.
    """
    known = {variant.id: variant for variant in stored.variants}
    for place, variant in enumerate(draft.variants):
        if variant.id and variant.id not in known:
            raise Invalid.field(f"variants.{place}.sku", "This variant belongs to another product: reload the page.")
    variants = tuple(_variant(known[each.id] if each.id else None, each, today, price_list) for each in draft.variants)
    return msgspec.structs.replace(stored, facts=draft.facts, options=draft.options, variants=variants)


def _variant(stored: Variant | None, draft: VariantDraft, today: date, price_list: UUID) -> Variant:
    prices = list(stored.prices) if stored else []
    for price in draft.prices:
        prices = applied(prices, overlay(prices, priced(price, today, price_list)))
    return Variant(
        id=stored.id if stored else new_id(),
        sku=draft.sku or (stored.sku if stored else ""),
        choices=draft.choices,
        active=draft.active,
        measures=draft.measures,
        barcodes=tuple(read(barcode) for barcode in draft.barcodes),
        prices=in_order(prices),
    )


def priced(draft: PriceDraft, today: date, price_list: UUID) -> Price:
    """Return the price that a draft means, with its defaults; raises `Invalid` for days that make no sense."""
    valid_from = draft.valid_from or today
    if wrong := wrong_numbers({"amount": draft.amount, "compare_at": draft.compare_at, "min_quantity": draft.min_quantity}):
        raise Invalid(fields=wrong)
    check_days(valid_from, draft.valid_to)
    return Price(
        id=new_id(),
        price_list=draft.price_list or price_list,
        amount=draft.amount,
        valid_from=valid_from,
        valid_to=draft.valid_to,
        min_quantity=draft.min_quantity,
        compare_at=draft.compare_at,
    )


def in_order(prices: Sequence[Price]) -> tuple[Price, ...]:
    """Return prices in the order in which they are kept and shown."""
    return tuple(sorted(prices, key=lambda each: (each.price_list, each.min_quantity, each.valid_from)))


def draft_of(product: Product) -> ProductDraft:
    """Return the draft that changes nothing: what an edit form starts from."""
    variants = tuple(
        VariantDraft(
            id=each.id,
            sku=each.sku,
            choices=each.choices,
            active=each.active,
            measures=each.measures,
            barcodes=tuple(
                BarcodeDraft(code=code.code, internal=code.kind == "internal", quantity=code.quantity) for code in each.barcodes
            ),
        )
        for each in product.variants
    )
    return ProductDraft(facts=product.facts, options=product.options, variants=variants)
