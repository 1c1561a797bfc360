"""What a browser tells of where its person is: a language, from which country, currency and time zone follow."""

from dataclasses import dataclass
from functools import cache

from babel.core import get_global
from babel.numbers import get_territory_currencies

from web.places import LOCALES

LIKELY = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL", "pt": "pt_PT"}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a new business's form begins with."""

    locale: str
    country: str
    currency: str
    timezone: str


def guess(accept_language: str) -> Guess:
    """Return what the header Accept-Language (RFC 9110 section 12.5.4) suggests; the United Kingdom where it says nothing we know."""
    tags = [tag for tag, _ in sorted(_weighed(accept_language), key=lambda each: -each[1])]
    locale = next((found for tag in tags if (found := _locale(tag))), "en_GB")
    country = next((tag.rpartition("-")[2].upper() for tag in tags if _is_country(tag)), locale.partition("_")[2])
    return Guess(locale, country, currency_of(country), zone_of(country))


def currency_of(country: str) -> str:
    """Return the currency in use in a country."""
    found: list[str] = get_territory_currencies(country)
    return found[0] if found else "EUR"


@cache
def zone_of(country: str) -> str:
    """Return a country's time zone where it has one; of several, the one of its own metazone's city, or the first."""
    zones = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country and "/" in zone)
    golden = [zone for zone in zones if zone in _METAZONE_CITIES]
    return (golden or zones or ["UTC"])[0]


_METAZONE_CITIES = frozenset(
    (
        *("Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Lisbon", "America/New_York", "America/Toronto"),
        *(
            "America/Sao_Paulo",
            "America/Mexico_City",
            "Australia/Sydney",
            "Asia/Shanghai",
            "Asia/Kolkata",
            "Europe/Kyiv",
            "Pacific/Auckland",
        ),
    )
)


def _weighed(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((tag.strip(), float(weight or 1)))
        except ValueError:
            continue
    return [(tag, weight) for tag, weight in found if tag and tag != "*"]


def _is_country(tag: str) -> bool:
    end = tag.rpartition("-")[2]
    return "-" in tag and len(end) == 2 and end.isalpha() and zone_of(end.upper()) != "UTC"


def _locale(tag: str) -> str:
    language, _, rest = tag.replace("-", "_").partition("_")
    exact = f"{language.lower()}_{rest.rpartition('_')[2].upper()}"
    if exact in LOCALES:
        return exact
    language = language.lower()
    return LIKELY.get(language) or next((each for each in LOCALES if each.startswith(f"{language}_")), "")
