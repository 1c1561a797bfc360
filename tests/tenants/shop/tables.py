"""What the test's shop keeps."""

from piccolo.columns import UUID, Text
from piccolo.table import Table


class Item(Table, tablename="shop_item"):
    """A thing to sell."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")


class ItemV2(Table, tablename="shop_item"):
    """A thing to sell, as version 2 knows it."""

    id = UUID(primary_key=True, default=None)
    title = Text(default="")
    colour = Text(default="")
