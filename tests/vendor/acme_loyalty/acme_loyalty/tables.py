"""What is kept: cards, each of a contact, and what came and went on them."""

from typing import Any

from piccolo.columns import UUID, Date, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table


class Member(Table, tablename="acme_loyalty_member"):
    """A card. The contact it belongs to is a row of another plugin's, which is named and never imported."""

    id = UUID(primary_key=True, default=None)
    party: ForeignKey[Any] = ForeignKey(references=LazyTableReference("Party", app_name="contacts"), null=False, on_delete=OnDelete.cascade)
    card = Text()
    name = Text()
    points = Integer(default=0)
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())


class Entry(Table, tablename="acme_loyalty_entry"):
    """Points that came or went; rows are only added."""

    id = UUID(primary_key=True, default=None)
    member = ForeignKey(references=Member, null=False, on_delete=OnDelete.cascade)
    day = Date(default=None, null=False)
    points = Integer(default=0)
    reason = Text(default="")
