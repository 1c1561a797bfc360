"""Names, weights, countries, descriptions, and what spreadsheets do to text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.countries import find_country
from plugins.catalogue.domain.html_text import html_text
from plugins.catalogue.domain.limits import wrong_number
from plugins.catalogue.domain.measures import read_weight
from plugins.catalogue.domain.naming import code_of, folded, search_text, tags_of, tidy, tidy_lines
from plugins.catalogue.domain.spreadsheets import guarded, unguarded
from weft import Invalid


def test_names_are_compared_without_case_accents_and_ligatures() -> None:
    assert folded("CRÈME  Brûlée") == "creme brulee"
    assert folded("Straße") == "strasse"
    assert folded("Łódź Øl Æbler") == "lodz ol aebler"
    assert folded("กาแฟ") == "กาแฟ"  # vowel signs of other scripts are letters
    assert folded("İstanbul") == folded("istanbul")


def test_every_searched_word_has_a_space_before_it() -> None:
    assert (
        search_text("Crème brûlée", "", "P-1", "4006381333931", "04006381333931", "P-1") == " creme brulee p-1 4006381333931 04006381333931"
    )


def test_text_loses_control_characters_and_stray_spaces() -> None:
    assert tidy(" a\x00 \t b\ud800 ") == "a b"
    assert tidy_lines("one \r\n two\x07\n\n") == "one\n two"


def test_tags_are_read_once_each() -> None:
    assert tags_of("Vegan, new; vegan ,, Old ") == ("Vegan", "new", "Old")


def test_a_code_of_a_name_is_latin_capitals_and_digits() -> None:
    assert code_of("Größe 12 ½") == "GROSSE1212"
    assert code_of("大") == ""


@given(st.text(max_size=30))
def test_text_comes_back_from_a_spreadsheet_as_it_went_out(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize(
    ("text", "unit", "result"),
    [
        ("500 g", "", (Decimal(500), "g")),
        ("1,5", "kg", (Decimal("1.5"), "kg")),
        ("0.25kg", "", (Decimal("0.25"), "kg")),
        ("12", "", (Decimal(12), "kg")),
        ("2 lbs.", "", (Decimal(2), "lb")),
        ("3 oz", "g", (Decimal(3), "oz")),
    ],
)
def test_weights_are_read_as_people_write_them(text: str, unit: str, result: tuple[Decimal, str]) -> None:
    assert read_weight(text, unit) == result


@pytest.mark.parametrize("text", ["heavy", "12 stone", "-1 g", "1,234 g"])
def test_what_is_no_weight_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid):
        read_weight(text)


def test_countries_are_found_by_letters_and_by_names_in_several_languages() -> None:
    assert [find_country(text) for text in ("gb", "Deutschland", "Germany", "Suisse", "España", "UK")] == [
        "GB",
        "DE",
        "DE",
        "CH",
        "ES",
        "GB",
    ]
    assert find_country("Atlantis") == find_country("ZZ") == find_country("") == ""


def test_html_becomes_the_text_that_a_page_would_show() -> None:
    assert html_text("<p>Soft &amp; warm</p><script>alert(1)</script><ul><li>wool</li><li>silk</li></ul>") == "Soft & warm\n• wool\n• silk"
    assert html_text("plain < text") == "plain < text" or html_text("plain < text").startswith("plain")
    assert html_text("5 m long") == "5 m long"


def test_numbers_have_limits() -> None:
    assert wrong_number(None) == wrong_number(Decimal("0.000001")) == ""
    assert "or more" in wrong_number(Decimal("-0.01"))
    assert "more than 0" in wrong_number(Decimal(0), above_zero=True)
    assert "6 decimals" in wrong_number(Decimal("0.0000001"))
    assert "at most" in wrong_number(Decimal("1e15"))
    assert "number" in wrong_number(Decimal("Infinity"))
