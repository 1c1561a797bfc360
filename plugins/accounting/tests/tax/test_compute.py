"""What a tax comes to: the cases of the field's reference engines, and cases of our own where they say nothing."""

from decimal import Decimal

import pytest

from plugins.accounting.domain.amounts import Rounding
from plugins.accounting.domain.tax.compute import Per, TaxRounding, compute
from plugins.accounting.domain.tax.model import Tax
from weft import Invalid

from .taxes import amounts, decimals, division, fixed, line, one, tax


def test_s17_a_price_that_holds_its_tax_is_split_so_that_both_parts_add_up() -> None:
    taxed = one("124.40", tax("8", included=True))
    assert (taxed.net, taxed.tax, taxed.gross) == tuple(decimals("115.19", "9.21", "124.40"))


def test_s17_an_excluded_tax_is_computed_on_the_net_behind_an_included_one() -> None:
    taxed = one(2300, tax("15"), tax("5.5", included=True))
    assert (taxed.net, amounts(taxed), taxed.gross) == (Decimal("2180.09"), decimals("327.01", "119.91"), Decimal("2627.01"))


def test_s17_withholding_lowers_the_total_and_a_compound_tax_raises_the_next_ones_base() -> None:
    taxed = one(50, tax("-20"), tax("4", raises_base=True), tax("22"))
    assert (amounts(taxed), taxed.gross) == (decimals("-10", "2", "11.44"), Decimal("53.44"))
    assert [each.base for each in taxed.taxes] == decimals("50", "50", "52")
    assert [each.tax.is_withheld for each in taxed.taxes] == [True, False, False]


def test_s17_where_whole_units_are_the_smallest_amount_included_and_excluded_are_not_always_inverse() -> None:
    nineteen = tax("19", included=True)
    assert [(each.net, each.tax) for each in (one(27_000, nineteen, step="1"), one(10_920, nineteen, step="1"))] == [
        (Decimal(22_689), Decimal(4_311)),
        (Decimal(9_176), Decimal(1_744)),
    ]
    assert one(9_176, tax("19"), step="1").gross == 10_919


def test_s17_a_division_then_a_fixed_amount_then_a_percentage() -> None:
    taxed = one(200, division("10"), fixed("10"), tax("10"))
    assert (amounts(taxed), taxed.gross) == (decimals("22.22", "10", "20"), Decimal("252.22"))


def test_s1_one_taxed_and_one_untaxed_line() -> None:
    taxed = compute([line(200, tax("10")), line(20)])
    assert (taxed.net, taxed.tax, taxed.gross) == tuple(decimals("220.00", "20.00", "240.00"))
    assert [(each.base, each.amount) for each in taxed.taxes] == [(Decimal(200), Decimal(20))]


def test_s2_a_bill_and_its_credit_note_mirror_each_other() -> None:
    ten = tax("10")
    bill, credit = compute([line(100, ten), line(10)]), compute([line(-100, ten), line(-10)])
    assert (bill.net, bill.tax, bill.gross) == tuple(decimals("110.00", "10.00", "120.00"))
    assert (credit.net, credit.tax, credit.gross) == tuple(decimals("-110.00", "-10.00", "-120.00"))


def test_rounding_per_line_and_per_document_differ_by_what_the_lines_round_away() -> None:
    lines = [line("0.33", tax("20"))] * 3  # 0.066 each
    assert compute(lines, TaxRounding(Per.LINE)).tax == Decimal("0.21")
    per_document = compute(lines, TaxRounding(Per.DOCUMENT))
    assert per_document.tax == Decimal("0.20")
    assert sorted(each.taxes[0].amount for each in per_document.lines) == decimals("0.06", "0.07", "0.07")


def test_per_document_a_tax_is_the_rate_of_the_sum_of_its_bases_as_en_16931_asks() -> None:
    # Bases of example 1 of the standard's test files: 183.23 at 6 %, 46.37 at 21 %, spread here over lines of our own.
    six, twenty_one = tax("6"), tax("21")
    lines = [line(amount, six) for amount in ("60.11", "61.07", "62.05")] + [line(amount, twenty_one) for amount in ("15.45", "30.92")]
    taxed = compute(lines, TaxRounding(Per.DOCUMENT))
    assert [(each.base, each.amount) for each in taxed.taxes] == [
        (Decimal("183.23"), Decimal("10.99")),
        (Decimal("46.37"), Decimal("9.74")),
    ]
    assert taxed.gross == Decimal("250.33")


def test_tax_may_be_rounded_down_where_the_law_allows_it() -> None:
    down = TaxRounding(how=Rounding.DOWN)
    assert compute([line("0.99", tax("20"))], down).tax == Decimal("0.19")
    assert compute([line("-0.99", tax("20"))], down).tax == Decimal("-0.19")


def test_under_reverse_charge_the_supplier_is_paid_the_net_and_the_buyer_owes_and_deducts_the_tax() -> None:
    taxed = one(1000, tax("19", reverse_charge=True))
    assert (taxed.net, taxed.gross) == (Decimal(1000), Decimal(1000))
    assert [(each.amount, each.deductible, each.cost) for each in taxed.taxes] == [(Decimal(190), Decimal(190), Decimal(0))]


def test_use_tax_is_owed_by_the_buyer_and_all_of_it_is_a_cost() -> None:
    taxed = one(100, tax("7.25", reverse_charge=True, deductible=Decimal(0)))
    assert (taxed.gross, taxed.lines[0].cost) == (Decimal(100), Decimal("107.25"))


def test_what_cannot_be_deducted_is_a_cost_and_both_shares_add_up() -> None:
    taxed = one("33.33", tax("20", deductible=Decimal(50)))
    found = taxed.taxes[0]
    assert (found.amount, found.deductible, found.cost) == tuple(decimals("6.67", "3.34", "3.33"))
    assert taxed.lines[0].cost == Decimal("36.66")
    assert taxed.gross == Decimal("40.00")


def test_a_fixed_tax_counts_units_and_goes_back_with_them() -> None:
    eco = fixed("0.35")
    assert one("30", eco, quantity=12).tax == Decimal("4.20")
    assert one("-30", eco, quantity=12).tax == one("-30", eco, quantity=-12).tax == one("0", eco, quantity=-12).tax == Decimal("-4.20")


def test_a_fixed_tax_inside_a_price_leaves_before_the_percentage() -> None:
    taxed = one("24.00", fixed("2", included=True, raises_base=True), tax("20", included=True), quantity=2)
    # 24 = net + 4, and 20 % of both: net 16, fixed 4, 20 % of 20 is 4.
    assert (taxed.net, amounts(taxed)) == (Decimal("16.00"), decimals("4.00", "4.00"))


def test_a_compound_chain_inside_a_price_is_solved_exactly() -> None:
    taxed = one("115.50", tax("5", included=True, raises_base=True), tax("10", included=True))
    assert (taxed.net, amounts(taxed)) == (Decimal("100.00"), decimals("5.00", "10.50"))


def test_a_tax_may_stand_aside_from_what_others_add_to_the_base() -> None:
    taxed = one(100, tax("5", raises_base=True), tax("10", on_raised_base=False), tax("20"))
    assert [each.base for each in taxed.taxes] == decimals("100", "100", "105")


def test_divisions_that_follow_each_other_share_one_price() -> None:
    taxed = one(85, division("10"), division("5"))
    assert (amounts(taxed), taxed.gross) == (decimals("10", "5"), Decimal(100))
    inside = one(100, division("10", included=True), division("5", included=True))
    assert (inside.net, amounts(inside)) == (Decimal(85), decimals("10", "5"))


def test_a_price_list_with_tax_in_it_makes_excluded_taxes_included_but_never_withheld_ones() -> None:
    taxed = compute([line(120, tax("20"), tax("-5"), included=True)])
    assert (taxed.net, amounts(taxed), taxed.gross) == (Decimal(100), decimals("20", "-5"), Decimal(115))
    without = compute([line(120, tax("20", included=True), included=False)])
    assert (without.net, without.gross) == (Decimal(120), Decimal(144))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (division("100"), "less than 100"),
        (tax("-100"), "more than -100"),
        (tax("20", reverse_charge=True, included=True), "no price can hold it"),
        (tax("20", reverse_charge=True, raises_base=True), "raises no other tax's base"),
        (tax("20", deductible=Decimal(101)), "enter 0 to 100"),
        (fixed("1", currency=""), "say in which currency"),
        (tax("NaN"), "plain numbers"),
    ],
)
def test_a_tax_that_cannot_be_computed_is_refused_with_a_sentence(wrong: Tax, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        one(100, wrong)


def test_taxes_that_cannot_stand_together_are_refused() -> None:
    with pytest.raises(Invalid, match="twice"):
        one(100, tax("20"), tax("20"))
    with pytest.raises(Invalid, match="cannot stand on a document in USD"):
        compute([line(1, fixed("1"))], currency="USD")
    with pytest.raises(Invalid, match="100 % of it or more together"):
        one(100, division("60"), division("40"))
    with pytest.raises(Invalid, match="more than the whole price"):
        one(100, tax("-60", included=True), tax("-50", included=True))


def test_no_lines_and_no_taxes_come_to_nothing() -> None:
    assert compute([]).gross == 0
    assert one("12.34").gross == Decimal("12.34")
