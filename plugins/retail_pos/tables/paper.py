"""What became of receipts outside, and archives for the tax office, as Piccolo is told."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.table import Table

from .inbox import Inbox
from .sessions import FiscalPeriod
from .setup import KEEP


class Copy(Table, tablename="retail_pos_copy"):
    """A receipt that was printed or mailed; `number` counts those of one receipt, zero is the first print.

    It never changes, but that an address can be erased.
    """

    id = UUID(primary_key=True, default=None)
    record = ForeignKey(Inbox, null=False, default=None, on_delete=KEEP)
    number = Integer(default=1)
    way = Text(default="")  # print, mail
    target = Text(default="")  # the printer, or the address it was sent to
    made_at = Timestamptz(default=None)
    person = UUID(null=True, default=None)


class PeriodPart(Table, tablename="retail_pos_period_part"):
    """Which closing a month or a year sums up: each is in one at most. Its id is that of the closing."""

    id = ForeignKey(FiscalPeriod, primary_key=True, null=False, default=None, on_delete=KEEP)
    period = ForeignKey(FiscalPeriod, null=False, default=None, on_delete=KEEP)


class Archive(Table, tablename="retail_pos_archive"):
    """A file with the records and closings of some days, and what proves them."""

    id = UUID(primary_key=True, default=None)
    first = Date(default=None)
    last = Date(default=None)
    file = UUID(default=None)
    name = Text(default="")
    size = BigInt(default=0)
    sha256 = Text(default="")
    records = BigInt(default=0)
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)
