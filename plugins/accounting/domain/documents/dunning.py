"""Reminders: which open items are reminded of at which level, with what fee and interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from weft.errors import Invalid

from ..amounts import ZERO
from .ageing import days_over
from .allocation import OpenItem
from .late_payment import LatePayment, interest


class DunningLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One step: from how many days overdue, what it costs, and whether the law's flat fee and interest are asked for as well."""

    title: str
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)]
    fee: Decimal = ZERO
    flat_fee: bool = False
    interest: bool = False
    text: str = ""


class DunningPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The steps, how many days lie between two reminders of one item, and below which total nobody is reminded."""

    levels: tuple[DunningLevel, ...]
    pause: Annotated[int, msgspec.Meta(ge=0, le=365)] = 7
    least: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Reminded:
    """How far an item is: the level of its last reminder, from 1, its day, and whether the law's flat fee was asked for already."""

    level: int
    day: date
    flat_fee: bool = False


@dataclass(frozen=True, slots=True)
class DunningLine:
    """One item of a reminder: its level, from 1, how long it is overdue, and what is asked for besides."""

    item: OpenItem
    level: int
    days: int
    flat_fee: Decimal = ZERO
    interest: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class DunningLetter:
    """One reminder to one party in one currency; its level is the highest of its lines', and its fee that level's."""

    level: int
    currency: str
    lines: tuple[DunningLine, ...]
    fee: Decimal

    @property
    def open(self) -> Decimal:
        """What is open of the items."""
        return sum((each.item.open for each in self.lines), ZERO)

    @property
    def charges(self) -> Decimal:
        """Fees and interest."""
        return self.fee + sum((each.flat_fee + each.interest for each in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """What is asked for."""
        return self.open + self.charges


def check_policy(policy: DunningPolicy) -> None:
    """Raise `Invalid` for levels that do not follow each other."""
    days = [each.days for each in policy.levels]
    if not days or days != sorted({*days}):
        raise Invalid.field("levels", "Each level begins more days after the due date than the one before.")
    if any(each.fee < 0 for each in policy.levels):
        raise Invalid.field("levels", "A fee is 0 or more.")


def next_level(item: OpenItem, before: Reminded | None, policy: DunningPolicy, today: date) -> int | None:
    """Return the level, from 1, at which an item is reminded of today; nothing when it is not.

    Levels are taken one after the other, however long an item is overdue: nobody gets the last reminder first.
    """
    overdue = days_over(item, today)
    if item.open <= 0 or (before and (today - before.day).days < policy.pause):
        return None
    level = min(before.level + 1 if before else 1, len(policy.levels))
    return level if overdue >= policy.levels[level - 1].days else None


def remind(
    items: Sequence[OpenItem],
    reminded: Mapping[str, Reminded],
    policy: DunningPolicy,
    today: date,
    *,
    law: LatePayment | None = None,
    reference_rate: Decimal | None = None,
) -> list[DunningLetter]:
    """Return the reminders to one party, one for each currency; none where what is due is below the policy's least.

    Credits that are open count: nobody is reminded while they cover what is due. Flat fee and interest are asked for in the law's currency
    only, each item's flat fee once. Raises `Invalid` when interest is asked for and `reference_rate` is not known.
    """
    check_policy(policy)
    letters = []
    for currency in sorted({each.currency for each in items}):
        mine = [each for each in items if each.currency == currency]
        if sum((each.open for each in mine if days_over(each, today) > 0 or each.open < 0), ZERO) < max(policy.least, Decimal("0.01")):
            continue
        lines = []
        for each in sorted(mine, key=lambda item: (item.due, item.key)):
            level = next_level(each, reminded.get(each.key), policy, today)
            if level is not None:
                lines.append(_line(each, level, reminded.get(each.key), policy, today, law, reference_rate))
        if lines:
            highest = max(each.level for each in lines)
            letters.append(DunningLetter(highest, currency, tuple(lines), policy.levels[highest - 1].fee))
    return letters


def _line(
    item: OpenItem,
    level: int,
    before: Reminded | None,
    policy: DunningPolicy,
    today: date,
    law: LatePayment | None,
    reference_rate: Decimal | None,
) -> DunningLine:
    step, days = policy.levels[level - 1], days_over(item, today)
    flat, owed = ZERO, ZERO
    if law and law.currency == item.currency:
        flat = law.fee(item.open) if step.flat_fee and not (before and before.flat_fee) else ZERO
        if step.interest and reference_rate is None:
            raise Invalid.field("reference_rate", f"Interest is asked for: enter the reference rate ({law.reference}) in percent.")
        if step.interest and reference_rate is not None:
            owed = interest(item.open, days, reference_rate + law.margin)
    return DunningLine(item, level, days, flat, owed)
