"""What plugins may ask of each other: abstract classes that one plugin fulfils and others get by `tenant.service()`.

A contract never opens a transaction: it works in its caller's, so what both write is committed together or not at all.
"""

from weft.contracts.catalogue import Item, ItemPrice, Items, ItemUnit, ScannedItem
from weft.contracts.parties import Address, NewParty, Parties, Party, PartyKind

__all__ = [
    "Address",
    "Item",
    "ItemPrice",
    "ItemUnit",
    "Items",
    "NewParty",
    "Parties",
    "Party",
    "PartyKind",
    "ScannedItem",
]
