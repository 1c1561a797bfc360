"""What a business sells and keeps: items are the variants of products, each with a SKU, barcodes, a unit and prices."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec


class ItemUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of measure: one of it is `factor` of the base unit of its dimension; `rec20` is its code in UN/ECE Recommendation 20."""

    id: UUID
    code: str
    title: str
    dimension: str
    factor: Decimal
    rec20: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What another plugin needs to know of an item; `tax_category` is a key that the tax module knows.

    `weight_kg` is the weight of one unit, `volume_l` the litres of space it takes by its measures; none where they are not known.
    """

    id: UUID
    product_id: UUID
    sku: str
    name: str  # of the product, with what tells the variant from its siblings
    kind: Literal["goods", "service"] = "goods"
    for_sale: bool = True
    unit: str = ""  # its code
    barcode: str = ""
    category: str = ""  # "Food > Chocolate"
    brand: str = ""
    tags: tuple[str, ...] = ()
    tax_category: str = ""
    country_of_origin: str = ""
    hs_code: str = ""
    weight_kg: Decimal | None = None
    volume_l: Decimal | None = None
    image: UUID | None = None


class ScannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item found by what was scanned: how many units the code stands for, and the weight, price, batch and dates it holds."""

    item: Item
    quantity: Decimal = Decimal(1)
    weight_kg: Decimal | None = None
    price: Decimal | None = None
    elements: dict[str, str] = {}  # GS1 application identifier → value


class ItemPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of an item costs; it holds from `valid_from` through `valid_to`, or for good, and from `min_quantity` units up."""

    amount: Decimal
    currency: str
    tax_included: bool
    price_list: str  # its code
    valid_from: date
    valid_to: date | None = None
    min_quantity: Decimal = Decimal(0)
    compare_at: Decimal | None = None


class OfferedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item with all that selling it without a connection takes; `for_sale` is false for one that is no longer sold.

    `barcodes` are keys, GTINs with 14 digits, and how many units each stands for; `prices` the amounts for one unit that hold on the day,
    each from a quantity up, least first.
    """

    id: UUID
    sku: str
    name: str
    for_sale: bool = True
    unit: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    tax_category: str = ""
    barcodes: tuple[tuple[str, Decimal], ...] = ()
    prices: tuple[tuple[Decimal, Decimal], ...] = ()


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what a price list offers; `count` is how many items are for sale in all, `after` where the next part begins, if any.

    `in_store_codes` are the patterns of the shop's own scales, ``21PPPPPWWWWWC``: P the item, W grams, V a price, C the check digit.
    """

    items: tuple[OfferedItem, ...]
    currency: str
    tax_included: bool
    count: int
    after: UUID | None = None
    in_store_codes: str = ""


class PricedItem(msgspec.Struct, frozen=True, kw_only=True):
    """What an item may have been sold for on some days: every amount of a price list, from whatever quantity up.

    Neither name, place, tags nor prices of it changed after `changed_at`.
    """

    id: UUID
    category: str
    tags: tuple[str, ...]
    amounts: tuple[Decimal, ...]
    changed_at: datetime


class Items(ABC):
    """The catalogue every module shares; works in the caller's transaction. Archived products are still found by id, SKU and barcode."""

    @abstractmethod
    async def get(self, item_id: UUID) -> Item:
        """Return an item; raises `Missing`."""

    @abstractmethod
    async def many(self, item_ids: Sequence[UUID]) -> dict[UUID, Item]:
        """Return items by id, those that exist."""

    @abstractmethod
    async def by_sku(self, sku: str) -> Item | None:
        """Return the item with a SKU, whatever its case."""

    @abstractmethod
    async def by_barcode(self, scanned: str) -> ScannedItem | None:
        """Return the item that a scan means: a GTIN in any of its forms, an in-store code, GS1 data, or a code of the business's own.

        Raises `Invalid` with a sentence for what can name no item, such as a wrong check digit or a coupon.
        """

    @abstractmethod
    async def find(self, text: str, limit: int = 20) -> Sequence[Item]:
        """Return items for sale whose name, brand or codes hold all words of `text`, best first."""

    @abstractmethod
    async def price(self, item_id: UUID, day: date, quantity: Decimal = Decimal(1), price_list: str = "") -> ItemPrice | None:
        """Return the price of an item on a day for a quantity, in a price list by its code, or the default one; raises `Invalid` for an
        unknown list.
        """

    @abstractmethod
    async def prices(self, item_ids: Sequence[UUID], day: date, price_list: str = "") -> dict[UUID, ItemPrice]:
        """Return the price of one unit of each item that has one on a day."""

    @abstractmethod
    async def priced(self, item_ids: Sequence[UUID], first: date, last: date, price_list: str = "") -> dict[UUID, PricedItem]:
        """Return the items that exist with every price that held on one of these days in a price list, by its code, or the default one.

        It is one quick look, for many sales at once; of an unknown list there are no prices.
        """

    @abstractmethod
    async def offered(
        self, day: date, price_list: str = "", *, since: datetime | None = None, after: UUID | None = None, limit: int = 5000
    ) -> Offer:
        """Return what is for sale on a day in a price list, by its code, or the default one: in parts, in the order of ids.

        With `since`, only what changed from then on, or has another price by now, and what is no longer sold; deleted items do not show
        but in `count`. Raises `Invalid` for an unknown list.
        """

    @abstractmethod
    async def units(self) -> Sequence[ItemUnit]:
        """Return all units of measure that can be chosen."""

    @abstractmethod
    async def convert(self, quantity: Decimal, source: str, target: str, step: Decimal | None = None) -> Decimal:
        """Return a quantity in another unit, by their codes: exactly, or rounded to a multiple of `step`, half away from zero.

        Raises `Invalid` for an unknown unit, across dimensions, and where the result is no finite decimal and there is no `step`.
        """
