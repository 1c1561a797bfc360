"""What plugins may ask of each other: abstract classes that one plugin fulfils and others get by `tenant.service()`.

A contract never opens a transaction: it works in its caller's, so what both write is committed together or not at all.
"""

from weft.contracts.catalogue import Item, ItemPrice, Items, ItemUnit, ScannedItem
from weft.contracts.ledger import (
    AlreadyPosted,
    Balance,
    JournalKind,
    Ledger,
    MissingRate,
    NewEntry,
    NewLine,
    PeriodLocked,
    PostedEntry,
    PostedLine,
    Source,
    Unbalanced,
)
from weft.contracts.parties import Address, NewParty, Parties, Party, PartyKind

__all__ = [
    "Address",
    "AlreadyPosted",
    "Balance",
    "Item",
    "ItemPrice",
    "ItemUnit",
    "Items",
    "JournalKind",
    "Ledger",
    "MissingRate",
    "NewEntry",
    "NewLine",
    "NewParty",
    "Parties",
    "Party",
    "PartyKind",
    "PeriodLocked",
    "PostedEntry",
    "PostedLine",
    "ScannedItem",
    "Source",
    "Unbalanced",
]
