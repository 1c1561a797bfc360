"""What purchasing keeps, as Piccolo is told; constraints and indexes are in the migrations."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, Boolean, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

KEEP, GO = OnDelete.restrict, OnDelete.cascade


class Counter(Table, tablename="purchasing_counter"):
    """The last number given to a kind of document in a year."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default="")
    year = Integer(default=0)
    last = Integer(default=0)


class Supplier(Table, tablename="purchasing_supplier"):
    """What is known of a supplier besides the contact, whose id it has."""

    id = UUID(primary_key=True, default=None)
    name = Text(default="")
    account = Text(default="")
    email = Text(default="")
    currency = Text(default="")
    lead_days = Integer(default=7)
    least_order = Numeric(default=Decimal(0))
    note = Text(default="")
    active = Boolean(default=True)
    search_text = Text(default="")
    version = Integer(default=1)


class SupplierItem(Table, tablename="purchasing_supplier_item"):
    """What a supplier asks for an item, for some days and from some quantity up."""

    id = UUID(primary_key=True, default=None)
    supplier = ForeignKey(Supplier, null=False, default=None, on_delete=KEEP)
    item = UUID(default=None)
    price = Numeric(default=Decimal(0))
    currency = Text(default="")
    min_quantity = Numeric(default=Decimal(0))
    pack = Numeric(default=Decimal(1))
    supplier_code = Text(default="")
    lead_days = Integer(null=True, default=None)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)
    rank = Integer(default=1)
    note = Text(default="")
    version = Integer(default=1)
    sku = Text(default="")
    name = Text(default="")
    search_text = Text(default="")


class Order(Table, tablename="purchasing_order"):
    """A purchase order."""

    id = UUID(primary_key=True, default=None)
    number = Text(default="")
    state = Text(default="draft")
    supplier = ForeignKey(Supplier, null=False, default=None, on_delete=KEEP)
    supplier_name = Text(default="")
    currency = Text(default="")
    rate = Numeric(default=Decimal(1))
    ordered = Date(default=None)
    expected = Date(null=True, default=None)
    location = Text(default="")
    note = Text(default="")
    reference = Text(default="")
    approvals = JSONB(default="[]")
    asked_by = UUID(null=True, default=None)
    asked_name = Text(default="")
    reason = Text(default="")
    sent_at = Timestamptz(null=True, default=None)
    sent_to = Text(default="")
    net = Numeric(default=Decimal(0))
    total = Numeric(default=Decimal(0))
    base_net = Numeric(default=Decimal(0))
    version = Integer(default=1)
    made_at = Timestamptz(default=None)
    search_text = Text(default="")


class OrderLine(Table, tablename="purchasing_order_line"):
    """A line of a purchase order, and what came and was billed of it."""

    id = UUID(primary_key=True, default=None)
    purchase_order = ForeignKey(Order, null=False, default=None, on_delete=GO)
    position = Integer(default=0)
    item = UUID(null=True, default=None)
    sku = Text(default="")
    description = Text(default="")
    supplier_code = Text(default="")
    quantity = Numeric(default=Decimal(0))
    unit = Text(default="")
    pack = Numeric(default=Decimal(1))
    unit_price = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    tax_category = Text(default="")
    taxes = JSONB(default="[]")
    category = Text(default="")
    expected = Date(null=True, default=None)
    stocked = Boolean(default=True)
    received = Numeric(default=Decimal(0))
    returned = Numeric(default=Decimal(0))
    billed = Numeric(default=Decimal(0))


class Receipt(Table, tablename="purchasing_receipt"):
    """A delivery of goods for an order."""

    id = UUID(primary_key=True, default=None)
    number = Text(default="")
    purchase_order = ForeignKey(Order, null=False, default=None, on_delete=KEEP)
    supplier = ForeignKey(Supplier, null=False, default=None, on_delete=KEEP)
    day = Date(default=None)
    location = Text(default="")
    delivery_note = Text(default="")
    note = Text(default="")
    state = Text(default="done")
    made_at = Timestamptz(default=None)
    made_by = Text(default="")


class ReceiptLine(Table, tablename="purchasing_receipt_line"):
    """What came of a line; what of it still stands on goods received is `value`."""

    id = UUID(primary_key=True, default=None)
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=KEEP)
    order_line = ForeignKey(OrderLine, null=False, default=None, on_delete=KEEP)
    quantity = Numeric(default=Decimal(0))
    lot = Text(default="")
    expires = Date(null=True, default=None)
    note = Text(default="")
    move = UUID(null=True, default=None)
    billed = Numeric(default=Decimal(0))
    returned = Numeric(default=Decimal(0))
    returned_billed = Numeric(default=Decimal(0))
    returned_value = Numeric(default=Decimal(0))
    waits = Boolean(default=False)
    value = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))
    landed = Numeric(default=Decimal(0))


class Bill(Table, tablename="purchasing_bill"):
    """A supplier's bill for an order, matched with what came."""

    id = UUID(primary_key=True, default=None)
    number = Text(default="")
    purchase_order = ForeignKey(Order, null=False, default=None, on_delete=KEEP)
    supplier = ForeignKey(Supplier, null=False, default=None, on_delete=KEEP)
    reference = Text(default="")
    issued = Date(default=None)
    state = Text(default="blocked")
    reasons = JSONB(default="[]")
    released_by = Text(default="")
    reason = Text(default="")
    document = UUID(null=True, default=None)
    document_number = Text(default="")
    address = Text(default="")
    net = Numeric(default=Decimal(0))
    variance = Numeric(default=Decimal(0))
    version = Integer(default=1)
    made_at = Timestamptz(default=None)


class BillLine(Table, tablename="purchasing_bill_line"):
    """A line of a bill; what it came to and what it cleared in base currency is known once the bill is posted."""

    id = UUID(primary_key=True, default=None)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=GO)
    order_line = ForeignKey(OrderLine, null=False, default=None, on_delete=KEEP)
    quantity = Numeric(default=Decimal(0))
    unit_price = Numeric(default=Decimal(0))
    base = Numeric(default=Decimal(0))
    cleared = Numeric(default=Decimal(0))
    cleared_base = Numeric(default=Decimal(0))
    variance = Numeric(default=Decimal(0))


class Return(Table, tablename="purchasing_return"):
    """Goods that went back to a supplier."""

    id = UUID(primary_key=True, default=None)
    number = Text(default="")
    receipt = ForeignKey(Receipt, null=False, default=None, on_delete=KEEP)
    supplier = ForeignKey(Supplier, null=False, default=None, on_delete=KEEP)
    day = Date(default=None)
    reason = Text(default="")
    document = UUID(null=True, default=None)
    document_number = Text(default="")
    address = Text(default="")
    made_at = Timestamptz(default=None)
    made_by = Text(default="")


class ReturnLine(Table, tablename="purchasing_return_line"):
    """What went back of a line of a receipt; `owed` is what the supplier has to credit, in base currency."""

    id = UUID(primary_key=True, default=None)
    goods_return = ForeignKey(Return, null=False, default=None, on_delete=KEEP)
    receipt_line = ForeignKey(ReceiptLine, null=False, default=None, on_delete=KEEP)
    quantity = Numeric(default=Decimal(0))
    billed_quantity = Numeric(default=Decimal(0))
    owed = Numeric(default=Decimal(0))


class LandedCost(Table, tablename="purchasing_landed_cost"):
    """Freight, duty or insurance, spread over goods that came."""

    id = UUID(primary_key=True, default=None)
    number = Text(default="")
    title = Text(default="")
    day = Date(default=None)
    supplier = UUID(null=True, default=None)
    supplier_name = Text(default="")
    reference = Text(default="")
    amount = Numeric(default=Decimal(0))
    basis = Text(default="value")
    document = UUID(null=True, default=None)
    document_number = Text(default="")
    address = Text(default="")
    made_at = Timestamptz(default=None)


class LandedPart(Table, tablename="purchasing_landed_part"):
    """The share of a line of a receipt in a landed cost, in base currency."""

    id = UUID(primary_key=True, default=None)
    landed_cost = ForeignKey(LandedCost, null=False, default=None, on_delete=KEEP)
    receipt_line = ForeignKey(ReceiptLine, null=False, default=None, on_delete=KEEP)
    amount = Numeric(default=Decimal(0))


class Limit(Table, tablename="purchasing_limit"):
    """The most that somebody may approve of one order, in base currency without tax; the id is the person's."""

    id = UUID(primary_key=True, default=None)
    most = Numeric(default=Decimal(0))


TABLES = [
    Limit,
    *(Counter, Supplier, SupplierItem, Order, OrderLine, Receipt, ReceiptLine, Bill, BillLine),
    *(Return, ReturnLine, LandedCost, LandedPart),
]
