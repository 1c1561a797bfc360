"""Jurisdictions as data: each of ours is whole, rates hold on their days, and wrong data is refused with what is wrong."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest

from plugins.accounting.domain.tax.compute import Per, TaxRounding
from plugins.accounting.domain.tax.jurisdiction import codes, load, problems_of, read_jurisdiction
from weft import Invalid, is_currency

ALL = codes()


def test_ours_are_the_four_countries_and_a_generic_one() -> None:
    assert set(ALL) == {"de", "fr", "gb", "generic", "us"}


@pytest.mark.parametrize("code", ALL)
def test_each_is_whole_and_survives_the_way_to_text_and_back(code: str) -> None:
    found = load(code)
    assert problems_of(found) == []
    assert read_jurisdiction(msgspec.json.encode(found)) == found
    assert not found.currency or is_currency(found.currency)
    assert found.sources
    assert all(tax.law for tax in found.taxes)


@pytest.mark.parametrize("code", ALL)
def test_each_box_is_filled_by_a_tax_or_is_a_total(code: str) -> None:
    found = load(code)
    reached = {rule.box for tax in found.taxes for rates in (tax.boxes, *(rate.boxes or () for rate in tax.rates)) for rule in rates}
    assert {box.code for box in found.tax_return.boxes if not box.terms} <= reached


@pytest.mark.parametrize("code", ALL)
def test_no_day_has_two_rates_of_one_tax(code: str) -> None:
    for tax in load(code).taxes:
        for one, other in pairwise(sorted(tax.rates, key=lambda rate: rate.valid_from)):
            assert one.valid_to is not None
            assert one.valid_to < other.valid_from
        assert tax.on(tax.rates[-1].valid_from).code == tax.code


@pytest.mark.parametrize(
    ("code", "tax", "day", "rate"),
    [
        ("gb", "gb_s_standard", date(2008, 11, 30), "17.5"),
        ("gb", "gb_s_standard", date(2008, 12, 1), "15"),
        ("gb", "gb_s_standard", date(2011, 1, 3), "17.5"),
        ("gb", "gb_s_standard", date(2011, 1, 4), "20"),
        ("de", "de_u_19", date(2006, 12, 31), "16"),
        ("de", "de_u_19", date(2020, 6, 30), "19"),
        ("de", "de_u_19", date(2020, 7, 1), "16"),
        ("de", "de_u_7", date(2020, 12, 31), "5"),
        ("de", "de_u_19", date(2021, 1, 1), "19"),
        ("fr", "fr_c_20", date(2013, 12, 31), "19.6"),
        ("fr", "fr_c_20", date(2014, 1, 1), "20"),
        ("fr", "fr_c_10", date(2013, 12, 31), "7"),
        ("fr", "fr_c_55", date(2026, 1, 1), "5.5"),
        ("us", "us_withholding_24", date(2017, 12, 31), "-28"),
    ],
)
def test_the_rate_is_that_of_the_day(code: str, tax: str, day: date, rate: str) -> None:
    assert load(code).rule(tax).on(day).rate == Decimal(rate)


def test_a_day_without_a_rate_is_told() -> None:
    with pytest.raises(Invalid, match="has no rate on 2022-04-01"):
        load("gb").rule("gb_s_hospitality").on(date(2022, 3, 31) + timedelta(days=1))


def test_a_group_is_its_taxes_in_order() -> None:
    found = load("us").on("nyc", date(2026, 1, 1))
    assert [each.code for each in found] == ["ny_state", "ny_city", "ny_mctd"]
    assert sum(each.rate for each in found) == Decimal("8.875")


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(Invalid, match="no tax “vat”"):
        load("gb").on("vat", date(2026, 1, 1))
    with pytest.raises(Invalid, match="choose one of de, fr, gb, generic, us"):
        load("../gb")


def test_how_tax_is_rounded_is_part_of_the_data() -> None:
    assert load("de").rounding_rule(Decimal("0.01")) == TaxRounding(Per.DOCUMENT, Decimal("0.01"))
    assert load("gb").rounding_rule(Decimal(1)) == TaxRounding(Per.LINE, Decimal(1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data["taxes"][0].update(rates=[]), "has no rate"),
        (lambda data: data["taxes"][0]["rates"].append({"rate": "9", "valid_from": "2020-01-01"}), "still holds when"),
        (lambda data: data["taxes"][0]["rates"][0].update(valid_to="1800-01-01"), "before it begins"),
        (lambda data: data["taxes"][0]["boxes"][0].update(box="Z9"), "box Z9, which is not on the return"),
        (lambda data: data["taxes"].append(data["taxes"][0]), "is there twice"),
        (lambda data: data["tax_return"]["boxes"].append(data["tax_return"]["boxes"][0]), "Box S1 is there twice"),
        (lambda data: data["tax_return"]["boxes"].reverse(), "which is not before it"),
        (lambda data: data["groups"].append({"code": "g", "title": "G", "taxes": ["no"]}), "holds “no”, which is no tax"),
        (lambda data: data["taxes"][0].update(deductible="200"), "enter 0 to 100"),
        (lambda data: data["taxes"][0].update(colour="red"), "unknown field `colour`"),
        (lambda data: data.pop("sources"), "missing required field `sources`"),
    ],
)
def test_wrong_data_is_refused_with_what_is_wrong(change: object, sentence: str) -> None:
    data = msgspec.json.decode(msgspec.json.encode(load("generic")))
    assert callable(change)
    change(data)
    with pytest.raises(Invalid, match=sentence):
        read_jurisdiction(msgspec.json.encode(data))


def test_text_that_is_no_data_is_refused() -> None:
    with pytest.raises(Invalid, match="not the data of a jurisdiction"):
        read_jurisdiction(b"{")
