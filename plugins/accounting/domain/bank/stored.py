"""Bank accounts, statements, lines and matches as they are kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from weft.sealed import Secret

from ..documents.search import fold
from .csv_mapping import CsvMapping
from .proving import Difference
from .statement import Entry

StatementState = Literal["imported", "verified", "discrepancy", "reconciled"]
LineState = Literal["parked", "open", "matched"]
FileState = Literal["asking", "waiting", "read", "refused"]  # asking: which column of a CSV is what


class StoredBankAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a bank; `code` and `account_name` are of the account of the books that stands for it, `mappings` by fingerprint."""

    id: UUID
    name: str
    currency: str
    account: UUID
    number: Secret = Secret()
    bank: str = ""
    code: str = ""
    account_name: str = ""
    mappings: dict[str, CsvMapping] = {}
    active: bool = True
    version: int = 1


class FileOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: how much was new, or why it was refused."""

    sentence: str = ""
    format: str = ""
    statements: int = 0
    lines: int = 0
    known_statements: int = 0
    known_lines: int = 0
    parked: int = 0
    notes: tuple[str, ...] = ()


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was brought."""

    id: UUID
    file: UUID
    name: str
    at: datetime
    bank_account: UUID | None = None
    state: FileState = "waiting"
    outcome: FileOutcome = FileOutcome()
    by: UUID | None = None


class KeptProof(msgspec.Struct, frozen=True, kw_only=True):
    """What proving a statement came to, with notes a person should read."""

    verdict: str
    checks: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


class StoredStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement; `reason` is why somebody let a discrepancy pass. `lines` and `open_lines` are counted."""

    id: UUID
    bank_account: UUID
    source: UUID
    format: str
    key: str
    name: str
    at: datetime
    proof: KeptProof
    first: date | None = None
    last: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    state: StatementState = "imported"
    reason: str = ""
    version: int = 1
    lines: int = 0
    open_lines: int = 0


class StoredBankLine(msgspec.Struct, frozen=True, kw_only=True):
    """A booked entry of a statement."""

    id: UUID
    bank_account: UUID
    statement: UUID
    position: int
    booked: date
    amount: Decimal
    currency: str
    told: Entry
    digest: str
    occurrence: int
    state: LineState = "open"
    version: int = 1

    @property
    def title(self) -> str:
        """What people call it: who, else what it is for, else what the bank calls it."""
        return self.told.counterparty.name or self.told.remittance or self.told.text or "Bank line"

    @property
    def other_account(self) -> Secret:
        """The account number of the other side."""
        return Secret(self.told.counterparty.account)

    @property
    def search_text(self) -> str:
        """What it is found by: who, what for, references and the amount, folded."""
        told, refs = self.told, self.told.references
        words = (
            told.counterparty.name,
            told.counterparty.account[-4:],  # the whole of it is sealed
            told.remittance,
            told.text,
            refs.end_to_end,
            refs.creditor,
            refs.servicer,
        )
        return fold(f"{' '.join(words)} {self.amount:f}")


class StoredMatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a line or a part of it turned out to be."""

    id: UUID
    line: UUID
    kind: str
    amount: Decimal
    entry: UUID
    at: datetime
    payment: UUID | None = None
    title: str = ""
    explanation: tuple[str, ...] = ()
    score: float = 0.0
    by: UUID | None = None
    undone_at: datetime | None = None
