"""Element strings as bars: GS1-128 (GS1 General Specifications, section 5.4; Code 128 is ISO/IEC 15417)."""

import re
from datetime import date

# Widths of bars and spaces in turn, by value; the last one stops.
_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
]
_START_C, _CODE_B, _FNC1, _STOP = 105, 100, 102, 106
_LOT = re.compile(r"[A-Za-z0-9!\"%&'()*+,\-./:;<=>?_]{1,20}")  # character set 82, section 7.11


def element_string(gtin: str, number: str, *, serial: bool, expires: date | None) -> tuple[str, str] | None:
    """Return what to encode for a trade item with its lot or serial number, and what people read below it.

    Application identifiers 01, 17 and 10 or 21; the one whose length varies comes last, so nothing separates them. Nothing for what is no
    GTIN, or for a number that GS1 does not allow.
    """
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) in (8, 12, 13, 14)) or not _LOT.fullmatch(number):
        return None
    parts = [("01", gtin.zfill(14))]
    if expires:
        parts.append(("17", f"{expires:%y%m%d}"))
    parts.append(("21" if serial else "10", number))
    return "".join(f"{identifier}{value}" for identifier, value in parts), "".join(f"({identifier}){value}" for identifier, value in parts)


def modules(elements: str) -> str:
    """Return an element string as modules of a GS1-128 symbol, 1 for dark: leading digits in pairs, the rest one by one."""
    leading = re.match(r"(?:\d\d)*", elements)
    pairs = leading[0] if leading else ""
    values = [_START_C, _FNC1, *(int(pairs[place : place + 2]) for place in range(0, len(pairs), 2))]
    if rest := elements[len(pairs) :]:
        values += [_CODE_B, *(ord(each) - 32 for each in rest)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = "".join(_WIDTHS[value] for value in (*values, check, _STOP))
    return "".join(("1", "0")[place % 2] * int(width) for place, width in enumerate(widths))
