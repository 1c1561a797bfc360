"""Finds out which incoming products are known already, and refuses codes that somebody else has."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from weft import Scope

from ..domain.naming import capitals, folded
from ..domain.products import Product, Variant
from ..queries import finding
from ..queries.loading import load_many
from .incoming import Incoming, IncomingVariant, Refusals


@dataclass(frozen=True, slots=True)
class Match:
    """An incoming product and the stored one it means, if any; `variants` tells for each incoming variant which stored one it means."""

    incoming: Incoming
    stored: Product | None
    variants: tuple[Variant | None, ...]


def refuse_doubled(products: Sequence[Incoming], refusals: Refusals) -> None:
    """Refuse codes that came in a row before: the first keeps them."""
    skus: dict[str, int] = {}
    keys: dict[str, int] = {}
    references: dict[str, int] = {}
    for product in products:
        if product.reference:
            first = references.setdefault(product.reference, product.rows[0])
            if first != product.rows[0]:
                refusals.add(product.rows[0], "external_reference", f"Row {first} has this external reference.", product.reference)
        for variant in product.variants:
            if variant.sku and (first := skus.setdefault(capitals(variant.sku), variant.row)) != variant.row:
                refusals.add(variant.row, "sku", f"Row {first} has the SKU {variant.sku} already.", variant.sku)
            for code in variant.barcodes:
                if (first := keys.setdefault(code.key, variant.row)) != variant.row:
                    refusals.add(
                        variant.row, "barcode", f"Row {first} has the barcode {code.code} already: a barcode names one product.", code.code
                    )


async def match(db: Scope, products: Sequence[Incoming], refusals: Refusals) -> list[Match]:
    """Match products by SKU, else external reference, else barcode; refuses rows whose codes belong to something else."""
    variants = [variant for product in products for variant in product.variants]
    skus = await finding.sku_owners(db, [variant.sku for variant in variants if variant.sku])
    keys = await finding.barcode_owners(db, [code.key for variant in variants for code in variant.barcodes])
    references = await finding.reference_owners(db, [product.reference for product in products if product.reference])
    owners = await finding.products_of_variants(db, [owner for owner, _ in (*skus.values(), *keys.values())])
    known = _Known(skus, keys, references, owners)
    wanted = {id(product): _product_of(product, known, refusals) for product in products}
    stored = await load_many(db, [each for each in wanted.values() if each], lock=True)
    found = []
    for product in products:
        product_id = wanted[id(product)]
        candidate = stored.get(product_id) if product_id else None
        found.append(Match(product, candidate, _variants_of(product, candidate, known, refusals)))
    return [each for each in found if not refusals.refuse_rest(each.incoming)]


@dataclass(frozen=True, slots=True)
class _Known:
    """Whose the codes are: SKU and barcode to variant and name, external reference to product and name, variant to product."""

    skus: dict[str, tuple[UUID, str]]
    keys: dict[str, tuple[UUID, str]]
    references: dict[str, tuple[UUID, str]]
    owners: dict[UUID, UUID]


def _product_of(product: Incoming, known: _Known, refusals: Refusals) -> UUID | None:
    by_sku = {known.owners[known.skus[sku][0]] for each in product.variants if (sku := capitals(each.sku)) in known.skus}
    if len(by_sku) > 1:
        refusals.add(product.rows[0], "sku", "These SKUs belong to different products: put them into rows of their own.")
        return None
    by_reference = known.references.get(product.reference)
    if by_sku:
        (found,) = by_sku
        if by_reference and by_reference[0] != found:
            sentence = f"The SKU belongs to another product than the external reference, which is that of “{by_reference[1]}”."
            refusals.add(product.rows[0], "external_reference", sentence, product.reference)
        return found
    if by_reference:
        return by_reference[0]
    if product.reference or any(each.sku for each in product.variants):
        return None  # it names itself, and nobody knows the name: it is new
    by_key = {known.owners[known.keys[code.key][0]] for each in product.variants for code in each.barcodes if code.key in known.keys}
    if len(by_key) > 1:
        refusals.add(product.rows[0], "barcode", "These barcodes belong to different products: put them into rows of their own.")
        return None
    return by_key.pop() if by_key else None


def _variants_of(product: Incoming, stored: Product | None, known: _Known, refusals: Refusals) -> tuple[Variant | None, ...]:
    """Tell which stored variant each incoming one means, and refuse barcodes that belong to any other."""
    by_id = {variant.id: variant for variant in stored.variants} if stored else {}
    found = []
    for incoming in product.variants:
        variant = _variant_of(incoming, product, stored, by_id, known)
        found.append(variant)
        for code in incoming.barcodes:
            owner = known.keys.get(code.key)
            if owner and (variant is None or owner[0] != variant.id):
                refusals.add(incoming.row, "barcode", f"The barcode {code.code} belongs to “{owner[1]}” already.", code.code)
    return tuple(found)


def _variant_of(
    incoming: IncomingVariant, product: Incoming, stored: Product | None, by_id: dict[UUID, Variant], known: _Known
) -> Variant | None:
    if stored is None:
        return None
    if owner := known.skus.get(capitals(incoming.sku)):
        return by_id.get(owner[0])
    if incoming.choices:
        wanted = [folded(choice) for choice in incoming.choices]
        return next((each for each in stored.variants if [folded(choice) for choice in each.choices] == wanted), None)
    for code in incoming.barcodes:
        if (owner := known.keys.get(code.key)) and owner[0] in by_id:
            return by_id[owner[0]]
    alone = len(stored.variants) == 1 and len(product.variants) == 1 and not stored.options
    return stored.variants[0] if alone else None
