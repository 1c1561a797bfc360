"""Goods that somebody plans to move: a draft, then held or expected, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from weft.contracts import ExpectedLine, NewMove, ReservedLine

from .forms import Kind, MoveHead, places_of

State = Literal["draft", "reserved", "done", "cancelled"]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MovementLine:
    """What is planned to be moved of an item, in its own unit; below zero in an adjustment means goods that are lost.

    `held` is what of it is reserved, `available` what could be held more at the place it comes from.
    """

    id: UUID
    place: int
    item: UUID
    name: str
    sku: str
    unit: str
    quantity: Decimal
    cost: Decimal | None
    lot: str
    expires: date | None
    held: Decimal = ZERO
    available: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """How much, whichever way."""
        return abs(self.quantity)


@dataclass(frozen=True, slots=True)
class Movement:
    """A planned movement; `location` and `destination` are codes, `undone` whether what it moved was moved back."""

    id: UUID
    kind: Kind
    state: State
    title: str
    date: date
    location: str
    destination: str
    on_the_way: bool
    document: UUID | None
    rest_of: UUID | None
    rest: UUID | None
    undone: bool
    version: int
    lines: tuple[MovementLine, ...] = ()

    @property
    def head(self) -> MoveHead:
        """What a form would say of it."""
        return MoveHead(
            kind=self.kind,
            date=self.date,
            location=self.location,
            to=self.destination,
            reference=self.title,
            on_the_way=self.on_the_way,
            id=str(self.id),
        )


def takes(movement: Movement, line: MovementLine) -> bool:
    """Whether a line takes goods from a place of the business, so that they can be held for it."""
    return movement.kind in ("delivery", "transfer", "scrap") or line.quantity < 0


def to_reserve(movement: Movement) -> tuple[ReservedLine, ...]:
    """Return what to hold for a movement."""
    return tuple(
        ReservedLine(key=str(line.place), item=line.item, quantity=line.amount, location=movement.location, lot=line.lot)
        for line in movement.lines
        if takes(movement, line)
    )


def to_expect(movement: Movement) -> tuple[ExpectedLine, ...]:
    """Return what a movement will bring to a place of the business."""
    place = movement.location if movement.kind == "receipt" else movement.destination if movement.kind == "transfer" else ""
    if not place:
        return ()
    return tuple(
        ExpectedLine(key=str(line.place), item=line.item, quantity=line.amount, location=place, day=movement.date)
        for line in movement.lines
    )


def moves_of(movement: Movement, done: Mapping[UUID, Decimal]) -> tuple[NewMove, ...]:
    """Return the moves of a movement with how much of each line is moved; lines of which nothing is are left out."""
    moves = []
    for line in movement.lines:
        quantity = done.get(line.id, line.amount)
        if not quantity:
            continue
        origin, destination = places_of(movement.head, line.quantity)
        coming = movement.kind in ("receipt", "adjustment") and line.quantity > 0
        moves.append(
            NewMove(
                key=str(line.place),
                item=line.item,
                quantity=quantity,
                origin=origin,
                destination=destination,
                unit_cost=line.cost if coming else None,
                lot=line.lot,
                expires=line.expires,
                note=movement.destination if movement.on_the_way and movement.kind == "transfer" else "",
            )
        )
    return tuple(moves)


def left_of(movement: Movement, done: Mapping[UUID, Decimal]) -> Sequence[tuple[MovementLine, Decimal]]:
    """Return the lines of which something is left, with how much, in the sign of the line."""
    found = []
    for line in movement.lines:
        left = line.amount - done.get(line.id, line.amount)
        if left > 0:
            found.append((line, left if line.quantity > 0 else -left))
    return found
