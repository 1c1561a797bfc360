"""Tables of the broken plugins."""

from piccolo.columns import UUID
from piccolo.table import Table


class First(Table, tablename="halfway_first"):
    """The table that the migration makes before it fails."""

    id = UUID(primary_key=True, default=None)


class Stolen(Table, tablename="contacts_party"):
    """Another module's table, by its name."""

    id = UUID(primary_key=True, default=None)
