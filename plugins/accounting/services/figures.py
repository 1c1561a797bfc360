"""Figures of the overview and of the dashboard."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Tenant

from ..domain.accounts import AccountClass
from ..domain.calendar import Period
from ..domain.period_end import next_to_close
from ..queries import accounts, balances, calendar, figures
from ..queries.figures import Waiting

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Month:
    """What one month earned and spent, and what was on bank and cash accounts at its end."""

    first: date
    income: Decimal
    expense: Decimal
    cash: Decimal

    @property
    def label(self) -> str:
        """Year and month."""
        return f"{self.first:%Y-%m}"

    @property
    def result(self) -> Decimal:
        """What it earned, negative when it lost."""
        return self.income - self.expense


AGES = ("Not due", "1–30", "31–60", "61–90", "Over 90")


@dataclass(frozen=True, slots=True)
class Ages:
    """What is open in base currency by how long it has been overdue, in the order of `AGES`."""

    amounts: tuple[Decimal, ...] = (ZERO,) * len(AGES)

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum(self.amounts, ZERO)

    @property
    def overdue(self) -> Decimal:
        """What should have been paid by now."""
        return sum(self.amounts[1:], ZERO)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on an accountant's desk: what customers owe and what is owed to suppliers by age, and what waits for somebody."""

    receivable: Ages
    payable: Ages
    waiting: Waiting
    to_close: Period | None  # a month that is over and not locked, where months are


@dataclass(frozen=True, slots=True)
class State:
    """How the books stand: what is on bank and cash accounts by account, what is owed both ways, and what waits."""

    cash: tuple[tuple[UUID, str, Decimal], ...]
    receivable: Decimal
    payable: Decimal
    drafts: int
    entries_this_month: int
    latest: tuple[tuple[UUID, str, date, str, Decimal], ...]

    @property
    def cash_total(self) -> Decimal:
        """All of bank and cash."""
        return sum((each[2] for each in self.cash), ZERO)


async def by_month(tenant: Tenant, first: date, last: date) -> list[Month]:
    """Return what each month between two days earned and spent."""
    async with tenant.transaction() as db:
        chart = {each.id: each for each in await accounts.all_accounts(db)}
        opening = await balances.moved(db, date.min, first.fromordinal(first.toordinal() - 1))
        rows = await figures.by_period(db, first, last)
        closed = await figures.closed_by_period(db, first, last)
    cash = sum((each.net for account, each in opening.items() if chart[account].type == "bank"), ZERO)
    found = []
    for day in sorted({row.first for row in rows}):
        mine = [row for row in rows if row.first == day]
        income = -sum((row.net for row in mine if chart[row.account].kind.of == AccountClass.INCOME), ZERO)
        expense = sum((row.net for row in mine if chart[row.account].kind.of == AccountClass.EXPENSE), ZERO)
        for row in closed:
            if row.first == day and chart[row.account].kind.of == AccountClass.INCOME:
                income += row.net
            elif row.first == day and chart[row.account].kind.of == AccountClass.EXPENSE:
                expense -= row.net
        cash += sum((row.net for row in mine if chart[row.account].type == "bank"), ZERO)
        found.append(Month(day, income, expense, cash))
    return found


async def state(tenant: Tenant, today: date) -> State:
    """Return how the books stand today."""
    async with tenant.transaction() as db:
        chart = await accounts.all_accounts(db)
        held = {account: each.net for account, each in (await balances.moved(db, date.min, today)).items()}
        drafts, entries = await figures.counts(db, today.replace(day=1))
        latest = await figures.latest_entries(db, 8)
    cash = tuple((each.id, each.label, held[each.id]) for each in chart if each.type == "bank" and held.get(each.id))
    return State(
        cash,
        sum((held.get(each.id, ZERO) for each in chart if each.type == "receivable"), ZERO),
        -sum((held.get(each.id, ZERO) for each in chart if each.type == "payable"), ZERO),
        drafts,
        entries,
        tuple(latest),
    )


async def desk(tenant: Tenant, today: date) -> Desk:
    """Return what is open by age, and what waits."""
    async with tenant.transaction() as db:
        found = await figures.owed(db, today)
        waiting = await figures.waiting(db, today)
        locked = (await calendar.locks(db)).get("all")
        to_close = next_to_close(await calendar.years(db), locked, today) if locked else None
    sides = [_ages({each.over: each.amount * sign for each in found if each.type == side}) for side, sign in _SIDES]
    return Desk(sides[0], sides[1], waiting, to_close)


async def drafts_waiting(tenant: Tenant) -> int:
    """Return how many entries are drafts."""
    async with tenant.transaction() as db:
        return (await figures.counts(db, tenant.today()))[0]


_SIDES = (("receivable", 1), ("payable", -1))


def _ages(found: dict[int, Decimal]) -> Ages:
    return Ages(tuple(found.get(place, ZERO) for place in range(len(AGES))))
