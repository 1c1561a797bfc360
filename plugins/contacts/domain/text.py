"""Names and search words in the forms that are compared, sorted and looked for."""

import re
import unicodedata

_LETTERS = str.maketrans(
    # letters that Unicode does not take apart, as they are written where a keyboard lacks them
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "’": "'", "ʼ": "'"}
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff]")  # and what a clipboard brings along unseen
_WORD = re.compile(r"\w+")
_DIALLED = re.compile(r"\+?[\d()./\-]*\d[\d()./\-]*")  # a word of a telephone number, as people group it
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_LEGAL_FORMS = (
    "ab ag aps as asa bhd bv bvba co company corp corporation cv doo eg ehf ek eu eurl ev gbr gesmbh gmbh hf inc incorporated kft kg kgaa "
    "kk lda limited llc llp lp ltd ltda mbh nv ohg ooo oy oyj plc pte pty rt sa sarl sas scs sia sl slu snc spa spol sprl sro srl stiftung "
    "ug und and et y the"
)
_NOT_TELLING = frozenset(_LEGAL_FORMS.split())


def tidy(text: str) -> str:
    """Return text on one line with single spaces, without control characters, in Unicode's composed form (NFC)."""
    return " ".join(_CONTROLS.sub("", text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def tidy_lines(text: str) -> str:
    """Return text of several lines without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fold(text: str) -> str:
    """Return text in lower case, without accents and in one spelling of its letters; folding twice changes nothing.

    >>> fold("Łódź  STRASSE – Straße"), fold("Ångström")
    ('lodz strasse – strasse', 'angstrom')
    """
    text = _CONTROLS.sub("", text)
    if text.isascii():
        return " ".join(text.lower().split())
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).casefold()
    bare = "".join(each for each in lowered if not unicodedata.combining(each)).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def sort_name(name: str) -> str:
    """Return what a list of names is sorted by: the folded name, from its first letter or digit on."""
    folded = fold(name)
    start = next((place for place, each in enumerate(folded) if each.isalnum()), 0)
    return folded[start:] or "?"


def match_key(name: str) -> str:
    """Return a key that names share which differ only in word order, legal form, punctuation or the spelling of an umlaut.

    >>> match_key("Müller & Söhne GmbH") == match_key("SOEHNE, MUELLER GMBH & Co. KG")
    True
    """
    return " ".join(sorted(_without_umlauts(word) for word in telling_words(name)))


def telling_words(name: str) -> list[str]:
    """Return the folded words of a name without its legal form; all of them where nothing else is left."""
    words = _WORD.findall(fold(name).replace("'", "").replace(".", ""))
    return [word for word in words if word not in _NOT_TELLING] or words


def _without_umlauts(word: str) -> str:
    for two, one in _UMLAUTS:
        word = word.replace(two, one)
    return word


def search_fold(text: str) -> str:
    """Return what somebody typed into a search box, as it can be found in a search text; of telephone numbers only what was dialled."""
    return " ".join(_dialled(word) if _DIALLED.fullmatch(word) else word for word in fold(text).split())


def _dialled(word: str) -> str:
    return re.sub(r"[()./\-]", "", word)


def search_text(*parts: str) -> str:
    """Return one text to search in: every word folded, once, and with a space before it."""
    words = dict.fromkeys(word for part in parts for word in fold(part).split())
    return "".join(f" {word}" for word in words)
