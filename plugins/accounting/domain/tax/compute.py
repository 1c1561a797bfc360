"""Taxes of the lines of a document: what each is computed on, what it comes to, and totals that are the sum of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from weft.errors import Invalid

from ..amounts import ZERO, Rounding, rounded, spread
from .model import HUNDRED, Tax, TaxKind, check_set

CENT = Decimal("0.01")


class Per(StrEnum):
    """Where tax is rounded."""

    LINE = "line"  # each tax of each line
    DOCUMENT = "document"  # each tax of the document, on the sum of its bases (EN 16931, BR-CO-17: BT-117 = BT-116 × BT-119)


@dataclass(frozen=True, slots=True)
class TaxRounding:
    """How amounts of tax are rounded: where, to which smallest amount, and which way."""

    per: Per = Per.LINE
    step: Decimal = CENT
    how: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """One line as taxes see it: its amount, already rounded, and its taxes in the order in which they are computed.

    `included` says whether the amount holds the line's taxes, whatever each says of itself; withheld and reverse-charged ones never are.
    """

    amount: Decimal
    taxes: tuple[Tax, ...] = ()
    quantity: Decimal = Decimal(1)
    included: bool | None = None


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """One tax of one line or one document: `base` is what it was computed on, `deductible` what of `amount` can be deducted."""

    tax: Tax
    base: Decimal
    amount: Decimal
    deductible: Decimal

    @property
    def cost(self) -> Decimal:
        """What of the tax stays a cost of whoever buys."""
        return self.amount - self.deductible

    def __neg__(self) -> "TaxAmount":
        return TaxAmount(self.tax, -self.base, -self.amount, -self.deductible)


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line with its taxes: `net` without any, `gross` with those that are paid with the document."""

    net: Decimal
    taxes: tuple[TaxAmount, ...]

    @property
    def gross(self) -> Decimal:
        """Net and the taxes that are paid with the document."""
        return self.net + paid_with(self.taxes)

    @property
    def cost(self) -> Decimal:
        """What the line costs whoever buys: net and the taxes that cannot be deducted."""
        return self.net + sum((each.cost for each in self.taxes), ZERO)


@dataclass(frozen=True, slots=True)
class Taxed:
    """A document's lines with their taxes, and each tax's total; all totals are sums of the lines."""

    lines: tuple[TaxedLine, ...]
    taxes: tuple[TaxAmount, ...] = field(default=())

    @property
    def net(self) -> Decimal:
        """The sum of the lines without tax."""
        return sum((line.net for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """The sum of the taxes that are paid with the document; what is withheld counts against it."""
        return paid_with(self.taxes)

    @property
    def gross(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax


def paid_with(taxes: Sequence[TaxAmount]) -> Decimal:
    """Return the sum of those taxes that are part of a document's total."""
    return sum((each.amount for each in taxes if each.tax.on_document), ZERO)


def compute(lines: Sequence[TaxableLine], rounding: TaxRounding | None = None, currency: str = "") -> Taxed:
    """Compute the taxes of a document's lines.

    A line's taxes are linear in its net amount, so the net behind a price that holds some of them is solved for exactly, and only the taxes
    are rounded; what is left of the price is the net amount, so that price and total agree to the cent.

    Raises `Invalid` for taxes that cannot stand together, or not in `currency` when that is given.
    """
    rule = rounding or TaxRounding()
    for taxes in {line.taxes for line in lines}:
        check_set(taxes, currency)
    exact = [_exact(line) for line in lines]
    amounts = [[rounded(each, rule.step, rule.how) for each in row] for row in exact]
    if rule.per is Per.DOCUMENT:
        amounts = _of_document(lines, exact, rule)
    taxed = tuple(_line(line, row, rule) for line, row in zip(lines, amounts, strict=True))
    return Taxed(taxed, totals(taxed))


def totals(lines: Sequence[TaxedLine]) -> tuple[TaxAmount, ...]:
    """Add up the taxes of lines, in the order in which they first appear."""
    found: dict[Tax, TaxAmount] = {}
    for line in lines:
        for each in line.taxes:
            have = found.get(each.tax)
            found[each.tax] = (
                each
                if have is None
                else TaxAmount(each.tax, have.base + each.base, have.amount + each.amount, have.deductible + each.deductible)
            )
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Linear:
    """An amount as ``constant + slope × net``."""

    constant: Fraction
    slope: Fraction

    def plus(self, other: "_Linear") -> "_Linear":
        return _Linear(self.constant + other.constant, self.slope + other.slope)

    def times(self, factor: Fraction) -> "_Linear":
        return _Linear(self.constant * factor, self.slope * factor)

    def at(self, net: Fraction) -> Fraction:
        return self.constant + self.slope * net


def _exact(line: TaxableLine) -> list[Fraction]:
    """Return the exact amount of each tax of a line."""
    if not line.taxes:
        return []
    amounts = _linear(line)
    held = [amount for tax, amount in zip(line.taxes, amounts, strict=True) if _held(tax, line)]
    divisor = 1 + sum((each.slope for each in held), Fraction())
    if divisor <= 0:
        raise Invalid.field("taxes", "These taxes withhold more than the whole price: check their rates.")
    net = (Fraction(line.amount) - sum((each.constant for each in held), Fraction())) / divisor
    return [each.at(net) for each in amounts]


def _held(tax: Tax, line: TaxableLine) -> bool:
    """Tell whether the line's amount holds a tax."""
    if tax.reverse_charge:
        return False
    return tax.included if line.included is None or tax.is_withheld else line.included


def _linear(line: TaxableLine) -> list[_Linear]:
    plain = raised = _Linear(Fraction(), Fraction(1))
    amounts = []
    for tax, rate in zip(line.taxes, _rates(line.taxes), strict=True):
        if tax.kind is TaxKind.FIXED:
            amount = _Linear(Fraction(tax.rate) * _units(line), Fraction())
        else:
            amount = (raised if tax.on_raised_base else plain).times(rate)
        amounts.append(amount)
        if tax.raises_base:
            raised = raised.plus(amount)
    return amounts


def _units(line: TaxableLine) -> Fraction:
    """Return the quantity with the sign of the amount: a line that gives money back gives a fixed tax back too."""
    sign = line.amount or line.quantity
    return abs(Fraction(line.quantity)) * (-1 if sign < 0 else 1)


def _rates(taxes: Sequence[Tax]) -> list[Fraction]:
    """Return each tax's share of its base. Divisions that follow each other are parts of one price: 10 % and 5 % leave 85 %."""
    rates: list[Fraction] = []
    for place, tax in enumerate(taxes):
        share = Fraction(tax.rate) / Fraction(HUNDRED)
        rates.append(share / (1 - _run(taxes, place)) if tax.kind is TaxKind.DIVISION else share)
    return rates


def _run(taxes: Sequence[Tax], place: int) -> Fraction:
    """Return the sum of the shares of the run of divisions around a place; one that raises the base ends its run."""
    first = last = place
    while first > 0 and taxes[first - 1].kind is TaxKind.DIVISION and not taxes[first - 1].raises_base:
        first -= 1
    while last + 1 < len(taxes) and taxes[last + 1].kind is TaxKind.DIVISION and not taxes[last].raises_base:
        last += 1
    whole = sum((Fraction(tax.rate) / Fraction(HUNDRED) for tax in taxes[first : last + 1]), Fraction())
    if whole >= 1:
        raise Invalid.field("taxes", "Taxes that are part of the price cannot be 100 % of it or more together.")
    return whole


def _of_document(lines: Sequence[TaxableLine], exact: list[list[Fraction]], rule: TaxRounding) -> list[list[Decimal]]:
    """Round each tax once for the document, and spread what that is over its lines."""
    places: dict[Tax, list[tuple[int, int]]] = {}
    for at, line in enumerate(lines):
        for turn, tax in enumerate(line.taxes):
            places.setdefault(tax, []).append((at, turn))
    amounts = [[ZERO] * len(row) for row in exact]
    for where in places.values():
        parts = [exact[at][turn] for at, turn in where]
        total = rounded(sum(parts, Fraction()), rule.step, rule.how)
        for (at, turn), amount in zip(where, spread(total, parts, rule.step, rule.how), strict=True):
            amounts[at][turn] = amount
    return amounts


def _line(line: TaxableLine, amounts: Sequence[Decimal], rule: TaxRounding) -> TaxedLine:
    held = sum((amount for tax, amount in zip(line.taxes, amounts, strict=True) if _held(tax, line)), ZERO)
    net = line.amount - held
    raised, found = ZERO, []
    for tax, amount in zip(line.taxes, amounts, strict=True):
        deductible = amount if tax.deductible == HUNDRED else rounded(amount * tax.deductible / HUNDRED, rule.step, rule.how)
        found.append(TaxAmount(tax, net + (raised if tax.on_raised_base else ZERO), amount, deductible))
        if tax.raises_base:
            raised += amount
    return TaxedLine(net, tuple(found))
