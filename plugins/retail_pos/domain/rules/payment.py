"""What is to be paid: cash rounding of the cash part, change, and loyalty points."""

from collections.abc import Sequence
from dataclasses import dataclass

from .exact import divide


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where payment stands, in minor units: `open` is what has still to be paid, `rounding` what rounding the cash part adds.

    `cash` is what counts of the cash that was given, `change` what goes back. `cash_due` is what the rest would be in cash.
    """

    open: int
    cash: int
    cash_due: int
    rounding: int
    change: int

    @property
    def paid(self) -> bool:
        """Whether nothing is left to pay."""
        return self.open == 0


def round_cash(amount: int, step: int) -> int:
    """Round to a multiple of the smallest coin, half away from zero; `step` in minor units, 0 or 1 for none."""
    return amount if step <= 1 else divide(amount, step) * step


def settle(total: int, others: Sequence[int], given: int, step: int) -> Settlement:
    """Settle a total with tenders other than cash and the cash that was `given`; where money goes back, all of it is negative.

    Only what is left for cash is rounded, and only where cash pays all of it.
    """
    rest = total - sum(others)
    due = round_cash(rest, step)
    if rest == 0:
        return Settlement(0, 0, 0, 0, given)
    covers = given != 0 and (given >= due if rest > 0 else given <= due)
    if covers or (due == 0 and abs(rest) * 2 < step):
        return Settlement(0, due, due, due - rest, given - due)
    return Settlement(rest - given, given, round_cash(rest - given, step), 0, 0)


def points(total: int, unit: int, each: int = 1) -> int:
    """Return the loyalty points for a total: `each` for every whole `unit`; a total below zero takes back as many as its mirror earned."""
    if unit <= 0:
        return 0
    found = abs(total) // unit * each
    return found if total >= 0 else -found
