"""The promotions engine: which promotions hold, what each takes off, and the choice among them that is best for the customer.

Promotions on lines come before those on the whole receipt, each in order of priority. Among promotions of one priority that do not stack
and share lines, all orders are tried (up to `TRIED` of them; beyond, the greatest saving goes first), and the first of the best is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

from ..records import Discount
from .basket import Basket, BasketLine, Promotion, Selector
from .exact import HUNDRED, MICRO, divide, major, micro, minor, spread

TRIED = 5  # promotions whose every order is tried: 120 of them

Saving = dict[int, int]  # place of a line → what is taken off, in minor units


@dataclass(slots=True)
class Pricing:
    """Lines while they are priced: what is still asked for each, and why less; `claimed` lines take no other exclusive promotion."""

    lines: Sequence[BasketLine]
    digits: int
    amounts: list[int]
    discounts: list[list[Discount]]
    claimed: set[int] = field(default_factory=set)
    quantities: list[int] = field(init=False)  # in millionths
    prices: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.quantities = [micro(line.quantity) for line in self.lines]
        self.prices = [micro(line.unit_price) for line in self.lines]

    def units(self, i: int) -> int:
        """Return how many whole units are on a line."""
        return self.quantities[i] // MICRO

    def open_to(self, goods: Selector) -> list[int]:
        """Return the places of the lines that a promotion on these goods can reach."""
        return [i for i, line in enumerate(self.lines) if not line.stored_value and self.quantities[i] > 0 and matches(goods, line)]

    def take(self, saving: Saving, promotion: Promotion) -> None:
        """Take a saving off the lines."""
        for i, units in sorted(saving.items()):
            if units:
                self.amounts[i] -= units
                told = Discount(
                    source="promotion",
                    amount=major(units, self.digits),
                    code=promotion.code,
                    title=promotion.title,
                    order=promotion.whole_order,
                )
                self.discounts[i].append(told)
            if not promotion.stacks and not promotion.whole_order:
                self.claimed.add(i)


def matches(goods: Selector, line: BasketLine) -> bool:
    """Tell whether a line is of these goods."""
    if not (goods.items or goods.categories or goods.tags):
        return True
    below = any(line.category == each or line.category.startswith(f"{each} > ") for each in goods.categories)
    return bool(line.item and line.item in goods.items) or below or any(tag in goods.tags for tag in line.tags)


def holds(promotion: Promotion, day: date, time: str, coupons: Sequence[str]) -> bool:
    """Tell whether a promotion holds at a moment for who brings these coupons."""
    if promotion.coupon and promotion.coupon.upper() not in {each.upper() for each in coupons}:
        return False
    if (promotion.valid_from and day < promotion.valid_from) or (promotion.valid_to and day > promotion.valid_to):
        return False
    if promotion.weekdays and str(day.isoweekday()) not in promotion.weekdays:
        return False
    begin, end = promotion.hours_from or "00:00", promotion.hours_to or "24:00"
    return begin <= time < end if begin <= end else time >= begin or time < end


def promote(pricing: Pricing, basket: Basket) -> None:
    """Take every promotion off the lines that holds, the best for the customer first."""
    valid = [each for each in basket.promotions if holds(each, basket.day, basket.time, basket.coupons)]
    for priority in sorted({each.priority for each in valid}, reverse=True):
        level = sorted((each for each in valid if each.priority == priority and not each.whole_order), key=lambda each: each.code)
        for group in _rivals(pricing, [each for each in level if not each.stacks]):
            for promotion in _best_order(pricing, group):
                pricing.take(saving(pricing, promotion, pricing.claimed), promotion)
        for promotion in (each for each in level if each.stacks):
            pricing.take(saving(pricing, promotion, set()), promotion)
    orders = sorted((each for each in valid if each.whole_order), key=lambda each: (-each.priority, each.code))
    _take_best_order(pricing, [each for each in orders if not each.stacks])
    for promotion in (each for each in orders if each.stacks):
        pricing.take(saving(pricing, promotion, set()), promotion)


def _take_best_order(pricing: Pricing, rivals: Sequence[Promotion]) -> None:
    best: tuple[int, Promotion, Saving] | None = None
    for promotion in rivals:
        found = saving(pricing, promotion, set())
        total = sum(found.values())
        if total and (best is None or (promotion.priority == best[1].priority and total > best[0])):
            best = (total, promotion, found)
    if best:
        pricing.take(best[2], best[1])


def _rivals(pricing: Pricing, promotions: Sequence[Promotion]) -> list[list[Promotion]]:
    """Return promotions in groups that share lines, without those that save nothing."""
    groups: list[tuple[set[int], list[Promotion]]] = []
    for promotion in promotions:
        if not saving(pricing, promotion, pricing.claimed):
            continue
        reach = set(reached(pricing, promotion, pricing.claimed))
        apart = [group for group in groups if not group[0] & reach]
        together = [group for group in groups if group[0] & reach]
        joined = [each for group in together for each in group[1]]
        groups = [*apart, (reach.union(*(group[0] for group in together)), [*joined, promotion])]
    return sorted((sorted(group, key=lambda each: each.code) for _, group in groups), key=lambda group: group[0].code)


def _best_order(pricing: Pricing, group: Sequence[Promotion]) -> Sequence[Promotion]:
    if len(group) == 1:
        return group
    if len(group) > TRIED:
        return sorted(group, key=lambda each: (-sum(saving(pricing, each, pricing.claimed).values()), each.code))
    best, most = group, -1
    for order in permutations(group):
        claimed, total = set(pricing.claimed), 0
        for promotion in order:
            found = saving(pricing, promotion, claimed)
            claimed |= set(found)
            total += sum(found.values())
        if total > most:
            best, most = order, total
    return best


def reached(pricing: Pricing, promotion: Promotion, claimed: set[int]) -> list[int]:
    """Return the places of the lines a promotion can take something off."""
    if promotion.kind == "bundle":
        return sorted({i for part in promotion.parts for i in pricing.open_to(part.goods) if i not in claimed})
    return [i for i in pricing.open_to(promotion.goods) if i not in claimed]


def saving(pricing: Pricing, promotion: Promotion, claimed: set[int]) -> Saving:
    """Return what a promotion takes off the lines that are not claimed; the lines it uses are in it, even with nothing taken off."""
    places = reached(pricing, promotion, claimed)
    if not places:
        return {}
    kind = promotion.kind
    if kind == "percent_off":
        return _percent(pricing, places, micro(promotion.percent))
    if kind == "amount_off":
        return _amount(pricing, places, promotion)
    if kind == "buy_n_pay_m":
        return _buy_n_pay_m(pricing, places, promotion)
    if kind == "tiered":
        return _tiered(pricing, places, promotion)
    if kind == "bundle":
        return _bundle(pricing, places, promotion)
    return _order(pricing, places, promotion)


def _percent(pricing: Pricing, places: Sequence[int], percent: int) -> Saving:
    found = {i: divide(pricing.amounts[i] * percent, HUNDRED) for i in places}
    return {i: units for i, units in found.items() if units}


def _amount(pricing: Pricing, places: Sequence[int], promotion: Promotion) -> Saving:
    each = minor(promotion.amount, pricing.digits)
    found = {i: min(divide(each * pricing.quantities[i], MICRO), pricing.amounts[i]) for i in places}
    return {i: units for i, units in found.items() if units}


def _buy_n_pay_m(pricing: Pricing, places: Sequence[int], promotion: Promotion) -> Saving:
    if not 0 <= promotion.m < promotion.n:
        return {}
    groups: dict[str, list[int]] = {}
    for i in places:
        groups.setdefault("" if promotion.mixed else pricing.lines[i].item or f"line {i}", []).append(i)
    found: Saving = {}
    for group in groups.values():
        free = sum(pricing.units(i) for i in group) // promotion.n * (promotion.n - promotion.m)
        if free:
            found |= _cheapest(pricing, group, free)
    return found


def _cheapest(pricing: Pricing, group: Sequence[int], free: int) -> Saving:
    """Give away the cheapest units, by the price of one before any discount."""
    found: Saving = dict.fromkeys(group, 0)
    for i in sorted(group, key=lambda i: (pricing.prices[i], i)):
        units = min(free, pricing.units(i))
        found[i] = divide(pricing.amounts[i] * units * MICRO, pricing.quantities[i])
        free -= units
    return found


def _tiered(pricing: Pricing, places: Sequence[int], promotion: Promotion) -> Saving:
    units = sum(pricing.quantities[i] for i in places)
    reached_tiers = [tier for tier in promotion.tiers if tier.quantity * MICRO <= units]
    if not reached_tiers:
        return {}
    return _percent(pricing, places, micro(max(reached_tiers, key=lambda tier: tier.quantity).percent))


def _bundle(pricing: Pricing, places: Sequence[int], promotion: Promotion) -> Saving:
    """Take as many whole sets as there are, the dearest units first, and ask the price of the bundle for each."""
    left = {i: pricing.units(i) for i in places}
    used = dict.fromkeys(places, 0)
    sets = 0
    while promotion.parts and (picked := _one_set(pricing, left, promotion)) is not None:
        sets += 1
        for i, units in picked.items():
            left[i] -= units
            used[i] += units
    values = {i: divide(pricing.amounts[i] * units * MICRO, pricing.quantities[i]) for i, units in sorted(used.items()) if units}
    off = sum(values.values()) - sets * minor(promotion.amount, pricing.digits)
    if off <= 0:
        return {}
    return dict(zip(values, spread(off, list(values.values())), strict=True))


def _one_set(pricing: Pricing, left: dict[int, int], promotion: Promotion) -> Saving | None:
    free = dict(left)
    picked: Saving = {}
    for part in promotion.parts:
        wanted = part.quantity
        reach = [i for i in pricing.open_to(part.goods) if free.get(i, 0)]
        for i in sorted(reach, key=lambda i: (-pricing.prices[i], i)):
            units = min(wanted, free[i])
            free[i] -= units
            picked[i] = picked.get(i, 0) + units
            wanted -= units
        if wanted > 0:
            return None
    return picked if any(picked.values()) else None


def _order(pricing: Pricing, places: Sequence[int], promotion: Promotion) -> Saving:
    whole = sum(pricing.amounts[i] for i in places)
    if whole <= 0 or whole < minor(promotion.minimum, pricing.digits):
        return {}
    if promotion.kind == "order_percent":
        off = divide(whole * micro(promotion.percent), HUNDRED)
    else:
        off = min(minor(promotion.amount, pricing.digits), whole)
    return share(pricing, places, off)


def share(pricing: Pricing, places: Sequence[int], off: int) -> Saving:
    """Spread a discount on the receipt over its lines, in proportion to what is asked for each, by largest remainder."""
    if not off:
        return {}
    return dict(zip(places, spread(off, [pricing.amounts[i] for i in places]), strict=True))
