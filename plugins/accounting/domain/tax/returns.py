"""The tax return: amounts of documents gathered in its boxes, totals of boxes, and where each figure comes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec

from ..amounts import ZERO, Rounding, rounded
from .compute import TaxAmount
from .model import Documents, Part, Tax

CENTS, UNITS = Decimal("0.01"), Decimal(1)


class BoxRounding(StrEnum):
    """How a box is written on the form."""

    CENTS = "cents"
    UNITS = "units"  # whole units of the currency, half away from zero
    UNITS_DOWN = "units_down"  # whole units, cents left out


class Sign(StrEnum):
    """What a total box shows of what it comes to."""

    ANY = "any"
    ABSOLUTE = "absolute"
    POSITIVE = "positive"  # nothing when it is negative: what is owed, beside what is owed back


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A box as written on the form, times a factor, as part of a total."""

    box: str
    factor: Decimal = Decimal(1)


class Box(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One box or line of a return; with `terms` it is the total of boxes before it."""

    code: str
    title: str
    rounding: BoxRounding = BoxRounding.CENTS
    terms: tuple[Term, ...] = ()
    sign: Sign = Sign.ANY
    section: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """An amount that a document, or a payment of it, puts into one box; `source` says which, for drill-down."""

    box: str
    amount: Decimal
    tax: str  # its code
    part: Part
    source: str = ""


@dataclass(frozen=True, slots=True)
class BoxValue:
    """One box of a return: what it comes to exactly, and what is written on the form."""

    box: Box
    exact: Decimal
    reported: Decimal
    entered: tuple[Entered, ...] = ()


def entered(taxes: Sequence[TaxAmount], *, credit_note: bool = False, source: str = "") -> list[Entered]:
    """Return what the taxes of a document put into boxes; the amounts of a credit note are given as positive as it shows them."""
    direction = Decimal(-1 if credit_note else 1)
    found = []
    for each in taxes:
        for rule in each.tax.boxes:
            if rule.documents is Documents.CREDIT_NOTES and credit_note:
                sign = Decimal(1)
            elif rule.documents is Documents.ALL or (rule.documents is Documents.INVOICES and not credit_note):
                sign = direction
            else:
                continue
            found.append(Entered(rule.box, _part(each, rule.part) * sign * rule.factor, each.tax.code, rule.part, source))
    return found


def fill(boxes: Sequence[Box], amounts: Iterable[Entered]) -> list[BoxValue]:
    """Fill a return: gather what was entered, box by box, and compute the totals from what is written in the boxes before them."""
    gathered: dict[str, list[Entered]] = {box.code: [] for box in boxes}
    for each in amounts:
        gathered.setdefault(each.box, []).append(each)
    values: dict[str, BoxValue] = {}
    for box in boxes:
        mine = tuple(gathered[box.code])
        exact = sum((each.amount for each in mine), ZERO)
        exact += sum((values[term.box].reported * term.factor for term in box.terms if term.box in values), ZERO)
        values[box.code] = BoxValue(box, exact, _written(exact, box), mine)
    return list(values.values())


def unplaced(boxes: Sequence[Box], amounts: Iterable[Entered]) -> list[Entered]:
    """Return amounts for boxes that this return does not have: they would be missing from it, so a person must see them."""
    known = {box.code for box in boxes}
    return [each for each in amounts if each.box not in known]


def boxes_of(taxes: Iterable[Tax]) -> set[str]:
    """Return the codes of the boxes that taxes fill."""
    return {rule.box for tax in taxes for rule in tax.boxes}


def _part(amount: TaxAmount, part: Part) -> Decimal:
    return {Part.BASE: amount.base, Part.TAX: amount.amount, Part.DEDUCTIBLE: amount.deductible}[part]


def _written(exact: Decimal, box: Box) -> Decimal:
    value = abs(exact) if box.sign is Sign.ABSOLUTE else max(exact, ZERO) if box.sign is Sign.POSITIVE else exact
    if box.rounding is BoxRounding.CENTS:
        return rounded(value, CENTS)
    return rounded(value, UNITS, Rounding.DOWN if box.rounding is BoxRounding.UNITS_DOWN else Rounding.HALF_UP)
