"""Exact fractions turned into amounts of money: rounding, and spreading what rounding leaves over."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from weft.errors import Invalid

HALF = Fraction(1, 2)
ZERO = Decimal(0)


class Rounding(StrEnum):
    """How an exact amount becomes one of the currency; every way treats an amount and its negative alike."""

    HALF_UP = "half_up"  # half away from zero: 0.125 → 0.13
    HALF_EVEN = "half_even"  # half to the even neighbour: 0.125 → 0.12
    UP = "up"  # away from zero: 0.121 → 0.13
    DOWN = "down"  # towards zero: 0.129 → 0.12


def rounded(exact: Fraction | Decimal, step: Decimal, how: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round an exact amount to a multiple of `step`, such as ``Decimal("0.01")``.

    >>> rounded(Decimal("42.06"), Decimal("0.05"), Rounding.UP)
    Decimal('42.10')
    """
    units = Fraction(exact) / Fraction(step)
    size = abs(units)
    match how:
        case Rounding.HALF_UP:
            whole = floor(size + HALF)
        case Rounding.HALF_EVEN:
            whole = round(size)
        case Rounding.UP:
            whole = ceil(size)
        case Rounding.DOWN:
            whole = floor(size)
    return Decimal(whole if units >= 0 else -whole) * step


def spread(total: Decimal, exact: Sequence[Fraction], step: Decimal, how: Rounding = Rounding.HALF_UP) -> list[Decimal]:
    """Round parts to multiples of `step` so that they add up to `total`, itself such a multiple.

    What rounding leaves over goes, one step each, to the parts that it took most from (largest remainder; the earlier part when two are
    alike), so that the mirror of a total is spread as the mirror of its parts. Raises `Invalid` when there is nothing to spread over.
    """
    parts = [rounded(each, step, how) for each in exact]
    left = int((total - sum(parts, ZERO)) / step)
    if not left:
        return parts
    if not parts:
        raise Invalid(f"{total:f} cannot be spread over nothing.")
    sign = 1 if left > 0 else -1
    whole, rest = divmod(abs(left), len(parts))
    order = sorted(range(len(parts)), key=lambda place: (sign * (Fraction(parts[place]) - exact[place]), place))
    for turn, place in enumerate(order):
        parts[place] += sign * (whole + (turn < rest)) * step
    return parts


def spread_by(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """Split `total` in proportion to weights, in multiples of `step` that add up to it.

    Raises `Invalid` when the weights add up to nothing.
    """
    whole = Fraction(sum(weights, ZERO))
    if not whole:
        raise Invalid("An amount can only be split over weights that do not add up to zero.")
    return spread(total, [Fraction(total) * Fraction(each) / whole for each in weights], step)


def share_of(total: Decimal, done: Decimal, before: Decimal, whole: Decimal, step: Decimal) -> Decimal:
    """Return the part of `total` that falls to a stretch of `whole`, from `before` to `before + done`.

    It is what the stretches up to its end are worth, less what those up to its beginning are: the parts of stretches that cover `whole`
    add up to `total` to the cent, whatever their number.
    """
    if not whole:
        raise Invalid("A share of nothing cannot be told.")
    end = rounded(Fraction(total) * Fraction(before + done) / Fraction(whole), step)
    return end - rounded(Fraction(total) * Fraction(before) / Fraction(whole), step)
