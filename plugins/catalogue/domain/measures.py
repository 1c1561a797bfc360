"""Weights and sizes as people write them."""

import re
from decimal import Decimal
from typing import Literal

from weft.errors import Invalid
from weft.forms import number

WeightUnit = Literal["g", "kg", "oz", "lb"]
SizeUnit = Literal["mm", "cm", "m", "in"]
WEIGHT_UNITS: tuple[WeightUnit, ...] = ("g", "kg", "oz", "lb")
SIZE_UNITS: tuple[SizeUnit, ...] = ("mm", "cm", "m", "in")
IN_KG: dict[WeightUnit, Decimal] = {"g": Decimal("0.001"), "kg": Decimal(1), "oz": Decimal("0.028349523125"), "lb": Decimal("0.45359237")}

_WEIGHT = re.compile(r"(?P<number>[\d.,'\s\u00a0\u202f]*\d)\s*(?P<unit>[a-z]*)\.?", re.IGNORECASE)
_WEIGHT_NAMES: dict[str, WeightUnit] = {
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramm", "gramme"), "g"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilogram"), "kg"),
    **dict.fromkeys(("oz", "ounce", "ounces"), "oz"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
}


def read_weight(text: str, unit: str = "") -> tuple[Decimal, WeightUnit]:
    """Read a weight such as ``500 g`` or ``1,5`` with its unit beside it; kilograms where none is named. Raises `Invalid`."""
    found = _WEIGHT.fullmatch(text.strip())
    if not found:
        raise Invalid(f"“{text}” is no weight: write a number and g, kg, oz or lb.")
    named = (found["unit"] or unit or "kg").strip().rstrip(".").lower()
    if named not in _WEIGHT_NAMES:
        raise Invalid(f"“{named}” is no unit of weight here: use g, kg, oz or lb.")
    try:
        value = number(found["number"])
    except ValueError as wrong:
        raise Invalid(str(wrong)) from wrong
    return value, _WEIGHT_NAMES[named]


IN_DM: dict[SizeUnit, Decimal] = {"mm": Decimal("0.01"), "cm": Decimal("0.1"), "m": Decimal(10), "in": Decimal("0.254")}


def in_litres(length: Decimal, width: Decimal, height: Decimal, unit: SizeUnit) -> Decimal:
    """Return the space that measures enclose in litres (cubic decimetres), exactly."""
    return length * width * height * IN_DM[unit] ** 3


def in_kg(weight: Decimal, unit: WeightUnit) -> Decimal:
    """Return a weight in kilograms, exactly."""
    return weight * IN_KG[unit]
