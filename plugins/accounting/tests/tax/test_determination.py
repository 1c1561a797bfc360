"""Which taxes stand on what is sold to whom, and bought from whom: by the laws that the jurisdictions name."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounting.domain.tax.determination import EU, FiscalPosition, Partner, TaxCategory, Where, in_eu, position_for
from plugins.accounting.domain.tax.jurisdiction import Jurisdiction, codes, completed, load, problems_of
from plugins.accounting.domain.tax.model import Use
from weft import Invalid

DAY = date(2026, 3, 16)
BUSINESS = {"organisation": True}


def taxed(
    system: str, partner: Partner, use: Use = Use.SALE, *, kind: str = "goods", category: str = "", day: date = DAY
) -> tuple[str, ...]:
    found = load(system)
    position = position_for(found.positions, partner, found.country, day)
    return found.usual(category, use, position, kind)  # type: ignore[arg-type]  # two literals from parameters of a test


@pytest.mark.parametrize(
    ("country", "vat", "organisation", "goods", "service"),
    [
        ("DE", "DE136695976", True, "de_u_19", "de_u_19"),
        ("DE", "", False, "de_u_19", "de_u_19"),
        ("", "", True, "de_u_19", "de_u_19"),  # nothing is known: as at home
        ("FR", "FR40303265045", True, "de_u_igl", "de_u_eu_leistung"),  # UStG § 6a, § 3a Abs. 2
        ("", "FR40303265045", True, "de_u_igl", "de_u_eu_leistung"),  # its number says where it is
        ("GR", "EL094259216", True, "de_u_igl", "de_u_eu_leistung"),  # Greece writes EL
        ("MC", "FR40303265045", True, "de_u_igl", "de_u_eu_leistung"),  # Monaco is France (Directive 2006/112/EC, article 7)
        ("FR", "", True, "de_u_19", "de_u_19"),  # no number, no exemption (UStG § 6a Abs. 1 Nr. 4)
        ("FR", "DE136695976", True, "de_u_19", "de_u_19"),  # a number of home does not make it a business there
        ("FR", "", False, "de_u_19", "de_u_19"),
        ("GB", "GB980780684", True, "de_u_ausfuhr", "de_u_nicht_steuerbar"),
        ("CH", "", True, "de_u_ausfuhr", "de_u_nicht_steuerbar"),
        ("CH", "", False, "de_u_ausfuhr", "de_u_19"),  # UStG § 3a Abs. 1
    ],
)
def test_a_german_seller_taxes_by_where_and_what_the_buyer_is(country: str, vat: str, organisation: bool, goods: str, service: str) -> None:
    partner = Partner(country, vat, organisation)
    assert taxed("de", partner) == (goods,)
    assert taxed("de", partner, kind="service") == (service,)


@pytest.mark.parametrize(
    ("system", "country", "vat", "kind", "code"),
    [
        ("de", "AT", "ATU13585627", "goods", "de_v_ige_19"),
        ("de", "AT", "ATU13585627", "service", "de_v_13b_eu"),
        ("de", "US", "", "service", "de_v_13b"),
        ("de", "US", "", "goods", "de_v_0"),  # the customs office asks for the import tax, not the vendor
        ("fr", "DE", "DE136695976", "goods", "fr_d_acquisition_ue"),
        ("fr", "DE", "DE136695976", "service", "fr_d_services_ue"),
        ("gb", "DE", "DE136695976", "service", "gb_p_services_abroad"),
        ("gb", "DE", "DE136695976", "goods", "gb_p_import_postponed"),
        ("gb", "GB", "GB980780684", "goods", "gb_p_standard"),
    ],
)
def test_a_buyer_owes_the_tax_of_what_comes_from_abroad(system: str, country: str, vat: str, kind: str, code: str) -> None:
    assert taxed(system, Partner(country, vat, organisation=True), Use.PURCHASE, kind=kind) == (code,)


def test_before_brexit_ended_the_united_kingdom_was_in_the_union() -> None:
    london = Partner("GB", "GB980780684", organisation=True)
    assert taxed("de", london, day=date(2020, 12, 31)) == ("de_u_igl",)
    assert taxed("de", london, day=date(2021, 1, 1)) == ("de_u_ausfuhr",)
    assert in_eu("HR", date(2013, 7, 1))
    assert not in_eu("HR", date(2013, 6, 30))


def test_a_reduced_rate_abroad_is_what_it_becomes_and_what_is_exempt_stays_exempt() -> None:
    paris = Partner("FR", "FR40303265045", organisation=True)
    assert taxed("de", paris, category="reduced") == ("de_u_igl",)
    assert taxed("de", paris, Use.PURCHASE, category="reduced") == ("de_v_ige_7",)
    assert taxed("de", paris, category="exempt") == ("de_u_frei",)


def test_an_unknown_category_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid, match="reduced, zero, exempt"):
        load("de").category("luxury")
    assert load("de").category(" Reduced ").key == "reduced"


@given(
    system=st.sampled_from(codes()),
    country=st.sampled_from([*EU, "CH", "US", "JP", "MC", ""]),
    number=st.sampled_from(["", "DE136695976", "FR40303265045", "EL094259216", "GB980780684"]),
    organisation=st.booleans(),
    kind=st.sampled_from(["goods", "service"]),
    day=st.dates(date(2023, 1, 1), date(2030, 12, 31)),
)
def test_whoever_buys_or_sells_each_line_gets_taxes_of_its_side_that_hold_on_the_day(
    system: str, country: str, number: str, organisation: bool, kind: str, day: date
) -> None:
    found = load(system)
    for category in found.categories:
        for use in Use:
            for code in taxed(system, Partner(country, number, organisation), use, kind=kind, category=category.key, day=day):
                assert {tax.use for tax in found.on(code, day)} == {use}


def broken(**changes: object) -> list[str]:
    return problems_of(msgspec.structs.replace(load("generic"), **changes))


def test_categories_and_positions_that_cannot_be_are_told_by_name() -> None:
    usual = TaxCategory(key="", title="Usual", sale=("sale_standard",))
    assert broken(categories=(usual, usual)) == ["The tax category “” is there twice."]
    assert "no usual tax category" in broken(categories=(TaxCategory(key="reduced", title="Reduced"),))[0]
    assert "no_tax" in broken(categories=(msgspec.structs.replace(usual, sale=("no_tax",)),))[0]
    assert "tax on purchases" in broken(categories=(msgspec.structs.replace(usual, sale=("purchase_standard",)),))[0]
    crossed = FiscalPosition(code="x", title="X", where=Where.ABROAD, goods={"sale_standard": ("purchase_reverse",)})
    assert "in place of each other" in broken(positions=(crossed,))[0]


def test_taxes_kept_before_there_were_categories_get_the_usual_ones_unless_their_taxes_are_gone() -> None:
    ours = load("gb")
    old = msgspec.structs.replace(ours, categories=(), positions=())
    assert completed(old) == ours
    own = msgspec.structs.replace(old, taxes=ours.taxes[:1])
    assert completed(own) == own
    foreign: Jurisdiction = msgspec.structs.replace(old, code="zz")
    assert completed(foreign) == foreign
