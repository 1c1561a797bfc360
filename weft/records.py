"""Things with a page of their own, and how a change to one is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from weft.permissions import Permission


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record; `path` is the address of one, with ``{id}`` in it."""

    name: str  # "<plugin>.<thing>"
    title: str
    path: str
    permission: Permission
    icon: str = "file"

    def url(self, record_id: UUID | str) -> str:
        """Return the address of one record."""
        return self.path.format(id=record_id)


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record, as a link can show it."""

    kind: RecordKind
    id: UUID
    title: str

    @property
    def url(self) -> str:
        """The address of the record's page."""
        return self.kind.url(self.id)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit log: what was done to which record; `before` and `after` hold only the fields that differ.

    Values must survive JSON; `Decimal`, `date`, `datetime` and `UUID` do. Give a secret as ``"•••"``.
    """

    record: RecordRef
    action: str  # past tense: "created", "renamed", "merged"
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def between(cls, record: RecordRef, action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> "Change":
        """Return the change from one full state to another, keeping only what differs."""
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return cls(
            record,
            action,
            {key: before[key] for key in keys if key in before},
            {key: after[key] for key in keys if key in after},
        )
