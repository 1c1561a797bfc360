"""What the test's importer fills."""

from decimal import Decimal

from piccolo.columns import UUID, Date, Integer, Numeric, Text
from piccolo.table import Table


class Member(Table, tablename="club_member"):
    """A member of a club."""

    id = UUID(primary_key=True, default=None)
    code = Text(unique=True)
    name = Text()
    email = Text(default="")
    born = Date(null=True, default=None)
    credit = Numeric(default=Decimal(0))
    version = Integer(default=1)
