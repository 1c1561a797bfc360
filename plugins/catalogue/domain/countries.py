"""Countries of origin: two letters (ISO 3166-1 alpha-2), found by their names in several languages."""

import re
from functools import cache

from babel.core import Locale

from .naming import folded

_GROUPS = frozenset({"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"})  # CLDR knows them beside the countries
_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl")
COUNTRIES: dict[str, str] = {
    code: name for code, name in Locale("en", "GB").territories.items() if re.fullmatch("[A-Z]{2}", code) and code not in _GROUPS
}


def find_country(text: str) -> str:
    """Return the two letters of a country by these letters or its name; empty when it is none."""
    code = text.strip().upper()
    return code if code in COUNTRIES else _names().get(folded(text), "")


@cache
def _names() -> dict[str, str]:
    found = {"uk": "GB", "usa": "US", "great britain": "GB", "england": "GB", "scotland": "GB", "holland": "NL"}
    for language in _LANGUAGES:
        names = Locale(language).territories
        found |= {folded(names[code]): code for code in COUNTRIES if code in names}
    return found
