"""Numbers as people of many countries write them: which sign a whole column uses, and what one cell says."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from weft.forms import number

Sign = Literal[".", ",", ""]  # empty: each cell for itself

# One number per line. What surrounds it (currency, spaces) is taken away first.
_POINT = re.compile(
    r"^[+-]?(?:[\d ’']*\d\.(?:\d{1,2}|\d{4,})|0?\.\d+|\d{4,}\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})-?$", re.MULTILINE
)
_COMMA = re.compile(
    r"^[+-]?(?:[\d ’']*\d,(?:\d{1,2}|\d{4,})|0?,\d+|\d{4,},\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})-?$", re.MULTILINE
)
_EITHER = re.compile(r"^[+-]?[1-9]\d{0,2}[.,]\d{3}-?$", re.MULTILINE)
_WHOLE = re.compile(r"^[+-]?\d+-?$", re.MULTILINE)
_AROUND = re.compile(r"[€£$¥₹₺₽₩₪฿]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|(?:Fr|kr|zł|Kč|Ft|lei)\.?(?![A-Za-z])")
_SPACES = re.compile(r"[\u00a0\u202f\u2007\u2009]")


@dataclass(slots=True)
class Numbers:
    """What was seen in a column: numbers that only make sense with a point as decimal sign, with a comma, and with either."""

    point: bool = False
    comma: bool = False
    either: str = ""  # an example

    def look(self, joined: str) -> None:
        """Take note of cells, one per line."""
        if not self.point or not self.comma:
            joined = bare(joined)
            self.point = self.point or _POINT.search(joined) is not None
            self.comma = self.comma or _COMMA.search(joined) is not None
            if not self.either and (found := _EITHER.search(joined)):
                self.either = found[0]

    @property
    def sign(self) -> Sign | None:
        """The decimal sign, as far as the column tells: nothing at all when it could be either, empty when it has both."""
        if self.point and self.comma:
            return ""
        if self.point or self.comma:
            return "." if self.point else ","
        return None if self.either else "."


def share_of_numbers(cells: list[str]) -> float:
    """Return how many of some filled cells are numbers, from 0 to 1."""
    joined = bare("\n".join(cell.strip().replace("\n", " ") for cell in cells))
    lines = joined.split("\n")
    return sum(1 for line in lines if any(each.match(line) for each in (_WHOLE, _POINT, _COMMA, _EITHER))) / len(lines) if cells else 0.0


def bare(text: str) -> str:
    """Return a text without the names and signs of currencies, and with plain spaces."""
    return re.sub(r" *$|^ *", "", _AROUND.sub("", _SPACES.sub(" ", text)), flags=re.MULTILINE)


def read_number(text: str, sign: Sign) -> Decimal:
    """Read one cell: a currency beside it is left out, brackets or a minus behind make it negative, as ledgers write it.

    The sign that groups thousands must stand where thousands are, so that ``1,5`` never becomes 15. Raises `ValueError` with a sentence.
    """
    if _EXPONENT.fullmatch(text):
        return Decimal(text.replace(",", "."))
    plain = text if _PLAIN.fullmatch(text) else _signed(bare(text))
    if sign:
        if not _WRITTEN[sign].fullmatch(plain):
            other = {".": "a point", ",": "a comma"}[sign]
            raise ValueError(f"“{text}” is not a number with {other} as decimal sign, as this column has it.")
    elif _EITHER.fullmatch(plain):
        raise ValueError(
            f"“{text}” could be {re.sub('[.,]', '', plain)} or {plain.replace(',', '.')}: write it without a sign for thousands."
        )
    return number(plain, sign)


_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d{1,20})?[eE][+-]?\d{1,2}")  # how spreadsheets show what is very small or large
_PLAIN = re.compile(r"[+-]?[\d.,]+")
_GROUPED = r"[+-]?(?:\d+|\d{{1,3}}(?:[{0} ’']\d{{3}})+|\d{{1,2}}(?:{0}\d{{2}})+{0}\d{{3}})?(?:{1}\d*)?"  # the last: India's lakh and crore
_WRITTEN: dict[str, re.Pattern[str]] = {".": re.compile(_GROUPED.format(",", r"\.")), ",": re.compile(_GROUPED.format(r"\.", ","))}


def _signed(plain: str) -> str:
    if plain.startswith("(") and plain.endswith(")"):
        return f"-{plain[1:-1].strip()}"
    if plain.endswith("-") and not plain.startswith("-"):
        return f"-{plain[:-1].strip()}"
    return re.sub(r"^([+-]) +", r"\1", plain)
