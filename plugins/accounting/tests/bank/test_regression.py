"""The weights that are found are those under which what was decided is likeliest."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.accounting.domain.bank.regression import fit

WIDTH, SPREAD = 3, 10.0
Decided = list[tuple[tuple[float, ...], bool, float]]
features = st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 1.0])] * WIDTH)
decisions = st.lists(st.tuples(features, st.booleans(), st.sampled_from([0.5, 1.0, 20.0])), min_size=2, max_size=30)


def unlikeliness(decided: Decided, weights: tuple[float, ...], bias: float) -> float:
    lost = sum(each * each for each in weights) / (2 * SPREAD)
    for row, right, counts in decided:
        odds = bias + sum(weight * value for weight, value in zip(weights, row, strict=True))
        lost += counts * math.log1p(math.exp(-odds if right else odds))
    return lost


@settings(max_examples=100)
@given(decisions.filter(lambda decided: len({right for _, right, _ in decided}) == 2))
def test_no_other_weights_explain_better_what_was_decided(decided: Decided) -> None:
    weights, bias = fit(decided, width=WIDTH, spread=SPREAD)
    least = unlikeliness(decided, weights, bias)
    for place in range(WIDTH + 1):
        for by in (-0.01, 0.01, 1.0, -1.0):
            moved = [*weights, bias]
            moved[place] += by
            assert unlikeliness(decided, tuple(moved[:-1]), moved[-1]) > least


def test_what_says_nothing_weighs_nothing_and_the_bias_is_the_share_that_was_right() -> None:
    weights, bias = fit([((0.0,), True, 30.0), ((0.0,), False, 10.0)], width=1, spread=SPREAD)
    assert weights == (0.0,)
    assert math.isclose(bias, math.log(3), abs_tol=1e-6)


def test_what_always_goes_with_the_right_ones_weighs_much_and_no_more_than_it_may() -> None:
    decided: Decided = [((1.0, float(number % 2)), True, 1.0) for number in range(50)]
    decided += [((0.0, float(number % 2)), False, 1.0) for number in range(50)]
    (telling, idle), _ = fit(decided, width=2, spread=SPREAD)
    assert 5 < telling < 10
    assert abs(idle) < 0.01
