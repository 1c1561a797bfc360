"""In-store codes with a weight or a price in them, as each shop's scale prints them (GS1 restricted circulation numbers)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from weft.errors import Invalid

from .gtin import check

_PATTERN = re.compile(r"(2\d|02|04)(P{3,7})(W{4,6}|V{4,6})C")


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the 13 digits are divided: a prefix, the item's digits, then its weight in grams or its price in minor units, a check digit."""

    prefix: str
    item: int
    value: int
    weighs: bool


@dataclass(frozen=True, slots=True)
class InStore:
    """What an in-store code says. `price` is in the major unit of the tenant's currency; `without_value` is the code of the item itself."""

    item: str
    without_value: str
    weight_kg: Decimal | None = None
    price: Decimal | None = None


def read_patterns(text: str) -> tuple[Pattern, ...]:
    """Read patterns such as ``21PPPPPWWWWWC``, separated by commas; raises `Invalid` for one that does not make 13 digits."""
    found = []
    for part in filter(None, re.split(r"[\s,;]+", text.upper())):
        match = _PATTERN.fullmatch(part)
        if match is None or len(part) != 13:
            raise Invalid(f"“{part}” is no pattern: write two digits, P for the item, W (grams) or V (price), C at the end; 13 in all.")
        found.append(Pattern(match[1], len(match[2]), len(match[3]), match[3][0] == "W"))
    return tuple(found)


def read_in_store(code: str, patterns: Sequence[Pattern], minor: Decimal = Decimal("0.01")) -> InStore | None:
    """Return what a right 13-digit code says by the first pattern that fits; `minor` is the smallest amount of the currency."""
    if len(code) != 13 or not check(code).right:
        return None
    for pattern in patterns:
        if code.startswith(pattern.prefix):
            item = code[2 : 2 + pattern.item]
            value = Decimal(code[2 + pattern.item : 12])
            payload = f"{pattern.prefix}{item}{'0' * pattern.value}"
            alone = payload + check(f"{payload}0").expected
            if pattern.weighs:
                return InStore(item, alone, weight_kg=value / 1000)
            return InStore(item, alone, price=value * minor)
    return None
