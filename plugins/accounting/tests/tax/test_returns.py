"""Tax returns: which amount goes into which box, and what the totals come to."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.tax.compute import TaxableLine, compute
from plugins.accounting.domain.tax.jurisdiction import load
from plugins.accounting.domain.tax.returns import Entered, boxes_of, entered, fill, unplaced

DAY = date(2026, 3, 31)


def documents(code: str, *lines: tuple[str, str, bool], day: date = DAY) -> list[Entered]:
    """Documents of one line each: tax or group, amount, whether it is a credit note."""
    found: list[Entered] = []
    for number, (tax, amount, credit) in enumerate(lines):
        taxed = compute([TaxableLine(Decimal(amount), load(code).on(tax, day))])
        found += entered(taxed.taxes, credit_note=credit, source=f"document {number}")
    return found


def filled(code: str, amounts: list[Entered]) -> dict[str, Decimal]:
    return {each.box.code: each.reported for each in fill(load(code).tax_return.boxes, amounts)}


def some(values: dict[str, Decimal], *codes: str) -> list[str]:
    return [f"{values[code]:f}" for code in codes]


def test_s1_invoices_and_credit_notes_fill_codes_of_their_own() -> None:
    invoice = documents("generic", ("sale_standard", "200", False))
    assert some(filled("generic", invoice), "S1", "S2", "S3", "S4") == ["200.00", "20.00", "0.00", "0.00"]
    both = filled("generic", [*invoice, *documents("generic", ("sale_standard", "200", True))])
    assert some(both, "S1", "S2", "S3", "S4", "N3") == ["200.00", "20.00", "200.00", "20.00", "0.00"]


def test_a_uk_return_has_its_nine_boxes() -> None:
    values = filled(
        "gb",
        documents(
            "gb",
            ("gb_s_standard", "1000.60", False),
            ("gb_s_standard", "100", True),
            ("gb_s_zero", "50.75", False),
            ("gb_p_standard", "300", False),
            ("gb_p_car_lease", "100", False),
            ("gb_p_services_abroad", "200", False),
            ("gb_p_construction", "80", False),
            ("gb_p_eu_goods", "40", False),
            ("gb_s_eu_goods", "70.99", False),
        ),
    )
    # 1: 200.12 − 20 + 40 + 16; 4: 60 + 10 + 40 + 16 + 8; 6: 1000.60 − 100 + 50.75 + 200 + 70.99; pence left out from 6 to 9.
    assert some(values, *"123456789") == ["236.12", "8.00", "244.12", "134.00", "110.12", "1222", "720", "70", "40"]


def test_box_5_of_a_uk_return_shows_a_repayment_without_a_sign() -> None:
    values = filled("gb", documents("gb", ("gb_p_standard", "500", False)))
    assert some(values, "3", "4", "5") == ["0.00", "100.00", "100.00"]


def test_a_german_return_computes_tax_from_whole_euros_of_the_base() -> None:
    values = filled(
        "de",
        documents(
            "de",
            ("de_u_19", "1000.90", False),
            ("de_u_7", "500.50", False),
            ("de_u_igl", "300", False),
            ("de_v_19", "200", False),
            ("de_v_ige_19", "100", False),
            ("de_v_13b_eu", "50", False),
        ),
    )
    assert some(values, "81", "86", "41", "89", "46", "47") == ["1000", "500", "300", "100", "50", "9.50"]
    assert some(values, "66", "61", "67") == ["38.00", "19.00", "9.50"]
    # 190.00 + 35.00 + 19.00 + 9.50 − 38.00 − 19.00 − 9.50
    assert values["83"] == Decimal("187.00")


def test_german_rates_of_the_second_half_of_2020_go_into_the_boxes_of_other_rates() -> None:
    values = filled("de", documents("de", ("de_u_19", "1000", False), ("de_u_7", "100", False), day=date(2020, 9, 1)))
    assert some(values, "81", "86", "35", "36", "83") == ["0", "0", "1100", "165.00", "165.00"]


def test_a_french_return_shows_what_is_due_or_the_credit_in_whole_euros() -> None:
    lines = (("fr_c_20", "1000.40", False), ("fr_c_55", "200", False), ("fr_d_20", "100", False), ("fr_d_20_essence", "50", False))
    values = filled("fr", documents("fr", *lines, ("fr_d_acquisition_ue", "300", False)))
    assert some(values, "A1", "08", "08T", "09", "09T") == ["1200", "1300", "260", "200", "11"]
    assert some(values, "B2", "17", "16", "20", "23", "25", "28") == ["300", "60", "271", "88", "88", "0", "183"]
    credit = filled("fr", documents("fr", ("fr_d_20", "100", False)))
    assert some(credit, "25", "28") == ["20", "0"]


def test_new_york_city_is_three_taxes_of_one_sale_and_use_tax_is_owed() -> None:
    amounts = documents("us", ("nyc", "100", False), ("ny_use", "50", False), ("ny_exempt", "30", False))
    assert some(filled("us", amounts), "NY-1", "NY-2", "NY-3", "NY-4") == ["30.00", "100.00", "50.00", "10.88"]


def test_each_figure_tells_which_documents_it_comes_from() -> None:
    amounts = documents("gb", ("gb_s_standard", "100", False), ("gb_s_standard", "50", True))
    box_1 = fill(load("gb").tax_return.boxes, amounts)[0]
    assert [(each.source, each.amount) for each in box_1.entered] == [("document 0", Decimal(20)), ("document 1", Decimal(-10))]
    assert box_1.exact == sum(each.amount for each in box_1.entered)


def test_an_amount_for_a_box_that_the_form_does_not_have_is_told_and_not_lost() -> None:
    amounts = documents("de", ("de_u_19", "100", False))
    assert unplaced(load("gb").tax_return.boxes, amounts) == amounts
    assert boxes_of(load("de").on("de_u_19", DAY)) == {"81"}


@pytest.mark.parametrize(("code", "codes"), [("gb", "123456789"), ("fr", ["A1", "08", "16", "20", "28"]), ("de", ["81", "86", "66", "83"])])
def test_the_forms_have_the_boxes_that_people_know(code: str, codes: list[str] | str) -> None:
    assert set(codes) <= {box.code for box in load(code).tax_return.boxes}
