"""One import: a file on its way to records, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from core.auth.permissions import IMPORT
from core.imports.mapping import Mapped
from core.imports.profile import Column
from core.imports.reading import Reading
from weft.records import RecordKind, RecordRef

State = Literal["reading", "mapping", "checking", "checked", "importing", "done", "failed", "undoing", "undone", "cancelled"]
Chain = Literal["", "check", "import"]
Phase = Literal["check", "import", "undo"]
BUSY: frozenset[str] = frozenset({"reading", "checking", "importing", "undoing"})
RECORD = RecordKind("core.import", "Import", "/imports/{id}", IMPORT, "file-import")


class Counts(msgspec.Struct, frozen=True):
    """How many rows became what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def saved(self) -> int:
        """Rows that are in the records now."""
        return self.created + self.updated + self.unchanged

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged, self.refused + other.refused
        )


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import as it is stored. `expected` is what the dry run counted, `counts` what was saved so far; `wanted` maps fields to headings
    as a program asked for it, until the file was read.
    """

    id: UUID
    importer: str
    file: UUID
    file_name: str
    size: int
    state: State
    chain: Chain = ""
    reading: Reading = Reading(kind="csv")
    columns: tuple[Column, ...] = ()
    mapping: tuple[Mapped, ...] = ()
    options: dict[str, str] = {}
    wanted: dict[str, str] = {}
    job: UUID | None = None
    stop: bool = False
    total: int = 0
    expected: Counts = Counts()
    next_row: int = 0
    counts: Counts = Counts()
    undone: int = 0
    kept: int = 0
    failed_while: str = ""  # the state it was in when it failed
    note: str = ""
    person_id: UUID | None = None
    person_name: str = ""
    created_at: datetime
    finished_at: datetime | None = None
    version: int = 1

    @property
    def ref(self) -> RecordRef:
        """The import as a record, for links and the audit log."""
        return RecordRef(RECORD, self.id, self.file_name)

    @property
    def busy(self) -> bool:
        """Whether a worker has it, or should."""
        return self.state in BUSY

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back."""
        settled = self.state in ("done", "cancelled") or (self.state == "failed" and self.failed_while in ("importing", "undoing"))
        return settled and self.counts.created + self.counts.updated > self.undone + self.kept


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one row; `field` is empty when it is the row as a whole."""

    row: int
    field: str
    sentence: str
    value: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a worker is; `state` is the job's, or empty while no worker knows of it. `seconds` is how long it has run."""

    state: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    error: str = ""
    seconds: float = 0

    @property
    def left(self) -> float | None:
        """About how many seconds it will take yet, when that can be told."""
        if not 0 < self.done < self.total or self.seconds < 1:
            return None
        return self.seconds / self.done * (self.total - self.done)

    @property
    def given_up(self) -> bool:
        """Whether no worker will go on by itself."""
        return self.state in ("dead", "cancelled")


class ImportJob(msgspec.Struct, frozen=True):
    """What the jobs of an import are told: which one."""

    id: UUID
