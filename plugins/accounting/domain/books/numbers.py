"""Amounts as plain-text books write them: ``$1,000.00``, ``-5 EUR``, ``EUR -5``, ``1.000,50 €``, ``3 "green apples"``."""

import re
from decimal import Decimal

from weft.errors import Invalid

from .model import Amount

_COMMODITY = r'"[^"]+"|[^\s\d.,;@{}=()\[\]+\-*"\'/&|<>!?]+'
AMOUNT = re.compile(
    rf"(?P<sign>[-+])?\s*(?P<before>{_COMMODITY})?\s*(?P<sign2>[-+])?\s*(?P<number>\d[\d.,']*|[.,]\d+)(?:\s*(?P<after>{_COMMODITY}))?"
)


def read_amount(text: str) -> tuple[Amount, str]:
    """Return the amount that a text begins with, and the rest of it; raises `Invalid`."""
    bare = text.lstrip()
    found = AMOUNT.match(bare)
    if not found or (found["before"] and found["after"]):
        raise Invalid(f"“{text.strip()[:60]}” is no amount.")
    number = read_number(found["number"])
    if (found["sign"] or "") + (found["sign2"] or "") == "-":
        number = -number
    commodity = (found["before"] or found["after"] or "").strip('"')
    return Amount(number, commodity), bare[found.end() :].lstrip()


def read_number(text: str) -> Decimal:
    """Return a number whose last mark is a decimal sign, unless it groups thousands."""
    bare = text.replace("'", "")
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        group = "," if comma < point else "."
        bare = bare.replace(group, "").replace(",", ".")
    elif comma >= 0:
        grouped = bare.count(",") > 1 or re.fullmatch(r"\d{1,3},\d{3}", bare)
        bare = bare.replace(",", "") if grouped else bare.replace(",", ".")
    elif bare.count(".") > 1:
        bare = bare.replace(".", "")
    return Decimal(bare)


def times(price: Amount, units: Amount) -> Amount:
    """Return what units are worth at a price for one of them."""
    return Amount(price.number * units.number, price.commodity)


def with_sign(total: Amount, units: Amount) -> Amount:
    """Return a total with the sign of its units."""
    return Amount(abs(total.number) if units.number >= 0 else -abs(total.number), total.commodity)
