"""Payments and credit notes set against what is open: in part, many to many, with discount and write-off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from weft.errors import Invalid

from ..amounts import ZERO


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something not settled yet: `open` is positive when the other party owes it (an invoice), negative when the business does (a payment
    received, a credit note, a bill).
    """

    key: str
    currency: str
    open: Decimal
    due: date
    issued: date | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An amount, more than zero, of a debit settled with one of a credit."""

    debit: str
    credit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Matched:
    """Who was settled with whom, and what stays open; settled items come with 0."""

    matches: tuple[Match, ...]
    left: tuple[OpenItem, ...]

    def of(self, key: str) -> Decimal:
        """Return what stays open of an item."""
        return next(each.open for each in self.left if each.key == key)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants of one item: `amount` paid on it, `discount` for paying early and `write_off` given up, none below 0."""

    key: str
    amount: Decimal
    discount: Decimal = ZERO
    write_off: Decimal = ZERO

    @property
    def settles(self) -> Decimal:
        """How much of the item is settled."""
        return self.amount + self.discount + self.write_off


@dataclass(frozen=True, slots=True)
class Allocated:
    """A payment set against items: what each has left, and what of the payment was not used."""

    items: tuple[OpenItem, ...]
    wanted: tuple[Wanted, ...]
    unused: Decimal

    @property
    def settled(self) -> tuple[str, ...]:
        """The keys of the items that are paid."""
        return tuple(each.key for each in self.items if not each.open)


def match(items: Sequence[OpenItem]) -> Matched:
    """Settle debits with credits of one currency, oldest due date first on both sides, until one side is used up.

    Raises `Invalid` for items in different currencies, or the same item twice.
    """
    _one_currency(items)
    debits = sorted((each for each in items if each.open > 0), key=_age)
    credits_ = sorted((each for each in items if each.open < 0), key=_age)
    left = {each.key: each.open for each in items}
    matches = []
    while debits and credits_:
        debit, credit = debits[0].key, credits_[0].key
        amount = min(left[debit], -left[credit])
        matches.append(Match(debit, credit, amount))
        left[debit] -= amount
        left[credit] += amount
        if not left[debit]:
            debits.pop(0)
        if not left[credit]:
            credits_.pop(0)
    return Matched(tuple(matches), tuple(replace(each, open=left[each.key]) for each in items))


def split(amount: Decimal, open_amount: Decimal) -> tuple[Decimal, Decimal]:
    """Split a payment into what settles an open amount of the same sign, and what is left of it.

    >>> split(Decimal(180), Decimal(100))
    (Decimal('100'), Decimal('80'))
    """
    if amount * open_amount <= 0:
        return ZERO, amount
    used = min(abs(amount), abs(open_amount)).copy_sign(amount)
    return used, amount - used


def suggest(payment: Decimal, items: Sequence[OpenItem]) -> tuple[Wanted, ...]:
    """Return how a payment (positive: money that settles debits; negative: money paid out on credits) is best used.

    One item of exactly its amount comes first, then the oldest due dates.
    """
    fitting = sorted((each for each in items if each.open * payment > 0), key=_age)
    if exact := next((each for each in fitting if each.open == payment), None):
        return (Wanted(exact.key, abs(payment)),)
    found, left = [], payment
    for each in fitting:
        used, left = split(left, each.open)
        if used:
            found.append(Wanted(each.key, abs(used)))
    return tuple(found)


def allocate(payment: Decimal, items: Sequence[OpenItem], wanted: Sequence[Wanted], most_written_off: Decimal | None = None) -> Allocated:
    """Set a payment against items as a person wants it; all or nothing.

    `payment` is positive for money received on debits, negative for money paid on credits. `most_written_off` limits what may be given up.
    Raises `Invalid`, by item, for more than is open, for items of the other side, and when the payment does not reach.
    """
    _one_currency(items)
    by_key = {each.key: each for each in items}
    wrong: dict[str, str] = {}
    for each in wanted:
        if sentence := _wrong(each, by_key.get(each.key), payment):
            wrong[each.key] = sentence
    if len({each.key for each in wanted}) != len(wanted):
        raise Invalid("One item is there twice: add its amounts up.")
    if wrong:
        raise Invalid(fields=wrong)
    used, given_up = sum((each.amount for each in wanted), ZERO), sum((each.write_off for each in wanted), ZERO)
    if used > abs(payment):
        raise Invalid(f"{used:f} are set against items, but only {abs(payment):f} were paid: take {used - abs(payment):f} off.")
    if most_written_off is not None and given_up > most_written_off:
        raise Invalid(f"{given_up:f} would be written off; you may give up {most_written_off:f} at most.")
    sign = 1 if payment >= 0 else -1
    settled = {each.key: each.settles * sign for each in wanted}
    left = tuple(replace(each, open=each.open - settled.get(each.key, ZERO)) for each in items)
    return Allocated(left, tuple(wanted), payment - used * sign)


def _wrong(wanted: Wanted, item: OpenItem | None, payment: Decimal) -> str:
    if item is None:
        return "This item is not open any more."
    if min(wanted.amount, wanted.discount, wanted.write_off) < 0:
        return "Enter amounts of zero or more."
    if not wanted.settles:
        return "Enter how much of this item is settled."
    if item.open * payment < 0:
        return "This item is on the other side: it cannot be settled with this payment."
    if wanted.settles > abs(item.open):
        return f"{wanted.settles:f} is more than the {abs(item.open):f} that are open."
    return ""


def _age(item: OpenItem) -> tuple[date, date, str]:
    return item.due, item.issued or item.due, item.key


def _one_currency(items: Sequence[OpenItem]) -> None:
    currencies = sorted({each.currency for each in items})
    if len(currencies) > 1:
        raise Invalid(f"{' and '.join(currencies)} cannot be settled with each other: convert one first.")
    if len({each.key for each in items}) != len(items):
        raise Invalid("One item is there twice.")
