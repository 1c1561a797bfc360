"""When to order again, and how much."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Levels:
    """Below `minimum` an item is ordered up to `target`, in whole packs where there are such; without a rule both are zero."""

    minimum: Decimal = ZERO
    target: Decimal = ZERO
    pack: Decimal = ZERO


def wanted(levels: Levels, forecast: Decimal) -> Decimal:
    """Return how much to order when there will be `forecast`: what is there, less what is promised, with what is on its way."""
    if forecast >= levels.minimum:
        return ZERO
    missing = levels.target - forecast
    if not levels.pack:
        return missing
    return (missing / levels.pack).to_integral_value(ROUND_CEILING) * levels.pack
