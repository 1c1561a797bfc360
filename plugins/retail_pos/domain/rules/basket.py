"""What the rules of a till compute on, and what they answer; in the browser the same as plain objects of strings."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from ..records import Discount, LineTax, TaxTotal

PromotionKind = Literal["buy_n_pay_m", "percent_off", "amount_off", "tiered", "bundle", "order_percent", "order_amount"]


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """Which goods are meant: any of these items, categories with all below them, or tags; all goods where nothing is named."""

    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # full names: "Food > Chocolate"
    tags: tuple[str, ...] = ()


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """From so many units on, so much percent."""

    quantity: int
    percent: Decimal


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs into one bundle: so many of these goods."""

    goods: Selector
    quantity: int = 1


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion. Those of higher `priority` come first; one that does not stack shares no line with another that does not.

    ``buy_n_pay_m``: of every `n` units the cheapest `n` less `m` are free, per item, or over all `goods` where it is `mixed`;
    ``percent_off`` and ``amount_off`` (per unit) take off `percent` or `amount`; ``tiered`` takes off the highest of `tiers` that the
    units of `goods` reach; ``bundle`` asks `amount` for each set of `parts`; ``order_percent`` and ``order_amount`` are taken off the
    receipt from `minimum` on. With a `coupon` it holds only for who brings that code.
    """

    code: str
    title: str
    kind: PromotionKind
    goods: Selector = Selector()
    n: int = 0
    m: int = 0
    mixed: bool = False
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    tiers: tuple[Tier, ...] = ()
    parts: tuple[Part, ...] = ()
    coupon: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    weekdays: str = ""  # ISO 8601: "67" is the weekend; empty is every day
    hours_from: str = ""  # "17:00", by the till's clock; a span may go over midnight
    hours_to: str = ""
    stacks: bool = False
    priority: int = 0

    @property
    def whole_order(self) -> bool:
        """Whether it is taken off the receipt, not off lines."""
        return self.kind in ("order_percent", "order_amount")


class BasketLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was scanned and changed by hand; `discount_percent` or `discount_amount` is the manual discount."""

    quantity: Decimal
    unit_price: Decimal
    item: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    taxes: tuple[LineTax, ...] = ()
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    stored_value: bool = False  # sells or tops up a gift card: no discount and no tax reaches it


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be priced; `digits` are the decimals of the currency, `time` is "HH:MM" by the till's clock."""

    lines: tuple[BasketLine, ...]
    digits: int = 2
    taxes_included: bool = True
    tax_per: Literal["document", "line"] = "document"
    promotions: tuple[Promotion, ...] = ()
    coupons: tuple[str, ...] = ()
    discount_percent: Decimal | None = None  # on the whole receipt, by hand
    discount_amount: Decimal | None = None
    day: date
    time: str = "12:00"


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with its figures; `taxes` are what each of the line's taxes comes to, in their order."""

    base: Decimal
    amount: Decimal
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[Decimal, ...] = ()


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A basket with its figures; `total` is what is to be paid before cash is rounded."""

    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxTotal, ...]
    total: Decimal
    discount: Decimal  # what all discounts come to
