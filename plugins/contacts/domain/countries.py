"""Countries (ISO 3166-1 alpha-2), as people write them in five languages."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

from .text import fold

_NOT_COUNTRIES = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"  # codes of CLDR that ISO has given to no country
_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt")
_OTHER_NAMES = {  # folded names that no list of the languages above has
    "US": "usa|u.s.a.|u.s.|america|united states of america",
    "GB": "uk|u.k.|great britain|grossbritannien|grande-bretagne|gran bretana|groot-brittannie|england|scotland|wales|northern ireland",
    "NL": "holland|holanda|hollande|the netherlands",
    "IE": "eire|republic of ireland",
    "CZ": "czech republic|tschechische republik",
    "DE": "brd|federal republic of germany",
    "KR": "south korea|korea",
    "GR": "el",
    "TR": "turkey",
    "RU": "russia",
    "VN": "vietnam",
    "AE": "uae",
    "HK": "hong kong",
    "MO": "macau",
    "CI": "ivory coast",
}


@cache
def countries(language: str = "en") -> Mapping[str, str]:
    """Return the names of all countries by code, in alphabetical order."""
    named = Locale.parse(language, sep="-").territories
    found = {code: str(name) for code, name in named.items() if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES.split()}
    return dict(sorted(found.items(), key=lambda pair: fold(pair[1])))


def country_name(code: str) -> str:
    """Return a country's name in English; an unknown code as it stands."""
    return countries().get(code, code)


def read_country(text: str) -> str:
    """Return the code of a country given by code (two or three letters) or by name; raises `ValueError` with a sentence."""
    if not text:
        return ""
    if text in countries():
        return text
    found = _by_name().get(fold(text))
    if found is None:
        raise ValueError(f"“{text}” is not a country: give its name, or its code of two letters such as DE.")
    return found


@cache
def _by_name() -> Mapping[str, str]:
    names = {code.lower(): code for code in countries()}
    for alias, code in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(code) == 1 and code[0] in countries():
            names[alias.lower()] = code[0]
    for language in _LANGUAGES:
        names |= {fold(name): code for code, name in countries(language).items()}
    return names | {name: code for code, others in _OTHER_NAMES.items() for name in others.split("|")}
