"""Days as files write them, and what to make of days that no calendar has."""

import calendar
import re
from collections.abc import Iterable
from datetime import date

# ISO 20022 and OFX carry times; only the day as the bank writes it counts, in the bank's own zone.
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T\S*|Z|[+-]\d{2}:\d{2}| .*)?", re.ASCII)
_FIELDS = re.compile(r"\s*(\d{1,4})\s*[-/.' ]\s*(\d{1,2}|[A-Za-z]{3,9})\s*[-/.' ]\s*(\d{1,4})(?:[ T,].*)?\s*", re.ASCII | re.DOTALL)
_MONTHS = {name.lower()[:3]: number for number, name in enumerate(calendar.month_name) if name}
ORDERS = ("ymd", "dmy", "mdy")


def iso_day(text: str) -> date:
    """Return the day of an ISO 8601 date or time; raises ValueError with a sentence for a day that does not exist."""
    match = _ISO.fullmatch(text.strip())
    if not match:
        raise ValueError(f"“{text.strip()}” is not a date such as 2026-03-31.")
    return _day(int(match[1]), int(match[2]), int(match[3]), text)


def compact_day(text: str) -> date:
    """Return the day of ``YYYYMMDD`` or ``YYMMDD``, whatever follows; two digits mean 1980 to 2079 (as SWIFT has it).

    Raises ValueError with a sentence.
    """
    digits = text.strip()
    if re.match(r"\d{8}", digits, re.ASCII):
        return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), digits[:8])
    if re.fullmatch(r"\d{6}", digits, re.ASCII):
        return _day(full_year(int(digits[:2])), int(digits[2:4]), int(digits[4:6]), digits)
    raise ValueError(f"“{text.strip()}” is not a date such as 20260331 or 260331.")


def clamped_day(text: str) -> date:
    """Return the day of ``YYMMDD`` where a 29, 30 or 31 that the month lacks is its last: banks that count interest by
    months of 30 days (30/360, ISDA 2006 section 4.16) write 30 February; raises ValueError for anything else that is no date.
    """
    year, month, day = full_year(int(text[:2])), int(text[2:4]), int(text[4:6])
    if 1 <= month <= 12 and 28 < day <= 30:
        return date(year, month, min(day, calendar.monthrange(year, month)[1]))
    return _day(year, month, day, text)


def full_year(two: int) -> int:
    """Return the year of two digits, 1980 to 2079."""
    return two + (1900 if two >= 80 else 2000)


def written_day(text: str, order: str) -> date:
    """Return the day of a date with separators or of eight digits, its parts in the order `order` (``dmy``, ``mdy``, ``ymd``).

    Raises ValueError with a sentence.
    """
    bare = text.strip()
    if re.fullmatch(r"\d{8}", bare, re.ASCII):
        parts = (bare[:4], bare[4:6], bare[6:]) if order == "ymd" else (bare[:2], bare[2:4], bare[4:])
    elif match := _FIELDS.fullmatch(bare):
        parts = (match[1], match[2], match[3])
    else:
        raise ValueError(f"“{bare}” is not a date.")
    if len(parts[0]) == 4:
        order = "ymd"
    if parts[1].isalpha():
        order = "ymd" if order == "ymd" else "dmy"
    named = dict(zip(order, parts, strict=True))
    month = named["m"]
    if month.isalpha() and month.lower()[:3] not in _MONTHS:
        raise ValueError(f"“{bare}” has no month that is known here.")
    if not named["y"].isdigit() or not named["d"].isdigit():
        raise ValueError(f"“{bare}” is not a date.")
    year = int(named["y"]) if len(named["y"]) > 2 else full_year(int(named["y"]))
    return _day(year, _MONTHS[month.lower()[:3]] if month.isalpha() else int(month), int(named["d"]), bare)


def guess_order(texts: Iterable[str]) -> tuple[str, bool]:
    """Return the order of day, month and year that all of `texts` fit, and whether another fits as well.

    Raises ValueError with the first text that none of the orders can read.
    """
    possible = list(ORDERS)
    last = ""
    for text in texts:
        left = [order for order in possible if _fits(text, order)]
        if not left:
            raise ValueError(f"“{text.strip()}” is not a date, or not written like the others{f' (“{last.strip()}”)' if last else ''}.")
        possible, last = left, text
    first = possible[0] if possible[0] == "ymd" or "mdy" not in possible else ("dmy" if "dmy" in possible else "mdy")
    return first, len(possible) > 1 and first != "ymd"


def _fits(text: str, order: str) -> bool:
    """Tell whether `text` is a date in `order`: four digits in front are a year, and nothing else is."""
    leading = re.match(r"\s*(\d+)", text)
    if leading and len(leading[1]) < 8 and (len(leading[1]) == 4) != (order == "ymd"):
        return False
    try:
        written_day(text, order)
    except ValueError:
        return False
    return True


def _day(year: int, month: int, day: int, text: str) -> date:
    """Return a date, or raise ValueError with a sentence that says what is wrong with it."""
    if not 1900 <= year <= 2200:
        raise ValueError(f"“{text.strip()}” has the year {year}, which no statement can be of.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"“{text.strip()}” is a day that no calendar has.") from None
