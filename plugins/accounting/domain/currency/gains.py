"""Gains and losses on exchange: realised when an open item is settled, unrealised at the end of a period, and undone after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from weft.errors import Invalid
from weft.money import minor_unit

from ..amounts import ZERO, share_of
from .rates import RateBook


@dataclass(frozen=True, slots=True)
class OpenAmount:
    """What is open in a currency, and what the books hold for it in theirs; positive when the business is owed, negative when it owes."""

    amount: Decimal
    base_amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling a part of an open amount does: how much leaves in the books' currency, and what that gains (loses, when negative)."""

    amount: Decimal
    base_released: Decimal
    gain: Decimal


def settle(item: OpenAmount, paid: Decimal, paid_base: Decimal, paid_before: Decimal = ZERO, step: Decimal = Decimal("0.01")) -> Settlement:
    """Settle a part of an open amount with money that was worth `paid_base` on the day it came (IAS 21, paragraph 28).

    `item` is the amount as it was first; all amounts carry the sign of the item. Each part takes its share of the amount in the books'
    currency, and the last one all that is left. Raises `Invalid` for more than is open.
    """
    if paid * item.amount <= 0 or abs(paid_before + paid) > abs(item.amount):
        raise Invalid(f"{paid:f} cannot settle {item.amount - paid_before:f}: it is more than is open, or of the other side.")
    released = share_of(item.base_amount, paid, paid_before, item.amount, step)
    return Settlement(paid, released, paid_base - released)


class Valuation(StrEnum):
    """Which differences are taken at the end of a period."""

    ALL = "all"  # IAS 21, paragraphs 23(a) and 28; HGB § 256a sentence 2, when due within a year
    LOSSES = "losses"  # HGB § 256a with § 252 Abs. 1 Nr. 4 and § 253: what is due later is not valued above its cost


@dataclass(frozen=True, slots=True)
class Position:
    """A monetary balance in a foreign currency: one account, or one open item of it (`key`)."""

    key: str
    currency: str
    amount: Decimal
    base_amount: Decimal
    valuation: Valuation = Valuation.ALL


@dataclass(frozen=True, slots=True)
class Revaluation:
    """What one position is worth at the closing rate; `difference` is debited to its account and credited to exchange differences."""

    position: Position
    rate: Decimal
    rate_day: date
    worth: Decimal
    difference: Decimal


def revalue(positions: Sequence[Position], base: str, day: date, book: RateBook) -> list[Revaluation]:
    """Value foreign balances at the closing rate of a day; those that stay as they are come back with a difference of 0.

    Raises `NoRate` when a currency has no rate, before anything is valued.
    """
    rates = {currency: book.find(currency, base, day) for currency in sorted({each.currency for each in positions})}
    found = []
    for each in positions:
        rate = rates[each.currency]
        worth = rate.convert(each.amount)
        difference = worth - each.base_amount
        if each.valuation is Valuation.LOSSES and difference > 0:
            worth, difference = each.base_amount, ZERO
        found.append(Revaluation(each, rate.value, rate.as_of, worth, difference.quantize(minor_unit(base))))
    return found


def undone(revaluations: Sequence[Revaluation], day: date) -> tuple[date, list[Revaluation]]:
    """Return the reversal of a revaluation and its day, the one after: unrealised differences do not stay in the books."""
    mirrored = [Revaluation(each.position, each.rate, each.rate_day, each.position.base_amount, -each.difference) for each in revaluations]
    return day + timedelta(days=1), mirrored
