"""Stores, tills and who works at them, as Piccolo is told; constraints, indexes and guards are in the migrations."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

KEEP = OnDelete.restrict


class Store(Table, tablename="retail_pos_store"):
    """A shop: where its goods lie, which prices hold there, and what stands on its receipts."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    location = Text(default="")  # code of the location its sales take goods from; empty: the first of stock
    price_list = Text(default="")  # code; empty: the usual one
    address = Text(default="")
    phone = Text(default="")
    head = Text(default="")  # above the lines of a receipt
    foot = Text(default="")
    active = Boolean(default=True)
    version = Integer(default=1)


class Till(Table, tablename="retail_pos_till"):
    """A workstation. `chain_seq` and `chain_hash` say up to where its records are here without a gap, each following the one before."""

    id = UUID(primary_key=True, default=None)
    code = Text(default="")
    title = Text(default="")
    store = ForeignKey(Store, null=False, default=None, on_delete=KEEP)
    printer = Text(default="")  # address of its receipt printer
    pairing_hash = Text(null=True, default=None)
    pairing_until = Timestamptz(null=True, default=None)
    key_hash = Text(null=True, default=None)
    paired_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    seen_at = Timestamptz(null=True, default=None)
    device = Text(default="")  # what the browser said of itself when it was paired
    chain_seq = BigInt(default=0)
    chain_hash = Text(default="")
    last_seq = BigInt(default=0)  # the highest number that ever arrived
    active = Boolean(default=True)
    version = Integer(default=1)


class Operator(Table, tablename="retail_pos_operator"):
    """Somebody who works at tills, known there by a PIN; `pin_hash` is PBKDF2, which a browser can check without a connection."""

    id = UUID(primary_key=True, default=None)
    name = Text(default="")
    person = UUID(null=True, default=None)  # the same one as a member of the business
    role = Text(default="cashier")
    pin_hash = Text(default="")
    active = Boolean(default=True)
    version = Integer(default=1)
