"""Which days nothing may be posted on any more: four soft locks, exceptions from them, and the hard lock that nobody opens."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from weft.errors import Conflict, Invalid

SoftLock = Literal["all", "tax", "sales", "purchases"]
LockKind = Literal["all", "tax", "sales", "purchases", "hard"]
LOCKS: dict[LockKind, tuple[str, str]] = {
    "all": ("Everybody", "Entries of every journal."),
    "tax": ("Tax return", "Entries with a line on a tax account: set it when a return is filed."),
    "sales": ("Sales", "Entries of sales journals."),
    "purchases": ("Purchases", "Entries of purchase journals."),
    "hard": ("Hard lock", "Everything, for everybody and for good: it can only move forward."),
}


class LockException(msgspec.Struct, frozen=True, kw_only=True):
    """One person's leave: until a moment, the lock ends on `through` for them, or does not hold at all without one."""

    id: UUID
    kind: SoftLock
    person: UUID
    until: datetime
    reason: str
    through: date | None = None
    person_name: str = ""
    granted_by: UUID | None = None
    granted_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds(self, kind: str, person: UUID | None, now: datetime) -> bool:
        """Tell whether it is for this lock, this person and this moment."""
        return self.kind == kind and self.person == person and self.revoked_at is None and now < self.until


def locked(
    day: date,
    touches: Sequence[SoftLock],
    locks: Mapping[str, date | None],
    exceptions: Sequence[LockException],
    person: UUID | None,
    now: datetime,
) -> str:
    """Return why nothing may be posted on a day, in a sentence; empty when it may. `touches` are the soft locks an entry falls under."""
    hard = locks.get("hard")
    if hard is not None and day <= hard:
        return f"The books are closed for good through {hard}: post on a later day."
    for kind in dict.fromkeys(("all", *touches)):
        through = locks.get(kind)
        if through is None or day > through:
            continue
        mine = [each for each in exceptions if each.holds(kind, person, now)]
        if any(each.through is None or day > each.through for each in mine):
            continue
        return f"{_NAMES[kind]} locked through {through}: post on a later day, or ask for an exception (Accounting, Fiscal years)."
    return ""


_NAMES = {"all": "The books are", "tax": "Entries with tax are", "sales": "Sales are", "purchases": "Purchases are"}


def check_hard(before: date | None, after: date | None, today: date) -> date:
    """Return the new hard lock; raises `Conflict` when it would go back, and `Invalid` for none or for a day to come."""
    if after is None:
        raise Conflict("The hard lock cannot be taken away.") if before else Invalid.field("through", "Enter a day.")
    if before is not None and after < before:
        raise Conflict(f"The hard lock is at {before} and never goes back.")
    if after >= today:
        raise Invalid.field("through", "The hard lock closes days that are over: choose one before today.")
    return after


def check_exception(kind: str, through: date | None, lock: date | None, until: datetime, now: datetime, reason: str) -> None:
    """Raise `Invalid` by field for an exception that cannot be given."""
    wrong: dict[str, str] = {}
    if kind not in ("all", "tax", "sales", "purchases"):
        wrong["kind"] = "There are no exceptions from this lock."
    elif lock is None:
        wrong["kind"] = "This lock is not set, so there is nothing to be excepted from."
    elif through is not None and through >= lock:
        wrong["through"] = f"Choose a day before the lock at {lock}."
    if not now < until:
        wrong["until"] = "Choose a moment to come."
    elif until - now > timedelta(days=31):
        wrong["until"] = "An exception lasts a month at most."
    if len(reason.strip()) < 3:
        wrong["reason"] = "Say why: it is kept with the exception."
    if wrong:
        raise Invalid(fields=wrong)
