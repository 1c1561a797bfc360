"""Receipts, bills, returns and landed costs as they are kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from .landing import Basis

ZERO = Decimal(0)
BillState = Literal["blocked", "drafted", "posted", "cancelled"]


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a line of an order, in base currency: `cost` is what all of it cost, `value` what of that waits for its bill.

    `landed` is what freight and the like add to `cost`; `move` is that of the stock, none for what is not kept there. With `waits` the
    value stands on the account of goods received. `returned_billed` is the part of `returned` that was billed before it went back.
    """

    id: UUID
    receipt: UUID
    order_line: UUID
    quantity: Decimal
    lot: str = ""
    expires: date | None = None
    note: str = ""
    move: UUID | None = None
    billed: Decimal = ZERO
    returned: Decimal = ZERO
    returned_billed: Decimal = ZERO
    returned_value: Decimal = ZERO  # what of the cost went back before it was billed
    waits: bool = False
    value: Decimal = ZERO
    cost: Decimal = ZERO
    landed: Decimal = ZERO

    @property
    def returned_unbilled(self) -> Decimal:
        """What went back before it was billed."""
        return self.returned - self.returned_billed

    @property
    def open(self) -> Decimal:
        """What came, stayed, and is not billed."""
        return self.quantity - self.billed - self.returned_unbilled

    @property
    def here(self) -> Decimal:
        """What did not go back."""
        return self.quantity - self.returned


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery."""

    id: UUID
    number: str
    purchase_order: UUID
    supplier: UUID
    day: date
    location: str
    delivery_note: str = ""
    note: str = ""
    state: Literal["done", "undone"] = "done"
    made_at: datetime | None = None
    made_by: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Goods receipt {self.number}"


class KeptBillLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bill. Once it is posted `base` is what it came to in base currency; `cleared` and `cleared_base` found their goods."""

    id: UUID
    bill: UUID
    order_line: UUID
    quantity: Decimal
    unit_price: Decimal
    base: Decimal = ZERO
    cleared: Decimal = ZERO
    cleared_base: Decimal = ZERO
    variance: Decimal = ZERO


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's bill; `reasons` say why it is blocked, `document` is accounting's."""

    id: UUID
    number: str
    purchase_order: UUID
    supplier: UUID
    reference: str
    issued: date
    state: BillState
    reasons: tuple[str, ...] = ()
    released_by: str = ""
    reason: str = ""
    document: UUID | None = None
    document_number: str = ""
    address: str = ""
    net: Decimal = ZERO
    variance: Decimal = ZERO
    version: int = 1
    made_at: datetime | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Bill {self.reference or self.number}"


class ReturnLine(msgspec.Struct, frozen=True, kw_only=True):
    """What went back; `owed` is what the supplier has to credit for the billed part, in base currency."""

    id: UUID
    goods_return: UUID
    receipt_line: UUID
    quantity: Decimal
    billed_quantity: Decimal = ZERO
    owed: Decimal = ZERO


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that went back to a supplier; `document` is the vendor credit, where they were billed."""

    id: UUID
    number: str
    receipt: UUID
    supplier: UUID
    day: date
    reason: str
    document: UUID | None = None
    document_number: str = ""
    address: str = ""
    made_at: datetime | None = None
    made_by: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Return {self.number}"


class LandedPart(msgspec.Struct, frozen=True, kw_only=True):
    """The share of a line of a receipt in a landed cost."""

    id: UUID
    landed_cost: UUID
    receipt_line: UUID
    amount: Decimal


class LandedCost(msgspec.Struct, frozen=True, kw_only=True):
    """Freight, duty or insurance; `amount` in base currency."""

    id: UUID
    number: str
    title: str
    day: date
    amount: Decimal
    basis: Basis = Basis.VALUE
    supplier: UUID | None = None
    supplier_name: str = ""
    reference: str = ""
    document: UUID | None = None
    document_number: str = ""
    address: str = ""
    made_at: datetime | None = None
