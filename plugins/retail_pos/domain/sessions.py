"""Sessions of tills and their closings as values, and what a Z report sums up."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from .canonical import canonical
from .figures import ZERO

SessionState = Literal["open", "counted", "closed"]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A till's drawer from the float to the count."""

    id: UUID
    till: UUID
    till_code: str
    store: UUID
    number: int
    state: SessionState
    business_date: date
    currency: str
    opening_float: Decimal
    opened_at: datetime | None
    opened_by: UUID | None
    counted_at: datetime | None
    counted_by: UUID | None
    counted: Decimal | None
    told_expected: Decimal | None
    denominations: dict[str, int]
    note: str
    expected: Decimal | None
    over_short: Decimal | None
    entry: UUID | None
    period: UUID | None
    count_seq: int | None


class TaxSum(msgspec.Struct, frozen=True, kw_only=True):
    """What a tax comes to over many receipts."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What an X or Z report sums up, over receipts that were posted; training counts in none of it."""

    receipts: int = 0
    sales: int = 0
    returns: int = 0  # receipts on which more comes back than is sold
    voids: int = 0
    gross: Decimal = ZERO
    gross_sales: Decimal = ZERO
    gross_returns: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    discounts: Decimal = ZERO  # given on sales, whether or not the goods came back
    rounding: Decimal = ZERO
    cost: Decimal = ZERO
    units: Decimal = ZERO
    late: int = 0  # receipts of sessions that were closed when they arrived
    taxes: dict[str, TaxSum] = {}
    tenders: dict[str, Decimal] = {}
    movements: dict[str, Decimal] = {}


class Drawer(msgspec.Struct, frozen=True, kw_only=True):
    """What should be in a drawer: `opening` float, `cash` taken less given back, and `moved` in and out without a sale."""

    opening: Decimal
    cash: Decimal
    moved: Decimal

    @property
    def expected(self) -> Decimal:
        """What should be in it."""
        return self.opening + self.cash + self.moved


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A closing: the Z of a session, or a month or year of a till. `perpetual_total` is all that was ever closed on the till."""

    id: UUID
    till: UUID
    kind: Literal["day", "month", "year"]
    number: int
    first: date
    last: date
    session: UUID | None
    receipts: int
    grand_total: Decimal
    perpetual_total: Decimal
    totals: Totals
    previous: str
    hash: str
    made_at: datetime
    made_by: UUID | None


def period_hash(values: Mapping[str, object], previous: str) -> str:
    """Return the hash of a closing: SHA-256 over its figures and the hash of the one before, as canonical JSON."""
    return hashlib.sha256(canonical(msgspec.to_builtins({**values, "previous": previous}))).hexdigest()


def fiscal_day(business_date: date, closed_on: date | None, running: date | None) -> date:
    """Return the day a receipt is posted on: its own; when its session is closed the next one, which is that of the session that runs."""
    if closed_on is None:
        return business_date
    following = closed_on + timedelta(days=1)
    return running if running is not None and running > closed_on else following
