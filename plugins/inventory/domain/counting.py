"""What a count comes to: differences between what was there when it began and what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from weft.contracts import ADJUSTMENT, NewMove

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CountLine:
    """An item, or a lot of it; `counted` is none until somebody did, `cost` what a piece costs."""

    id: UUID
    item: UUID
    name: str
    sku: str
    unit: str
    lot: str
    expected: Decimal
    counted: Decimal | None
    cost: Decimal

    @property
    def difference(self) -> Decimal:
        """What is more than there should be; nothing where nobody counted."""
        return ZERO if self.counted is None else self.counted - self.expected

    @property
    def worth(self) -> Decimal:
        """What the difference is worth at today's cost."""
        return (self.difference * self.cost).quantize(Decimal("0.01"))


def deviation(lines: Sequence[CountLine]) -> Decimal:
    """Return what all differences are worth together, whether more or less was found."""
    return sum((abs(line.worth) for line in lines), ZERO)


def moves_of(lines: Sequence[CountLine], location: str) -> tuple[NewMove, ...]:
    """Return the moves that bring stock to what was counted; what moved since the count began stays as it moved."""
    return tuple(
        NewMove(
            key=str(line.id),
            item=line.item,
            quantity=abs(line.difference),
            origin=ADJUSTMENT if line.difference > 0 else location,
            destination=location if line.difference > 0 else ADJUSTMENT,
            lot=line.lot,
        )
        for line in lines
        if line.difference
    )
