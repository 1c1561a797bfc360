"""Figures of the overview and of the dashboard."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft import Tenant

from ..domain.accounts import AccountClass
from ..queries import accounts, balances, figures

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
