"""Entries that are not posted yet: what was typed, however wrong it still is."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft.contracts import NewEntry, NewLine, Source

ZERO = Decimal(0)


class DraftLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line as it was typed; the account is told by its code, dimensions by codes."""

    code: str = ""
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    currency: Annotated[str, Meta(max_length=3)] = ""
    base: Decimal | None = None
    description: Annotated[str, Meta(max_length=500)] = ""
    party: UUID | None = None
    due: date | None = None
    dimensions: dict[str, str] = {}


class DraftHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an entry form."""

    journal: UUID
    date: date
    description: Annotated[str, Meta(max_length=500)] = ""
    currency: Annotated[str, Meta(max_length=3)] = ""
    rate: Decimal | None = None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the making."""

    id: UUID
    journal: UUID
    date: date
    made_at: datetime
    description: str = ""
    currency: str = ""
    rate: Decimal | None = None
    lines: tuple[DraftLine, ...] = ()
    version: int = 1
    made_by: UUID | None = None


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to make again; with `every_months` by itself on `next_date`, as a draft or posted at once."""

    id: UUID
    title: str
    journal: UUID
    description: str = ""
    currency: str = ""
    lines: tuple[DraftLine, ...] = ()
    every_months: int = 0
    next_date: date | None = None
    post_at_once: bool = False
    active: bool = True
    version: int = 1


def to_post(
    journal: str, day: date, lines: Sequence[DraftLine], *, description: str = "", currency: str = "", rate: Decimal | None = None,
    source: Source | None = None,
) -> NewEntry:  # fmt: skip
    """Return the entry that lines make."""
    return NewEntry(
        journal=journal,
        date=day,
        description=description,
        currency=currency,
        rate=rate,
        source=source,
        lines=tuple(
            NewLine(
                code=line.code,
                debit=line.debit,
                credit=line.credit,
                currency=line.currency,
                base=line.base,
                description=line.description,
                party=line.party,
                due=line.due,
                dimensions=line.dimensions,
            )
            for line in lines
        ),
    )


def debits(lines: Sequence[DraftLine]) -> Decimal:
    """Return the sum of the debits."""
    return sum((line.debit for line in lines), ZERO)
