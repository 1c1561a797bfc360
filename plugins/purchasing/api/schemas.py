"""What programs send and get: fields may be added to what they get, never taken away. Amounts are decimals in the order's currency."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ..domain.kept import BillState
from ..domain.orders import State


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request: str
    errors: tuple[dict[str, str], ...] = ()


class OrderLineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A line to order; without a price it is the supplier's for the quantity."""

    quantity: Decimal
    item: UUID | None = None
    description: Annotated[str, Meta(max_length=300)] = ""
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)
    expected: date | None = None


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """An order to draft; with `submit` its approval is asked for at once. The same `id` again returns what stands."""

    id: UUID
    supplier: UUID
    lines: tuple[OrderLineBody, ...]
    currency: Annotated[str, Meta(max_length=3)] = ""
    rate: Decimal | None = None
    location: Annotated[str, Meta(max_length=100)] = ""
    expected: date | None = None
    reference: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=2000)] = ""
    submit: bool = False


class OrderLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it stands, with what came, went back and was billed of it."""

    id: UUID
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    received: Decimal
    returned: Decimal
    billed: Decimal
    item: UUID | None = None
    sku: str = ""
    supplier_code: str = ""
    unit: str = ""
    expected: date | None = None


class OrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands."""

    id: UUID
    number: str
    state: State
    supplier: UUID
    supplier_name: str
    currency: str
    ordered: date
    location: str
    net: Decimal
    total: Decimal
    version: int
    lines: tuple[OrderLineOut, ...]
    expected: date | None = None
    reference: str = ""
    note: str = ""


class CountedBody(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of a line of an order."""

    order_line: UUID
    quantity: Decimal
    lot: Annotated[str, Meta(max_length=60)] = ""
    expires: date | None = None


class ReceiptBody(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery; the same `id` again returns what stands. `more_is_right` takes more than was ordered."""

    id: UUID
    lines: tuple[CountedBody, ...]
    day: date | None = None
    location: Annotated[str, Meta(max_length=100)] = ""
    delivery_note: Annotated[str, Meta(max_length=100)] = ""
    more_is_right: bool = False


class ReceiptOut(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it stands."""

    id: UUID
    number: str
    order: UUID
    day: date
    location: str
    delivery_note: str


class BillLineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a supplier's bill; the price is after discounts and without tax."""

    order_line: UUID
    quantity: Decimal
    unit_price: Decimal


class BillBody(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's bill under their number; the same `id` again returns what stands."""

    id: UUID
    reference: Annotated[str, Meta(max_length=100)]
    lines: tuple[BillLineBody, ...]
    issued: date | None = None


class BillOut(msgspec.Struct, frozen=True, kw_only=True):
    """A bill as it stands; `reasons` say why it is blocked, `document` is accounting's draft."""

    id: UUID
    number: str
    order: UUID
    reference: str
    issued: date
    state: BillState
    reasons: tuple[str, ...]
    net: Decimal
    document: UUID | None = None
