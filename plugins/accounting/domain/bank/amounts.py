"""Amounts as files write them: commas and points, signs before, behind and in brackets."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

Mark = Literal[".", ","]

# No bank books beyond 10^15, and a number that long is a misread account.
LIMIT = Decimal(10) ** 15
_PLAIN = re.compile(r"[+-]?\d*(?:\.\d*)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}", re.ASCII)
_SPACES = str.maketrans("", "", "\u00a0\u202f\u2009 \t")


def read_amount(text: str, mark: Mark | None = None) -> Decimal:
    """Return an amount with either decimal mark, grouped or not, ``1,234.56-``, ``(12.50)``, ``CR``/``DR`` behind it.

    `mark` says which the decimal mark is; without it a lone mark followed by three digits groups only where it repeats.
    Raises ValueError for what is no amount, or is 10^15 or more.
    """
    bare, negative = _signed(text)
    if mark is None:
        mark = guess_mark([bare])
    group = "," if mark == "." else "."
    whole, _, fraction = bare.partition(mark)
    if group in fraction or "'" in fraction:
        raise ValueError(f"“{text.strip()}” is no amount.")
    if group in whole and not _GROUPED.fullmatch(whole):
        raise ValueError(f"“{text.strip()}” is no amount: its thousands are not grouped by three.")
    whole = whole.replace(group, "").replace("'", "")
    if not (whole or fraction) or not (whole + fraction).isdigit() or not (whole + fraction).isascii():
        raise ValueError(f"“{text.strip()}” is no amount.")
    value = Decimal(f"{whole or 0}.{fraction or 0}" if fraction else whole)
    if value >= LIMIT:
        raise ValueError(f"“{text.strip()}” is too large to be an amount.")
    return -value if negative else value


def _signed(text: str) -> tuple[str, bool]:
    """Return an amount's digits and marks, and whether it is negative."""
    bare = text.translate(_SPACES).replace("−", "-").replace("’", "'")
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1], True
    if (ending := bare[-2:].upper()) in {"CR", "DR"}:
        bare, negative = bare[:-2], ending == "DR"
    bare = bare.lstrip("$€£¥") if bare[:1] in {"$", "€", "£", "¥"} else bare
    if bare[:1] in {"+", "-"}:
        negative = negative != (bare[0] == "-")
        bare = bare[1:]
    elif bare[-1:] in {"+", "-"}:
        negative = negative != (bare[-1] == "-")
        bare = bare[:-1]
    return bare.lstrip("$€£¥"), negative


def guess_mark(texts: Iterable[str]) -> Mark:
    """Return the decimal mark that a column of amounts uses; a point where nothing tells."""
    votes = {".": 0, ",": 0}
    for text in texts:
        point, comma = text.rfind("."), text.rfind(",")
        if point >= 0 and comma >= 0:
            votes["." if point > comma else ","] += 3
        elif (at := max(point, comma)) >= 0:
            sign: Mark = "." if point >= 0 else ","
            other: Mark = "," if sign == "." else "."
            behind = len(re.match(r"\d*", text[at + 1 :]).group())  # type: ignore[union-attr]  # \d* always matches
            if text.count(sign) > 1:
                votes[other] += 2
            elif behind != 3:
                votes[sign] += 2
            else:
                votes[other if sign == "," else sign] += 1
    return "," if votes[","] > votes["."] else "."


def exact(text: str, comma: bool = False) -> Decimal:
    """Return an ungrouped amount such as a format prescribes: digits, one decimal mark, perhaps a sign; raises ValueError."""
    bare = text.strip()
    if comma:
        bare = bare.replace(",", ".")
    if not bare.strip("+-.") or not _PLAIN.fullmatch(bare):
        raise ValueError(f"“{text.strip()}” is no amount.")
    value = Decimal(bare)
    if abs(value) >= LIMIT:
        raise ValueError(f"“{text.strip()}” is too large to be an amount.")
    return value
