"""What was ordered, came, was billed and sent back: how much more or less is taken without a question."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

ZERO = Decimal(0)


class Tolerances(msgspec.Struct, frozen=True, kw_only=True):
    """In percent of what was ordered: `over` may come besides, `under` may stay away and the line is complete all the same."""

    over: Decimal = ZERO
    under: Decimal = ZERO


def most(ordered: Decimal, received: Decimal, tolerances: Tolerances) -> Decimal:
    """Return how much more of a line may be received without anybody's leave."""
    return max(ordered * (100 + tolerances.over) / 100 - received, ZERO)


def closes(ordered: Decimal, received: Decimal, tolerances: Tolerances) -> bool:
    """Tell whether a line is complete: what is missing of it is within the tolerance."""
    return received >= ordered * (100 - tolerances.under) / 100


def received_share(lines: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return which share of the ordered quantities came, line by line alike, between 0 and 1; 0 without lines."""
    if not lines:
        return ZERO
    shares = [min(received / ordered, Decimal(1)) if ordered else Decimal(1) for ordered, received in lines]
    return sum(shares, ZERO) / len(shares)


def difference(expected: Decimal, counted: Decimal) -> str:
    """Say in words how what was counted differs from what was expected, or nothing."""
    if counted == expected:
        return ""
    gap = abs(counted - expected).normalize()
    return f"{gap:f} {'more' if counted > expected else 'less'} than expected"
