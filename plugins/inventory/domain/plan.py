"""From documents that move goods to what is written: every rule at once, over values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from weft.contracts import NewMove, PeriodLocked, ShortOfStock, StockDocument
from weft.errors import Invalid
from weft.ids import new_id

from .accounts import Share, Style
from .ground import Ground, Kept, LotHeld, Place
from .picking import NewLots, Part, amount, parts_of
from .queue import ZERO, rounded
from .valuation import Flow

SMALLEST = Decimal("0.000001")
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Policy:
    """How a business keeps stock; `step` is the smallest amount of its currency."""

    style: Style
    below_zero: Literal["forbid", "warn", "allow"]
    step: Decimal


@dataclass(slots=True)
class PlannedMove:
    """A move to write: `flow` is what comes into the business's stock or leaves it, `cost` what it is worth, above zero."""

    id: UUID
    document: int
    date: date
    part: Part
    origin: Place
    destination: Place
    undoes: UUID | None = None
    flow: Flow | None = None
    cost: Decimal = ZERO

    @property
    def move(self) -> NewMove:
        """What was asked for."""
        return self.part.move

    @property
    def outside(self) -> Place:
        """The place that is not the business's own."""
        return self.origin if self.destination.ours else self.destination


@dataclass(frozen=True, slots=True)
class PlannedValue:
    """A row of the valuation to write."""

    item: UUID
    seq: int
    move: UUID | None
    document: int
    date: date
    quantity: Decimal
    value: Decimal
    kind: Literal["flow", "correction", "revaluation"] = "flow"


@dataclass(slots=True)
class Plan:
    """What some documents come to. `shares` are what each posts on its own day, `later` what corrections post on others."""

    moves: list[PlannedMove] = field(default_factory=list)
    values: list[PlannedValue] = field(default_factory=list)
    items: dict[UUID, Kept] = field(default_factory=dict)
    balances: dict[tuple[UUID, UUID], Decimal] = field(default_factory=dict)
    codes: dict[UUID, str] = field(default_factory=dict)  # of the places in the balances
    lots: NewLots = field(default_factory=dict)  # those that are new
    lot_balances: dict[tuple[UUID, UUID], Decimal] = field(default_factory=dict)
    shares: dict[int, list[Share]] = field(default_factory=dict)
    later: dict[tuple[int, date], list[Share]] = field(default_factory=dict)

    def share(self, document: int, share: Share, day: date | None = None) -> None:
        """Note a change of value to post."""
        if not share.value and not share.paid:
            return
        if day is None:
            self.shares.setdefault(document, []).append(share)
        else:
            self.later.setdefault((document, day), []).append(share)


class Planner:
    """Takes documents in their order; `undoing` says which move each key of a document takes back."""

    def __init__(self, ground: Ground, policy: Policy, undoing: Mapping[tuple[str, int], UUID] | None = None) -> None:
        self.ground = ground
        self.policy = policy
        self.undoing = undoing or {}
        self.plan = Plan()
        self.on_hand = dict(ground.on_hand)
        self.lots = dict(ground.lots)

    def run(self, documents: Sequence[StockDocument]) -> Plan:
        """Return the plan, not valued yet; raises `Invalid` with a sentence by field for all that is wrong, and `ShortOfStock`."""
        wrong: dict[str, str] = {}
        for number, document in enumerate(documents):
            refuse_closed(self.ground, document.date)
            prefix = f"documents.{number}." if len(documents) > 1 else ""
            for place, move in enumerate(document.moves):
                try:
                    self._move(number, document, move)
                except Invalid as problem:
                    wrong |= {f"{prefix}moves.{place}.{name}": sentence for name, sentence in problem.fields.items()}
        if wrong:
            raise Invalid(fields=wrong)
        return self.plan

    def _move(self, number: int, document: StockDocument, move: NewMove) -> None:
        kept = self.ground.items.get(move.item)
        if kept is None:
            raise Invalid.field("item", "There is no such item in the catalogue.")
        if not kept.kept:
            return
        origin, destination = checked(move, self.ground.places, forced=document.forced)
        self.plan.items[kept.item] = kept
        if self.undoing:
            undone = {part: move_id for (key, part), move_id in self.undoing.items() if key == move.key}
            parts = [self._undone(move, part, move_id) for part, move_id in undone.items()]
        else:
            held = self.lots.get((kept.item, origin.id), ())
            parts = parts_of(move, kept, origin, held, self.ground, self.plan.lots, forced=document.forced)
        for part in parts:
            undoes = self.undoing.get((move.key, part.number))
            planned = PlannedMove(new_id(), number, document.date, part, origin, destination, undoes)
            self.plan.moves.append(planned)
            self._balance(planned, kept, forced=document.forced)
            if origin.ours != destination.ours:
                planned.flow = self._flow(planned, part.quantity if destination.ours else -part.quantity)
            elif not origin.ours:
                worth = self._flow(planned, part.quantity).value
                planned.cost = rounded(part.quantity * kept.pool.cost, self.policy.step) if worth is None else worth

    def _undone(self, move: NewMove, part: int, move_id: UUID) -> Part:
        original = self.ground.originals[move_id]
        return Part(move, part, original.quantity, original.lot)

    def _balance(self, planned: PlannedMove, kept: Kept, *, forced: bool) -> None:
        quantity, lot = planned.part.quantity, planned.part.lot
        for place, change in ((planned.origin, -quantity), (planned.destination, quantity)):
            if not place.ours:
                continue
            key = (kept.item, place.id)
            self.plan.codes[place.id] = place.code
            self.plan.balances[key] = self.plan.balances.get(key, ZERO) + change
            self.on_hand[key] = self.on_hand.get(key, ZERO) + change
            if change < 0 and self.on_hand[key] < 0 and (kept.below_zero or self.policy.below_zero) == "forbid" and not forced:
                raise ShortOfStock(
                    f"There is not enough of {kept.name} ({kept.sku}) at {place.code}: {amount(self.on_hand[key] - change)} "
                    f"are there, {amount(quantity)} are to go. Receive or count it first."
                )
            if lot is not None:
                self.plan.lot_balances[lot, place.id] = self.plan.lot_balances.get((lot, place.id), ZERO) + change
                self.lots[key] = changed(self.lots.get(key, ()), lot, planned.move, change)

    def _flow(self, planned: PlannedMove, quantity: Decimal) -> Flow:
        """Return the goods as a flow: what they cost was told, or is that of the move they take back, or is what a piece costs."""
        move, key, step = planned.move, str(planned.id), self.policy.step
        back = self.ground.originals.get(planned.undoes or move.returns or planned.id)
        if back is not None and (planned.undoes or quantity > 0):
            whole = planned.part.quantity == back.quantity
            worth = back.worth if whole else rounded(back.worth * planned.part.quantity / back.quantity, step)
            return Flow(key, quantity, worth, like=str(back.id), of=str(back.id) if quantity < 0 else "")
        if quantity > 0 and move.unit_cost is not None:
            return Flow(key, quantity, rounded(planned.part.quantity * move.unit_cost, step))
        return Flow(key, quantity)


def changed(held: Sequence[LotHeld], lot: UUID, move: NewMove, change: Decimal) -> tuple[LotHeld, ...]:
    """Return the lots at a place after some of one came or went."""
    if any(each.lot == lot for each in held):
        return tuple(replace(each, on_hand=each.on_hand + change) if each.lot == lot else each for each in held)
    return (*held, LotHeld(lot, move.lot, move.expires, change))


def refuse_closed(ground: Ground, day: date) -> None:
    """Raise `PeriodLocked` for a day that stock is closed for."""
    if ground.closed is not None and day <= ground.closed:
        raise PeriodLocked(f"Stock is closed through {ground.closed}: move goods on a later day, or open the period again.")


def checked(move: NewMove, places: Mapping[str, Place], *, forced: bool) -> tuple[Place, Place]:
    """Return where goods come from and go to; raises `Invalid` for what is wrong with a move by itself."""
    wrong: dict[str, str] = {}
    if not ZERO < move.quantity < LARGEST:
        wrong["quantity"] = "A quantity is above zero: to take goods back, swap origin and destination."
    elif move.quantity % SMALLEST:
        wrong["quantity"] = "A quantity has at most six decimals."
    if move.unit_cost is not None and not ZERO <= move.unit_cost < LARGEST:
        wrong["unit_cost"] = "A cost is zero or more."
    for name, code in (("origin", move.origin), ("destination", move.destination)):
        if code not in places:
            wrong[name] = f"There is no location “{code}”: see Stock, Locations."
        elif not places[code].active and not forced:
            wrong[name] = f"The location “{code}” is closed: choose another one."
    if not wrong and move.origin == move.destination:
        wrong["destination"] = "Goods go somewhere else than where they are."
    if wrong:
        raise Invalid(fields=wrong)
    return places[move.origin], places[move.destination]
