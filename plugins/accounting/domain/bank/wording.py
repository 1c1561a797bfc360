"""Text as banks mangle it, made comparable: references, structured references and names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.ch import esr
from stdnum.exceptions import ValidationError

_TOKEN = re.compile(r"[A-Z0-9]+")
_ISO_11649 = re.compile(r"\bRF ?\d{2}(?: ?[A-Z0-9]){1,21}\b")
_QR = re.compile(r"(?<!\d)\d{2}(?: ?\d{5}){5}(?!\d)|(?<!\d)\d{27}(?!\d)")
_OGM = re.compile(r"\+{3}\s*\d{3}/\d{4}/\d{5}\s*\+{3}|\*{3}\s*\d{3}/\d{4}/\d{5}\s*\*{3}")
# What companies are, not what they are called.
_FORMS = frozenset(
    [
        "GMBH",
        "AG",
        "KG",
        "OHG",
        "GBR",
        "UG",
        "EV",
        "SE",
        "LTD",
        "LIMITED",
        "LLC",
        "LLP",
        "PLC",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "CO",
        "COMPANY",
        "SA",
        "SAS",
        "SARL",
        "SRL",
        "SPA",
        "BV",
        "NV",
        "AB",
        "AS",
        "APS",
        "OY",
        "OYJ",
        "SL",
        "SLU",
        "SPZOO",
        "SP",
        "ZOO",
        "PTY",
        "PVT",
        "THE",
        "AND",
        "UND",
        "ET",
        "Y",
        "E",
        "MR",
        "MRS",
        "MS",
        "DR",
        "HERR",
        "FRAU",
    ]
)
LONGEST = 4  # so many words may a reference be torn into


def upper(text: str) -> str:
    """Return text in capitals without accents: Müller is MULLER, and so is Mueller after `name_words`."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(each for each in decomposed if not unicodedata.combining(each)).upper()


def plain(reference: str) -> str:
    """Return a reference as letters and digits only: ``INV-2026/0042`` is ``INV20260042``."""
    capitals = upper(reference)
    return capitals if capitals.isalnum() and capitals.isascii() else "".join(_TOKEN.findall(capitals))


def strength(reference: str) -> float:
    """Return how much a plain reference says, 0 to 1: six characters are enough, three digits may be anything."""
    if reference.isalpha():
        return 0.0
    return min(1.0, (len(reference) / 6) ** 2)


def spans(text: str) -> Iterator[str]:
    """Yield what may be references in a text: every word, and up to four that stand together, joined."""
    words = _TOKEN.findall(upper(text))
    for at in range(len(words)):
        joined = ""
        for word in words[at : at + LONGEST]:
            joined += word
            if len(joined) >= 2:
                yield joined


def structured(texts: Iterable[str]) -> set[str]:
    """Return the structured references in texts, checked and without spaces: ISO 11649 (RF…), Swiss QR reference, Belgian OGM."""
    found: set[str] = set()
    for text in filter(None, texts):
        capitals = text.upper()
        candidates = [(each, iso11649) for each in _ISO_11649.findall(capitals)] if "RF" in capitals else []
        candidates += [(each, esr) for each in _QR.findall(text)] if len(text) >= 27 else []
        candidates += [(each, ogm_vcs) for each in _OGM.findall(text)] if "/" in text else []
        for candidate, scheme in candidates:
            try:
                found.add(structured_plain(str(scheme.validate(candidate))))
            except ValidationError:
                continue
    return found


def structured_plain(reference: str) -> str:
    """Return a structured reference for comparing: banks pad with zeros, the creditor need not (QR) or must not (RF)."""
    bare = plain(reference)
    return bare if bare.startswith("RF") else bare.lstrip("0")


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell it from others, umlauts written either way made one."""
    words = _TOKEN.findall(upper(name).replace("AE", "A").replace("OE", "O").replace("UE", "U"))
    return tuple(each for each in words if each not in _FORMS and len(each) > 1) or tuple(words)


@lru_cache(maxsize=65536)
def sorted_name(name: str) -> str:
    """Return the words of a name in alphabetical order, for comparing whatever order they are written in."""
    return " ".join(sorted(name_words(name)))


def account_plain(account: str) -> str:
    """Return an account number for comparing."""
    return plain(account).lstrip("0")
