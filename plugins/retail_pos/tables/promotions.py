"""Promotions, as Piccolo is told."""

from piccolo.columns import JSONB, UUID, Boolean, Integer, Text
from piccolo.table import Table


class Promotion(Table, tablename="retail_pos_promotion"):
    """A promotion: `entry` as it was typed, `rule` as tills compute by it."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    entry = JSONB(default="{}")
    rule = JSONB(default="{}")
    active = Boolean(default=True)
    version = Integer(default=1)
