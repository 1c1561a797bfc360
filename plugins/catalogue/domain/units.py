"""Units of measure, and exact conversion between those of one dimension."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from weft.errors import Invalid

Dimension = Literal["count", "mass", "volume", "length", "area", "time"]
BASES: dict[Dimension, str] = {"count": "pcs", "mass": "kg", "volume": "l", "length": "m", "area": "m2", "time": "h"}
DIMENSIONS = tuple(BASES)


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of measure. `factor` is how many of its dimension's base unit one of it is; `rec20` its code in UN/ECE Recommendation 20."""

    id: UUID
    code: str
    title: str
    dimension: Dimension
    factor: Decimal
    rec20: str = ""
    is_default: bool = False
    active: bool = True
    version: int = 1


class UnitDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as somebody describes it."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=12, pattern=r"^\S+$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    dimension: Dimension
    factor: Decimal
    rec20: Annotated[str, msgspec.Meta(max_length=3)] = ""
    active: bool = True


class Standard(msgspec.Struct, frozen=True):
    """A unit that every tenant starts with."""

    code: str
    title: str
    dimension: Dimension
    factor: str
    rec20: str


# Factors are exact by definition: the international yard and pound agreement of 1959, and the US gallon of 231 cubic inches.
STANDARD: tuple[Standard, ...] = (
    Standard("pcs", "Piece", "count", "1", "H87"),
    Standard("pr", "Pair", "count", "2", "PR"),
    Standard("dz", "Dozen", "count", "12", "DZN"),
    Standard("kg", "Kilogram", "mass", "1", "KGM"),
    Standard("g", "Gram", "mass", "0.001", "GRM"),
    Standard("mg", "Milligram", "mass", "0.000001", "MGM"),
    Standard("t", "Tonne", "mass", "1000", "TNE"),
    Standard("lb", "Pound", "mass", "0.45359237", "LBR"),
    Standard("oz", "Ounce", "mass", "0.028349523125", "ONZ"),
    Standard("l", "Litre", "volume", "1", "LTR"),
    Standard("cl", "Centilitre", "volume", "0.01", "CLT"),
    Standard("ml", "Millilitre", "volume", "0.001", "MLT"),
    Standard("m3", "Cubic metre", "volume", "1000", "MTQ"),
    Standard("gal", "Gallon (US)", "volume", "3.785411784", "GLL"),
    Standard("floz", "Fluid ounce (US)", "volume", "0.0295735295625", "OZA"),
    Standard("m", "Metre", "length", "1", "MTR"),
    Standard("cm", "Centimetre", "length", "0.01", "CMT"),
    Standard("mm", "Millimetre", "length", "0.001", "MMT"),
    Standard("in", "Inch", "length", "0.0254", "INH"),
    Standard("ft", "Foot", "length", "0.3048", "FOT"),
    Standard("m2", "Square metre", "area", "1", "MTK"),
    Standard("h", "Hour", "time", "1", "HUR"),
    Standard("d", "Day", "time", "24", "DAY"),
)
# What people and other programs call them, besides code, title and Rec 20 code.
_ALIASES: dict[str, str] = {
    **dict.fromkeys(
        ("c62", "pc", "pce", "piece", "pieces", "each", "ea", "unit", "units", "st", "stk", "stück", "pièce", "unidad", "stuk"), "pcs"
    ),
    **dict.fromkeys(("pair", "pairs", "paar", "paire"), "pr"),
    **dict.fromkeys(("doz", "dutzend", "douzaine"), "dz"),
    **dict.fromkeys(("kilo", "kilos", "kilogramm", "kilogramme", "kgs"), "kg"),
    **dict.fromkeys(("gr", "grams", "gramm", "gramme", "grammes"), "g"),
    **dict.fromkeys(("lbs", "pounds"), "lb"),
    **dict.fromkeys(("ltr", "liter", "litre", "liters", "litres"), "l"),
    **dict.fromkeys(("ounces",), "oz"),
    **dict.fromkeys(("meter", "mètre", "metro", "metres", "meters"), "m"),
    **dict.fromkeys(("m²", "sqm", "qm"), "m2"),
    **dict.fromkeys(("m³", "cbm"), "m3"),
    **dict.fromkeys(("hour", "hours", "std", "stunde", "heure", "hora"), "h"),
    **dict.fromkeys(("day", "days", "tag", "jour"), "d"),
    **dict.fromkeys(("inch", "inches", '"'), "in"),
    **dict.fromkeys(("feet",), "ft"),
}


def find_unit(units: Sequence[Unit], text: str) -> Unit | None:
    """Return the unit that text means: by its code exactly, else by code, title, Rec 20 code or a usual name in any case."""
    wanted = text.strip()
    if exact := next((unit for unit in units if unit.code == wanted), None):
        return exact
    low = wanted.casefold()
    low = low.removesuffix(".") if len(low) > 1 else low
    for unit in units:
        if low in (unit.code.casefold(), unit.title.casefold(), unit.rec20.casefold() or None):
            return unit
    return next((unit for unit in units if unit.code == _ALIASES.get(low)), None)


def ratio(source: Unit, target: Unit) -> Fraction:
    """Return how many of `target` one of `source` is, exactly; raises `Invalid` across dimensions."""
    if source.dimension != target.dimension:
        raise Invalid(
            f"{source.title} measures {source.dimension} and {target.title} {target.dimension}: there is no conversion between them."
        )
    return Fraction(source.factor) / Fraction(target.factor)


def convert(quantity: Decimal, source: Unit, target: Unit, *, step: Decimal | None = None) -> Decimal:
    """Return a quantity in another unit, exactly, or rounded to a multiple of `step`, half away from zero.

    Raises `Invalid` across dimensions, and for a result that no finite number of decimals writes, unless there is a `step`.
    """
    result = Fraction(quantity) * ratio(source, target)
    if step is None:
        exact = as_decimal(result)
        if exact is None:
            raise Invalid(f"{quantity:f} {source.code} is no finite number of {target.code}: say how to round it.")
        return exact
    steps = result / Fraction(step)
    half_up = (2 * abs(steps.numerator) + steps.denominator) // (2 * steps.denominator)
    rounded = as_decimal((half_up if steps >= 0 else -half_up) * Fraction(step))
    assert rounded is not None  # a whole number of decimal steps
    return rounded


def as_decimal(value: Fraction) -> Decimal | None:
    """Return a fraction as a decimal without losing a digit, or nothing where it would take infinitely many."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = value.numerator * 2 ** (places - twos) * 5 ** (places - fives)
    sign = 1 if digits < 0 else 0
    return Decimal((sign, tuple(map(int, str(abs(digits)))), -places))
