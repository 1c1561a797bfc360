"""What the law lets a creditor ask for late payment: a flat fee and interest, as data by country."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

import msgspec

from weft.errors import Invalid

from ..amounts import ZERO, rounded

DAYS_OF_A_YEAR = 365


class FlatFee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee for each document from an amount on."""

    fee: Decimal
    at_least: Decimal = msgspec.field(default=ZERO, name="from")


class LatePayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is owed for paying late; interest is `margin` percentage points above the `reference` rate, which a person enters."""

    code: str
    title: str
    currency: str
    law: str
    reference: str
    margin: Decimal
    fees: tuple[FlatFee, ...] = ()

    def fee(self, amount: Decimal) -> Decimal:
        """Return the flat fee for one late document of an amount in the law's currency."""
        return max((each for each in self.fees if each.at_least <= amount), key=lambda each: each.at_least, default=FlatFee(fee=ZERO)).fee


def interest(amount: Decimal, days: int, percent: Decimal, step: Decimal = Decimal("0.01")) -> Decimal:
    """Return simple interest for a number of days at a yearly rate; a year has 365 days, and no interest is owed before the due date."""
    return rounded(Fraction(amount) * Fraction(percent) / 100 * max(days, 0) / DAYS_OF_A_YEAR, step)


@lru_cache
def late_payment_rules() -> dict[str, LatePayment]:
    """Return what holds where, by code."""
    found = msgspec.json.decode((files(__package__) / "late_payment.json").read_bytes(), type=tuple[LatePayment, ...])
    return {each.code: each for each in found}


def late_payment_rule(code: str) -> LatePayment:
    """Return what holds in a place; raises `Invalid`."""
    found = late_payment_rules().get(code)
    if found is None:
        raise Invalid(f"There are no rules for late payment of “{code}”: choose one of {', '.join(sorted(late_payment_rules()))}.")
    return found
