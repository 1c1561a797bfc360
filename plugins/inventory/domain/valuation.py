"""What stock is worth: standard cost, first in first out, and moving average, one flow of goods after the other.

Whatever flows, quantity and value are conserved: a pool's value is the sum of all flows and corrections, and nothing on hand is worth
nothing. Goods that went out before they came were valued at a guess; the next goods to come correct it, and what is still missing is
then valued at their cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from .queue import ZERO, Layer, add, rounded, take

Method = Literal["fifo", "average", "standard"]
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Pool:
    """All there is of an item, wherever it lies: `cost` is that of a piece now, or the last one known."""

    method: Method
    cost: Decimal = ZERO
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    layers: tuple[Layer, ...] = ()  # of FIFO alone


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods that come in (above zero) or go out (below); `value` is what they are said to be worth in all, always above zero.

    Without it they are worth what a piece costs then. `like` names a flow whose cost a piece they have: goods that come back.
    `of` names the flow that they take back: an undone receipt takes its own goods first.
    """

    key: str
    quantity: Decimal
    value: Decimal | None = None
    like: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Valued:
    """A flow with its value, signed as the goods; `correction` is what it changes of the value of flows before it."""

    pool: Pool
    value: Decimal
    correction: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What it changes of the stock's value."""
        return self.value + self.correction


def flow(pool: Pool, goods: Flow, step: Decimal = CENT) -> Valued:
    """Value one flow; `step` is the smallest amount of the currency."""
    if pool.method == "standard":
        return _standard(pool, goods, step)
    return _in(pool, goods, step) if goods.quantity > 0 else _out(pool, goods, step)


def _standard(pool: Pool, goods: Flow, step: Decimal) -> Valued:
    quantity = pool.quantity + goods.quantity
    value = rounded(quantity * pool.cost, step)
    return Valued(replace(pool, quantity=quantity, value=value), value - pool.value)


def _in(pool: Pool, goods: Flow, step: Decimal) -> Valued:
    worth = rounded(goods.quantity * pool.cost, step) if goods.value is None else goods.value
    came = Layer(goods.key, goods.quantity, worth)
    quantity = pool.quantity + goods.quantity
    if pool.quantity < 0:
        value = rounded(quantity * came.unit, step)
        layers = add(pool.layers, came, step)[0] if pool.method == "fifo" else ()
        if layers:  # what is still missing takes the cost of what came
            layers = (replace(layers[0], value=value),)
        made = replace(pool, quantity=quantity, value=value, layers=layers, cost=came.unit)
        return Valued(made, worth, value - pool.value - worth)
    value = pool.value + worth
    layers = (*pool.layers, came) if pool.method == "fifo" else ()
    return Valued(replace(pool, quantity=quantity, value=value, layers=layers, cost=value / quantity), worth)


def _out(pool: Pool, goods: Flow, step: Decimal) -> Valued:
    count = -goods.quantity
    quantity = pool.quantity - count
    if pool.method == "fifo":
        taken = take(pool.layers, count, pool.cost, step=step, first=goods.of)
        worth = taken.value if goods.value is None else goods.value
        value = pool.value - taken.value
        cost = value / quantity if quantity > 0 else taken.unit
        return Valued(replace(pool, quantity=quantity, value=value, layers=taken.queue, cost=cost), -worth, worth - taken.value)
    if goods.value is None:
        exact = pool.value * count / pool.quantity if pool.quantity > 0 else count * pool.cost
        worth = pool.value if count == pool.quantity else rounded(exact, step)
        value = pool.value - worth
    else:
        worth = goods.value
        value = _held(pool, quantity, pool.value - worth, step)
    at = pool.value / pool.quantity if pool.quantity > 0 else pool.cost
    cost = value / quantity if quantity > 0 else at
    return Valued(replace(pool, quantity=quantity, value=value, cost=cost), -worth, value - (pool.value - worth))


def _held(pool: Pool, quantity: Decimal, value: Decimal, step: Decimal) -> Decimal:
    """Return what is left of an average pool that was told what to give away: never less than nothing for goods that are there."""
    if quantity > 0:
        return max(value, ZERO)
    return rounded(quantity * pool.cost, step) if quantity else ZERO


def replay(pool: Pool, flows: Iterable[Flow], step: Decimal = CENT) -> tuple[Pool, dict[str, Decimal]]:
    """Value flows one after the other; returns where they lead, and what each changes of the stock's value."""
    totals: dict[str, Decimal] = {}
    units: dict[str, Decimal] = {}
    for each in flows:
        if each.like and each.like in units:
            each = replace(each, value=rounded(abs(each.quantity) * units[each.like], step))
        done = flow(pool, each, step)
        pool = done.pool
        totals[each.key] = totals.get(each.key, ZERO) + done.total
        units[each.key] = abs(done.value / each.quantity)
    return pool, totals


def repriced(pool: Pool, cost: Decimal, step: Decimal = CENT) -> Valued:
    """Give a pool another cost a piece: standard cost that changed, or goods revalued as a whole."""
    value = rounded(pool.quantity * cost, step)
    return Valued(replace(pool, cost=cost, value=value, layers=_spread(pool.layers, value)), ZERO, value - pool.value)


def _spread(layers: Sequence[Layer], value: Decimal) -> tuple[Layer, ...]:
    if not layers:
        return ()
    return (Layer(layers[-1].key, sum((each.quantity for each in layers), ZERO), value),)


def begun(pool: Pool, method: Method, key: str = "") -> Pool:
    """Return a pool that goes on by another method: what is there is one layer at what it costs on average."""
    layers = (Layer(key, pool.quantity, pool.value),) if method == "fifo" and pool.quantity else ()
    return replace(pool, method=method, layers=layers)
