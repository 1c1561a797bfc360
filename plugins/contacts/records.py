"""The kind of record that contacts keeps."""

from uuid import UUID

from weft import RecordKind, RecordRef

from .permissions import READ

PARTY = RecordKind("contacts.party", "Contact", "/contacts/{id}", READ, "address-book")


def ref(party_id: UUID, name: str) -> RecordRef:
    """Return a party as links and the audit log name it."""
    return RecordRef(PARTY, party_id, name)
