"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import COUNT as COUNT_STOCK
from .permissions import READ, SETUP

ITEM = RecordKind("inventory.item", "Stock item", "/inventory/items/{id}", READ, icon="box")
BALANCE = RecordKind("inventory.balance", "Stock at a location", "/inventory/stock/{id}", READ, icon="box")
DOCUMENT = RecordKind("inventory.document", "Stock document", "/inventory/documents/{id}", READ, icon="transfer")
MOVE = RecordKind("inventory.move", "Move", "/inventory/moves/{id}", READ, icon="arrow-right")
MOVEMENT = RecordKind("inventory.movement", "Planned movement", "/inventory/movements/{id}", READ, icon="calendar-event")
LOT = RecordKind("inventory.lot", "Lot", "/inventory/lots/{id}", READ, icon="stack-2")
LOCATION = RecordKind("inventory.location", "Location", "/inventory/locations/{id}", SETUP, icon="map-pin")

COUNT = RecordKind("inventory.count", "Count", "/inventory/counts/{id}", COUNT_STOCK, icon="clipboard-check")

CATEGORY = RecordKind("inventory.category", "Category's rule", "/inventory/categories#{id}", SETUP, icon="category")

PERIOD = RecordKind("inventory.period", "Stock period", "/inventory/locations#period-{id}", SETUP, icon="calendar-lock")

RECORDS = (ITEM, BALANCE, DOCUMENT, MOVE, MOVEMENT, LOT, LOCATION, COUNT, CATEGORY, PERIOD)


def document_ref(document_id: UUID, title: str) -> RecordRef:
    """Return a link to what moved goods."""
    return RecordRef(DOCUMENT, document_id, title or "Stock move")


def item_ref(item_id: UUID, name: str) -> RecordRef:
    """Return a link to an item's stock card."""
    return RecordRef(ITEM, item_id, name)
