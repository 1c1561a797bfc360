"""What scanners send, read as it is meant."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalogue.domain.instore import read_patterns
from plugins.catalogue.domain.scanning import Rules, ScanKind, read_scan
from weft import Invalid

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "scan_vectors.json").read_text())
RULES = Rules(read_patterns("21PPPPPWWWWWC, 22PPPPPVVVVVC"))
# What the vectors call a kind beyond its name here.
_KINDS = {"coupon/refund receipt 98": ScanKind.COUPON, "GS1 element string with symbology identifier": ScanKind.MESSAGE}
_REASONS = {"not numeric: SKU look-up": "not numeric", "restricted: must not be looked up as a product": "restricted"}


def test_there_are_seventeen_vectors() -> None:
    assert len(VECTORS) == 17


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["scan"] or "empty")
def test_every_vector_is_read_as_it_says(vector: dict[str, Any]) -> None:
    read = read_scan(vector["scan"], RULES)
    assert read.kind == _KINDS.get(vector["kind"], vector["kind"])
    assert read.gtin14 == vector["gtin14"] if "gtin14" in vector else True
    assert {each.ai: each.text for each in read.elements} == vector.get("ai", {})
    assert read.item == vector.get("item", "")
    assert read.weight_kg == (Decimal(vector["weight_kg"]) if "weight_kg" in vector else read.weight_kg)
    assert read.price == (Decimal(vector["price"]) if "price" in vector else read.price)
    assert read.reason == _REASONS.get(vector.get("why", ""), vector.get("why", read.reason))
    if read.kind in (ScanKind.INVALID, ScanKind.COUPON, ScanKind.SSCC):
        assert read.why.endswith(".")
        assert read.gtin14 == ""


def test_a_coupon_and_a_pallet_are_never_looked_up() -> None:
    assert read_scan("9812345005005").keys == ()
    assert read_scan("00106141412345678908").keys == ()


def test_a_weighed_item_is_found_by_its_own_code_and_by_its_code_without_the_weight() -> None:
    assert read_scan("2110001012341", RULES).keys == ("02110001012341", "02110001000003", "10001")


def test_a_wrong_check_digit_inside_of_gs1_data_is_told() -> None:
    read = read_scan("0104012345678902310200123415250101")
    assert (read.kind, read.reason) == (ScanKind.INVALID, "check digit")
    assert "should be 1, not 2" in read.why


def test_a_price_in_an_in_store_code_is_in_the_smallest_amount_of_the_currency() -> None:
    yen = Rules(RULES.patterns, Decimal(1))
    assert read_scan("2210001002998", yen).price == Decimal(299)


def test_a_upc_e_is_read_as_the_upc_a_it_stands_for() -> None:
    assert read_scan("04252614").gtin14 == "00042100005264"


def test_data_from_a_scanner_that_sends_no_separators_is_read_as_far_as_it_goes() -> None:
    read = read_scan("010401234567890110ABC123")
    assert (read.kind, read.gtin14, read.element("10")) == (ScanKind.MESSAGE, "04012345678901", "ABC123")
    assert read_scan("0104012345678902-A").kind is ScanKind.INTERNAL  # its check digit says that it is none


def test_data_in_brackets_is_read_as_people_print_it() -> None:
    read = read_scan("(01)04012345678901(10)ABC123")
    assert (read.gtin14, read.element("10")) == ("04012345678901", "ABC123")


@pytest.mark.parametrize("text", ["https://example.com/", "http://[", "]C1", "]C199", "(01)", "\x1d", "01" * 20])
def test_what_cannot_be_read_says_why(text: str) -> None:
    read = read_scan(text)
    assert read.kind is ScanKind.INVALID
    assert read.why


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_scan(text, RULES)
    assert read.kind in ScanKind
    assert read.why or read.keys


@pytest.mark.parametrize("text", ["21PPPPPWWWWW", "31PPPPPWWWWWC", "21PPPPPXXXXXC", "21PPPWWWWC"])
def test_a_pattern_that_does_not_make_thirteen_digits_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is no pattern"):
        read_patterns(text)
