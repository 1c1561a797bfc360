"""The kind of record that has a page of its own."""

from weft import RecordKind, RecordRef

from .domain import Member
from .permissions import READ

MEMBER = RecordKind("acme_loyalty.member", "Loyalty card", "/acme_loyalty/{id}", READ, "gift")


def ref(member: Member) -> RecordRef:
    """Return a card as links and the audit log name it."""
    return RecordRef(MEMBER, member.id, f"{member.name} ({member.card})")
