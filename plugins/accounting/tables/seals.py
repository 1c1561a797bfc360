"""What seals keep, as Piccolo is told; constraints and guards are in the migrations."""

from piccolo.columns import UUID, Array, BigInt, Bytea, ForeignKey, SmallInt, Text, Timestamptz
from piccolo.table import Table

from .ledger import KEEP, Entry


class Seal(Table, tablename="accounting_seal"):
    """The tree's root after a batch; `leaves` are the hashes of that batch, 32 bytes each."""

    size = BigInt(primary_key=True, default=0)
    root = Bytea(default=b"")
    peaks = Array(base_column=Bytea(), default=list)
    leaves = Bytea(default=b"")
    sealed_at = Timestamptz(default=None)


class Sealed(Table, tablename="accounting_sealed"):
    """The place of an entry in the tree, counted from 0."""

    entry = ForeignKey(Entry, primary_key=True, null=False, default=None, on_delete=KEEP)
    position = BigInt(default=0)
    reference = Text(default="")


class SealNode(Table, tablename="accounting_seal_node"):
    """The root of a full subtree over 2^level leaves, the `place`-th of its level counted from 0."""

    id = UUID(primary_key=True, default=None)
    level = SmallInt(default=1)
    place = BigInt(default=0)
    hash = Bytea(default=b"")


class Bundle(Table, tablename="accounting_bundle"):
    """An auditor's bundle that was made: the file, and the head of the tree it goes up to."""

    id = UUID(primary_key=True, default=None)
    file = UUID(default=None)
    name = Text(default="")
    bytes = BigInt(default=0)
    size = BigInt(default=0)
    root = Text(default="")
    made_at = Timestamptz(default=None)
    made_by = UUID(null=True, default=None)
