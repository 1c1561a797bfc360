"""Layers of goods at what they cost, in the order in which they came: how FIFO takes from them, and what is missing below zero."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Layer:
    """Goods that came in together and what they are worth; below zero, goods that went out before they came."""

    key: str  # the move that brought them
    quantity: Decimal
    value: Decimal

    @property
    def unit(self) -> Decimal:
        """What one of them is worth."""
        return self.value / self.quantity if self.quantity else ZERO


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left of a queue, what was taken was worth, and what the last of it cost a piece."""

    queue: tuple[Layer, ...]
    value: Decimal
    unit: Decimal


def rounded(value: Decimal, step: Decimal | None) -> Decimal:
    """Return an amount at its currency's precision, half up; as it stands without one."""
    return value.quantize(step, ROUND_HALF_UP) if step is not None else value


def add(queue: Sequence[Layer], layer: Layer, step: Decimal | None = None) -> tuple[tuple[Layer, ...], Decimal]:
    """Return the queue with goods added, and what covering goods that were missing changes of its value: they went out at a guess.

    The value of the result is that of both, plus the change.
    """
    if not queue or queue[0].quantity >= 0:
        return (*queue, layer), ZERO
    missing = queue[0]
    left = missing.quantity + layer.quantity
    whole = missing.value + layer.value
    if left < 0:
        kept = rounded(missing.value * left / missing.quantity, step)
        return (replace(missing, quantity=left, value=kept),), kept - whole
    kept = rounded(layer.value * left / layer.quantity, step)
    return ((Layer(layer.key, left, kept),) if left else ()), kept - whole


def take(
    queue: Sequence[Layer],
    quantity: Decimal,
    unit: Decimal,
    *,
    step: Decimal | None = None,
    first: str = "",
    last_in: bool = False,
    rate: Decimal | None = None,
) -> Taken:
    """Take goods out, the oldest first; what is not there goes below zero at the cost of the last that were, or at `unit`.

    `first` names the layer to take from before all others, `rate` the cost a piece of those to take; `last_in` takes the newest first.
    """
    left, worth, at = quantity, ZERO, unit
    kept: dict[int, Layer] = dict(enumerate(queue))
    places = sorted(kept, reverse=last_in)
    if first or rate is not None:
        places.sort(key=lambda place: not (kept[place].key == first if first else kept[place].unit == rate))
    for place in places:
        layer = kept[place]
        if not left or layer.quantity < 0:
            continue
        part = min(left, layer.quantity)
        value = layer.value if part == layer.quantity else rounded(layer.value * part / layer.quantity, step)
        left, worth, at = left - part, worth + value, layer.unit
        kept[place] = replace(layer, quantity=layer.quantity - part, value=layer.value - value)
    rest = tuple(each for each in kept.values() if each.quantity)
    if not left:
        return Taken(rest, worth, at)
    if rest and rest[0].quantity < 0:
        at = rest[0].unit
    value = rounded(left * at, step)
    missing = rest[0] if rest else Layer("", ZERO, ZERO)
    return Taken((replace(missing, quantity=missing.quantity - left, value=missing.value - value),), worth + value, at)
