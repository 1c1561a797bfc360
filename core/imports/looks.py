"""What the values of a column look like, whatever its heading says."""

import re
from collections.abc import Sequence

from babel.core import get_global

from core.imports.dates import is_date
from core.imports.numbers import share_of_numbers

ENOUGH = 0.8  # of the values
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")
_URL = re.compile(r"(?:https?://|www\.)\S+\.\S+", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|00|\()?[\d\s()./-]{7,22}(?:\s?(?:x|ext\.?)\s?\d+)?")
_DIGITS = re.compile(r"\d{8}|\d{12,14}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")

# Words of a field's name or title → what its values look like.
TELLING: dict[str, frozenset[str]] = {
    "email": frozenset({"email", "mail"}),
    "url": frozenset({"url", "website", "web", "homepage", "link"}),
    "phone": frozenset({"phone", "telephone", "mobile", "tel", "fax"}),
    "gtin": frozenset({"gtin", "ean", "upc", "barcode", "gtin13", "ean13"}),
    "country": frozenset({"country"}),
    "currency": frozenset({"currency"}),
    "image": frozenset({"image", "picture", "photo"}),
}


def looks_of(values: Sequence[str]) -> str:
    """Return what some filled cells look like: email, image, url, gtin, date, phone, country, currency, number; or nothing."""
    if not values:
        return ""
    for looks, test in _TESTS:
        if sum(1 for value in values if test(value)) >= ENOUGH * len(values):
            return looks
    return "number" if share_of_numbers(list(values)) >= ENOUGH else ""


def is_gtin(text: str) -> bool:
    """Tell whether digits are a GTIN-8, -12, -13 or -14 with its check digit (GS1 General Specifications, section 7.9)."""
    if not _DIGITS.fullmatch(text):
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(text[:-1])))
    return (total + int(text[-1])) % 10 == 0


def _is_phone(text: str) -> bool:
    digits = sum(each.isdigit() for each in text)
    marked = any(each in "+()/ -" for each in text) or text.startswith("0")
    return 7 <= digits <= 15 and marked and not is_date(text) and _PHONE.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def _is_image(text: str) -> bool:
    return _is_url(text) and text.lower().partition("?")[0].endswith((".jpg", ".jpeg", ".png", ".webp", ".gif"))


_TESTS = (
    ("email", lambda text: _EMAIL.fullmatch(text) is not None),
    ("image", _is_image),
    ("url", _is_url),
    ("gtin", is_gtin),
    ("date", is_date),
    ("phone", _is_phone),
    ("country", lambda text: _COUNTRY.fullmatch(text) is not None and text in get_global("territory_currencies")),
    ("currency", lambda text: _CURRENCY.fullmatch(text) is not None and text in get_global("all_currencies")),
)
