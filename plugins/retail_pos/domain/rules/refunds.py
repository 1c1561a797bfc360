"""A refund as the mirror of the sale: discounts, taxes, tenders and points go back pro rata, and parts add up to exactly the sale.

Each refund takes its share of what is left of the sale after those before it, so that the last one takes all that is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from weft.errors import Invalid

from .exact import divide, spread


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a sold line, all of it positive: quantity in millionths, amounts in minor units."""

    quantity: int
    base: int
    discounts: tuple[int, ...] = ()
    taxes: tuple[int, ...] = ()

    @property
    def amount(self) -> int:
        """What is left of what was asked for the line."""
        return self.base - sum(self.discounts)


def take_back(left: Left, quantity: int) -> tuple[Left, Left]:
    """Return what comes back with a quantity, and what is left then; raises `Invalid` for more than is left."""
    if not 0 < quantity <= left.quantity:
        raise Invalid("More would come back than was sold and not returned yet.")

    def share(value: int) -> int:
        return divide(value * quantity, left.quantity)

    back = Left(quantity, share(left.base), tuple(map(share, left.discounts)), tuple(map(share, left.taxes)))
    if back.amount < 0 or back.amount > left.amount:  # shares rounded apart: the discounts give way
        back = _held(left, back)
    rest = Left(
        left.quantity - quantity,
        left.base - back.base,
        tuple(a - b for a, b in zip(left.discounts, back.discounts, strict=True)),
        tuple(a - b for a, b in zip(left.taxes, back.taxes, strict=True)),
    )
    return back, rest


def _held(left: Left, back: Left) -> Left:
    wanted = back.base - min(max(back.amount, 0), left.amount)
    return replace(back, discounts=tuple(spread(wanted, left.discounts)))


def give_back(total: int, left: Sequence[int]) -> list[int]:
    """Split a refund over the tenders of a sale, by what is left of each; both positive, and `total` at most what is left.

    Of cash that was rounded, what it stood for before counts. Raises `Invalid` where less is left than is to be given back.
    """
    if total > sum(left):
        raise Invalid("More would be given back than was paid and not given back yet.")
    return spread(total, left) if total else [0] * len(left)


def points_back(earned: int, returned: Mapping[str, int]) -> int:
    """Return the points a refund takes back of those a sale earned, from ``total``, ``before`` and ``now`` in minor units.

    What was returned altogether decides, so that partial refunds take exactly what the sale gave.
    """
    total, before, now = returned["total"], returned["before"], returned["now"]
    if total <= 0:
        return 0
    return earned * (before + now) // total - earned * before // total
