"""What an entry is checked against: accounts, journal, period, locks and rules, as they stood when they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
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
    version: UUID | None = None

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


class _Rule(msgspec.Struct, frozen=True):
    event: str
    detail: str
    account: UUID


KEPT = 4000  # letters


@lru_cache(1024)
def _kept(kind: Any, text: str) -> Any:
    return msgspec.json.decode(text, type=kind)


def _read(kind: Any, text: str | None) -> Any:
    """Return what JSON says; businesses ask the same again and again, so short answers are kept as they were read."""
    if not text:
        return ()
    return _kept(kind, text) if len(text) <= KEPT else msgspec.json.decode(text, type=kind)


def ground_of(read: Mapping[str, str | None], base: str, person: UUID | None, now: datetime, taxes: Jurisdiction | None = None) -> Ground:
    """Return the ground from what the database gave, as JSON texts."""
    accounts: tuple[Account, ...] = _read(tuple[Account, ...], read["accounts"])
    values: tuple[DimensionValue, ...] = _read(tuple[DimensionValue, ...], read["dimensions"])
    locks: Mapping[str, date | None] = _read(dict[str, date | None], read["locks"]) or {}
    return Ground(
        base=base,
        accounts={each.id: each for each in accounts},
        by_code={each.code: each for each in accounts},
        rules={(each.event, each.detail): each.account for each in _read(tuple[_Rule, ...], read["rules"])},
        journals=_read(tuple[Journal, ...], read["journals"]),
        years=_read(tuple[FiscalYear, ...], read["years"]),
        locks=locks,
        exceptions=_read(tuple[LockException, ...], read["exceptions"]),
        dimensions={(each.dimension, each.code): each for each in values},
        person=person,
        now=now,
        taxes=taxes,
        version=UUID(version) if (version := read.get("version")) else None,
    )
