"""What accounting hears from other modules."""

from typing import ClassVar
from uuid import UUID

from weft import Event


class PartiesMerged(Event, frozen=True, kw_only=True):
    """A contact became part of another."""

    heard_as: ClassVar[str] = "contacts.PartiesMerged"

    kept: UUID
    merged: UUID


class MergeUndone(Event, frozen=True, kw_only=True):
    """A contact is one of its own again."""

    heard_as: ClassVar[str] = "contacts.MergeUndone"

    kept: UUID
    merged: UUID
