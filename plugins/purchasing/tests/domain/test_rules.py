"""The rules of purchasing: who is bought from, who agrees, what is tolerated, and that nothing of a cent is lost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.purchasing.domain.approval import Approval, Approver, Limits, approve, needed, why_not
from plugins.purchasing.domain.clearing import Came, give_back, put_back, take
from plugins.purchasing.domain.landing import Basis, Landed, spread
from plugins.purchasing.domain.matching import BillLine, MatchRules, match
from plugins.purchasing.domain.orders import Order, OrderLine, OrderTax, State, check, state_by_lines, totals
from plugins.purchasing.domain.prices import Offer, SupplierPrice, best_of_supplier, choose, expected_on, ordered_quantity, overlapping
from plugins.purchasing.domain.quantities import Tolerances, closes, difference, most
from weft import Invalid, Money, Refused

D = Decimal
DAY = date(2026, 3, 10)
LIMITS = Limits(free=D(1000), second=D(10000))
BUYER, FIRST, SECOND = uuid4(), uuid4(), uuid4()

cents = st.integers(0, 10**9).map(lambda each: D(each) / 100)
quantities = st.integers(1, 10**6).map(lambda each: D(each) / 1000)


def price(**facts: Any) -> SupplierPrice:
    given: dict[str, Any] = {"id": uuid4(), "supplier": BUYER, "item": FIRST, "price": D(5), "currency": "EUR"} | facts
    return SupplierPrice(**given)


def line(**facts: Any) -> OrderLine:
    given: dict[str, Any] = {"id": uuid4(), "position": 1, "description": "Tea", "quantity": D(10), "unit_price": D(8)}
    return OrderLine(**given | facts)


def order(*lines: OrderLine, **facts: Any) -> Order:
    given: dict[str, Any] = {
        "id": uuid4(),
        "number": "PO-1",
        "state": State.SENT,
        "supplier": BUYER,
        "supplier_name": "Importer",
        "currency": "EUR",
    }
    return Order(**(given | {"ordered": DAY, "location": "main", "lines": lines} | facts))


# Prices


def test_the_highest_step_that_is_reached_counts_and_the_lowest_where_none_is() -> None:
    steps = [price(min_quantity=D(0), price=D(5)), price(min_quantity=D(100), price=D(4)), price(min_quantity=D(500), price=D(3))]
    assert [best_of_supplier(steps, D(each), DAY) for each in (1, 100, 499, 900)] == [steps[0], steps[1], steps[1], steps[2]]
    assert best_of_supplier(steps[1:], D(1), DAY) == steps[1]


def test_prices_hold_on_their_days_alone() -> None:
    old, new = price(valid_to=date(2026, 2, 28)), price(valid_from=date(2026, 3, 1), price=D(6))
    assert best_of_supplier([old, new], D(1), date(2026, 2, 28)) == old
    assert best_of_supplier([old, new], D(1), DAY) == new
    assert overlapping(new, [old, new]) is None
    assert overlapping(price(valid_from=date(2026, 2, 1)), [old]) == old
    assert overlapping(price(min_quantity=D(5)), [old]) is None


@given(quantities, quantities, st.integers(0, 500))
def test_what_is_ordered_is_whole_packs_and_never_too_little(wanted: Decimal, pack: Decimal, least: int) -> None:
    ordered = ordered_quantity(wanted, price(pack=pack, min_quantity=D(least)))
    assert ordered % pack == 0
    assert max(wanted, D(least)) <= ordered < max(wanted, D(least)) + pack


def test_rank_comes_before_price_and_price_before_speed() -> None:
    def offer(base: str | None, **facts: Any) -> Offer:
        return Offer(price=price(**facts), quantity=D(1), base_price=None if base is None else D(base))

    dear, cheap, slow, foreign = offer("9", rank=1), offer("1", rank=2), offer("9", rank=1, lead_days=30), offer(None, rank=1, lead_days=1)
    quick = offer("9", rank=1, lead_days=3)
    assert choose([cheap, dear, foreign]) == dear
    assert choose([slow, quick, foreign]) == quick
    assert choose([]) is None


# Approval


def approver(person: UUID, *, high: bool = False) -> Approver:
    return Approver(person=person, may_approve=True, may_approve_high=high)


def given_by(*people: UUID) -> list[Approval]:
    return [Approval(person=each, name="", at=datetime(2026, 3, 1, tzinfo=UTC)) for each in people]


@pytest.mark.parametrize(("amount", "steps"), [("1000", 0), ("1000.01", 1), ("10000", 1), ("10000.01", 2)])
def test_amounts_say_how_many_agree(amount: str, steps: int) -> None:
    assert needed(D(amount), LIMITS) == steps


def test_who_asked_never_agrees_and_nobody_twice() -> None:
    assert "somebody else" in why_not(D(2000), LIMITS, [], BUYER, approver(BUYER, high=True))
    assert "second person" in why_not(D(20000), LIMITS, given_by(FIRST), BUYER, approver(FIRST, high=True))
    assert approve(D(2000), LIMITS, [], BUYER, approver(FIRST))


def test_the_last_of_two_steps_needs_more_power() -> None:
    assert not approve(D(20000), LIMITS, [], BUYER, approver(FIRST))
    with pytest.raises(Refused, match="any amount"):
        approve(D(20000), LIMITS, given_by(FIRST), BUYER, approver(SECOND))
    assert approve(D(20000), LIMITS, given_by(FIRST), BUYER, approver(SECOND, high=True))


# Orders


def test_totals_round_by_line_and_each_tax_once() -> None:
    vat = OrderTax(code="v", title="VAT", rate=D(20))
    lines = [line(quantity=D(3), unit_price=D("0.335"), taxes=(vat,)), line(quantity=D(1), unit_price=D("0.02"), taxes=(vat,))]
    found = totals(lines, "EUR", D("1.1"), "GBP")
    assert (found.net, found.taxes, found.total, found.base_net) == (D("1.03"), (("VAT", D("0.21")),), D("1.24"), D("1.13"))


def test_all_that_is_wrong_is_said_at_once_by_field() -> None:
    with pytest.raises(Invalid) as refused:
        check(order(line(quantity=D(0)), line(unit_price=D(-1), pack=D(6), quantity=D(7), discount=D(101)), rate=D(0)))
    assert set(refused.value.fields) == {"rate", "lines.0.quantity", "lines.1.unit_price", "lines.1.quantity", "lines.1.discount"}
    with pytest.raises(Invalid, match="Add a line"):
        check(order())


def test_an_order_is_as_far_as_its_lines() -> None:
    none = Tolerances()
    assert state_by_lines(order(line()), none) == "approved"
    assert state_by_lines(order(line(received=D(4))), none) == "partly_received"
    assert state_by_lines(order(line(received=D(10)), line(received=D(0))), none) == "partly_received"
    assert state_by_lines(order(line(received=D(10))), none) == "received"
    assert state_by_lines(order(line(received=D(9))), Tolerances(under=D(10))) == "received"
    assert state_by_lines(order(line(received=D(10), billed=D(10))), none) == "billed"
    assert state_by_lines(order(line(received=D(10)), state=State.CLOSED), none) == "closed"


@given(quantities, quantities, st.integers(0, 50), st.integers(0, 50))
def test_what_may_come_completes_a_line(ordered: Decimal, received: Decimal, over: int, under: int) -> None:
    tolerances = Tolerances(over=D(over), under=D(under))
    assert closes(ordered, received + most(ordered, received, tolerances), tolerances)


def test_differences_are_said_in_words() -> None:
    assert [difference(D(10), D(each)) for each in (8, 10, "12.50")] == ["2 less than expected", "", "2.5 more than expected"]


# Match


def test_a_bill_matches_is_tolerated_or_says_why_it_is_blocked() -> None:
    ordered = order(line(received=D(10)))
    rules = MatchRules(price_percent=D(2), price_amount=D(1))

    def verdict(quantity: str, unit_price: str) -> tuple[str, tuple[str, ...]]:
        found = match(ordered, [BillLine(order_line=ordered.lines[0].id, quantity=D(quantity), unit_price=D(unit_price))], rules)
        return found.lines[0].verdict, found.blocked

    assert verdict("10", "8") == ("matches", ())
    assert verdict("10", "8.10")[0] == "tolerated"
    assert verdict("10", "7.90")[0] == "tolerated"
    assert verdict("10", "8.20") == ("blocked", ("Tea: the price is 8.20 instead of 8 EUR: 2.00 more (2.5 %).".replace("8.20", "8.2"),))
    assert verdict("11", "8") == ("blocked", ("Tea: 11 are billed, but 10 came and 0 were billed before.",))


def test_a_line_is_billed_once_on_a_bill() -> None:
    ordered = order(line(received=D(10)))
    twice = [BillLine(order_line=ordered.lines[0].id, quantity=D(1), unit_price=D(8))] * 2
    with pytest.raises(Invalid) as refused:
        match(ordered, twice, MatchRules())
    assert set(refused.value.fields) == {"lines.1.quantity"}


@given(st.lists(st.tuples(quantities, cents), min_size=1, max_size=6), st.data())
def test_what_is_billed_in_parts_clears_to_zero(receipts: list[tuple[Decimal, Decimal]], data: st.DataObject) -> None:
    came = [Came(uuid4(), quantity, D(0), D(0), value) for quantity, value in receipts]
    left, total, cleared = sum((each.quantity for each in came), D(0)), sum((each.value for each in came), D(0)), D(0)
    for bills_left in range(data.draw(st.integers(1, 6)), 0, -1):
        part = left if bills_left == 1 else D(data.draw(st.integers(1, int(left * 1000)))) / 1000
        worth = data.draw(cents)
        parts, came = take(came, part, worth, "EUR")
        assert sum((each.quantity for each in parts), D(0)) == part
        assert sum((each.billed for each in parts), D(0)) == worth
        cleared += sum((each.cleared for each in parts), D(0))
        left -= part
        if not left or data.draw(st.booleans()):
            break
    assert cleared + sum((each.value for each in came), D(0)) == total
    assert all(each.open >= 0 for each in came)
    if not left:
        assert all(each.value == 0 for each in came)


@given(quantities, cents, cents)
def test_what_was_billed_beyond_what_came_is_in_no_part(quantity: Decimal, value: Decimal, worth: Decimal) -> None:
    came = [Came(uuid4(), quantity, D(0), D(0), value)]
    parts, after = take(came, quantity * 2, worth, "EUR")
    assert parts[0].quantity == quantity
    assert abs(parts[0].billed - worth / 2) <= D("0.01")
    assert not after[0].open
    assert not after[0].value


@given(st.lists(st.tuples(quantities, cents), min_size=1, max_size=5), cents)
def test_a_bill_that_is_taken_back_leaves_goods_waiting_at_what_it_said(receipts: list[tuple[Decimal, Decimal]], worth: Decimal) -> None:
    came = [Came(uuid4(), quantity, D(0), D(0), value) for quantity, value in receipts]
    billed = sum((each.quantity for each in came), D(0))
    _, after = take(came, billed, worth, "EUR")
    waiting = put_back(after, billed, worth)
    assert sum((each.value for each in waiting), D(0)) == worth
    assert all(each.billed == 0 for each in waiting)


@given(quantities, cents, st.integers(1, 1000))
def test_what_goes_back_before_its_bill_leaves_the_rest_waiting(quantity: Decimal, value: Decimal, share: int) -> None:
    came = Came(uuid4(), quantity, D(0), D(0), value)
    back = quantity * share / 1000
    cleared, after = give_back(came, back, "EUR")
    assert cleared + after.value == value
    with pytest.raises(Invalid):
        give_back(after, after.open + 1, "EUR")


# Landed cost


def goods(value: str, quantity: str = "1", weight: str | None = None) -> Landed:
    return Landed(
        receipt_line=uuid4(), description="Tea", quantity=D(quantity), value=D(value), weight=None if weight is None else D(weight)
    )


@given(st.lists(cents.filter(bool), min_size=1, max_size=20), cents.filter(bool))
def test_a_cost_is_spread_whole(values: list[Decimal], amount: Decimal) -> None:
    parts = spread(Money(amount, "EUR"), [goods(str(each)) for each in values], Basis.VALUE)
    assert sum(parts, D(0)) == amount
    assert all(abs(part - amount * value / sum(values)) < D("0.01") for part, value in zip(parts, values, strict=True))


def test_a_basis_that_is_not_known_says_of_what_and_where_to_enter_it() -> None:
    both = [goods("80", "10", "2.5"), goods("20", "30", "7.5")]
    shares = {basis: spread(Money(D(10), "EUR"), both, basis) for basis in (Basis.VALUE, Basis.QUANTITY, Basis.WEIGHT)}
    assert shares == {Basis.VALUE: [8, 2], Basis.QUANTITY: [D("2.5"), D("7.5")], Basis.WEIGHT: [D("2.5"), D("7.5")]}
    with pytest.raises(Invalid) as refused:
        spread(Money(D(10), "EUR"), [goods("1")], Basis.WEIGHT)
    assert "Tea has no weight" in refused.value.fields["basis"]


def test_days_to_deliver_are_the_prices_own_or_the_suppliers() -> None:
    assert [expected_on(DAY, each, 7) for each in (None, 0, 3)] == [date(2026, 3, 17), DAY, date(2026, 3, 13)]
