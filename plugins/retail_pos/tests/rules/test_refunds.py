"""A refund mirrors its sale, whatever the order and the size of its parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.retail_pos.domain.rules.payment import round_cash, settle
from plugins.retail_pos.domain.rules.refunds import Left, give_back, points_back, take_back
from weft import Invalid

amounts = st.integers(0, 100_000)


@st.composite
def sold(draw: st.DrawFn) -> Left:
    """Draw a line that was sold."""
    base = draw(amounts)
    first = draw(st.integers(0, base))
    second = draw(st.integers(0, base - first))
    return Left(draw(st.integers(1, 20_000_000)), base, (first, second), (draw(st.integers(0, 500)), draw(st.integers(0, 500))))


@settings(deadline=None)
@given(line=sold(), data=st.data())
def test_parts_of_a_line_add_up_to_exactly_the_line(line: Left, data: st.DataObject) -> None:
    left = line
    parts: list[Left] = []
    while left.quantity:
        back, left = take_back(left, data.draw(st.integers(1, left.quantity)) if len(parts) < 6 else left.quantity)
        parts.append(back)
        assert back.amount >= 0
        assert left.amount >= 0
        assert all(value >= 0 for value in (*back.discounts, *back.taxes, *left.discounts, *left.taxes))
    assert sum(part.amount for part in parts) == line.amount
    assert tuple(map(sum, zip(*(part.discounts for part in parts), strict=True))) == line.discounts
    assert tuple(map(sum, zip(*(part.taxes for part in parts), strict=True))) == line.taxes


def test_no_more_comes_back_than_was_sold() -> None:
    with pytest.raises(Invalid, match="More would come back"):
        take_back(Left(2_000_000, 500), 2_000_001)


@settings(deadline=None)
@given(paid=st.lists(st.integers(1, 50_000), min_size=1, max_size=5), data=st.data())
def test_tenders_go_back_to_exactly_what_was_paid(paid: list[int], data: st.DataObject) -> None:
    left = list(paid)
    for turn in range(7):
        whole = sum(left)
        if not whole:
            break
        back = give_back(data.draw(st.integers(1, whole)) if turn < 6 else whole, left)
        assert all(0 <= part <= rest for part, rest in zip(back, left, strict=True))
        left = [rest - part for part, rest in zip(back, left, strict=True)]
    assert not any(left)
    with pytest.raises(Invalid, match="More would be given back"):
        give_back(1, left)


@settings(deadline=None)
@given(earned=st.integers(0, 1000), parts=st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_partial_refunds_take_back_exactly_the_points_of_the_sale(earned: int, parts: list[int]) -> None:
    total, before, taken = sum(parts), 0, 0
    for part in parts:
        points = points_back(earned, {"total": total, "before": before, "now": part})
        assert points >= 0
        taken, before = taken + points, before + part
    assert taken == earned


@settings(deadline=None)
@given(total=st.integers(-20_000, 20_000), others=st.lists(st.integers(-5000, 5000), max_size=3), step=st.sampled_from([0, 1, 5, 10, 100]))
def test_what_is_paid_is_the_total_and_the_rounding_and_a_refund_mirrors_it(total: int, others: list[int], step: int) -> None:
    due = round_cash(total - sum(others), step)
    paid = settle(total, others, due, step)
    assert paid.paid
    assert sum(others) + paid.cash == total + paid.rounding
    assert abs(paid.rounding) * 2 <= max(step, 1)
    mirror = settle(-total, [-each for each in others], -due, step)
    assert (mirror.cash, mirror.rounding, mirror.change) == (-paid.cash, -paid.rounding, -paid.change)


def test_cash_that_does_not_cover_leaves_the_rest_open() -> None:
    short = settle(2178, [500], 1000, 5)
    assert (short.open, short.paid, short.rounding, short.cash_due) == (678, False, 0, 680)
