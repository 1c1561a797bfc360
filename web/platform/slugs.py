"""Addresses for businesses, made from their names."""

import re
import unicodedata

_SPELT_OUT = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "&": " and ",
        "+": " and ",
    }
)
_FORMS = frozenset(
    {"ltd", "limited", "inc", "llc", "llp", "plc", "gmbh", "ag", "sarl", "sas", "srl", "bv", "nv", "ab", "as", "oy", "pty", "co", "corp"}
)
LONGEST = 40


def slug_of(name: str) -> str:
    """Return a well-formed address that reads like a name; empty when nothing of it can be written in small Latin letters."""
    plain = unicodedata.normalize("NFKD", name.translate(_SPELT_OUT)).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’.]", "", plain))
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    slug = "-".join(words)[:LONGEST].strip("-")
    slug = re.sub(r"^[^a-z]+", "", slug)
    return slug if len(slug) >= 3 else f"{slug}-shop" if slug else ""


def variants(slug: str, country: str) -> list[str]:
    """Return addresses to try when one is taken, the best first."""
    endings = (
        [country.lower(), *(str(number) for number in range(2, 10))] if len(country) == 2 else [str(number) for number in range(2, 10)]
    )
    return [f"{slug[: LONGEST - len(ending) - 1].rstrip('-')}-{ending}" for ending in endings]
