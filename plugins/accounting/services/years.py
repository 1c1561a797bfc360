"""Fiscal years, locks and the exceptions from them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import Change, Conflict, Invalid, Missing, RecordRef, Tenant, new_id

from ..domain.calendar import FiscalYear, YearDraft, checked_year, months, year_around
from ..domain.locks import LOCKS, LockException, SoftLock, check_exception, check_hard
from ..queries import calendar
from ..records import BOOKS, YEAR
from ..settings import AccountingSettings

_LOCKS = RecordRef(YEAR, BOOKS, "Locks")


class ExceptionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An exception to grant: to whom, from which lock, down to which day, for how many hours, and why."""

    kind: SoftLock
    person: UUID
    person_name: str = ""
    through: date | None = None
    hours: Annotated[int, Meta(ge=1, le=744)] = 24
    reason: Annotated[str, Meta(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Years, locks and exceptions."""

    years: list[FiscalYear]
    locks: dict[str, date | None]
    exceptions: list[LockException]


async def read_calendar(tenant: Tenant) -> Calendar:
    """Return years, locks and exceptions."""
    async with tenant.transaction() as db:
        return Calendar(await calendar.years(db), await calendar.locks(db), await calendar.exceptions(db))


async def find_year(tenant: Tenant, year_id: UUID) -> FiscalYear:
    """Return a fiscal year; raises `Missing`."""
    async with tenant.transaction() as db:
        found = next((each for each in await calendar.years(db) if each.id == year_id), None)
    if found is None:
        raise Missing("There is no such fiscal year.")
    return found


async def open_year(tenant: Tenant, draft: YearDraft) -> FiscalYear:
    """Open a fiscal year with its months as periods; raises `Invalid` by field, and `Conflict`."""
    async with tenant.transaction() as db:
        draft = checked_year(draft, await calendar.years(db))
        year_id = new_id()
        periods = calendar.new_periods(year_id, months(draft.first, draft.last))
        year = FiscalYear(id=year_id, code=draft.code, first=draft.first, last=draft.last, periods=periods)
        await calendar.add_year(db, year)
        await tenant.record(Change(RecordRef(YEAR, year.id, year.code), "opened", {}, {"first": year.first, "last": year.last}))
    return year


async def ensure_year(tenant: Tenant, day: date) -> FiscalYear:
    """Return the fiscal year around a day; it is opened when there is none."""
    async with tenant.transaction() as db:
        known = await calendar.years(db)
        found = next((each for each in known if each.first <= day <= each.last), None)
        if found is not None:
            return found
        draft = year_around(day, tenant.settings(AccountingSettings).year_starts_in)
        first = max([draft.first, *(each.last + timedelta(days=1) for each in known if each.last < day)])
        last = min([draft.last, *(each.first - timedelta(days=1) for each in known if each.first > day)])
        return await open_year(tenant, YearDraft(first=first, last=last))


async def next_year(tenant: Tenant) -> FiscalYear:
    """Open the year after the last one."""
    async with tenant.transaction() as db:
        known = await calendar.years(db)
        return await ensure_year(tenant, known[-1].last + timedelta(days=1) if known else tenant.today())


async def delete_year(tenant: Tenant, year_id: UUID) -> None:
    """Delete a year that has no entries; raises `Conflict`."""
    async with tenant.transaction() as db:
        year = await find_year(tenant, year_id)
        await calendar.delete_year(db, year_id)
        await tenant.record(Change(RecordRef(YEAR, year_id, year.code), "deleted", {"first": year.first, "last": year.last}, {}))


async def set_lock(tenant: Tenant, kind: str, through: date | None) -> None:
    """Set, move or lift a lock; the hard one only ever moves forward. Raises `Invalid`, `Conflict`.

    It waits for postings under way: none of them ends up before a lock that was told to be set.
    """
    if kind not in LOCKS:
        raise Invalid.field("kind", "There is no such lock.")
    async with tenant.transaction() as db:
        await calendar.take_counters(db)
        before = (await calendar.locks(db)).get(kind)
        if kind == "hard":
            through = check_hard(before, through, tenant.today())
        if before == through:
            return
        await calendar.set_lock(db, kind, through, tenant.now())
        await tenant.record(Change(_LOCKS, "set", {LOCKS[kind][0]: before}, {LOCKS[kind][0]: through}))


async def grant(tenant: Tenant, draft: ExceptionDraft) -> LockException:
    """Let one person past a soft lock for a time; raises `Invalid` by field."""
    async with tenant.transaction() as db:
        now = tenant.now()
        until = now + timedelta(hours=draft.hours)
        check_exception(draft.kind, draft.through, (await calendar.locks(db)).get(draft.kind), until, now, draft.reason)
        made = LockException(
            id=new_id(),
            kind=draft.kind,
            person=draft.person,
            person_name=draft.person_name,
            through=draft.through,
            until=until,
            reason=" ".join(draft.reason.split()),
            granted_by=tenant.person.id if tenant.person else None,
            granted_at=now,
        )
        await calendar.add_exception(db, made)
        await tenant.record(Change(_LOCKS, "granted an exception", {}, _told(made)))
    return made


async def revoke(tenant: Tenant, exception_id: UUID) -> LockException:
    """End an exception before its time; raises `Conflict` when it has ended."""
    async with tenant.transaction() as db:
        found = await calendar.revoke(db, exception_id, tenant.now())
        if found is None:
            raise Conflict("This exception was revoked already.")
        await tenant.record(Change(_LOCKS, "revoked an exception", _told(found), {}))
    return found


def _told(made: LockException) -> dict[str, Any]:
    until: datetime = made.until
    return {
        "lock": made.kind,
        "person": made.person_name or str(made.person),
        "through": made.through,
        "until": until,
        "reason": made.reason,
    }
