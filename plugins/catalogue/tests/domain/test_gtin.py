"""Which barcodes are right, and when two are the same."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.gtin import (
    BarcodeKind,
    WrongBarcode,
    bare,
    check,
    expand_upc_e,
    gtin14,
    read_barcode,
    with_zeros,
)

FOOD = Path(__file__).parents[2] / "demo" / "open_food_facts.csv"
payloads = st.text("0123456789", min_size=7, max_size=13).filter(lambda digits: len(digits) in (7, 11, 12, 13) and digits.strip("0") != "")


def with_check(payload: str) -> str:
    return payload + check(f"{payload}0").expected


def key_of(code: str) -> str:
    try:
        return read_barcode(code).key
    except WrongBarcode as wrong:
        return wrong.reason


def real_codes() -> list[str]:
    with FOOD.open(encoding="utf-8", newline="") as file:
        return [row["barcode"] for row in csv.DictReader(file)]


def test_the_real_catalogue_yields_its_known_facts() -> None:
    codes, right, wrong = real_codes(), [], {}
    for code in codes:
        try:
            right.append(read_barcode(code))
        except WrongBarcode as found:
            wrong[code] = found
    assert len(codes) == 2861
    assert Counter(map(len, codes)) == {13: 2819, 8: 41, 6: 1}
    assert list(wrong) == ["380706"]
    assert wrong["380706"].reason == "length"
    assert "380706 has 6 digits; a barcode (GTIN) has 8, 12, 13 or 14" in wrong["380706"].message
    assert len({each.key for each in right}) == len(right) == 2860
    assert sum(each.kind is BarcodeKind.IN_STORE for each in right) == 11
    assert sum(len(each.code) == 13 and each.kind is BarcodeKind.GTIN_12 for each in right) == 976


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("96385074", BarcodeKind.GTIN_8, "00000096385074"),
        ("036000291452", BarcodeKind.GTIN_12, "00036000291452"),
        ("0036000291452", BarcodeKind.GTIN_12, "00036000291452"),
        ("4006381333931", BarcodeKind.GTIN_13, "04006381333931"),
        ("4 006381 333931", BarcodeKind.GTIN_13, "04006381333931"),
        ("10614141000415", BarcodeKind.GTIN_14, "10614141000415"),
        ("04006381333931", BarcodeKind.GTIN_13, "04006381333931"),
        ("978-0-306-40615-7", BarcodeKind.ISBN, "09780306406157"),
        ("0-306-40615-2", BarcodeKind.ISBN, "09780306406157"),
        ("080442957X", BarcodeKind.ISBN, "09780804429573"),
        ("2110001012341", BarcodeKind.IN_STORE, "02110001012341"),
        ("0200001234569", BarcodeKind.IN_STORE, "00200001234569"),
        ("20123451", BarcodeKind.IN_STORE, "00000020123451"),
        ("ABC-123", BarcodeKind.INTERNAL, "ABC-123"),
        ("abc-123", BarcodeKind.INTERNAL, "ABC-123"),
        ("４００６３８１３３３９３１", BarcodeKind.GTIN_13, "04006381333931"),
    ],
)
def test_a_right_code_is_read_as_what_it_is(code: str, kind: BarcodeKind, key: str) -> None:
    read = read_barcode(code)
    assert (read.kind, read.key) == (kind, key)


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        ("", "empty", "Enter a barcode"),
        ("4006381333930", "check digit", "the last digit should be 1, not 0"),
        ("96385075", "check digit", "the last digit should be 4, not 5"),
        ("40063813339", "length", "has 11 digits"),
        ("7", "length", "has 1 digit;"),
        ("00000000", "restricted", "all zeros"),
        ("9812345005005", "restricted", "a coupon"),
        ("9800000000007", "restricted", "a refund receipt"),
        ("4,00638E+12", "characters", "A spreadsheet has rounded this code"),
        ("straße", "characters", "ASCII"),
        ("a;b", "characters", "ASCII"),
        ("x" * 49, "characters", "at most 48"),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(code: str, reason: str, told: str) -> None:
    with pytest.raises(WrongBarcode) as found:
        read_barcode(code)
    assert found.value.reason == reason
    assert told in found.value.message


def test_digits_that_are_no_gtin_pass_only_as_a_code_of_ones_own() -> None:
    assert read_barcode("380706", internal=True).kind is BarcodeKind.INTERNAL
    with pytest.raises(WrongBarcode):
        read_barcode("9812345005005", internal=True)


def test_zeros_that_a_spreadsheet_has_taken_come_back_when_the_check_digit_says_so() -> None:
    assert read_barcode("36000291452", zeros=True).key == read_barcode("036000291452").key
    with pytest.raises(WrongBarcode):
        read_barcode("36000291453", zeros=True)
    with pytest.raises(WrongBarcode):
        read_barcode("36000291452")


@given(payloads)
def test_codes_with_the_right_check_digit_are_right_and_no_other_digit_is(payload: str) -> None:
    code = with_check(payload)
    assert key_of(code) in (gtin14(code), "restricted")
    for digit in "0123456789":
        if digit != code[-1]:
            with pytest.raises(WrongBarcode, match=f"should be {code[-1]}, not {digit}"):
                read_barcode(payload + digit)


@given(payloads, st.integers(0, 6))
def test_zeros_in_front_never_make_another_barcode(payload: str, zeros: int) -> None:
    code = with_check(payload)
    longer = "0" * zeros + code
    if len(longer) in (8, 12, 13, 14):
        assert key_of(longer) == key_of(code)
    assert check(longer).expected == code[-1]
    assert gtin14(with_zeros(code)) == gtin14(code)


@given(payloads, st.lists(st.integers(1, 12), max_size=3))
def test_spaces_and_hyphens_between_digits_do_not_count(payload: str, places: list[int]) -> None:
    printed = code = with_check(payload)
    for place in places:
        printed = f"{printed[:place]}-{printed[place:]}" if 0 < place < len(printed) else printed
    assert bare(printed) == code


@pytest.mark.parametrize(
    ("short", "full"),
    [("04252614", "042100005264"), ("01234565", "012345000065"), ("04965802", "049000006582"), ("04252615", None), ("24252614", None)],
)
def test_a_upc_e_stands_for_its_twelve_digits(short: str, full: str | None) -> None:
    assert expand_upc_e(short) == full
