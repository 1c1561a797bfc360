"""Countries, currencies, languages and time zones to choose from."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

LOCALES = (
    *("en_GB", "en_US", "en_IE", "en_AU", "en_CA", "en_IN", "en_ZA", "de_DE", "de_AT", "de_CH", "fr_FR", "fr_BE", "fr_CH", "fr_CA"),
    *("es_ES", "es_MX", "it_IT", "nl_NL", "nl_BE", "pt_PT", "pt_BR", "pl_PL", "sv_SE", "da_DK", "nb_NO", "fi_FI", "cs_CZ", "sk_SK"),
    *(
        "hu_HU",
        "ro_RO",
        "bg_BG",
        "el_GR",
        "tr_TR",
        "hr_HR",
        "sl_SI",
        "et_EE",
        "lv_LV",
        "lt_LT",
        "uk_UA",
        "ja_JP",
        "ko_KR",
        "zh_CN",
        "hi_IN",
    ),
)
_NO_COUNTRIES = frozenset({"ZZ", "EU", "UN", "EZ", "XA", "XB", "QO"})
Option = dict[str, str]


@cache
def countries(language: str = "en") -> list[Option]:
    """Return every country by its name in a language."""
    names = {str(code): name for code, name in Locale.parse(language).territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES]
    return sorted(({"value": code, "label": names[code]} for code in codes), key=lambda each: each["label"])


@cache
def currencies(language: str = "en") -> list[Option]:
    """Return every currency in use, by its code and name."""
    names = Locale.parse(language).currencies
    in_use = {code for entries in get_global("territory_currencies").values() for code, _, end, tender in entries if end is None and tender}
    return [{"value": code, "label": f"{code} – {names.get(code, code)}"} for code in sorted(in_use)]


@cache
def locales() -> list[Option]:
    """Return the languages offered, each in its own words."""
    return [{"value": name, "label": _upper_first(str(Locale.parse(name).get_display_name() or name))} for name in LOCALES]


@cache
def time_zones() -> list[str]:
    """Return the names of time zones that are a place."""
    odd = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return ["UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(odd))]


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
