"""Exact arithmetic of a till in whole numbers: amounts in minor units, quantities, prices and rates in millionths.

`assets/till/rules/exact.js` does the same in the browser; a property test holds both equal.
"""

from collections.abc import Sequence
from decimal import Decimal

from weft.errors import Invalid

MICRO = 1_000_000  # quantities, unit prices and rates have at most six decimals
HUNDRED = 100 * MICRO  # 100 %, in millionths of a percent
Ratio = tuple[int, int]  # numerator, and a denominator above zero


def micro(value: Decimal) -> int:
    """Return a quantity, price or rate in millionths; raises `Invalid` for more decimals than six."""
    whole = value * MICRO
    if whole != whole.to_integral_value():
        raise Invalid(f"{value} has more than six decimals.")
    return int(whole)


def minor(value: Decimal, digits: int) -> int:
    """Return an amount in minor units of a currency with `digits` decimals; raises `Invalid` for an amount between two of them."""
    whole = value.scaleb(digits)
    if whole != whole.to_integral_value():
        raise Invalid(f"{value} is no amount of a currency with {digits} decimals.")
    return int(whole)


def major(units: int, digits: int) -> Decimal:
    """Return minor units as an amount with exactly `digits` decimals."""
    return Decimal(units).scaleb(-digits)


def divide(numerator: int, denominator: int) -> int:
    """Divide and round to a whole number, half away from zero; `denominator` is above zero."""
    half = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half if numerator >= 0 else -half


def add(left: Ratio, right: Ratio) -> Ratio:
    """Add two fractions."""
    if left[1] == right[1]:
        return left[0] + right[0], left[1]
    return left[0] * right[1] + right[0] * left[1], left[1] * right[1]


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number in proportion to weights of zero or more, by largest remainder; of equal remainders the first comes first.

    The parts add up to `total`, and a negative one is split as the mirror of the positive. Raises `Invalid` where all weights are zero.
    """
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    if whole <= 0:
        raise Invalid("An amount can only be split over weights that do not add up to zero.")
    if total < 0:
        return [-part for part in spread(-total, weights)]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def fit(total: int, exact: Sequence[int]) -> list[int]:
    """Round numbers of millionths, of any sign, to whole numbers that add up to `total`, by largest remainder."""
    parts = [value // MICRO for value in exact]
    missing = total - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda i: (-(exact[i] % MICRO), i))
    for turn in range(abs(missing)):
        parts[by_remainder[turn % len(parts)]] += 1 if missing > 0 else -1
    return parts
