"""How names are sorted and searched."""

import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """Return text without case, accents and doubled spaces; a space at the beginning stays, since searches look for beginnings of words.

    >>> folded(" Crème  BRÛLÉE")
    ' creme brulee'
    """
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    words = " ".join(text.casefold().split())
    return f" {words}" if text.startswith(" ") else words


def with_those_above(names: Iterable[str]) -> list[str]:
    """Return categories and all above them, sorted: of "Food > Chocolate" also "Food"."""
    return sorted({" > ".join(name.split(" > ")[:count]) for name in names if name for count in range(1, name.count(" > ") + 2)})


def within(category: str, names: frozenset[str]) -> str:
    """Return the nearest of some categories that a category is or lies in: "Food" for "Food > Chocolate"; empty when it lies in none."""
    parts = category.split(" > ")
    for count in range(len(parts), 0, -1):
        if (name := " > ".join(parts[:count])) in names:
            return name
    return ""
