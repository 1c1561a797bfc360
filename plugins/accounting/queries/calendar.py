"""Fiscal years, periods, locks and exceptions as they are stored."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from weft import Conflict, Row, Scope, new_id

from ..domain.calendar import FiscalYear, Period, YearState
from ..domain.locks import LockException

_YEAR = "y.id, y.code, y.first, y.last, y.state, y.version"


async def years(db: Scope) -> list[FiscalYear]:
    """Return every fiscal year with its periods, the first one first."""
    rows = await db.fetch("SELECT p.id, p.fiscal_year, p.number, p.first, p.last FROM accounting_period p ORDER BY p.first")
    periods = [Period(**dict(row.items())) for row in rows]
    heads = await db.fetch(f"SELECT {_YEAR} FROM accounting_fiscal_year y ORDER BY y.first")
    return [FiscalYear(**dict(row.items()), periods=tuple(each for each in periods if each.fiscal_year == row["id"])) for row in heads]


async def add_year(db: Scope, year: FiscalYear) -> None:
    """Store a fiscal year with its periods; raises `Conflict` when another was opened meanwhile."""
    try:
        await db.execute(
            "INSERT INTO accounting_fiscal_year (id, code, first, last, state, version) VALUES ($1, $2, $3, $4, $5, $6)",
            *(year.id, year.code, year.first, year.last, year.state, year.version),
        )
        await db.execute(
            "INSERT INTO accounting_period (id, fiscal_year, number, first, last) "
            "SELECT n.id, $1, n.number, n.first, n.last "
            "FROM unnest($2::uuid[], $3::int[], $4::date[], $5::date[]) AS n (id, number, first, last)",
            year.id,
            *([getattr(each, name) for each in year.periods] for name in ("id", "number", "first", "last")),
        )
    except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError) as meets:
        raise Conflict("Somebody else has just opened a year with these days or this name.") from meets


async def set_state(db: Scope, year_id: UUID, state: YearState) -> None:
    """Open or close a year."""
    await db.execute("UPDATE accounting_fiscal_year SET state = $2, version = version + 1 WHERE id = $1", year_id, state)


async def delete_year(db: Scope, year_id: UUID) -> None:
    """Delete a year that has no entries; raises `Conflict`."""
    try:
        await db.execute("DELETE FROM accounting_counter c WHERE c.fiscal_year = $1 AND c.value = 0", year_id)
        await db.execute("DELETE FROM accounting_period p WHERE p.fiscal_year = $1", year_id)
        await db.execute("DELETE FROM accounting_fiscal_year y WHERE y.id = $1", year_id)
    except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError, asyncpg.CheckViolationError) as used:
        raise Conflict("This fiscal year has entries and stays.") from used


async def take_counters(db: Scope) -> None:
    """Wait for every posting under way, and let none begin until this transaction ends."""
    await db.fetch("SELECT c.value FROM accounting_counter c ORDER BY c.journal, c.fiscal_year FOR UPDATE")


async def locks(db: Scope) -> dict[str, date | None]:
    """Return the locks that are set, by kind."""
    return {row["kind"]: row["through"] for row in await db.fetch("SELECT l.kind, l.through FROM accounting_lock l")}


async def set_lock(db: Scope, kind: str, through: date | None, now: datetime) -> None:
    """Set, move or lift a lock; raises `Conflict` for the hard lock going back."""
    try:
        await db.execute(
            "INSERT INTO accounting_lock (kind, through, changed_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (kind) DO UPDATE SET through = $2, changed_at = $3",
            *(kind, through, now),
        )
    except asyncpg.CheckViolationError as kept:
        raise Conflict("The hard lock never goes back.") from kept


_EXCEPTION = "e.id, e.kind, e.person, e.person_name, e.through, e.until, e.reason, e.granted_by, e.granted_at, e.revoked_at"


def _exception_of(row: Row) -> LockException:
    return LockException(**dict(row.items()))


async def exceptions(db: Scope, limit: int = 100) -> list[LockException]:
    """Return the latest exceptions, those over included."""
    rows = await db.fetch(f"SELECT {_EXCEPTION} FROM accounting_lock_exception e ORDER BY e.granted_at DESC, e.id DESC LIMIT $1", limit)
    return [_exception_of(row) for row in rows]


async def add_exception(db: Scope, made: LockException) -> None:
    """Store an exception."""
    await db.execute(
        "INSERT INTO accounting_lock_exception (id, kind, person, person_name, through, until, reason, granted_by, granted_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        *(made.id, made.kind, made.person, made.person_name, made.through, made.until, made.reason, made.granted_by, made.granted_at),
    )


async def revoke(db: Scope, exception_id: UUID, now: datetime) -> LockException | None:
    """End an exception before its time."""
    row = await db.fetchrow(
        f"UPDATE accounting_lock_exception e SET revoked_at = $2 WHERE e.id = $1 AND e.revoked_at IS NULL RETURNING {_EXCEPTION}",
        *(exception_id, now),
    )
    return _exception_of(row) if row else None


def new_periods(year_id: UUID, days: Sequence[tuple[date, date]]) -> tuple[Period, ...]:
    """Return periods to store."""
    return tuple(
        Period(id=new_id(), fiscal_year=year_id, number=number, first=first, last=last) for number, (first, last) in enumerate(days, 1)
    )
