"""What contacts tells other modules."""

from uuid import UUID

from weft import Event
from weft.contracts import PartyKind


class PartyCreated(Event, frozen=True, kw_only=True):
    """A party was added."""

    party: UUID
    kind: PartyKind
    name: str
    tags: tuple[str, ...] = ()


class PartyUpdated(Event, frozen=True, kw_only=True):
    """A party's details changed, or it was archived or brought back; `fields` names what changed."""

    party: UUID
    version: int
    fields: tuple[str, ...]


class PartiesMerged(Event, frozen=True, kw_only=True):
    """`merged` became part of `kept`. Rows that name `merged` may stay as they are: the `Parties` contract follows to `kept`."""

    kept: UUID
    merged: UUID


class MergeUndone(Event, frozen=True, kw_only=True):
    """`merged` is a party of its own again."""

    kept: UUID
    merged: UUID


class PartyDeleted(Event, frozen=True, kw_only=True):
    """A party is gone, because the import that added it was undone."""

    party: UUID


class PartyErased(Event, frozen=True, kw_only=True):
    """What was known of a natural person was erased (GDPR article 17)."""

    party: UUID


ALL: tuple[type[Event], ...] = (PartyCreated, PartyUpdated, PartiesMerged, MergeUndone, PartyDeleted, PartyErased)
