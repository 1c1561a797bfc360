"""Sessions of tills, what moves in their drawers, and what is closed for the tax office, as Piccolo is told."""

from decimal import Decimal

from piccolo.columns import JSONB, UUID, BigInt, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from .setup import KEEP, Store, Till


class FiscalPeriod(Table, tablename="retail_pos_fiscal_period"):
    """A closing of a till: the Z of a session, a month, a year. It never changes; `perpetual_total` is all that was ever closed."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=False, default=None, on_delete=KEEP)
    kind = Text(default="day")
    number = Integer(default=1)
    first = Date(default=None)
    last = Date(default=None)
    session = UUID(null=True, default=None)
    receipts = Integer(default=0)
    grand_total = Numeric(default=Decimal(0))
    perpetual_total = Numeric(default=Decimal(0))
    totals = JSONB(default="{}")
    previous = Text(default="")
    hash = Text(default="")
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)


class Session(Table, tablename="retail_pos_session"):
    """A till's drawer from the float to the count; its id is what the till gave it."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=False, default=None, on_delete=KEEP)
    store = ForeignKey(Store, null=False, default=None, on_delete=KEEP)
    number = Integer(default=0)
    state = Text(default="open")  # counted: waits for what is missing; closed
    business_date = Date(default=None)
    currency = Text(default="")
    opening_float = Numeric(default=Decimal(0))
    opened_at = Timestamptz(null=True, default=None)  # none while its first record is missing
    opened_by = UUID(null=True, default=None)
    counted_at = Timestamptz(null=True, default=None)
    counted_by = UUID(null=True, default=None)
    counted = Numeric(null=True, default=None)
    told_expected = Numeric(null=True, default=None)  # what the till worked out
    denominations = JSONB(default="{}")
    note = Text(default="")
    expected = Numeric(null=True, default=None)  # of what is here, when it was closed
    over_short = Numeric(null=True, default=None)
    entry = UUID(null=True, default=None)
    period = ForeignKey(FiscalPeriod, null=True, default=None, on_delete=KEEP)
    count_seq = BigInt(null=True, default=None)


class CashMovement(Table, tablename="retail_pos_cash_movement"):
    """Money put into a drawer or taken from it, without a sale."""

    id = UUID(primary_key=True, default=None)
    session = ForeignKey(Session, null=False, default=None, on_delete=KEEP)
    kind = Text(default="")
    amount = Numeric(default=Decimal(0))
    reason = Text(default="")
    reason_code = Text(default="")
    made_at = Timestamptz(default=None)
    operator = UUID(null=True, default=None)
    entry = UUID(null=True, default=None)


class TillEvent(Table, tablename="retail_pos_till_event"):
    """A technical event of a till, for the journal that tax offices ask for."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=False, default=None, on_delete=KEEP)
    session = UUID(default=None)
    kind = Text(default="")
    about = Text(default="")
    made_at = Timestamptz(default=None)
    operator = UUID(null=True, default=None)
    by = UUID(null=True, default=None)
