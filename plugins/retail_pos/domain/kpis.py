"""What a shop's figures mean: sums of what was sold, and what follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from weft.money import round_to

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")
WEEK = 7
YEAR = 364  # 52 weeks: the same weekdays, as shops compare them


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What was sold, added up. Amounts are in base currency, what came back counts against them; voided receipts are in nothing.

    `net` is turnover without taxes and `gross` with them, both after discounts. `receipts` are sales and exchanges, `returns` receipts on
    which goods only come back; `returned` is what those and exchanges gave back, without taxes, above zero. `sold` is what goods that went
    out brought with taxes, and `discount` what less was asked for them. `costed` is the part of `net` whose cost is known, and `cost` that
    cost.
    """

    receipts: int = 0
    returns: int = 0
    units: Decimal = ZERO
    net: Decimal = ZERO
    gross: Decimal = ZERO
    sold: Decimal = ZERO
    discount: Decimal = ZERO
    returned: Decimal = ZERO
    costed: Decimal = ZERO
    cost: Decimal = ZERO

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Sums)})

    @property
    def basket(self) -> Decimal | None:
        """Turnover with taxes for each sale, net of what came back, to the hundredth."""
        return round_to(self.gross / self.receipts, HUNDREDTH) if self.receipts else None

    @property
    def units_each(self) -> Decimal | None:
        """Units for each sale, to the hundredth."""
        return round_to(self.units / self.receipts, HUNDREDTH) if self.receipts else None

    @property
    def margin(self) -> Decimal:
        """Turnover without taxes less the cost of goods, of what has a cost."""
        return self.costed - self.cost

    @property
    def margin_rate(self) -> Decimal | None:
        """Margin as a share of turnover without taxes, of what has a cost."""
        return self.margin / self.costed if self.costed else None

    @property
    def discount_rate(self) -> Decimal | None:
        """Discounts as a share of what would have been asked without them."""
        asked = self.sold + self.discount
        return self.discount / asked if asked else None

    @property
    def return_rate(self) -> Decimal | None:
        """What came back as a share of what was sold before it did."""
        sold = self.net + self.returned
        return self.returned / sold if sold else None


NOTHING = Sums()


def total(parts: Iterable[Sums]) -> Sums:
    """Return the sum of sums over days or tills; not over categories, where one receipt counts in several."""
    found = NOTHING
    for each in parts:
        found = found + each
    return found


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return by which share a figure grew; nothing where there was none before, or what there was is not above zero."""
    if now is None or before is None or before <= 0:
        return None
    return (now - before) / before


@dataclass(frozen=True, slots=True)
class Days:
    """Days of business, both ends included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def every(self) -> list[date]:
        """Return each of them."""
        return [self.first + timedelta(place) for place in range(self.count)]

    def back(self, days: int) -> "Days":
        """Return as many days, so many days before."""
        return Days(self.first - timedelta(days), self.last - timedelta(days))


def last_week(days: Days) -> Days:
    """Return the same weekdays of the week before; of more days than a week, of as many whole weeks before as they need."""
    return days.back(-(-days.count // WEEK) * WEEK)


def last_year(days: Days) -> Days:
    """Return the same weekdays 52 weeks before; of more than a year, as many times that."""
    return days.back(-(-days.count // YEAR) * YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """An item as shelves and sales see it: units sold in some days, units there now, and what one costs."""

    sold: Decimal
    on_hand: Decimal
    cost: Decimal = ZERO
    days: int = 1

    @property
    def sell_through(self) -> Decimal | None:
        """Units sold as a share of those there were to sell: what was sold, and what is left."""
        offered = self.sold + self.on_hand
        return self.sold / offered if self.on_hand >= 0 and offered > 0 else None

    @property
    def cover(self) -> Decimal | None:
        """For how many days the stock lasts, at the pace it was sold; nothing where nothing was."""
        return self.on_hand * self.days / self.sold if self.sold > 0 else None

    @property
    def is_dead(self) -> bool:
        """Whether there is stock that nobody bought."""
        return self.on_hand > 0 and self.sold <= 0

    @property
    def value(self) -> Decimal:
        """What the stock is worth."""
        return self.on_hand * self.cost


def gmroi(margin: Decimal, stock: Decimal, days: int) -> Decimal | None:
    """Return margin earned in a year for each unit of money in stock, from some days' margin (gross margin return on investment)."""
    return round_to(margin * 365 / (stock * days), HUNDREDTH) if stock > 0 and days > 0 else None
