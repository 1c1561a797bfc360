"""Tells encodings of Latin script apart by the letters that the languages written in them have.

Statistics over few words choose wrongly between encodings that differ in a handful of letters: a list of names has no grammar. So a byte is
read as each encoding would have it, and the encoding wins in which one language explains most of the letters.
"""

import re
from functools import lru_cache

# Encoding → languages it is used for; where two explain a text equally well, the first wins.
_USED_FOR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cp1252", ("de", "fr", "es", "pt", "it", "nordic", "nl", "fi")),
    ("iso8859-15", ("de", "fr", "es", "pt", "it", "nordic", "nl", "fi")),
    ("cp1250", ("pl", "cs", "hu", "ro", "hr")),
    ("cp1254", ("tr",)),
    ("cp1257", ("baltic",)),
    ("mac_roman", ("de", "fr", "es", "pt", "it", "nordic", "nl")),
    ("cp850", ("de", "fr", "es", "pt", "it", "nordic", "nl")),
    ("iso8859-2", ("pl", "cs", "hu", "ro", "hr")),
    ("cp852", ("pl", "cs", "hu", "ro", "hr")),
)
_LETTERS = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíóúñü",
    "pt": "ãõáéíóúâêôàç",
    "it": "àèéìíòóù",
    "nordic": "åäöæøéü",
    "fi": "åäöšž",
    "nl": "ëïéèöüá",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýžäôĺľŕ",
    "hu": "áéíóöőúüű",
    "ro": "ăâîşţșț",
    "hr": "čćđšž",
    "tr": "çğıöşüâîi̇",
    "baltic": "āčēģīķļņšūžąęėįųõäöü",
}
_RARE = frozenset("ÿ")  # in its languages, and far more often a sign of a wrong encoding
_SIGNS = frozenset("€£§°«»“”„‘’–—…©®™½¼¾²³ªº·¿¡×±\u00a0•´¨")
_LEAST = 0.6  # of the letters that must be explained
_RUN = re.compile(r"[^\W\d_a-zA-Z]{4,}")  # so many accented letters on end are a word of another script


def best_latin(sample: bytes) -> str:
    """Return the encoding in which a text looks most like a language in Latin script, or nothing when it looks like none."""
    best, best_score = "", _LEAST
    for encoding, languages in _USED_FOR:
        text = sample.decode(encoding, "replace")
        marks = sum(1 for each in text if each > "\x7f")
        if not marks:
            continue
        foreign = 2 * sum(len(run[0]) for run in _RUN.finditer(text))
        score = (max(_fit(text, language) for language in languages) - foreign) / marks
        if score > best_score + 0.001:
            best, best_score = encoding, score
    return best


def _fit(text: str, language: str) -> float:
    """Return how many of the characters beyond ASCII a language explains; those that it cannot have count against it."""
    own = _alphabet(language)
    total = 0.0
    for before, each, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if each <= "\x7f":
            continue
        if each in _SIGNS:
            total += 0.9 if not (before.isalpha() and after.isalpha()) or each == "’" else -1
        elif not each.isalpha():
            total -= 3 if each < "\xa0" or each == "\ufffd" else 1
        else:
            total += _letter(before, each, own)
    return total


def _letter(before: str, each: str, own: frozenset[str]) -> float:
    if each.isupper() and before.islower():
        return -1  # “mŸller”: a capital inside a word
    if each not in own:
        return -0.5
    return 0.5 if each.lower() in _RARE else 1


@lru_cache
def _alphabet(language: str) -> frozenset[str]:
    letters = _LETTERS[language]
    return frozenset(letters + letters.upper())
