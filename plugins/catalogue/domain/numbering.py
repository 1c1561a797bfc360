"""SKUs that are made: a prefix and a running number, and for variants what was chosen."""

from collections.abc import Collection, Iterable

from .naming import capitals
from .variants import Choices, suffix_of

LONGEST = 40


def numbered(prefix: str, digits: int, number: int) -> str:
    """Return a SKU with its number filled up with zeros.

    >>> numbered("P-", 5, 42)
    'P-00042'
    """
    return f"{prefix}{number:0{digits}d}"


def variant_skus(base: str, all_choices: Iterable[Choices], taken: Collection[str] = ()) -> list[str]:
    """Return one SKU for each variant of a product: its base with what was chosen, numbered where that is not enough to tell them apart.

    `taken` are SKUs in capitals that stand already. A product without options gets its base alone.
    """
    used = {capitals(sku) for sku in taken}
    found = []
    for choices in all_choices:
        stem = (base + suffix_of(choices))[:LONGEST]
        sku, tail = stem, 2
        while capitals(sku) in used:
            ending = f"-{tail}"
            sku, tail = stem[: LONGEST - len(ending)] + ending, tail + 1
        used.add(capitals(sku))
        found.append(sku)
    return found
