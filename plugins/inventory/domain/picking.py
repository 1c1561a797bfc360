"""Which lots goods are taken from: those that expire or came first; and what may be moved without saying which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from weft.contracts import NewMove, ShortOfStock
from weft.errors import Invalid
from weft.ids import new_id

from .ground import Ground, Kept, LotHeld, Place

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A move, or what of it is of one lot."""

    move: NewMove
    number: int
    quantity: Decimal
    lot: UUID | None = None


NewLots = dict[tuple[UUID, str], tuple[UUID, date | None]]


def amount(quantity: Decimal) -> str:
    """Return a quantity as people write it."""
    return f"{quantity.normalize():f}"


def parts_of(
    move: NewMove, kept: Kept, origin: Place, held: Sequence[LotHeld], ground: Ground, new: NewLots, *, forced: bool
) -> list[Part]:
    """Return a move by lots; a lot that is not known is added to `new`. Raises `Invalid` and `ShortOfStock`."""
    if kept.tracking == "none":
        return [Part(move, 0, move.quantity)]
    if not move.lot:
        if kept.tracking == "lot" and origin.ours:
            return _first_to_expire(move, kept, origin, held, forced=forced)
        if forced:
            return [Part(move, 0, move.quantity)]
        word = "serial number" if kept.tracking == "serial" else "lot number"
        raise Invalid.field("lot", f"{kept.name} is told apart by its {word}: give it.")
    if kept.tracking == "serial" and move.quantity != 1:
        raise Invalid.field("quantity", f"A serial number stands for one piece: move {kept.name} one by one.")
    lot = ground.lot_ids.get((kept.item, move.lot)) or new.setdefault((kept.item, move.lot), (new_id(), move.expires))[0]
    here = sum((each.on_hand for each in held if each.lot == lot), ZERO)
    if origin.ours and here < move.quantity and not forced:
        raise ShortOfStock(f"{kept.name} {move.lot} is not at {origin.code}: {amount(here)} are there, {amount(move.quantity)} are to go.")
    if not origin.ours and kept.tracking == "serial" and lot in ground.present and not forced:
        raise Invalid.field("lot", f"{kept.name} with the serial number {move.lot} is in stock already: check the number.")
    return [Part(move, 0, move.quantity, lot)]


def _first_to_expire(move: NewMove, kept: Kept, origin: Place, held: Sequence[LotHeld], *, forced: bool) -> list[Part]:
    found, rest = pick(held, move.quantity, came_first=kept.removal == "fifo")
    if rest and not forced:
        there = move.quantity - rest
        raise ShortOfStock(
            f"There is not enough of {kept.name} in known lots at {origin.code}: {amount(there)} of {amount(move.quantity)}."
        )
    parts = [Part(move, number, quantity, lot) for number, (lot, quantity) in enumerate(found.items())]
    return [*parts, Part(move, len(parts), rest)] if rest else parts


def pick(held: Sequence[LotHeld], quantity: Decimal, *, came_first: bool = False) -> tuple[Mapping[UUID, Decimal], Decimal]:
    """Return how much to take of which lots, those that expire first before others, and what is not there.

    With `came_first` those go first that were met first, whatever they say of expiry: the ids of lots are in the order of their making.
    """
    found: dict[UUID, Decimal] = {}
    for each in sorted(
        held, key=lambda each: (date.min if came_first else each.expires or date.max, each.lot if came_first else each.number)
    ):
        part = min(quantity, each.on_hand)
        if part > 0:
            found[each.lot] = part
            quantity -= part
    return found, quantity
