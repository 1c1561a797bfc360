"""The facts that tills publish."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from weft import Event


class ReceiptPosted(Event, frozen=True, kw_only=True):
    """A receipt is in stock and books."""

    receipt: UUID
    reference: str
    kind: str
    store: UUID
    till: UUID
    business_date: date
    made_at: datetime
    total: Decimal
    currency: str
    customer: UUID | None = None


class RecordParked(Event, frozen=True, kw_only=True):
    """A record of a till waits for a person."""

    problem: UUID
    record: UUID
    till: UUID
    reason: str


class SessionClosed(Event, frozen=True, kw_only=True):
    """A session is counted and closed, and has its Z report."""

    session: UUID
    till: UUID
    business_date: date
    over_short: Decimal
    currency: str


EVENTS = (ReceiptPosted, RecordParked, SessionClosed)
