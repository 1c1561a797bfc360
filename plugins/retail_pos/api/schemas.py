"""What programs get of receipts. Amounts and quantities are decimals, written as text."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class SoldLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line; `returned` is how much of it came back on other receipts."""

    position: int
    item: UUID | None
    sku: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal
    net: Decimal
    tax: Decimal
    original_receipt: UUID | None
    reason: str
    returned: Decimal


class ReceiptTaxOut(msgspec.Struct, frozen=True, kw_only=True):
    """A tax of the receipt."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class TenderOut(msgspec.Struct, frozen=True, kw_only=True):
    """How it was paid."""

    type: str
    amount: Decimal
    given: Decimal | None
    change: Decimal | None
    reference: str


class ReceiptOut(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it stands; `entry` is that of the ledger, once it is in the books."""

    id: UUID
    kind: str
    reference: str
    till_code: str
    store_title: str
    session: UUID
    business_date: date
    made_at: datetime
    customer: UUID | None
    currency: str
    taxes_included: bool
    net: Decimal
    tax: Decimal
    total: Decimal
    rounding: Decimal
    discount: Decimal
    voids: UUID | None
    entry: UUID | None
    lines: tuple[SoldLineOut, ...]
    taxes: tuple[ReceiptTaxOut, ...]
    tenders: tuple[TenderOut, ...]
