"""What tills were told to sell by, as Piccolo is told."""

from piccolo.columns import JSONB, UUID, Timestamptz
from piccolo.table import Table


class Book(Table, tablename="retail_pos_book"):
    """Promotions, limits and managers as tills were told them from a moment on, until the next row."""

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(default=None)
    content = JSONB(default="{}")
