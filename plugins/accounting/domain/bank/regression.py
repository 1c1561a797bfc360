"""Logistic regression of a few weights by Newton's method: a dozen numbers need no library of hundreds of megabytes."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

ENOUGH = 1e-6  # of a weight: smaller steps change nothing that is kept
MOST_STEPS = 100
FURTHEST = 40.0  # log-odds beyond which a probability is 0 or 1

Row = tuple[float, ...]
Known = dict[Row, list[float]]  # what was decided alike: how much of it was wrong, and how much right


def fit(decided: Iterable[tuple[Row, bool, float]], *, width: int, spread: float) -> tuple[Row, float]:
    """Return the weights and the bias under which what was decided is likeliest, given that weights are normal around 0.

    Each decision is a row of `width` features, whether it was right, and how much it counts. `spread` is the variance of weights; the bias
    is as it may be. Both answers must occur. The sum that is made least is convex, so there is one answer, and Newton's steps, halved where
    they go too far, come to it.
    """
    known: Known = defaultdict(lambda: [0.0, 0.0])
    for row, right, counts in decided:
        known[row][right] += counts
    at = [0.0] * (width + 1)  # the last one is the bias
    loss = _loss(known, at, spread)
    for _ in range(MOST_STEPS):
        slope, curve = _slopes(known, at, spread)
        step = _solved(curve, slope)
        size = 1.0
        while True:
            to = [each - size * by for each, by in zip(at, step, strict=True)]
            after = _loss(known, to, spread)
            if after <= loss or size < ENOUGH:
                break
            size /= 2
        at, loss = to, after
        if max(abs(by) * size for by in step) < ENOUGH:
            break
    return tuple(at[:-1]), at[-1]


def _odds(row: Row, at: Sequence[float]) -> float:
    odds = at[-1] + sum(weight * value for weight, value in zip(at, row, strict=False) if value)
    return max(-FURTHEST, min(FURTHEST, odds))


def _loss(known: Known, at: Sequence[float], spread: float) -> float:
    loss = sum(each * each for each in at[:-1]) / (2 * spread)
    for row, (wrong, right) in known.items():
        odds = _odds(row, at)
        loss += right * math.log1p(math.exp(-odds)) + wrong * math.log1p(math.exp(odds))
    return loss


def _slopes(known: Known, at: Sequence[float], spread: float) -> tuple[list[float], list[list[float]]]:
    """Return the first and the second derivatives of the loss."""
    size = len(at)
    slope = [*(each / spread for each in at[:-1]), 0.0]
    curve = [[1 / spread if i == j < size - 1 else 0.0 for j in range(size)] for i in range(size)]
    for row, (wrong, right) in known.items():
        chance = 1 / (1 + math.exp(-_odds(row, at)))
        off = (wrong + right) * chance - right
        bend = (wrong + right) * chance * (1 - chance)
        there = [(place, value) for place, value in enumerate(row) if value] + [(size - 1, 1.0)]
        for i, one in there:
            slope[i] += off * one
            for j, other in there:
                curve[i][j] += bend * one * other
    return slope, curve


def _solved(matrix: list[list[float]], values: list[float]) -> list[float]:
    """Solve a system of linear equations whose matrix is symmetric and positive definite, by elimination; neither is kept as it was."""
    size = len(values)
    for pivot in range(size):
        for below in range(pivot + 1, size):
            share = matrix[below][pivot] / matrix[pivot][pivot]
            if share:
                for place in range(pivot, size):
                    matrix[below][place] -= share * matrix[pivot][place]
                values[below] -= share * values[pivot]
    for pivot in reversed(range(size)):
        known = sum(matrix[pivot][place] * values[place] for place in range(pivot + 1, size))
        values[pivot] = (values[pivot] - known) / matrix[pivot][pivot]
    return values
