"""What an entry is checked against: accounts, journal, period, locks and rules, as they stood when they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from weft.contracts import JournalKind

from .accounts import Account
from .calendar import FiscalYear, Period
from .locks import LockException
from .tax.jurisdiction import Jurisdiction


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """A series of entries."""

    id: UUID
    code: str
    name: str
    kind: JournalKind
    number_format: str
    active: bool = True
    version: int = 1


class DimensionValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a dimension, with its dimension's key."""

    id: UUID
    dimension: str  # its key
    code: str
    title: str
    active: bool = True


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """A way to look at the books across accounts."""

    id: UUID
    key: str
    title: str
    active: bool = True
    version: int = 1
    values: tuple[DimensionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Stood:
    """An entry that a document has already."""

    id: UUID
    digest: str
    reference: str


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the rules of posting ask about."""

    base: str  # base currency
    accounts: Mapping[UUID, Account]
    by_code: Mapping[str, Account]
    rules: Mapping[tuple[str, str], UUID]  # event and detail → account
    journals: Sequence[Journal]
    years: Sequence[FiscalYear]
    locks: Mapping[str, date | None]
    exceptions: Sequence[LockException]
    dimensions: Mapping[tuple[str, str], DimensionValue]  # key and code
    person: UUID | None
    now: datetime
    taxes: Jurisdiction | None = None  # read only where an entry tells of taxes

    def journal(self, wanted: str) -> Journal | None:
        """Return a journal by its code, or the first active one of a kind."""
        exact = next((each for each in self.journals if each.code == wanted), None)
        return exact or next((each for each in self.journals if each.kind == wanted and each.active), None)

    def year_of(self, day: date) -> tuple[FiscalYear, Period] | None:
        """Return the fiscal year and the period of a day."""
        for year in self.years:
            for period in year.periods:
                if period.first <= day <= period.last:
                    return year, period
        return None

    def rule(self, event: str, detail: str = "") -> Account | None:
        """Return the account of an event: of its detail, or of the event alone."""
        found = self.rules.get((event, detail)) or self.rules.get((event, ""))
        return self.accounts.get(found) if found else None


def ground_of(read: Mapping[str, Any], base: str, person: UUID | None, now: datetime, taxes: Jurisdiction | None = None) -> Ground:
    """Return the ground from what the database gave as JSON."""
    accounts = msgspec.convert(read["accounts"] or [], list[Account])
    values = msgspec.convert(read["dimensions"] or [], list[DimensionValue])
    return Ground(
        base=base,
        accounts={each.id: each for each in accounts},
        by_code={each.code: each for each in accounts},
        rules={(each["event"], each["detail"]): UUID(each["account"]) for each in read["rules"] or []},
        journals=msgspec.convert(read["journals"] or [], list[Journal]),
        years=msgspec.convert(read["years"] or [], list[FiscalYear]),
        locks={kind: date.fromisoformat(day) if day else None for kind, day in (read["locks"] or {}).items()},
        exceptions=msgspec.convert(read["exceptions"] or [], list[LockException]),
        dimensions={(each.dimension, each.code): each for each in values},
        person=person,
        now=now,
        taxes=taxes,
    )
