"""Gift cards, store credit and points at the back office: what is put on them or taken off, where the money comes from, what expires."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Kind = Literal["gift_card", "store_credit"]
KINDS: dict[str, str] = {"gift_card": "Gift card", "store_credit": "Store credit"}
EVENTS = {"gift_card": "gift_cards", "store_credit": "store_credit"}  # posting rules of what is owed

# Where money comes from that is put on a card, or goes to that is taken off it, with the posting rule of the other side.
WAYS: dict[str, tuple[str, str]] = {
    "safe": ("Cash, into or out of the safe", "cash_in_safe"),
    "bank": ("By bank or card", "payments_clearing"),
    "kindness": ("A kindness, or a mistake put right", "sales_discount"),
    "before": ("Brought along: the books have it already", ""),
}
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """A card or credit that is made at the back office."""

    number: Number
    amount: Decimal
    reason: Why
    key: UUID  # of the form, so that it is booked once however often it is sent
    kind: Kind = "gift_card"
    way: str = "safe"
    customer: UUID | None = None
    expires: date | None = None


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """Money put on a card, or with a minus taken off it."""

    amount: Decimal
    reason: Why
    key: UUID
    way: str = "safe"


class PointsBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Points given to a customer, or with a minus taken."""

    points: int
    reason: Why
    key: UUID


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A gift card or store credit; `used_at` is when money was last put on it or taken off."""

    id: UUID
    kind: Kind
    number: str
    customer: UUID | None
    currency: str
    balance: Decimal
    state: str
    expires: date | None
    opened_at: datetime
    used_at: datetime | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{KINDS[self.kind]} {self.number}"


class Loyal(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's points."""

    id: UUID
    customer: UUID
    balance: int
    opened_at: datetime
    used_at: datetime | None = None


class ValueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of such a ledger; `amount` is money, or points."""

    id: UUID
    receipt: UUID | None
    reference: str
    amount: Decimal
    reason: str
    at: datetime
    person: UUID | None


def after_months(day: date, months: int) -> date:
    """Return the day some months later: the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - date(year, month + 1, 1)).days))
