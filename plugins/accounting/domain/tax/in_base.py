"""Taxes of documents in foreign currencies as the tax return counts them: in base currency, as the books hold them."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from weft.contracts.ledger import NewEntry
from weft.money import minor_unit

from ..amounts import ZERO, rounded
from .compute import TaxAmount


def rate_of(total: Decimal, base_total: Decimal) -> Fraction:
    """Return what one unit of a document's currency is worth in base currency, by its total in both."""
    return Fraction(base_total) / Fraction(total) if total else Fraction(1)


def at_rate(taxes: Iterable[TaxAmount], rate: Fraction, currency: str) -> list[TaxAmount]:
    """Return taxes in base currency at a rate, each amount rounded by itself (Directive 2006/112/EC, article 91(2))."""
    step = minor_unit(currency)

    def worth(amount: Decimal) -> Decimal:
        return rounded(Fraction(amount) * rate, step)

    return [replace(each, base=worth(each.base), amount=worth(each.amount), deductible=worth(each.deductible)) for each in taxes]


def as_booked(taxes: Iterable[TaxAmount], entry: NewEntry, rate: Fraction, currency: str) -> list[TaxAmount]:
    """Return the taxes of a document as the entry made of it holds them in base currency, so that the return is what the accounts say.

    What rounding leaves over is in the entry's lines already; a tax or a part of one that has no line is converted by itself.
    """
    given = list(taxes)
    if entry.currency in ("", currency):
        return given
    return [_booked(each, told, entry) for each, told in zip(at_rate(given, rate, currency), given, strict=True)]


def _booked(made: TaxAmount, told: TaxAmount, entry: NewEntry) -> TaxAmount:
    code = made.tax.code
    due, back = _held(entry, "output_tax", code), _held(entry, "input_tax", code)
    deductible = made.deductible if back is None else back.copy_sign(told.deductible)
    amount = made.amount if due is None else due.copy_sign(told.amount)
    if due is None and told.amount == told.deductible:
        amount = deductible
    elif due is not None and back is None and told.amount == told.deductible:
        deductible = amount
    return replace(made, amount=amount, deductible=deductible)


def _held(entry: NewEntry, event: str, code: str) -> Decimal | None:
    """Return what the lines of an event and a tax hold, without sign; nothing when there are none."""
    lines = [
        line.base for line in entry.lines if line.event in (event, f"{event}_unpaid") and line.detail == code and line.base is not None
    ]
    return abs(sum(lines, ZERO)) if lines else None
