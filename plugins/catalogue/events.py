"""Facts that the catalogue publishes. Amounts are decimals in the price list's currency."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Event


class ProductCreated(Event, frozen=True, kw_only=True):
    """A product was made, with these variants."""

    product_id: UUID
    name: str
    variant_ids: tuple[UUID, ...]


class ProductUpdated(Event, frozen=True, kw_only=True):
    """Something of a product was changed: the names of the fields that differ."""

    product_id: UUID
    name: str
    fields: tuple[str, ...]


class ProductArchived(Event, frozen=True, kw_only=True):
    """A product left the shelves; it can come back by an update."""

    product_id: UUID
    name: str


class ProductDeleted(Event, frozen=True, kw_only=True):
    """A product was deleted for good; nothing referred to it."""

    product_id: UUID
    name: str
    variant_ids: tuple[UUID, ...]


class PriceChanged(Event, frozen=True, kw_only=True):
    """A price was set; it holds from `valid_from` through `valid_to`, or for good."""

    variant_id: UUID
    product_id: UUID
    price_list: str
    currency: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None
    min_quantity: Decimal = Decimal(0)


EVENTS = (ProductCreated, ProductUpdated, ProductArchived, ProductDeleted, PriceChanged)
