"""What accounts hold and what moved on them, as reports add it up."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from .accounts import TYPES, Account, AccountClass, Node, tree

ZERO = Decimal(0)


class Moved(NamedTuple):
    """What moved on an account in base currency: both sides, each not negative."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Debits minus credits."""
        return self.debit - self.credit

    def plus(self, other: "Moved") -> "Moved":
        """Return both together."""
        return Moved(self.debit + other.debit, self.credit + other.credit)


class Sums(NamedTuple):
    """An account's line of a trial balance in base currency: what it held before, what moved, what it holds then."""

    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What it holds at the end."""
        return self.opening + self.debit - self.credit


NOTHING = Sums(ZERO, ZERO, ZERO)


class TrialLine(NamedTuple):
    """A line of the trial balance; a heading holds what is below it. `compared` is the closing balance of the other date."""

    node: Node
    sums: Sums
    compared: Decimal | None = None


def rolled_up(nodes: Iterable[Node], own: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Return what each account holds together with all below it."""
    total: dict[UUID, Decimal] = {}
    for node in reversed(list(nodes)):
        total[node.account.id] = total.get(node.account.id, ZERO) + own.get(node.account.id, ZERO)
        if node.account.parent is not None:
            total[node.account.parent] = total.get(node.account.parent, ZERO) + total[node.account.id]
    return total


class StatementLine(NamedTuple):
    """A line of a balance sheet or a profit and loss account: positive is what its section is about."""

    account: Account | None
    title: str
    depth: int
    amount: Decimal
    compared: Decimal | None


class StatementSection(NamedTuple):
    """A section and what it adds up to."""

    title: str
    lines: tuple[StatementLine, ...]
    total: Decimal
    compared: Decimal | None


def sections(
    accounts: Iterable[Account], classes: Iterable[AccountClass], held: Mapping[UUID, Decimal], other: Mapping[UUID, Decimal] | None
) -> list[StatementSection]:
    """Return the sections of some classes of accounts; accounts that hold nothing on either date are left out."""
    nodes = [node for node in tree(accounts) if node.account.posting or node.account.id in held]
    found: list[StatementSection] = []
    wanted = tuple(classes)
    for title in dict.fromkeys(kind.section for kind in TYPES.values() if kind.of in wanted):
        lines = []
        for node in nodes:
            account = node.account
            if account.kind.section != title or account.kind.of not in wanted:
                continue
            sign = 1 if account.kind.of in (AccountClass.ASSET, AccountClass.EXPENSE) else -1
            amount, before = sign * held.get(account.id, ZERO), sign * (other or {}).get(account.id, ZERO)
            if amount or before:
                lines.append(StatementLine(account, account.label, 1, amount, before if other is not None else None))
        if lines:
            compared = sum((each.compared or ZERO for each in lines), ZERO) if other is not None else None
            found.append(StatementSection(title, tuple(lines), sum((each.amount for each in lines), ZERO), compared))
    return found


def year_start(years: Iterable[tuple[date, date]], day: date) -> date:
    """Return the first day of the fiscal year around a day; its calendar year's where none is open there."""
    return next((first for first, last in years if first <= day <= last), date(day.year, 1, 1))
