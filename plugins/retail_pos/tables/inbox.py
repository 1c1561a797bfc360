"""What arrived from tills, word for word, and what a person has to look at, as Piccolo is told."""

from piccolo.columns import JSONB, UUID, BigInt, Date, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from .setup import KEEP, Till


class Inbox(Table, tablename="retail_pos_inbox"):
    """A record as it arrived; no two have one id, nor one number of one till."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=False, default=None, on_delete=KEEP)
    seq = BigInt(default=0)
    type = Text(default="")
    hash = Text(default="")
    previous = Text(default="")
    session = UUID(default=None)
    business_date = Date(default=None)
    made_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None)
    state = Text(default="received")  # applied, parked, rejected
    chain = Text(default="waiting")  # linked, broken: whether it follows the record before it
    body = JSONB(default="{}")


class Problem(Table, tablename="retail_pos_problem"):
    """Something that a person has to decide, or that heals when what is missing arrives."""

    id = UUID(primary_key=True, default=None)
    till = ForeignKey(Till, null=True, default=None, on_delete=KEEP)
    kind = Text(default="")  # parked, conflict, corrupt, gap, chain
    record = UUID(null=True, default=None)  # its id, as sent
    seq = BigInt(default=0)
    hash = Text(default="")
    reason = Text(default="")  # a key, see domain/reasons.py
    sentence = Text(default="")
    details = JSONB(default="{}")
    body = JSONB(null=True, default=None)  # what came, where the inbox could not keep it
    opened_at = Timestamptz(default=None)
    state = Text(default="open")
    decision = Text(default="")
    note = Text(default="")
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
