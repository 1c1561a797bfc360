"""What arrived, as values: a record's place in the inbox, a problem, and what a till is told of what it sent."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

State = Literal["applied", "parked", "duplicate", "conflict", "damaged", "unreadable"]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A record's place in the inbox."""

    id: UUID
    till: UUID
    seq: int
    type: str
    hash: str
    previous: str
    session: UUID
    business_date: date
    made_at: datetime
    received_at: datetime
    state: str
    chain: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person has to look at, or had."""

    id: UUID
    till: UUID | None
    till_code: str
    kind: str
    record: UUID | None
    seq: int
    hash: str
    reason: str
    sentence: str
    details: dict[str, Any]
    opened_at: datetime
    state: str
    decision: str
    note: str
    decided_by: UUID | None
    decided_at: datetime | None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one record that a till sent: `damaged` and `unreadable` ones are to be sent again, all others it may forget."""

    id: str
    seq: int
    state: State
    reason: str = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all, how far the till's chain is here, and which spans of numbers are missing."""

    results: tuple[Result, ...]
    seq: int
    hash: str
    missing: tuple[tuple[int, int], ...] = ()
