"""What is left to do before a month is locked, told from what the books hold of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .calendar import FiscalYear, Period


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checklist; one that `blocks` has to be done before."""

    title: str
    done: bool
    text: str
    blocks: bool = True
    href: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many things of a month nobody has finished, up to its last day; `told` is the day up to which every bank account has statements,
    nothing where none has any.
    """

    entries: int
    invoices: int
    bills: int
    bank_lines: int
    parked: int
    told: date | None


def next_to_close(years: list[FiscalYear], locked: date | None, today: date) -> Period | None:
    """Return the first period after the lock that is over; nothing when there is none."""
    periods = [period for year in years if year.state != "closed" for period in year.periods if period.last < today]
    return next((each for each in sorted(periods, key=lambda each: each.first) if locked is None or each.last > locked), None)


def what_is_left(left: Unfinished, last: date) -> list[Check]:
    """Return a line for each kind of thing that has to be finished by the last day of a month."""
    return [
        _none(left.invoices, "Invoices posted", "invoice is a draft", "invoices are drafts", "/accounting/invoices?segment=drafts"),
        _none(left.bills, "Bills approved", "bill waits for approval", "bills wait for approval", "/accounting/bills?segment=drafts"),
        _none(left.entries, "Entries posted", "entry is a draft", "entries are drafts", "/accounting/drafts"),
        _statements(left, last),
        _none(left.bank_lines + left.parked, "Bank reconciled", "line is open", "lines are open", "/accounting/bank"),
    ]


def _none(count: int, title: str, one: str, many: str, href: str) -> Check:
    return Check(title, not count, f"{count} {one if count == 1 else many}." if count else "None is left.", href=href)


def _statements(left: Unfinished, last: date) -> Check:
    """A bank that has told nothing on the last days may have moved nothing then: a weekend is let pass."""
    if left.told is None:
        return Check("Bank statements", True, "No bank account gets statements.", blocks=False, href="/accounting/bank")
    done = left.told >= last - timedelta(days=3)
    return Check("Bank statements", done, f"They tell of days up to {left.told}.", href="/accounting/bank")


def revalued(difference: Decimal, base: str, entry: str, missing: str, day: date) -> Check:
    """Return whether foreign balances are worth what the books say, or were valued by an entry."""
    href = f"/accounting/revaluation?day={day}"
    if missing:
        return Check("Foreign balances valued", False, missing, href=href)
    if entry:
        return Check("Foreign balances valued", True, f"By {entry}.", href=href)
    than = "more" if difference > 0 else "less"
    text = f"They are worth {abs(difference):,.2f} {base} {than} than the books say." if difference else "None is worth anything else."
    return Check("Foreign balances valued", not difference, text, href=href)
