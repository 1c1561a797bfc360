"""Sums of days that are over, as Piccolo is told."""

from decimal import Decimal

from piccolo.columns import UUID, BigInt, Date, Numeric, Text
from piccolo.table import Table


class Summed(Table, tablename="retail_pos_summed"):
    """Up to which day all are summed up; the only row of its table."""

    id = UUID(primary_key=True, default=None)
    through = Date(default=None)


class DayMark(Table, tablename="retail_pos_day_mark"):
    """A day that something was added to after it was summed up, or taken from."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)


class Daily(Table, tablename="retail_pos_daily"):
    """What one hour, category, cashier, till or kind of tender came to on a day; `dimension` is `all` for the whole day."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)
    dimension = Text(default="")
    key = Text(default="")
    receipts = BigInt(default=0)
    returns = BigInt(default=0)
    units = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    gross = Numeric(default=Decimal(0))
    sold = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    returned = Numeric(default=Decimal(0))
    costed = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))


class DailyItem(Table, tablename="retail_pos_daily_item"):
    """What was sold of an item on a day."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)
    sku = Text(default="")
    name = Text(default="")
    item = UUID(null=True, default=None)
    units = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    gross = Numeric(default=Decimal(0))
    sold = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    returned = Numeric(default=Decimal(0))
    costed = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))


class MonthItem(Table, tablename="retail_pos_month_item"):
    """What was sold of an item in a month whose days are all summed up."""

    id = UUID(primary_key=True, default=None)
    month = Date(default=None)
    sku = Text(default="")
    name = Text(default="")
    item = UUID(null=True, default=None)
    units = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    gross = Numeric(default=Decimal(0))
    sold = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    returned = Numeric(default=Decimal(0))
    costed = Numeric(default=Decimal(0))
    cost = Numeric(default=Decimal(0))
