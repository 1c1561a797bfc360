"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import READ, SETUP

RECEIPT = RecordKind("retail_pos.receipt", "Receipt", "/retail_pos/receipts/{id}", READ, icon="receipt")
SESSION = RecordKind("retail_pos.session", "Till session", "/retail_pos/sessions/{id}", READ, icon="cash-register")
PROBLEM = RecordKind("retail_pos.problem", "Parked record", "/retail_pos/parked/{id}", READ, icon="alert-triangle")
VALUE = RecordKind("retail_pos.stored_value", "Gift card or store credit", "/retail_pos/cards/{id}", READ, icon="gift-card")
LOYALTY = RecordKind("retail_pos.loyalty", "Points of a customer", "/retail_pos/loyalty/{id}", READ, icon="stars")
STORE = RecordKind("retail_pos.store", "Store", "/retail_pos/stores/{id}", SETUP, icon="building-store")
TILL = RecordKind("retail_pos.till", "Till", "/retail_pos/tills/{id}", SETUP, icon="device-desktop")
PROMOTION = RecordKind("retail_pos.promotion", "Promotion", "/retail_pos/promotions/{id}", SETUP, icon="discount")
OPERATOR = RecordKind("retail_pos.operator", "Operator", "/retail_pos/operators/{id}", SETUP, icon="user-circle")
HISTORY = RecordKind("retail_pos.history", "Sales of the time before", "/retail_pos/figures", READ, icon="history")
ARCHIVE = RecordKind("retail_pos.archive", "Archive of the tills", "/retail_pos/fiscal/archives/{id}", READ, icon="archive")

RECORDS = (RECEIPT, SESSION, PROBLEM, VALUE, LOYALTY, STORE, TILL, OPERATOR, PROMOTION)


def receipt_ref(receipt_id: UUID, reference: str) -> RecordRef:
    """Return a link to a receipt."""
    return RecordRef(RECEIPT, receipt_id, reference)


def value_ref(value_id: UUID, number: str) -> RecordRef:
    """Return a link to a gift card or store credit."""
    return RecordRef(VALUE, value_id, number)
