"""What the page of a receipt shows of it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line; `returned` is how much of it came back on other receipts."""

    position: int
    item: UUID | None
    sku: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    list_price: Decimal | None
    base: Decimal
    amount: Decimal
    net: Decimal
    tax: Decimal
    cost: Decimal
    lot: str
    expires: date | None
    original_receipt: UUID | None
    original_reference: str
    reason: str
    stored_value: str
    returned: Decimal
    discounts: str


class ShownTax(msgspec.Struct, frozen=True, kw_only=True):
    """A tax of the receipt."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class ShownTender(msgspec.Struct, frozen=True, kw_only=True):
    """How it was paid."""

    type: str
    amount: Decimal
    given: Decimal | None
    change: Decimal | None
    reference: str
    offline: bool


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another receipt that takes goods back, or voids this one."""

    id: UUID
    reference: str
    kind: str
    total: Decimal


class ShownReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with where it belongs; `chain` is the state of its record in the till's chain."""

    id: UUID
    kind: str
    reference: str
    number: int
    seq: int
    till: UUID
    till_code: str
    till_title: str
    store_title: str
    session: UUID
    session_number: int
    business_date: date
    fiscal_date: date
    made_at: datetime
    received_at: datetime | None
    operator: str
    customer: UUID | None
    currency: str
    taxes_included: bool
    gross: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    rounding: Decimal
    discount: Decimal
    cost: Decimal
    points: int
    voids: UUID | None
    voided_reference: str
    entry: UUID | None
    period: UUID | None
    z: int | None
    accepted: str
    note: str
    hash: str
    previous: str
    chain: str
    lines: tuple[ShownLine, ...] = ()
    taxes: tuple[ShownTax, ...] = ()
    tenders: tuple[ShownTender, ...] = ()
    related: tuple[Related, ...] = ()
