"""What programs send and get of banks. Amounts are decimals, written as text; days are ISO 8601."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class BankAccountOut(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account, what the bank and the books say of it, and what is still between them."""

    id: UUID
    name: str
    number: Annotated[str, Meta(description="Its last four characters")]
    currency: str
    account: str
    bank_balance: Decimal | None
    book_balance: Decimal
    open_lines: int
    open_amount: Decimal
    parked_lines: int


class BankNumberOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole number of a bank account."""

    number: str


class BankFileBody(msgspec.Struct, frozen=True, kw_only=True):
    """A file of statements, its bytes in Base64; `account` for files that do not say whose they are."""

    name: Annotated[str, Meta(max_length=200)]
    content: bytes
    account: UUID | None = None


class BankFileOut(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and what became of it: asking (which column is what), waiting, read, refused."""

    id: UUID
    name: str
    state: str
    sentence: str
    statements: int
    lines: int
    known_lines: int
    parked: int


class SuggestionOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a line may be; `score` from 0 to 1, `documents`, and open lines of the ledger, with the amount of each."""

    kind: str
    score: float
    certain: bool
    reasons: tuple[str, ...]
    account: str
    documents: dict[str, Decimal]


class BankLineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bank: parked, open or matched; suggestions for an open one, entries for a matched one."""

    id: UUID
    version: int
    state: str
    booked: date
    amount: Decimal
    currency: str
    name: str
    text: str
    suggestions: tuple[SuggestionOut, ...] = ()
    entries: tuple[UUID, ...] = ()


class AcceptBody(msgspec.Struct, frozen=True, kw_only=True):
    """Which suggestion of a line is right, counted from 0; `version` is the one that was read."""

    version: int
    choice: Annotated[int, Meta(ge=0, le=10)] = 0


class SplitBody(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a line, signed like it: of a document (`settles` in its currency, without sign) or an open line of the ledger (`line`), an
    account, or on account of a party.
    """

    amount: Decimal
    document: UUID | None = None
    line: UUID | None = None
    settles: Decimal | None = None
    early: bool = False
    account: str = ""
    party: UUID | None = None
    description: Annotated[str, Meta(max_length=500)] = ""


class SettleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a line is; the parts come to it."""

    version: int
    splits: tuple[SplitBody, ...]


class UndoBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why a reconciliation is taken back."""

    version: int
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
