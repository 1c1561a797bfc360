"""Payment terms: when how much of a document falls due, and what paying early takes off."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from weft.errors import Invalid

from ..amounts import ZERO, rounded, share_of
from ..tax.compute import TaxAmount
from ..tax.model import HUNDRED

LONGEST = 3660  # days


class Part(StrEnum):
    """How an instalment's amount follows from the total."""

    PERCENT = "percent"
    FIXED = "fixed"
    REMAINDER = "remainder"  # what the others leave; always the last


class Instalment(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a total and its due date: the day of issue, plus months, plus days, then to the end of that month, then on to a day
    of the month, or more days. "45 days end of month" (Code de commerce, article L441-10) is ``days=45, end_of_month=True``.
    """

    part: Part = Part.REMAINDER
    value: Decimal = ZERO  # a percentage, or an amount in the document's currency
    months: Annotated[int, msgspec.Meta(ge=0, le=120)] = 0
    days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST)] = 0
    end_of_month: bool = False
    day_of_month: Annotated[int, msgspec.Meta(ge=0, le=31)] = 0
    then_days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST)] = 0

    def due(self, issued: date) -> date:
        """Return the day on which it falls due."""
        day = months_later(issued, self.months) + timedelta(days=self.days)
        if self.end_of_month:
            day = day.replace(day=_last(day))
        if self.day_of_month:
            day = _on_day(day, self.day_of_month)
        return day + timedelta(days=self.then_days)


class DiscountOn(StrEnum):
    """What an early-payment discount is taken from, and what becomes of the tax."""

    TOTAL = "total"  # tax follows the lower price (Directive 2006/112/EC, article 90; UStG § 17; VATA 1994 Schedule 6 paragraph 4)
    NET = "net"  # tax stays as it was charged


class EarlyPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A discount of `percent` for whoever pays within `days`."""

    percent: Decimal
    days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST)]
    on: DiscountOn = DiscountOn.TOTAL


class PaymentTerms(msgspec.Struct, frozen=True, kw_only=True):
    """When a document is to be paid; the last instalment is what the others leave."""

    instalments: tuple[Instalment, ...] = (Instalment(),)
    early: EarlyPayment | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An amount and the day on which it is to be paid."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EarlyDiscount:
    """What paying until a day takes off: `amount` of the total, of which `net` is a cost and each of `taxes` is corrected by its amount."""

    until: date
    amount: Decimal
    net: Decimal
    taxes: tuple[TaxAmount, ...] = ()


def check_terms(terms: PaymentTerms) -> None:
    """Raise `Invalid` for terms that leave something of a total without a due date, or ask for more than it."""
    parts = [each.part for each in terms.instalments]
    if not parts or parts[-1] is not Part.REMAINDER or parts.count(Part.REMAINDER) != 1:
        raise Invalid.field("instalments", "The last instalment, and only that one, is the remainder: so all of a total falls due.")
    if any(each.value <= 0 for each in terms.instalments if each.part is not Part.REMAINDER):
        raise Invalid.field("instalments", "Enter how much each instalment is: more than zero.")
    if sum((each.value for each in terms.instalments if each.part is Part.PERCENT), ZERO) >= HUNDRED:
        raise Invalid.field("instalments", "The percentages leave nothing for the last instalment: enter less than 100 % together.")
    if terms.early and not 0 < terms.early.percent < HUNDRED:
        raise Invalid.field("early", "An early-payment discount is more than 0 and less than 100 %.")


def schedule(terms: PaymentTerms, total: Decimal, issued: date, step: Decimal = Decimal("0.01")) -> tuple[Due, ...]:
    """Return what of a total falls due when; the amounts add up to it. A fixed instalment is never more than what is left."""
    check_terms(terms)
    left, found = total, []
    for each in terms.instalments:
        amount = left
        if each.part is Part.PERCENT:
            amount = _least(rounded(total * each.value / HUNDRED, step), left)
        elif each.part is Part.FIXED:
            amount = _least(rounded(each.value, step).copy_sign(total), left)
        left -= amount
        if amount:
            found.append(Due(each.due(issued), amount))
    return tuple(sorted(found, key=lambda due: due.day)) or (Due(terms.instalments[-1].due(issued), ZERO),)


def early_discount(
    terms: PaymentTerms, net: Decimal, taxes: Sequence[TaxAmount], gross: Decimal, issued: date, step: Decimal = Decimal("0.01")
) -> EarlyDiscount | None:
    """Return what paying early takes off a document, if its terms allow it.

    Taken off the total, each tax is corrected in proportion; taken off the net amount, none is.
    """
    if terms.early is None or not gross:
        return None
    share, until = terms.early.percent / HUNDRED, issued + timedelta(days=terms.early.days)
    if terms.early.on is DiscountOn.NET:
        amount = rounded(net * share, step)
        return EarlyDiscount(until, amount, amount)
    amount = rounded(gross * share, step)
    corrected = tuple(correction(each, amount, gross, step) for each in taxes)
    paid = sum((each.amount for each in corrected if each.tax.on_document), ZERO)
    return EarlyDiscount(until, amount, amount - paid, corrected)


def correction(tax: TaxAmount, amount: Decimal, gross: Decimal, step: Decimal) -> TaxAmount:
    """Return by how much a tax falls when a total falls by an amount (Directive 2006/112/EC, article 90): what stays is rounded."""
    base, whole, deductible = (share_of(each, amount, gross - amount, gross, step) for each in (tax.base, tax.amount, tax.deductible))
    return TaxAmount(tax.tax, base, whole, deductible)


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _on_day(day: date, wanted: int) -> date:
    """Return the next such day of a month, `day` itself included; the 31st of a shorter month is its last."""
    here = day.replace(day=min(wanted, _last(day)))
    if here >= day:
        return here
    following = months_later(day.replace(day=1), 1)
    return following.replace(day=min(wanted, _last(following)))


def _least(amount: Decimal, left: Decimal) -> Decimal:
    return amount if abs(amount) <= abs(left) else left
