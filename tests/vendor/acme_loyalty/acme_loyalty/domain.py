"""The rules of points: pure functions over frozen values."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from weft.errors import Conflict, Invalid


class Gift(Struct, frozen=True, kw_only=True):
    """What a person gives or takes, with the reason; less than zero takes."""

    points: Annotated[int, Meta(title="Points", ge=-1_000_000, le=1_000_000)]
    reason: Annotated[str, Meta(title="Reason", max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a card. `name` is what the contact was called last."""

    id: UUID
    party: UUID
    card: str
    name: str
    points: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """Points that came or went."""

    day: date
    points: int
    reason: str


def card_number(text: str) -> str:
    """Return the number on a card without what people put between the digits; raises `Invalid`."""
    bare = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{3,20}", bare):
        raise Invalid.field("card", f"“{text}” is not a card number: 3 to 20 letters and digits.")
    return bare


def given(member: Member, points: int) -> Member:
    """Return a member with points added or taken; raises `Invalid` for none, and `Conflict` for more than there are."""
    if points == 0:
        raise Invalid.field("points", "Enter how many points, with a minus to take some.")
    if member.points + points < 0:
        raise Conflict(f"There are only {member.points} points on this card.")
    return replace(member, points=member.points + points, version=member.version + 1)


def earned(amount: Decimal, per_unit: Decimal) -> int:
    """Return the points that a purchase earns: whole ones, rounded down; raises `Invalid` for an amount of nothing or less."""
    if amount <= 0:
        raise Invalid.field("amount", "Enter an amount above zero.")
    return int((amount * per_unit).to_integral_value(rounding=ROUND_FLOOR))
