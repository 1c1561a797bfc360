"""The kinds of record that have pages."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import READ

ITEM = RecordKind("inventory.item", "Stock item", "/inventory/items/{id}", READ, icon="box")
DOCUMENT = RecordKind("inventory.document", "Stock move", "/inventory/documents/{id}", READ, icon="transfer")
LOCATION = RecordKind("inventory.location", "Location", "/inventory/locations/{id}", READ, icon="map-pin")

RECORDS = (ITEM, DOCUMENT, LOCATION)


def document_ref(document_id: UUID, title: str) -> RecordRef:
    """Return a link to what moved goods."""
    return RecordRef(DOCUMENT, document_id, title or "Stock move")


def item_ref(item_id: UUID, name: str) -> RecordRef:
    """Return a link to an item's stock card."""
    return RecordRef(ITEM, item_id, name)
