"""Several items whose amounts come to one: all, the oldest, or any few."""

from collections.abc import Sequence
from decimal import Decimal

from .items import OpenItem

_MOST = 16  # items of one party that are looked through
_EACH = 3  # in one half of a combination, so six in all
_SCALE = 1_000_000  # amounts have at most six decimals; whole numbers add up ten times faster than decimals


class Combinations:
    """What the items of one party come to, in any combination of few; made once, asked for many amounts."""

    def __init__(self, items: Sequence[OpenItem]) -> None:
        self.items = sorted(items, key=lambda each: (each.due_on is None, each.due_on, each.number))
        self.running: list[int] = []
        total = 0
        for each in self.items:
            total += _whole(each.amount)
            self.running.append(total)
        self._sums: dict[int, list[tuple[int, ...]]] | None = None

    def adding_up(self, amount: Decimal) -> tuple[OpenItem, ...] | None:
        """Return items that come to `amount`, two or more: the oldest or all, else the fewest of the sixteen oldest.

        Nothing when no such items are there, or more than one choice of as few is (then it would be a guess).
        """
        wanted = _whole(amount)
        for at, total in enumerate(self.running[1:], 2):
            if total == wanted:
                return tuple(self.items[:at])
        if len(self.items) < 2:
            return None
        chosen = self._small(wanted) or self._large(wanted)
        fewest = min(map(len, chosen), default=0)
        best = {each for each in chosen if len(each) == fewest}
        return tuple(self.items[at] for at in best.pop()) if len(best) == 1 else None

    @property
    def sums(self) -> dict[int, list[tuple[int, ...]]]:
        """The choices of up to three items by what they come to."""
        if self._sums is None:
            values = [_whole(each.amount) for each in self.items[:_MOST]]
            self._sums = {}
            add = self._sums.setdefault
            for one, first in enumerate(values):
                add(first, []).append((one,))
                for two in range(one + 1, len(values)):
                    both = first + values[two]
                    add(both, []).append((one, two))
                    for three in range(two + 1, len(values)):
                        add(both + values[three], []).append((one, two, three))
        return self._sums

    def _small(self, wanted: int) -> set[tuple[int, ...]]:
        """Return choices of two or three."""
        return {each for each in self.sums.get(wanted, ()) if len(each) > 1}

    def _large(self, wanted: int) -> set[tuple[int, ...]]:
        """Return choices of four to six, put together from two halves of which one has three."""
        if len(self.items) < _EACH + 1:
            return set()
        found: set[tuple[int, ...]] = set()
        sums = self.sums
        for total in sums.keys() & {wanted - each for each in sums}:
            for one in sums[total]:
                if len(one) == _EACH:
                    found |= {tuple(sorted((*one, *other))) for other in sums[wanted - total] if not set(one) & set(other)}
            if len(found) > 50:
                return set()  # too many ways to be more than a guess
        return found


def _whole(amount: Decimal) -> int:
    """Return an amount as a whole number of millionths."""
    return int(amount * _SCALE)


def adding_up(items: Sequence[OpenItem], amount: Decimal) -> tuple[OpenItem, ...] | None:
    """Return items that come to `amount`, see `Combinations`."""
    return Combinations(items).adding_up(amount)
