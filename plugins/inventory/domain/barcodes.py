"""GTINs as bars (GS1 General Specifications, section 5.2: EAN/UPC symbology)."""

_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_RIGHT = tuple(each.translate(str.maketrans("01", "10")) for each in _LEFT)
_GAP = tuple(each[::-1] for each in _RIGHT)
# Which set each of the six left digits is taken from says what the first digit is.
_FIRST = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


def bars(gtin: str) -> str | None:
    """Return the modules of an EAN-13, UPC-A or EAN-8 symbol, 1 for dark; nothing for what is none of these."""
    if not gtin.isascii() or not gtin.isdigit() or not _is_right(gtin):
        return None
    if len(gtin) == 8:
        left = "".join(_LEFT[int(digit)] for digit in gtin[:4])
        return f"101{left}01010{''.join(_RIGHT[int(digit)] for digit in gtin[4:])}101"
    if len(gtin) not in (12, 13):
        return None
    digits = gtin.zfill(13)
    sets = _FIRST[int(digits[0])]
    left = "".join((_LEFT if which == "L" else _GAP)[int(digit)] for which, digit in zip(sets, digits[1:7], strict=True))
    return f"101{left}01010{''.join(_RIGHT[int(digit)] for digit in digits[7:])}101"


def _is_right(gtin: str) -> bool:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(gtin)))
    return total % 10 == 0


def svg(modules: str) -> str:
    """Return bars as a picture that scales, with the quiet zones that scanners need."""
    quiet, height = 9, 40
    rects = "".join(f'<rect x="{quiet + place}" y="0" width="1" height="{height}"/>' for place, each in enumerate(modules) if each == "1")
    width = len(modules) + 2 * quiet
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" shape-rendering="crispEdges">{rects}</svg>'
