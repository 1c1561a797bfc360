"""A number is read as people of many countries write it, and what could mean two things is asked about."""

from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import format_decimal, get_decimal_symbol
from hypothesis import given
from hypothesis import strategies as st

from weft import number

LOCALES = ("en_GB", "de_DE", "de_CH", "fr_FR", "it_IT", "es_ES", "sv_SE", "pl_PL", "pt_BR", "en_IN", "ja_JP", "nl_NL", "cs_CZ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,34,567.8", "1234567.8"),
        ("0,123", "0.123"),
        ("12,34", "12.34"),
        ("1.234", "1.234"),
        ("1234,567", "1234.567"),
        (" 42 ", "42"),
        ("-0.01", "-0.01"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e5", "100000"),
        ("1.23E+05", "123000"),
        ("1,5e-3", "0.0015"),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "+", ".", ",", "e5", "1e", "one", "1x", "x1", "--1", "1-", "+-1", "0x10", "1_000", "NaN", "Infinity", "-inf"),
        *("€5", "5 %", "1,2,3", "1.2.3", "31.12.2026", "12.5.26", "1,000,00", "1.2,3.4", "1 2", "12 34", "1\n2,", "1,,2", "1..2", "1.,2"),
        *("1e999", "1e-999", "1" * 30, "0." + "0" * 30 + "1", "(5)", "٫5"),
    ],
)
def test_what_is_no_number_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number\.$"):
        number(text)


@pytest.mark.parametrize("text", ["1,234", "-12,345", "+999,999"])
def test_a_comma_that_means_two_things_is_asked_about(text: str) -> None:
    with pytest.raises(ValueError, match=r"could be .* or .*: write it without the comma\.$"):
        number(text)


def test_who_knows_the_decimal_sign_is_believed() -> None:
    assert number("1,234", ",") == Decimal("1.234")
    assert number("1,234", ".") == 1234
    assert number("1.234", ",") == 1234
    with pytest.raises(ValueError, match="not a number"):
        number("12.34", ",")


def test_digits_of_other_scripts_are_digits() -> None:
    assert number("１２") == number("٣٤") - 22 == 12


amounts = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=4, allow_nan=False, allow_infinity=False)


@given(amounts, st.sampled_from(LOCALES))
def test_what_a_locale_writes_is_read_back(amount: Decimal, name: str) -> None:
    locale = Locale.parse(name)
    written = format_decimal(amount, "#,##0.####", locale=locale).replace("\u2212", "-")
    assert number(written, get_decimal_symbol(locale)) == amount


@given(amounts)
def test_plain_digits_are_read_back_exactly(amount: Decimal) -> None:
    assert number(str(amount)) == amount
    assert str(number(f"{amount:f}")) == f"{amount:f}".replace("-0.0000", "-0.0000")
