"""E-mail addresses, telephone numbers, web sites, postcodes, countries and identifiers."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.contacts.domain.countries import countries, country_name, read_country
from plugins.contacts.domain.identifiers import SCHEMES, possible_identifiers, read_identifier, show_identifier
from plugins.contacts.domain.points import phone_words, read_email, read_phone, read_website, show_phone
from plugins.contacts.domain.postcodes import example_postcode, read_postcode, restore_zeros

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada@Example.COM ", "ada@example.com"),
        ("Ada <ada@x.de>", "ada@x.de"),
        ("mailto:a@b.co", "a@b.co"),
        ("ü@münchen.de", "ü@münchen.de"),
    ],
)
def test_an_email_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert read_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["a", "a@b", "a b@c.de", "a@@b.de", "@b.de", "a@-b.de", "a@1.2.3.4", "a,b@c.de", f"{'x' * 65}@a.de", "a@b..de"]
)
def test_what_is_no_email_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        read_email(typed)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("020 7946 0018", "GB", "+442079460018"),
        ("06 12345678", "IT", "+390612345678"),
        ("0171/1234567", "DE", "+491711234567"),
        ("0044 20 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("tel:+1-418-656-9254;ext=102", "", "+14186569254;ext=102"),
        ("555-625-1199", "US", "+15556251199"),
    ],
)
def test_a_telephone_number_is_kept_as_e164(typed: str, country: str, kept: str) -> None:
    assert read_phone(typed, country) == kept
    assert read_phone(show_phone(kept), country) == kept


@pytest.mark.parametrize(("typed", "country"), [("call me", "GB"), ("112", "GB"), ("12345678", ""), ("+999 1234567", ""), ("*100#", "DE")])
def test_what_is_no_telephone_number_is_refused(typed: str, country: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_phone(typed, country)


def test_a_telephone_number_can_be_found_as_it_is_dialled() -> None:
    assert phone_words("+442079460018") == ("+442079460018", "02079460018")


@given(st.sampled_from(["GB", "DE", "US", "FR", "IT"]), st.from_regex(r"0?[1-9][0-9]{8,9}", fullmatch=True))
def test_a_telephone_number_is_normalised_once_and_for_all(country: str, digits: str) -> None:
    try:
        kept = read_phone(digits, country)
    except ValueError:
        return
    assert read_phone(kept, "JP") == kept
    assert read_phone(show_phone(kept), "JP") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Example.com/Shop", "https://example.com/Shop"), ("HTTP://X.de/", "http://x.de"), ("www.x.de?q=1#a", "https://www.x.de?q=1#a")],
)
def test_a_web_site_has_its_scheme(typed: str, kept: str) -> None:
    assert read_website(typed) == kept == read_website(kept)


@pytest.mark.parametrize("typed", ["x", "ftp://x.de", "javascript:alert(1)", "https://me@x.de", "http://x.de:99999", "https://x.de/a b"])
def test_what_is_no_web_site_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        read_website(typed)


def test_countries_are_those_of_iso_3166_and_are_understood_in_many_words() -> None:
    assert len(countries()) == 250  # 249 of ISO 3166-1 and Kosovo, which CLDR has with a code of its own
    assert all(read_country(country_name(code)) == code for code in countries())
    for typed, code in [
        ("Deutschland", "DE"),
        ("GBR", "GB"),
        ("usa", "US"),
        ("Países Bajos", "NL"),
        ("Großbritannien", "GB"),
        ("fr", "FR"),
    ]:
        assert read_country(typed) == code
    with pytest.raises(ValueError, match="not a country"):
        read_country("Atlantis")


def test_a_postcode_is_written_as_its_country_does() -> None:
    for code in countries():
        if example := example_postcode(code):
            assert read_postcode(example, code) == example
            assert read_postcode(example.replace(" ", "").replace("-", "").lower(), code) == example
    assert read_postcode("anything 7", "TO") == "ANYTHING 7"
    with pytest.raises(ValueError, match="12345"):
        read_postcode("1234", "DE")


def test_zeros_that_a_spreadsheet_has_dropped_come_back() -> None:
    assert (restore_zeros("1067", "DE"), restore_zeros("2139", "US"), restore_zeros("800", "CH")) == ("01067", "02139", "0800")
    assert (restore_zeros("1067", "AT"), restore_zeros("50667", "DE"), restore_zeros("12", "DE")) == ("1067", "50667", "12")


@pytest.mark.parametrize("key", SCHEMES)
def test_an_identifier_comes_back_from_how_it_is_shown(key: str) -> None:
    scheme = SCHEMES[key]
    kept = read_identifier(key, scheme.example, scheme.country)
    assert read_identifier(key, kept, scheme.country) == kept
    assert read_identifier(key, show_identifier(key, kept), scheme.country) == kept
    assert (key, kept) in possible_identifiers(show_identifier(key, kept), scheme.country)


SURE = (
    "vat",
    "iban",
    "lei",
    "gln",
    "npi",
    "siren",
    "siret",
    "abn",
    "be_enterprise",
    "ch_uid",
    "dk_cvr",
    "fi_ytunnus",
    "no_orgnr",
    "se_orgnr",
)


@given(st.sampled_from(SURE), st.data())
def test_one_wrong_digit_is_always_caught_by_schemes_whose_check_digits_promise_it(key: str, data: st.DataObject) -> None:
    kept = read_identifier(key, SCHEMES[key].example, SCHEMES[key].country)
    place = data.draw(st.sampled_from([place for place, each in enumerate(kept) if each.isdecimal()]))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != kept[place]]))
    with pytest.raises(ValueError, match="“"):
        read_identifier(key, kept[:place] + digit + kept[place + 1 :], SCHEMES[key].country)


@pytest.mark.parametrize("vector", list(csv.DictReader((DATA / "npi_vectors.csv").read_text().splitlines())), ids=lambda each: each["npi"])
def test_national_provider_identifiers_are_told_right_from_wrong(vector: dict[str, str]) -> None:
    if vector["valid"] == "yes":
        assert read_identifier("npi", vector["npi"]) == vector["npi"]
    else:
        with pytest.raises(ValueError, match="“"):
            read_identifier("npi", vector["npi"])


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("980 7806 84", "GB", "GB980780684"),
        ("DE 136 695 976", "GB", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("XI 980 7806 84", "", "XI980780684"),
        ("CHE-107.787.577 IVA", "", "CHE107787577"),
        ("NO 995 525 828 MVA", "", "NO995525828MVA"),
        ("ATU13585627", "", "ATU13585627"),
    ],
)
def test_vat_numbers_of_many_countries_are_kept_with_their_country(typed: str, country: str, kept: str) -> None:
    assert read_identifier("vat", typed, country) == kept


def test_wrong_check_digits_are_told_as_such() -> None:
    with pytest.raises(ValueError, match="check digits"):
        read_identifier("vat", "DE136695975")
    with pytest.raises(ValueError, match="two letters of its country"):
        read_identifier("vat", "123456789")
