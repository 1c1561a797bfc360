"""Invoices, bills and payments as lists: declared once, for the pages, their exports and the API."""

from weft import Choice, Column, ColumnKind, Listing, Segment

from .domain.documents.search import fold
from .permissions import READ
from .records import DOCUMENT, PAYMENT

STATES = (
    Choice("draft", "Draft", "neutral"),
    Choice("open", "Open", "info"),
    Choice("partial", "Paid in part", "info"),
    Choice("overdue", "Overdue", "bad"),
    Choice("paid", "Paid", "good"),
)
_STATE = (
    "CASE WHEN d.state = 'draft' THEN 'draft' WHEN d.open = 0 THEN 'paid' WHEN d.due < :today THEN 'overdue' "
    "WHEN d.open <> d.total THEN 'partial' ELSE 'open' END"
)
_SIGN = "CASE WHEN d.kind IN ('credit_note', 'bill_credit') THEN -1 ELSE 1 END"


def _documents(name: str, title: str, kinds: str, credit: str, party: str, reference: str) -> Listing:
    return Listing(
        name=f"accounting.{name}",
        title=title,
        path=f"/accounting/{name}",
        source="accounting_document d",
        id_sql="d.id",
        columns=(
            Column(
                key="number",
                title="Number",
                sql="CASE WHEN d.number = '' THEN 'Draft' ELSE d.number END",
                sortable=True,
                sort_sql="d.number",
                filterable=False,
                link=True,
            ),
            Column(key="party", title=party, sql="d.party_name", sortable=True),
            Column(key="issued", title="Date", sql="d.issued", kind=ColumnKind.DATE, sortable=True),
            Column(key="due", title="Due", sql="d.due", kind=ColumnKind.DATE, sortable=True),
            Column(key="state", title="State", sql=_STATE, kind=ColumnKind.CHOICE, choices=STATES),
            Column(key="total", title="Total", sql=f"d.total * {_SIGN}", kind=ColumnKind.MONEY, currency="currency"),
            Column(key="open", title="Open", sql=f"d.open * {_SIGN}", kind=ColumnKind.MONEY, currency="currency"),
            Column(key="currency", title="Currency", sql="d.currency", hidden=True),
            Column(key="reference", title=reference, sql="d.reference", hidden=True),
            Column(key="net", title="Without tax", sql=f"d.net * {_SIGN}", kind=ColumnKind.MONEY, currency="currency", hidden=True),
            Column(key="sent", title="Sent to", sql="d.sent_to", hidden=True),
        ),
        permission=READ,
        default_sort="-issued",
        record=DOCUMENT,
        where=f"d.kind IN ({kinds})",
        segments=(
            Segment("", "All", "true"),
            Segment("open", "Open", "d.open <> 0"),
            Segment("overdue", "Overdue", "d.open <> 0 AND d.due < :today"),
            Segment("drafts", "Drafts", "d.state = 'draft'"),
            Segment("credits", credit, "d.kind IN ('credit_note', 'bill_credit')"),
        ),
        search_sql="d.search_text",
        search_fold=fold,
    )


INVOICES = _documents("invoices", "Invoices", "'invoice', 'credit_note'", "Credit notes", "Customer", "Customer's reference")
BILLS = _documents("bills", "Bills", "'bill', 'bill_credit'", "Vendor credits", "Vendor", "Vendor's number")
PAYMENTS = Listing(
    name="accounting.payments",
    title="Payments",
    path="/accounting/payments",
    source="accounting_payment p",
    id_sql="p.id",
    columns=(
        Column(key="number", title="Number", sql="p.number", sortable=True, filterable=False, link=True),
        Column(key="party", title="From or to", sql="p.party_name", sortable=True),
        Column(key="day", title="Date", sql="p.day", kind=ColumnKind.DATE, sortable=True),
        Column(
            key="direction",
            title="Direction",
            sql="CASE WHEN p.incoming THEN 'in' ELSE 'out' END",
            kind=ColumnKind.CHOICE,
            choices=(Choice("in", "Received", "good"), Choice("out", "Paid out", "info")),
        ),
        Column(
            key="state",
            title="State",
            sql="p.state",
            kind=ColumnKind.CHOICE,
            choices=(Choice("posted", "Posted", "good"), Choice("reversed", "Taken back", "warn")),
        ),
        Column(key="amount", title="Amount", sql="p.amount", kind=ColumnKind.MONEY, currency="currency", sortable=True),
        Column(key="currency", title="Currency", sql="p.currency", hidden=True),
        Column(key="reference", title="Reference", sql="p.reference", hidden=True),
    ),
    permission=READ,
    default_sort="-day",
    record=PAYMENT,
    segments=(
        Segment("", "All", "true"),
        Segment("received", "Received", "p.incoming"),
        Segment("paid", "Paid out", "NOT p.incoming"),
    ),
    search_sql="p.search_text",
    search_fold=fold,
)
DOCUMENT_LISTINGS = (INVOICES, BILLS, PAYMENTS)
