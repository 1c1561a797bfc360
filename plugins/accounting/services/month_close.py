"""Closing a month: what is left to do, and the lock that keeps it as it is."""

from dataclasses import dataclass
from datetime import date

from weft import Conflict, Tenant

from ..domain.amounts import ZERO
from ..domain.calendar import FiscalYear, Period
from ..domain.currency.rates import NoRate
from ..domain.period_end import Check, next_to_close, revalued, what_is_left
from ..queries import calendar, closing, proof
from . import revaluing, years
from .closing import of_modules


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A month and its checklist; `locked` is the day through which everybody is locked out."""

    period: Period
    checks: list[Check]
    locked: date | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be posted in it any more, but for exceptions."""
        return self.locked is not None and self.locked >= self.period.last

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left that has to be done."""
        return all(each.done or not each.blocks for each in self.checks)


async def month_end(tenant: Tenant, day: date | None = None) -> MonthEnd | None:
    """Return the month of a day, or the next one to close, with its checklist; nothing when no month is over that is not locked."""
    async with tenant.transaction() as db:
        known = await calendar.years(db)
        locked = (await calendar.locks(db)).get("all")
        period = next_to_close(known, locked, tenant.today()) if day is None else _around(known, day)
        if period is None:
            return None
        left = await closing.unfinished(db, period.last)
        suspense = await proof.held_by_event(db, "suspense", period.last)
        checks = [Check("Over", period.last < tenant.today(), f"It ends on {period.last}."), *what_is_left(left, period.last)]
    amounts = ", ".join(f"{label} {base:,.2f}" for label, base in suspense)
    checks.append(await _revalued(tenant, period.last))
    checks.append(
        Check(
            "Nothing to be clarified", not suspense, f"Still there: {amounts}." if suspense else "Nothing is.", False, "/accounting/rules"
        )
    )
    return MonthEnd(period, [*checks, *of_modules(await tenant.ask_closing(period.first, period.last))], locked)


def _around(known: list[FiscalYear], day: date) -> Period | None:
    return next((period for year in known for period in year.periods if period.first <= day <= period.last), None)


async def _revalued(tenant: Tenant, day: date) -> Check:
    try:
        valued = await revaluing.value(tenant, day)
    except NoRate as missing:
        return revalued(ZERO, tenant.currency, "", missing.message, day)
    return revalued(valued.difference, tenant.currency, valued.entry.reference if valued.entry else "", "", day)


async def close(tenant: Tenant, day: date, *, unfinished: bool = False) -> MonthEnd:
    """Lock everybody out through the last day of a month; a lock that reaches further stays.

    Raises `Conflict` when no fiscal year has the day, when the month is not over, and when something is left to do unless `unfinished`.
    """
    found = await month_end(tenant, day)
    if found is None:
        raise Conflict(f"No fiscal year has {day}: open one first.")
    if found.period.last >= tenant.today():
        raise Conflict(f"The month ends on {found.period.last}: close it when it is over.")
    if not unfinished and (left := [each for each in found.checks if each.blocks and not each.done]):
        raise Conflict(" ".join(f"{each.title}: {each.text}" for each in left))
    if not found.is_closed:
        await years.set_lock(tenant, "all", found.period.last)
    return found
