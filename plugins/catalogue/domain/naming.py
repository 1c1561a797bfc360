"""How names are compared, sorted and shortened into codes."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")  # combining accents; the vowel signs of other scripts are letters, and stay
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_CAPITALS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


def folded(text: str) -> str:
    """Return text without case, accents and doubled spaces, so that “Crème  BRÛLÉE” and “creme brulee” are equal.

    >>> folded("Crème  BRÛLÉE")
    'creme brulee'
    """
    if text.isascii():  # most of it, and several times faster
        return " ".join(text.lower().split())
    bare = _MARKS.sub(
        "", unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    )  # “㎀” folds in two steps
    return " ".join(unicodedata.normalize("NFC", bare).translate(_LETTERS).split())


def tidy(text: str) -> str:
    """Return one line of text: composed characters (NFC), single spaces, no control characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())


def tidy_lines(text: str) -> str:
    """Return several lines of text, each without control characters and spaces at its end."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in lines).strip()


def capitals(text: str) -> str:
    """Return text with the letters a to z as capitals and every other as it is: how SKUs are compared, here and in the database."""
    return text.translate(_CAPITALS)


def code_of(text: str, length: int = 12) -> str:
    """Return a name as part of a code: capitals, digits and nothing else; empty for scripts without Latin letters.

    >>> code_of("Extra large")
    'EXTRALARGE'
    """
    return re.sub(r"[^A-Z0-9]", "", folded(text).upper())[:length]


def search_text(name: str, *others: str) -> str:
    """Return what search boxes look into: all words folded, each with a space before it, codes only once."""
    words = [folded(name), *map(folded, others)]
    return "".join(f" {word}" for word in dict.fromkeys(words) if word)


def tags_of(text: str) -> tuple[str, ...]:
    """Read tags separated by commas or semicolons, each once, in the order given; the case of the first spelling stays."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;]", text):
        if tag := tidy(part):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())
