"""Prices with validity: what a thing costs on a day and for a quantity, and what a new price does to those that stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.ids import new_id

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)
_DAY = timedelta(days=1)


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """A set of prices in one currency, with tax in them or not."""

    id: UUID
    code: str
    title: str
    currency: str
    tax_included: bool
    is_default: bool = False
    active: bool = True
    version: int = 1


class PriceListDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A price list as somebody describes it; code and currency stay what they were first."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_-]+$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    currency: Annotated[str, msgspec.Meta(min_length=3, max_length=3)]
    tax_included: bool = False
    active: bool = True


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """One price of one variant. `valid_to` is the last day, or nothing; it holds from `min_quantity` up. `compare_at` is a former or
    recommended price to show beside it.
    """

    id: UUID
    price_list: UUID
    amount: Decimal
    valid_from: date
    valid_to: date | None = None
    min_quantity: Decimal = Decimal(0)
    compare_at: Decimal | None = None

    @property
    def last_day(self) -> date:
        """The last day, where an open end counts as the last of all."""
        return self.valid_to or LAST_DAY

    def holds_on(self, day: date) -> bool:
        """Tell whether it is valid on a day."""
        return self.valid_from <= day <= self.last_day


class PriceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A price to set; from today, for good and in the default list unless it says otherwise."""

    amount: Decimal
    price_list: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    min_quantity: Decimal = Decimal(0)
    compare_at: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What setting a price changes: those that are added, those that get other days, and those that go."""

    added: tuple[Price, ...] = ()
    changed: tuple[Price, ...] = ()
    removed: tuple[Price, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything stays as it is."""
        return not (self.added or self.changed or self.removed)


def price_on(prices: Sequence[Price], price_list: UUID, day: date, quantity: Decimal = Decimal(1)) -> Price | None:
    """Return the price of one variant on a day for a quantity: of those that hold, the one with the greatest minimum quantity."""
    held = [each for each in prices if each.price_list == price_list and each.holds_on(day) and each.min_quantity <= quantity]
    return max(held, key=lambda each: each.min_quantity, default=None)


def overlapping(one: Price, other: Price) -> bool:
    """Tell whether two prices of one variant would both hold on some day for the same list and minimum quantity."""
    same = one.price_list == other.price_list and one.min_quantity == other.min_quantity
    return same and one.valid_from <= other.last_day and other.valid_from <= one.last_day


def check_days(valid_from: date, valid_to: date | None, field: str = "valid_to") -> None:
    """Raise `Invalid` for an end before the beginning, or days no calendar needs."""
    if not FIRST_DAY <= valid_from <= LAST_DAY or (valid_to and valid_to > LAST_DAY):
        raise Invalid.field(field, f"Choose days between {FIRST_DAY.year} and {LAST_DAY.year}.")
    if valid_to and valid_to < valid_from:
        raise Invalid.field(field, f"The last day ({valid_to}) is before the first ({valid_from}).")


def overlay(stored: Sequence[Price], new: Price) -> Overlay:
    """Lay a price over those that stand: it holds on all its days, and they on the days that it leaves them.

    A price that is cut in two keeps its id before the new one and gets another after it, so a week's offer ends by itself. One that says
    nothing new changes nothing.
    """
    met = [each for each in stored if overlapping(each, new)]
    if any(_same_money(each, new) and each.valid_from <= new.valid_from and new.last_day <= each.last_day for each in met):
        return Overlay()
    added, changed, removed = [new], [], []
    for each in met:
        before, after = each.valid_from < new.valid_from, each.last_day > new.last_day
        if before:
            changed.append(msgspec.structs.replace(each, valid_to=new.valid_from - _DAY))
        if after:
            rest = msgspec.structs.replace(each, valid_from=new.last_day + _DAY)
            (added if before else changed).append(msgspec.structs.replace(rest, id=new_id()) if before else rest)
        if not before and not after:
            removed.append(each)
    return Overlay(tuple(added), tuple(changed), tuple(removed))


def applied(stored: Sequence[Price], what: Overlay) -> list[Price]:
    """Return the prices after an overlay."""
    gone = {each.id for each in (*what.changed, *what.removed)}
    return [*(each for each in stored if each.id not in gone), *what.changed, *what.added]


def lowest_before(prices: Sequence[Price], price_list: UUID, day: date, days: int = 30) -> Decimal | None:
    """Return the lowest single-unit price on the `days` days before a day: what a reduction has to be compared with in the EU
    (Directive 98/6/EC, article 6a). Nothing where there was no price.
    """
    first, last = day - timedelta(days=days), day - _DAY
    base = [each for each in prices if each.price_list == price_list and each.min_quantity <= 1]
    held = [price_on(base, price_list, each) for each in _turns(base, first, last)]
    return min((each.amount for each in held if each), default=None)


def _turns(prices: Sequence[Price], first: date, last: date) -> list[date]:
    """Return the days on which something may change, the first one included."""
    starts = {first, *(each.valid_from for each in prices), *(each.last_day + _DAY for each in prices)}
    return [day for day in starts if first <= day <= last]


def timeline(prices: Sequence[Price], price_list: UUID, quantity: Decimal = Decimal(1)) -> list[tuple[date, Decimal | None]]:
    """Return the days on which the price changes, each with what it becomes; nothing where there is none from then on."""
    mine = [each for each in prices if each.price_list == price_list]
    turns = sorted({each.valid_from for each in mine} | {each.valid_to + _DAY for each in mine if each.valid_to})
    steps: list[tuple[date, Decimal | None]] = []
    for day in turns:
        held = price_on(mine, price_list, day, quantity)
        amount = held.amount if held else None
        if not steps or steps[-1][1] != amount:
            steps.append((day, amount))
    return steps


def _same_money(one: Price, other: Price) -> bool:
    return one.amount == other.amount and one.compare_at == other.compare_at
