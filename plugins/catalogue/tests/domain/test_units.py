"""Units of measure, converted exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.units import BASES, STANDARD, Unit, as_decimal, convert, find_unit, ratio
from weft import Invalid, new_id

UNITS = [
    Unit(id=new_id(), code=each.code, title=each.title, dimension=each.dimension, factor=Decimal(each.factor), rec20=each.rec20)
    for each in STANDARD
]
units = st.sampled_from(UNITS)
quantities = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4)


def unit(code: str) -> Unit:
    return next(each for each in UNITS if each.code == code)


def test_every_dimension_has_its_base_unit_and_codes_are_unique() -> None:
    assert {unit(code).factor for code in BASES.values()} == {Decimal(1)}
    assert len({each.code for each in UNITS}) == len({each.rec20 for each in UNITS}) == len(UNITS)


@pytest.mark.parametrize(
    ("quantity", "source", "target", "result"),
    [
        ("2.5", "kg", "g", "2500"),
        ("1", "lb", "g", "453.59237"),
        ("16", "oz", "lb", "1"),
        ("12", "in", "ft", "1"),
        ("1", "gal", "floz", "128"),
        ("1.5", "dz", "pcs", "18"),
        ("1", "m3", "ml", "1000000"),
        ("36", "h", "d", "1.5"),
        ("0.1", "t", "mg", "100000000"),
    ],
)
def test_conversions_are_exact(quantity: str, source: str, target: str, result: str) -> None:
    assert convert(Decimal(quantity), unit(source), unit(target)) == Decimal(result)


@given(quantities, units, units)
def test_there_and_back_again_is_where_one_was(quantity: Decimal, source: Unit, target: Unit) -> None:
    if source.dimension != target.dimension:
        with pytest.raises(Invalid, match="no conversion"):
            convert(quantity, source, target)
        return
    assert ratio(source, target) * ratio(target, source) == 1
    if as_decimal(Fraction(quantity) * ratio(source, target)) is None:
        with pytest.raises(Invalid, match="say how to round"):
            convert(quantity, source, target)
    else:
        assert convert(convert(quantity, source, target), target, source) == quantity


@given(quantities, units, units, st.sampled_from([Decimal("0.001"), Decimal("0.05"), Decimal(1)]))
def test_a_rounded_result_is_the_nearest_multiple_of_the_step(quantity: Decimal, source: Unit, target: Unit, step: Decimal) -> None:
    if source.dimension != target.dimension:
        return
    rounded = Fraction(convert(quantity, source, target, step=step))
    exact = Fraction(quantity) * ratio(source, target)
    assert rounded % Fraction(step) == 0
    assert abs(rounded - exact) * 2 <= Fraction(step)
    if abs(rounded - exact) * 2 == Fraction(step):
        assert abs(rounded) > abs(exact)  # half away from zero, as amounts are rounded


@given(st.fractions(max_denominator=10_000))
def test_a_fraction_is_a_decimal_only_when_it_loses_nothing(value: Fraction) -> None:
    exact = as_decimal(value)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert (exact is None) == (rest != 1)
    assert exact is None or Fraction(exact) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kg", "kg"),
        ("KG", "kg"),
        ("KGM", "kg"),
        ("Kilogram", "kg"),
        ("Stück", "pcs"),
        ("each", "pcs"),
        ("C62", "pcs"),
        ("Liter", "l"),
        ("pcs.", "pcs"),
    ],
)
def test_a_unit_is_found_by_code_title_and_usual_names(text: str, code: str) -> None:
    found = find_unit(UNITS, text)
    assert found is not None
    assert found.code == code


def test_what_is_no_unit_is_not_found() -> None:
    assert find_unit(UNITS, "furlong") is None
    assert find_unit(UNITS, "") is None
