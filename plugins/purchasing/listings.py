"""Orders, receipts, bills, suppliers and their prices as lists: declared once, for pages, exports and the API."""

from weft import Choice, Column, ColumnKind, Listing, Segment

from .domain.suppliers import fold
from .permissions import READ
from .records import BILL, ORDER, RECEIPT, SUPPLIER

STATES = (
    Choice("draft", "Draft", "neutral"),
    Choice("waiting", "Waiting for approval", "warn"),
    Choice("approved", "Approved", "info"),
    Choice("sent", "Sent", "info"),
    Choice("partly_received", "Partly received", "info"),
    Choice("received", "Received", "good"),
    Choice("billed", "Billed", "good"),
    Choice("closed", "Closed", "neutral"),
    Choice("cancelled", "Cancelled", "neutral"),
)
BILL_STATES = (
    Choice("blocked", "Does not match", "bad"),
    Choice("drafted", "Matched, to be posted", "info"),
    Choice("posted", "Posted", "good"),
    Choice("cancelled", "Cancelled", "neutral"),
)
_OPEN = "o.state IN ('approved', 'sent', 'partly_received')"

ORDERS = Listing(
    name="purchasing.orders",
    title="Purchase orders",
    path="/purchasing/orders",
    source="purchasing_order o",
    id_sql="o.id",
    columns=(
        Column(key="number", title="Number", sql="o.number", sortable=True, filterable=False, link=True),
        Column(key="supplier", title="Supplier", sql="o.supplier_name", sortable=True),
        Column(key="ordered", title="Ordered", sql="o.ordered", kind=ColumnKind.DATE, sortable=True),
        Column(key="expected", title="Expected", sql="o.expected", kind=ColumnKind.DATE),
        Column(key="state", title="State", sql="o.state", kind=ColumnKind.CHOICE, choices=STATES),
        Column(key="net", title="Without tax", sql="o.net", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="currency", title="Currency", sql="o.currency", hidden=True),
        Column(key="total", title="Total", sql="o.total", kind=ColumnKind.MONEY, currency="currency", hidden=True),
        Column(key="asked", title="Asked by", sql="o.asked_name", hidden=True),
        Column(key="reference", title="Supplier's number", sql="o.reference", hidden=True),
    ),
    permission=READ,
    default_sort="-ordered",
    record=ORDER,
    segments=(
        Segment("", "All", "true"),
        Segment("drafts", "Drafts", "o.state = 'draft'"),
        Segment("waiting", "To approve", "o.state = 'waiting'"),
        Segment("open", "To receive", _OPEN),
        Segment("late", "Late", f"{_OPEN} AND o.expected < :today"),
        Segment("received", "To bill", "o.state = 'received'"),
    ),
    search_sql="o.search_text",
    search_fold=fold,
)
RECEIPTS = Listing(
    name="purchasing.receipts",
    title="Goods receipts",
    path="/purchasing/receipts",
    source="purchasing_receipt r JOIN purchasing_supplier s ON s.id = r.supplier JOIN purchasing_order o ON o.id = r.purchase_order",
    id_sql="r.id",
    columns=(
        Column(key="number", title="Number", sql="r.number", sortable=True, filterable=False, link=True),
        Column(key="supplier", title="Supplier", sql="s.name"),
        Column(key="order", title="Order", sql="o.number"),
        Column(key="day", title="Date", sql="r.day", kind=ColumnKind.DATE, sortable=True),
        Column(key="delivery_note", title="Delivery note", sql="r.delivery_note"),
        Column(key="location", title="Location", sql="r.location", hidden=True),
        Column(key="by", title="Received by", sql="r.made_by"),
        Column(
            key="state",
            title="State",
            sql="r.state",
            kind=ColumnKind.CHOICE,
            choices=(Choice("done", "Done", "good"), Choice("undone", "Undone", "neutral")),
        ),
    ),
    permission=READ,
    default_sort="-day",
    record=RECEIPT,
)
BILLS = Listing(
    name="purchasing.bills",
    title="Suppliers' bills",
    path="/purchasing/bills",
    source="purchasing_bill b JOIN purchasing_order o ON o.id = b.purchase_order",
    id_sql="b.id",
    columns=(
        Column(key="number", title="Number", sql="b.number", sortable=True, filterable=False, link=True),
        Column(key="reference", title="Supplier's number", sql="b.reference"),
        Column(key="supplier", title="Supplier", sql="o.supplier_name"),
        Column(key="order", title="Order", sql="o.number"),
        Column(key="issued", title="Date", sql="b.issued", kind=ColumnKind.DATE, sortable=True),
        Column(key="state", title="State", sql="b.state", kind=ColumnKind.CHOICE, choices=BILL_STATES),
        Column(key="net", title="Without tax", sql="b.net", kind=ColumnKind.MONEY, currency="currency"),
        Column(key="variance", title="Price variance", sql="b.variance", kind=ColumnKind.NUMBER),
        Column(key="currency", title="Currency", sql="o.currency", hidden=True),
    ),
    permission=READ,
    default_sort="-issued",
    record=BILL,
    segments=(
        Segment("", "All", "true"),
        Segment("blocked", "Do not match", "b.state = 'blocked'"),
        Segment("drafted", "To be posted", "b.state = 'drafted'"),
        Segment("posted", "Posted", "b.state = 'posted'"),
    ),
)
SUPPLIERS = Listing(
    name="purchasing.suppliers",
    title="Suppliers",
    path="/purchasing/suppliers",
    source="purchasing_supplier s",
    id_sql="s.id",
    columns=(
        Column(key="name", title="Name", sql="s.name", sortable=True, link=True),
        Column(key="account", title="Our account", sql="s.account"),
        Column(key="lead", title="Days to deliver", sql="s.lead_days", kind=ColumnKind.NUMBER),
        Column(key="currency", title="Currency", sql="s.currency"),
        Column(
            key="open",
            title="Open orders",
            sql="(SELECT count(*) FROM purchasing_order o WHERE o.supplier = s.id AND o.state IN ('approved', 'sent', 'partly_received'))",
            kind=ColumnKind.NUMBER,
            filterable=False,
        ),
        Column(key="least", title="Least order", sql="s.least_order", kind=ColumnKind.MONEY, currency="currency", hidden=True),
        Column(key="email", title="Orders go to", sql="s.email", hidden=True),
        Column(key="active", title="Active", sql="s.active", kind=ColumnKind.BOOL, hidden=True),
    ),
    permission=READ,
    default_sort="name",
    record=SUPPLIER,
    segments=(Segment("", "Active", "s.active"), Segment("all", "All", "true")),
    search_sql="s.search_text",
    search_fold=fold,
)
LISTINGS = (ORDERS, RECEIPTS, BILLS, SUPPLIERS)
