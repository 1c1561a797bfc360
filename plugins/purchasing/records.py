"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import LIMITS, READ

SUPPLIER = RecordKind("purchasing.supplier", "Supplier", "/purchasing/suppliers/{id}", READ, icon="truck-delivery")
ORDER = RecordKind("purchasing.order", "Purchase order", "/purchasing/orders/{id}", READ, icon="shopping-cart")
RECEIPT = RecordKind("purchasing.receipt", "Goods receipt", "/purchasing/receipts/{id}", READ, icon="package-import")
BILL = RecordKind("purchasing.bill", "Supplier's bill", "/purchasing/bills/{id}", READ, icon="file-invoice")
RETURN = RecordKind("purchasing.return", "Return to supplier", "/purchasing/returns/{id}", READ, icon="package-export")
LANDED = RecordKind("purchasing.landed_cost", "Landed cost", "/purchasing/landed-costs/{id}", READ, icon="ship")
LIMIT = RecordKind("purchasing.limit", "Approval limit", "/purchasing/limits", LIMITS, icon="checks")

RECORDS = (SUPPLIER, ORDER, RECEIPT, BILL, RETURN, LANDED)


def ref(kind: RecordKind, record_id: UUID, title: str) -> RecordRef:
    """Return a link to a record."""
    return RecordRef(kind, record_id, title)
