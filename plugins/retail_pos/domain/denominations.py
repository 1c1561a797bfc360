"""The notes and coins of a currency, greatest first, as a drawer is counted by."""

from decimal import Decimal

_EURO = "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01"
_KNOWN = {
    "EUR": _EURO,
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "NZD": "100 50 20 10 5 2 1 0.50 0.20 0.10",
    "SEK": "1000 500 200 100 50 20 10 5 2 1",
    "NOK": "1000 500 200 100 50 20 10 5 1",
    "DKK": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "PLN": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "CZK": "5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
}


def denominations(currency: str) -> tuple[Decimal, ...]:
    """Return the notes and coins of a currency (ISO 4217); those of the euro where it is not known."""
    return tuple(Decimal(each) for each in _KNOWN.get(currency, _EURO).split())
