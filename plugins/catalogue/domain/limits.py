"""How large and how exact numbers may be: what people sell fits, what breaks a page or a spreadsheet does not."""

from decimal import Decimal

MOST = Decimal(999_999_999_999)
PLACES = 6


def wrong_number(
    value: Decimal | None, *, least: Decimal = Decimal(0), above_zero: bool = False, most: Decimal = MOST, places: int = PLACES
) -> str:
    """Return a sentence about a number that is too small, too large or has too many decimals; empty for a right one or none."""
    if value is None:
        return ""
    if not value.is_finite():
        return "Enter a number."
    if above_zero and value <= 0:
        return "Enter more than 0."
    if value < least:
        return f"Enter {least:f} or more."
    if value > most:
        return f"Enter at most {most:f}."
    return f"Enter at most {places} decimals." if _decimals(value) > places and _decimals(value.normalize()) > places else ""


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def wrong_numbers(values: dict[str, Decimal | None], *, least: Decimal = Decimal(0)) -> dict[str, str]:
    """Return the sentences of those numbers that are wrong, by name."""
    return {name: sentence for name, value in values.items() if value is not None and (sentence := wrong_number(value, least=least))}
