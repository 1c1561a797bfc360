"""How entries are numbered: formats such as ``{code}/{year}/{number:5}``, and what is missing in a series."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from weft.errors import Invalid

DEFAULT = "{code}/{year}/{number:5}"
_PART = re.compile(r"\{(code|year|yy|month|number)(?::(\d{1,2}))?\}")


class Pattern(NamedTuple):
    """A format for one day: the number stands between two texts, with zeros before it up to a width."""

    prefix: str
    width: int
    suffix: str

    def write(self, number: int) -> str:
        """Return a number as it is printed."""
        return f"{self.prefix}{number:0{self.width}}{self.suffix}"


def check_format(text: str) -> str:
    """Return a format; raises `Invalid` unless the number stands in it once, and the year too, since every year starts at 1."""
    bare = _PART.sub("", text)
    names = [found[1] for found in _PART.finditer(text)]
    if "{" in bare or "}" in bare:
        raise Invalid.field("number_format", "Use {code}, {year}, {yy}, {month} and {number}, or {number:5} for five digits.")
    if names.count("number") != 1:
        raise Invalid.field("number_format", "The format needs {number} once.")
    if not {"year", "yy"} & set(names):
        raise Invalid.field("number_format", "The format needs {year} or {yy}: numbers start again every fiscal year.")
    if any(int(found[2] or 0) > 12 for found in _PART.finditer(text)):
        raise Invalid.field("number_format", "A number has twelve digits at most.")
    return text


def pattern(text: str, code: str, year: str, day: date) -> Pattern:
    """Return a format filled in for a journal, a fiscal year and a day. `year` is the year's code: ``2026`` or ``2026/27``."""
    return _filled(text, code, year, day.month)


@lru_cache(2048)
def _filled(text: str, code: str, year: str, month: int) -> Pattern:
    values = {"code": code, "year": year.replace("/", "-"), "yy": year[2:4] if len(year) >= 4 else year, "month": f"{month:02}"}
    place = next(found for found in _PART.finditer(text) if found[1] == "number")

    def fill(part: str) -> str:
        return _PART.sub(lambda found: values[found[1]], part)

    return Pattern(fill(text[: place.start()]), int(place[2] or 1), fill(text[place.end() :]))


class Gap(NamedTuple):
    """Numbers that are missing, from the first to the last of them."""

    first: int
    last: int


def gaps(taken: Iterable[int], upto: int) -> list[Gap]:
    """Return what is missing between 1 and `upto` among numbers in any order."""
    found, expected = [], 1
    for number in sorted(set(taken)):
        if number > expected:
            found.append(Gap(expected, min(number - 1, upto)))
        expected = max(expected, number + 1)
    if expected <= upto:
        found.append(Gap(expected, upto))
    return found
