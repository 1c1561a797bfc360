"""Amounts of an entry: signed, in the currency's minor units, with base amounts that balance as well."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from weft.contracts import MissingRate, NewLine, Unbalanced
from weft.money import minor_unit

from .amounts import rounded, spread

ZERO = Decimal(0)
LARGEST = Decimal("1e15")


class Amount(NamedTuple):
    """What a line moves: debits are positive; `base` none until it is worked out."""

    currency: str
    amount: Decimal
    base: Decimal | None


def wrong_amount(line: NewLine, currency: str, base_currency: str) -> dict[str, str]:
    """Return what is wrong with the figures of a line, by field."""
    if line.debit < 0 or line.credit < 0:
        return {"debit" if line.debit < 0 else "credit": "Enter amounts without a sign: the other side takes what is negative."}
    if line.debit and line.credit:
        return {"credit": "A line has a debit or a credit, not both."}
    if not line.debit and not line.credit and not line.base:
        return {"debit": "Enter a debit or a credit."}
    step = minor_unit(currency)
    for field, value, smallest, of in (
        ("debit", line.debit, step, currency),
        ("credit", line.credit, step, currency),
        ("base", line.base or ZERO, minor_unit(base_currency), base_currency),
    ):
        if value % smallest:
            return {field: f"{of} has {_digits(smallest)}: {value:f} is finer."}
        if abs(value) >= LARGEST:
            return {field: "This is more than the books can hold."}
    amount = line.debit - line.credit
    if line.base is not None and amount and line.base * amount < 0:
        return {"base": "The amount in base currency stands on the other side."}
    if line.base is not None and currency == base_currency and line.base != amount:
        return {"base": f"The line is in {base_currency} itself: leave this empty."}
    return {}


def _digits(step: Decimal) -> str:
    places = -int(step.normalize().as_tuple().exponent)
    return "no decimals" if places <= 0 else f"{places} decimals"


def with_base(amounts: Sequence[Amount], base: str, rates: dict[str, Decimal]) -> list[Amount]:
    """Fill in the amounts in base currency; `rates` is what one unit of a currency is worth.

    They are rounded to the base currency's minor unit by largest remainder: where the lines of one currency balance, and none of them came
    with an amount of its own, so do the rounded ones; elsewhere their sum is the rounded sum. Raises `MissingRate`.
    """
    done = list(amounts)
    step = minor_unit(base)
    for currency in dict.fromkeys(each.currency for each in amounts):
        places = [place for place, each in enumerate(done) if each.currency == currency]
        if currency == base:
            for place in places:
                amount = done[place].amount
                done[place] = Amount(currency, amount, amount)
            continue
        open_ = [place for place in places if done[place].base is None]
        if not open_:
            continue
        rate = rates.get(currency)
        if rate is None:
            raise MissingRate.field("rate", f"Enter the rate: what one {currency} is worth in {base}.")
        even = open_ == places and not sum(done[place].amount for place in places)
        groups = ([p for p in open_ if done[p].amount > 0], [p for p in open_ if done[p].amount < 0]) if even else (open_,)
        for group in groups:
            exact = [Fraction(done[place].amount) * Fraction(rate) for place in group]
            parts = spread(rounded(sum(exact, Fraction(0)), step), exact, step) if group else []
            for place, part in zip(group, parts, strict=True):
                done[place] = done[place]._replace(base=part)
    return done


def conversion(amounts: Sequence[Amount]) -> list[Amount]:
    """Return the lines that make an entry in several currencies even in each; they add up to nothing in base currency when it does."""
    uneven: dict[str, tuple[Decimal, Decimal]] = {}
    for each in amounts:
        amount, base = uneven.get(each.currency, (ZERO, ZERO))
        uneven[each.currency] = (amount + each.amount, base + (each.base or ZERO))
    missing = {currency: sums for currency, sums in uneven.items() if sums[0]}
    if len(missing) < 2:
        return []
    return [Amount(currency, -amount, -base) for currency, (amount, base) in missing.items()]


def check_balance(amounts: Sequence[Amount], base: str) -> None:
    """Raise `Unbalanced` unless the amounts add up to nothing in each currency and in base currency."""
    sums: dict[str, Decimal] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, ZERO) + each.amount
    for currency, left in sums.items():
        if left:
            debit = sum((each.amount for each in amounts if each.currency == currency and each.amount > 0), ZERO)
            side = "credit" if left > 0 else "debit"
            raise Unbalanced(
                f"Debits are {debit:f} and credits {debit - left:f} {currency}: {abs(left):f} {currency} more {side} is needed."
            )
    left = sum((each.base or ZERO for each in amounts), ZERO)
    if left:
        raise Unbalanced(f"In {base} debits and credits differ by {abs(left):f}: add a line for the exchange difference.")
