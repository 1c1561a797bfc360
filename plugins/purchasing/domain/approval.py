"""Who has to agree to an order before it is sent: nobody, one person, or two, by what it comes to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from weft.errors import Refused


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """In base currency without tax: up to `free` nobody is asked, above it one approver, above `second` a second one with more power."""

    free: Decimal
    second: Decimal


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody agreed."""

    person: UUID | None
    name: str
    at: datetime


class Approver(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to agree, and what their roles let them."""

    person: UUID | None
    may_approve: bool
    may_approve_high: bool
    most: Decimal | None = None  # of their own, in base currency without tax; none: whatever their roles let them


def needed(amount: Decimal, limits: Limits) -> int:
    """Return how many people have to agree to an amount: 0, 1 or 2."""
    if amount <= limits.free:
        return 0
    return 2 if amount > max(limits.second, limits.free) else 1


def why_not(amount: Decimal, limits: Limits, given: Sequence[Approval], asked_by: UUID | None, approver: Approver) -> str:
    """Return in words why somebody may not agree now, or nothing.

    Who asked for an order never approves it, nobody approves twice or more than their own limit, and the last of two steps needs the
    greater permission.
    """
    if approver.person is not None and approver.person == asked_by:
        return "You asked for this order: somebody else has to approve it."
    if approver.person is not None and any(each.person == approver.person for each in given):
        return "You approved this order already: a second person has to agree."
    if approver.most is not None and amount > approver.most:
        return f"You may approve orders up to {approver.most:f}: somebody who may approve more has to agree."
    steps = needed(amount, limits)
    if len(given) + 1 >= steps > 1 and not approver.may_approve_high:
        return f"Orders above {limits.second:f} need a second approval by somebody who may approve any amount."
    if not (approver.may_approve or approver.may_approve_high):
        return "You may not approve orders."
    return ""


def approve(amount: Decimal, limits: Limits, given: Sequence[Approval], asked_by: UUID | None, approver: Approver) -> bool:
    """Return whether the order is approved for good with this one; raises `Refused` with the reason when it may not be given."""
    if sentence := why_not(amount, limits, given, asked_by, approver):
        raise Refused(sentence)
    return len(given) + 1 >= needed(amount, limits)
