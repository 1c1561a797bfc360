"""What holds for every tax, line and document."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plugins.accounting.domain.amounts import Rounding, rounded, share_of, spread
from plugins.accounting.domain.tax.compute import Per, TaxableLine, Taxed, TaxRounding, compute
from plugins.accounting.domain.tax.model import Tax
from weft import Invalid

from .taxes import any_lines, line, money, rates, roundings, tax

CENT = Decimal("0.01")


def computed(lines: list[TaxableLine], rounding: TaxRounding) -> Taxed:
    """Compute, or leave the example when its withheld taxes eat the whole price."""
    try:
        return compute(lines, rounding)
    except Invalid:
        assume(False)
        raise


@settings(max_examples=150, deadline=None)
@given(any_lines(), roundings)
def test_net_and_taxes_are_gross_and_lines_add_up_to_totals(lines: list[TaxableLine], rounding: TaxRounding) -> None:
    taxed = computed(lines, rounding)
    on_document = sum((each.amount for each in taxed.taxes if not each.tax.reverse_charge), Decimal(0))
    assert taxed.gross == taxed.net + on_document == sum((each.gross for each in taxed.lines), Decimal(0))
    for total in taxed.taxes:
        parts = [each for one in taxed.lines for each in one.taxes if each.tax == total.tax]
        assert total.amount == sum(each.amount for each in parts)
        assert total.base == sum(each.base for each in parts)
        assert total.deductible == sum(each.deductible for each in parts)
        assert all(each.amount % CENT == 0 and each.deductible % CENT == 0 for each in parts)


@settings(max_examples=100, deadline=None)
@given(any_lines(), roundings)
def test_a_price_that_holds_all_its_taxes_is_the_gross_amount(lines: list[TaxableLine], rounding: TaxRounding) -> None:
    plain = [
        TaxableLine(each.amount, tuple(t for t in each.taxes if not t.is_withheld and not t.reverse_charge), each.quantity, included=True)
        for each in lines
    ]
    taxed = computed(plain, rounding)
    assert [each.gross for each in taxed.lines] == [each.amount for each in plain]


@settings(max_examples=150, deadline=None)
@given(any_lines(), roundings)
def test_a_credit_note_mirrors_its_invoice(lines: list[TaxableLine], rounding: TaxRounding) -> None:
    mirrored = [TaxableLine(-each.amount, each.taxes, -each.quantity, each.included) for each in lines]
    assume(all(each.amount for each in lines))
    invoice, credit = computed(lines, rounding), computed(mirrored, rounding)
    assert [each.net for each in credit.lines] == [-each.net for each in invoice.lines]
    assert list(credit.taxes) == [-each for each in invoice.taxes]


@settings(max_examples=200, deadline=None)
@given(money, st.decimals(min_value=0, max_value=300, places=3))
def test_included_and_excluded_are_inverse_to_the_cent(net: Decimal, rate: Decimal) -> None:
    """Rounding moves the gross by half a cent at most, and the net behind it by less: it comes back at any rate."""
    gross = compute([line(net, tax(rate))]).gross
    assert compute([line(gross, tax(rate, included=True))]).net == net


@settings(max_examples=150, deadline=None)
@given(any_lines())
def test_rounding_per_document_is_never_more_than_half_a_cent_from_the_exact_tax(lines: list[TaxableLine]) -> None:
    exact, document = computed(lines, TaxRounding(step=Decimal("1e-15"))), computed(lines, TaxRounding(Per.DOCUMENT))
    precise: dict[Tax, Decimal] = {each.tax: each.amount for each in exact.taxes}
    for total in document.taxes:
        assert abs(total.amount - precise[total.tax]) <= Decimal("0.005") + Decimal("1e-12")


@settings(max_examples=100, deadline=None)
@given(st.lists(money, min_size=1, max_size=12), rates)
def test_per_document_the_order_of_the_lines_changes_no_total(amounts: list[Decimal], rate: Decimal) -> None:
    one = compute([line(each, tax(rate)) for each in amounts], TaxRounding(Per.DOCUMENT))
    other = compute([line(each, tax(rate)) for each in reversed(amounts)], TaxRounding(Per.DOCUMENT))
    assert one.taxes == other.taxes


fractions = st.fractions(min_value=-10_000, max_value=10_000, max_denominator=997)
steps = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal(1), Decimal("0.001")])


@given(fractions, steps, st.sampled_from(Rounding))
def test_rounding_is_symmetrical_and_stays_within_a_step(exact: Fraction, step: Decimal, how: Rounding) -> None:
    value = rounded(exact, step, how)
    assert value == -rounded(-exact, step, how)
    assert value % step == 0
    distance = abs(Fraction(value) - exact)
    assert distance < Fraction(step)
    if how in (Rounding.HALF_UP, Rounding.HALF_EVEN):
        assert distance * 2 <= Fraction(step)


@given(st.lists(fractions, min_size=1, max_size=10), steps, st.sampled_from(Rounding))
def test_spread_parts_add_up_and_each_stays_close_to_its_share(parts: list[Fraction], step: Decimal, how: Rounding) -> None:
    total = rounded(sum(parts, Fraction()), step, how)
    found = spread(total, parts, step, how)
    assert sum(found) == total
    assert all(abs(Fraction(one) - exact) <= 2 * Fraction(step) for one, exact in zip(found, parts, strict=True))
    assert spread(-total, [-each for each in parts], step, how) == [-each for each in found]


@given(money, st.lists(st.decimals(min_value=Decimal("0.01"), max_value=999, places=2), min_size=1, max_size=8))
def test_shares_of_all_stretches_are_the_whole(total: Decimal, stretches: list[Decimal]) -> None:
    whole, before, parts = sum(stretches, Decimal(0)), Decimal(0), []
    for each in stretches:
        parts.append(share_of(total, each, before, whole, CENT))
        before += each
    assert sum(parts) == total
