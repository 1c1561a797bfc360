"""Facts that purchasing publishes, and those of others that it hears."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import msgspec

from weft import Event
from weft.contracts import Source


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


class BilledLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a document that was posted: `net` without tax, in the document's currency."""

    source_line: str = ""
    quantity: Decimal
    net: Decimal


class DocumentPosted(Event, frozen=True, kw_only=True):
    """A bill or a vendor credit stands in accounting."""

    heard_as: ClassVar[str] = "accounting.DocumentPosted"

    document_id: UUID
    number: str
    issued: date
    currency: str
    net: Decimal
    source: Source | None = None
    lines: tuple[BilledLine, ...] = ()


class DocumentCancelled(Event, frozen=True, kw_only=True):
    """Vendor credits took back all of a bill."""

    heard_as: ClassVar[str] = "accounting.DocumentCancelled"

    document_id: UUID
    number: str
    source: Source | None = None


EVENTS = (OrderSent, GoodsReceived)
