"""What suppliers ask for an item: prices that hold for some days and from some quantity up, packs, and who is asked first."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.money import is_currency

LARGEST = Decimal(10) ** 12
LONGEST_LEAD = 730  # days


class SupplierPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one unit of an item from `min_quantity` units up, from `valid_from` through `valid_to`, or for good.

    `pack` is how many units are sold together: orders are multiples of it. `lead_days` go by from order to delivery;
    none: the supplier's own. `rank` says who is asked first where several deliver: the lowest.
    """

    id: UUID
    supplier: UUID
    item: UUID
    price: Decimal
    currency: str
    min_quantity: Decimal = Decimal(0)
    pack: Decimal = Decimal(1)
    supplier_code: str = ""
    lead_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    rank: int = 1
    note: str = ""
    version: int = 1

    def holds_on(self, day: date) -> bool:
        """Tell whether the price can be used on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's price beside those of others: `base_price` is in base currency, none where no rate is known."""

    price: SupplierPrice
    quantity: Decimal  # what is ordered: a multiple of the pack
    base_price: Decimal | None


def checked(price: SupplierPrice) -> SupplierPrice:
    """Return a price that can be kept; raises `Invalid` by field for all that is wrong with it."""
    wrong: dict[str, str] = {}
    if not Decimal(0) <= price.price < LARGEST:
        wrong["price"] = "A price is zero or more."
    if not is_currency(price.currency):
        wrong["currency"] = f"“{price.currency}” is no currency: write three letters such as EUR."
    if not Decimal(0) <= price.min_quantity < LARGEST:
        wrong["min_quantity"] = "A least quantity is zero or more."
    if not Decimal(0) < price.pack < LARGEST:
        wrong["pack"] = "A pack holds more than nothing."
    if price.lead_days is not None and not 0 <= price.lead_days <= LONGEST_LEAD:
        wrong["lead_days"] = f"A lead time is between 0 and {LONGEST_LEAD} days."
    if price.valid_from and price.valid_to and price.valid_to < price.valid_from:
        wrong["valid_to"] = "The last day is before the first."
    if wrong:
        raise Invalid(fields=wrong)
    return price


def best_of_supplier(prices: Iterable[SupplierPrice], quantity: Decimal, day: date) -> SupplierPrice | None:
    """Return the price of one supplier for a quantity of an item on a day: of the highest step that is reached, the one that began last.

    Where the quantity reaches no step, the lowest one is returned: the order has to be rounded up to it.
    """
    held = [each for each in prices if each.holds_on(day)]
    reached = [each for each in held if each.min_quantity <= quantity]
    if reached:
        return max(reached, key=lambda each: (each.min_quantity, each.valid_from or date.min, each.version))
    return min(held, key=lambda each: (each.min_quantity, each.price), default=None)


def ordered_quantity(quantity: Decimal, price: SupplierPrice) -> Decimal:
    """Return what has to be ordered to get at least a quantity: whole packs, and no less than the price's least quantity."""
    wanted = max(quantity, price.min_quantity)
    return (wanted / price.pack).to_integral_value(rounding=ROUND_CEILING) * price.pack


def choose(offers: Sequence[Offer]) -> Offer | None:
    """Return whom to buy from: the lowest rank, then the lowest price in base currency, then who delivers soonest.

    An offer in a currency without a rate comes after those whose price can be compared.
    """
    return min(
        offers,
        key=lambda each: (
            each.price.rank,
            each.base_price is None,
            each.base_price or Decimal(0),
            each.price.lead_days if each.price.lead_days is not None else LONGEST_LEAD,
            each.price.id.int,
        ),
        default=None,
    )


def expected_on(ordered: date, lead_days: int | None, usual: int) -> date:
    """Return the day goods should come when they are ordered on a day."""
    return ordered + timedelta(days=usual if lead_days is None else lead_days)


def overlapping(price: SupplierPrice, others: Iterable[SupplierPrice]) -> SupplierPrice | None:
    """Return another price of the same supplier, item, currency and step that holds on one of its days."""
    for other in others:
        same = (other.supplier, other.item, other.currency, other.min_quantity) == (
            price.supplier,
            price.item,
            price.currency,
            price.min_quantity,
        )
        apart = (price.valid_to is not None and other.valid_from is not None and price.valid_to < other.valid_from) or (
            other.valid_to is not None and price.valid_from is not None and other.valid_to < price.valid_from
        )
        if same and not apart and other.id != price.id:
            return other
    return None
