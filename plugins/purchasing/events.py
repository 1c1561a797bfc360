"""Facts that purchasing publishes, and those of others that it hears."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Event


class OrderSent(Event, frozen=True, kw_only=True):
    """A purchase order went to its supplier."""

    order_id: UUID
    number: str
    supplier_id: UUID
    currency: str
    total: Decimal


class GoodsReceived(Event, frozen=True, kw_only=True):
    """Goods of an order came."""

    receipt_id: UUID
    order_id: UUID
    number: str
    supplier_id: UUID
    date: date


EVENTS = (OrderSent, GoodsReceived)
