"""Receipts as they were applied, as Piccolo is told. They are written once, and never change but for where they were closed."""

from decimal import Decimal

from piccolo.columns import UUID, BigInt, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from .sessions import FiscalPeriod, Session
from .setup import KEEP, Store, Till

PART = OnDelete.cascade


class Receipt(Table, tablename="retail_pos_receipt"):
    """A receipt, with the id of its record. `fiscal_date` is the day it is posted and closed on: later than `business_date` when late."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=False, default=None, on_delete=KEEP)
    store = ForeignKey(Store, null=False, default=None, on_delete=KEEP)
    session = ForeignKey(Session, null=False, default=None, on_delete=KEEP)
    seq = BigInt(default=0)
    kind = Text(default="sale")
    number = BigInt(default=0)
    reference = Text(default="")
    business_date = Date(default=None)
    fiscal_date = Date(default=None)
    made_at = Timestamptz(default=None)
    applied_at = Timestamptz(default=None)
    hour = Integer(default=0)  # of the shop's clock
    operator = UUID(null=True, default=None)
    customer = UUID(null=True, default=None)
    currency = Text(default="")
    taxes_included = Boolean(default=True)
    gross = Numeric(default=Decimal(0))  # goods and services with their taxes: the turnover
    net = Numeric(default=Decimal(0))
    tax = Numeric(default=Decimal(0))
    total = Numeric(default=Decimal(0))  # what was to pay: `gross`, and gift cards sold
    rounding = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))
    units = Numeric(default=Decimal(0))
    points = Integer(default=0)
    voids = UUID(null=True, default=None)
    entry = UUID(null=True, default=None)
    period = ForeignKey(FiscalPeriod, null=True, default=None, on_delete=KEEP)
    accepted = Text(default="")  # why it stands although something was wrong
    note = Text(default="")
    hash = Text(default="")


class ReceiptLine(Table, tablename="retail_pos_receipt_line"):
    """One line."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=PART)
    position = Integer(default=1)
    item = UUID(null=True, default=None)
    sku = Text(default="")
    name = Text(default="")
    category = Text(default="")
    quantity = Numeric(default=Decimal(0))
    unit = Text(default="")
    unit_price = Numeric(default=Decimal(0))
    list_price = Numeric(null=True, default=None)
    base = Numeric(default=Decimal(0))
    amount = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    tax = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))
    tax_category = Text(default="")
    scanned = Text(default="")
    lot = Text(default="")
    expires = Date(null=True, default=None)
    original_receipt = UUID(null=True, default=None)
    original_position = Integer(null=True, default=None)
    reason = Text(default="")
    stored_value = Text(default="")


class LineDiscount(Table, tablename="retail_pos_line_discount"):
    """A part of a line's price that was not asked for."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=PART)
    position = Integer(default=1)
    source = Text(default="")
    code = Text(default="")
    title = Text(default="")
    amount = Numeric(default=Decimal(0))
    whole_receipt = Boolean(default=False)
    percent = Numeric(null=True, default=None)
    operator = UUID(null=True, default=None)


class LineTax(Table, tablename="retail_pos_line_tax"):
    """A tax of a line, with the rate it was computed by."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=PART)
    position = Integer(default=1)
    code = Text(default="")
    rate = Numeric(default=Decimal(0))
    kind = Text(default="percent")
    amount = Numeric(default=Decimal(0))


class ReceiptTax(Table, tablename="retail_pos_receipt_tax"):
    """What one tax comes to on a receipt."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=PART)
    code = Text(default="")
    rate = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    tax = Numeric(default=Decimal(0))
    gross = Numeric(default=Decimal(0))


class Tender(Table, tablename="retail_pos_tender"):
    """How a receipt was paid."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=PART)
    position = Integer(default=1)
    type = Text(default="")
    amount = Numeric(default=Decimal(0))
    given = Numeric(null=True, default=None)
    change = Numeric(null=True, default=None)
    reference = Text(default="")
    offline = Boolean(default=False)
