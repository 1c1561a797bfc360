"""Sales of the time before these tills, for figures to be compared with, as Piccolo is told."""

from decimal import Decimal

from piccolo.columns import UUID, Boolean, Date, Integer, Numeric, Text
from piccolo.table import Table


class History(Table, tablename="retail_pos_history"):
    """A line that another till sold: counted in figures, in neither stock nor books."""

    id = UUID(primary_key=True, default=None)
    day = Date(default=None)
    hour = Integer(default=0)
    reference = Text(default="")  # of its receipt
    returned = Boolean(default=False)  # whether the receipt only takes goods back
    operator = Text(default="")
    sku = Text(default="")
    name = Text(default="")
    category = Text(default="")
    quantity = Numeric(default=Decimal(0))
    net = Numeric(default=Decimal(0))
    gross = Numeric(default=Decimal(0))
    discount = Numeric(default=Decimal(0))
    cost = Numeric(null=True, default=None)
