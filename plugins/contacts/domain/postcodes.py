"""What postcodes look like, where a country gives them one fixed form."""

import re
from collections.abc import Mapping

from .countries import country_name

# Postcodes with one fixed form (Universal Postal Union): what they are made of, where the separator goes, and one of them.
_FIVE = "DE FR ES IT FI EE HR ME RS TR UA MX MY ID TH VN KR MA DZ EG SA LK MC"
_FOUR = "AT CH BE DK NO HU LU SI BG CY AU NZ ZA LI GE PH TN BD AL MK"
_FORMS: Mapping[str, tuple[str, str, str]] = {
    **dict.fromkeys(_FIVE.split(), (r"(\d{5})", r"\1", "12345")),
    **dict.fromkeys(_FOUR.split(), (r"(\d{4})", r"\1", "1234")),
    **dict.fromkeys(("RO", "IN", "CN", "RU", "KZ", "SG", "BY", "CO"), (r"(\d{6})", r"\1", "123456")),
    **dict.fromkeys(("SE", "GR", "CZ", "SK"), (r"(\d{3})(\d{2})", r"\1 \2", "123 45")),
    "US": (r"(\d{5})(\d{4})?", r"\1-\2", "12207-1234"),
    "GB": (r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", r"\1 \2", "SW1A 1AA"),
    "CA": (r"([A-Z]\d[A-Z])(\d[A-Z]\d)", r"\1 \2", "K1A 0B1"),
    "NL": (r"(\d{4})([A-Z]{2})", r"\1 \2", "1012 AB"),
    "PL": (r"(\d{2})(\d{3})", r"\1-\2", "00-950"),
    "PT": (r"(\d{4})(\d{3})", r"\1-\2", "1000-205"),
    "JP": (r"(\d{3})(\d{4})", r"\1-\2", "100-0001"),
    "BR": (r"(\d{5})(\d{3})", r"\1-\2", "01310-100"),
    "IE": (r"([A-Z]\d[\dW])([A-Z\d]{4})", r"\1 \2", "D02 X285"),
    "LT": (r"(?:LT)?(\d{5})", r"LT-\1", "LT-01100"),
    "LV": (r"(?:LV)?(\d{4})", r"LV-\1", "LV-1010"),
    "MT": (r"([A-Z]{3})(\d{4})", r"\1 \2", "VLT 1117"),
    "IL": (r"(\d{7})", r"\1", "9190401"),
}


def read_postcode(text: str, country: str) -> str:
    """Return a postcode as its country writes it; raises `ValueError` with a sentence where its form is known and this is not it.

    >>> read_postcode("sw1a1aa", "GB"), read_postcode("122071234", "US"), read_postcode("D-50667", "DE")
    ('SW1A 1AA', '12207-1234', '50667')
    """
    written = text.upper().strip()
    if country not in _FORMS or not written:
        return written
    pattern, shape, example = _FORMS[country]
    bare = re.sub(r"[\s.\-–]", "", written)
    found = re.fullmatch(pattern, bare, re.ASCII) or re.fullmatch(pattern, re.sub(rf"^{country}|^{country[0]}(?=\d)", "", bare), re.ASCII)
    if found is None:
        raise ValueError(f"“{text}” is not a postcode of {country_name(country)}: they look like {example}.")
    return found.expand(shape).rstrip("-")


def example_postcode(country: str) -> str:
    """Return a postcode that a country could have; empty where no form is known."""
    return _FORMS[country][2] if country in _FORMS else ""


def restore_zeros(postcode: str, country: str) -> str:
    """Return a postcode with the zeros before it that a spreadsheet has dropped, where the country's codes are digits of one length."""
    length = 5 if country in (*_FIVE.split(), "US") else 4 if country in _FOUR.split() else 0
    return postcode.zfill(length) if length and postcode.isdecimal() and 3 <= len(postcode) < length else postcode
