"""Gift cards, store credit and points, each with a ledger that only grows, as Piccolo is told."""

from decimal import Decimal

from piccolo.columns import UUID, Date, ForeignKey, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from .setup import KEEP


class StoredValue(Table, tablename="retail_pos_stored_value"):
    """A gift card, or the store credit of a customer; `balance` is the sum of its entries."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default="gift_card")
    number = Text(default="")
    customer = UUID(null=True, default=None)
    currency = Text(default="")
    balance = Numeric(default=Decimal(0))
    state = Text(default="active")
    expires = Date(null=True, default=None)
    opened_at = Timestamptz(default=None)


class StoredValueEntry(Table, tablename="retail_pos_stored_value_entry"):
    """Money put on a card or taken from it."""

    id = UUID(primary_key=True, default=None)
    account = ForeignKey(StoredValue, null=False, default=None, on_delete=KEEP)
    receipt = UUID(null=True, default=None)
    amount = Numeric(default=Decimal(0))
    reason = Text(default="")
    at = Timestamptz(default=None)
    person = UUID(null=True, default=None)


class LoyaltyAccount(Table, tablename="retail_pos_loyalty_account"):
    """A customer's points; `balance` is the sum of their entries."""

    id = UUID(primary_key=True, default=None)
    customer = UUID(default=None)
    balance = Integer(default=0)
    opened_at = Timestamptz(default=None)


class LoyaltyEntry(Table, tablename="retail_pos_loyalty_entry"):
    """Points earned, spent, taken back or expired."""

    id = UUID(primary_key=True, default=None)
    account = ForeignKey(LoyaltyAccount, null=False, default=None, on_delete=KEEP)
    receipt = UUID(null=True, default=None)
    kind = Text(default="earned")
    points = Integer(default=0)
    reason = Text(default="")
    expires = Date(null=True, default=None)
    at = Timestamptz(default=None)
    person = UUID(null=True, default=None)
