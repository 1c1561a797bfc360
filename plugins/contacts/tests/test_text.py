"""Names and search words in the forms that are compared, sorted and looked for."""

import doctest
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.contacts.domain.text import fold, match_key, search_fold, search_text, sort_name, tidy

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize("module", ["text", "points", "postcodes"])
def test_the_examples_in_the_rules_hold(module: str) -> None:
    assert doctest.testmod(import_module(f"plugins.contacts.domain.{module}")).failed == 0


@given(TEXT)
def test_every_normal_form_is_final(text: str) -> None:
    for normal in (tidy, fold, search_fold):
        assert normal(normal(text)) == normal(text), normal.__name__


@given(TEXT)
def test_case_and_accents_change_nothing(text: str) -> None:
    assert fold(text.upper()) == fold(fold(text).upper())
    assert fold(tidy(text)) == fold(text)


@given(TEXT.filter(lambda text: text.strip() != ""))
def test_what_is_sorted_by_begins_with_a_letter_or_digit_where_there_is_one(name: str) -> None:
    key = sort_name(name)
    assert key
    assert key[0].isalnum() or not any(each.isalnum() for each in fold(name))


@given(st.lists(st.sampled_from(["Müller", "Söhne", "Ålesund", "Trading", "Łódź"]), min_size=1, max_size=4).flatmap(st.permutations))
def test_the_order_of_words_does_not_matter_for_matching(words: list[str]) -> None:
    assert match_key(" ".join(words)) == match_key(" ".join(sorted(words)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller & Söhne GmbH", "SOEHNE, MUELLER GmbH & Co. KG"),
        ("Acme, Inc.", "ACME Inc"),
        ("Dubois S.A.R.L.", "DUBOIS SARL"),
        ("Lovelace, Ada", "Ada Lovelace"),
        ("O'Brien Ltd", "OBrien Limited"),
    ],
)
def test_names_of_one_party_match(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


def test_a_name_that_is_nothing_but_a_legal_form_still_has_a_key() -> None:
    assert match_key("Co") == "co"


@given(st.lists(TEXT, max_size=4))
def test_every_word_can_be_found_and_has_a_space_before_it(parts: list[str]) -> None:
    text = search_text(*parts)
    assert all(f" {word}" in text for part in parts for word in fold(part).split())


def test_a_telephone_number_is_found_however_it_is_grouped() -> None:
    assert search_fold("(020) 7946-0018") == "020 79460018"
    assert search_fold("j.smith-2@example.com") == "j.smith-2@example.com"
