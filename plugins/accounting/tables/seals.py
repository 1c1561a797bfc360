"""What seals keep, as Piccolo is told; constraints and guards are in the migrations."""

from piccolo.columns import Array, BigInt, Bytea, ForeignKey, Text, Timestamptz
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
