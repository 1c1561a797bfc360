"""Cash accounting, where tax follows each payment, and totals rounded to the coins there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from weft.errors import Invalid

from ..amounts import ZERO, Rounding, rounded, share_of
from .compute import CENT, TaxAmount
from .model import Exigibility


@dataclass(frozen=True, slots=True)
class CashRounding:
    """To which amount a total is rounded, and which way: 0.05 half up in Switzerland, 1 in Sweden (lag (1970:1029) om avrundning av vissa
    öresbelopp, 1 §).
    """

    step: Decimal
    how: Rounding = Rounding.HALF_UP


def due_at_invoice(taxes: Sequence[TaxAmount]) -> tuple[TaxAmount, ...]:
    """Return the taxes that are owed with the document itself."""
    return tuple(each for each in taxes if each.tax.exigibility is Exigibility.INVOICE)


def due_at_payment(
    taxes: Sequence[TaxAmount], gross: Decimal, paid_before: Decimal, paid: Decimal, step: Decimal = CENT
) -> tuple[TaxAmount, ...]:
    """Return what of a document's cash-basis taxes a payment makes due, in proportion to the document's total (`gross`).

    The parts of all payments together are the taxes of the document, to the cent. Raises `Invalid` for a payment of more than is open.
    """
    waiting = [each for each in taxes if each.tax.exigibility is Exigibility.PAYMENT]
    if not waiting or not paid:
        return ()
    if abs(paid_before + paid) > abs(gross) or (paid_before + paid) * gross < 0:
        raise Invalid(f"{paid:f} is more than the {gross - paid_before:f} that are open: tax falls due on the open amount only.")

    def part(total: Decimal) -> Decimal:
        return share_of(total, paid, paid_before, gross, step)

    return tuple(TaxAmount(each.tax, part(each.base), part(each.amount), part(each.deductible)) for each in waiting)


def cash_difference(total: Decimal, rule: CashRounding | None) -> Decimal:
    """Return what is added to a total so that it can be paid in cash; it goes to the rounding account, never into a tax base.

    >>> cash_difference(Decimal("42.06"), CashRounding(Decimal("0.05"), Rounding.UP))
    Decimal('0.04')
    """
    if rule is None:
        return ZERO
    if rule.step <= 0:
        raise Invalid.field("cash_rounding", "Totals are rounded to an amount of more than zero, such as 0.05.")
    return rounded(total, rule.step, rule.how) - total
