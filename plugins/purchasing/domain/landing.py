"""Landed cost: freight, duty and insurance spread over the goods they were paid for."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from weft.errors import Invalid
from weft.money import Money, allocate

ZERO = Decimal(0)


class Basis(StrEnum):
    """What a cost is spread by."""

    VALUE = "value"
    QUANTITY = "quantity"
    WEIGHT = "weight"
    VOLUME = "volume"


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that came: `value` in base currency, `weight` in kg and `volume` in cubic decimetres for all of them, none where not known."""

    receipt_line: UUID
    description: str
    quantity: Decimal
    value: Decimal
    weight: Decimal | None = None
    volume: Decimal | None = None


def spread(amount: Money, goods: Sequence[Landed], basis: Basis) -> list[Decimal]:
    """Return the share of each of the goods in an amount, which add up to it; by largest remainder.

    Raises `Invalid` with a sentence when nothing came, or where weight or volume of one is not known.
    """
    if not goods:
        raise Invalid("Choose the goods that this cost was paid for.")
    if amount.amount <= 0:
        raise Invalid.field("amount", "Enter more than zero: a cost that is taken back is cancelled instead.")
    weights = [_weight(each, basis) for each in goods]
    missing = [each.description for each, weight in zip(goods, weights, strict=True) if weight is None]
    if missing:
        where = "its weight in the catalogue" if basis is Basis.WEIGHT else "its measures in the catalogue"
        raise Invalid.field("basis", f"{missing[0]} has no {basis.value}: enter {where}, or spread by value or quantity.")
    known = [weight or ZERO for weight in weights]
    if not sum(known, ZERO):
        raise Invalid.field("basis", f"All of these have a {basis.value} of zero: spread by something else.")
    return [part.amount for part in allocate(amount, known)]


def _weight(goods: Landed, basis: Basis) -> Decimal | None:
    return {Basis.VALUE: goods.value, Basis.QUANTITY: goods.quantity, Basis.WEIGHT: goods.weight, Basis.VOLUME: goods.volume}[basis]
