"""When to order again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.inventory.domain.reordering import Levels, wanted

D = Decimal


@pytest.mark.parametrize(
    ("minimum", "target", "forecast", "ordered"),
    [(0, 0, -2, 2), (-2, 0, -2, 0), (5, 10, -2, 12), (0, 10, -2, 12), (10, 15, 0, 15), (0, 0, -10, 10)],
)
def test_s28_what_is_ordered(minimum: int, target: int, forecast: int, ordered: int) -> None:
    assert wanted(Levels(D(minimum), D(target)), D(forecast)) == ordered


AMOUNTS = st.decimals(D(-1000), D(1000), places=2)


@given(AMOUNTS, st.decimals(D(0), D(100), places=2), st.decimals(D(0), D(50), places=2), AMOUNTS)
def test_what_is_ordered_reaches_the_target_with_less_than_a_pack_too_much(minimum: D, more: D, pack: D, forecast: D) -> None:
    levels = Levels(minimum, minimum + more, pack)
    ordered = wanted(levels, forecast)
    assert (ordered > 0) == (forecast < minimum)
    if ordered:
        assert levels.target <= forecast + ordered < levels.target + (pack or D("0.01"))
