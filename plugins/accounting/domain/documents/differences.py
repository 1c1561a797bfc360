"""What it enters when two things settle each other later: cash-basis taxes that fall due, and a difference of exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from weft.contracts.ledger import NewEntry, NewLine

from ..tax.compute import TaxAmount
from ..tax.model import Use
from .model import DocumentKind
from .posting import Facts, Move, tax_moves, to_entry

OWED = {Use.SALE: "receivable", Use.PURCHASE: "payable"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it releases in base currency, the taxes that fall due with it, and whether it takes back.

    `taxes_base` are the taxes in base currency, where the document is in another.
    """

    base: Decimal
    taxes: tuple[TaxAmount, ...] = ()
    is_credit: bool = False
    taxes_base: tuple[TaxAmount, ...] = ()

    @property
    def pairs(self) -> list[tuple[TaxAmount, TaxAmount | None]]:
        """Each tax, with itself in base currency where that is another."""
        return list(zip(self.taxes, self.taxes_base or (None,) * len(self.taxes), strict=True))


def difference_entry(kind: DocumentKind, currency: str, first: Side, other: Side, facts: Facts) -> NewEntry | None:
    """Return the entry that a document of a kind makes when something else settles it; nothing where nothing differs."""
    moves: list[Move] = []
    for side in (first, other):
        sign = -1 if side.is_credit else 1
        for tax, base in side.pairs:
            moves += [*tax_moves(tax, kind.use, -sign, base=base), *tax_moves(tax, kind.use, sign, paid=True, base=base)]
    moves = [move for move in moves if move.amount or move.base]
    gap = (other.base - first.base) * kind.sign
    if not moves and not gap:
        return None
    entry = to_entry(moves, currency, facts, "general")
    if not gap:
        return entry
    event = "exchange_gain" if gap > 0 else "exchange_loss"
    lines: Sequence[NewLine] = (
        NewLine(event=OWED[kind.use], currency=currency, base=gap, party=facts.party, description="Exchange difference"),
        NewLine(event=event, currency=currency, base=-gap, description="Exchange difference"),
    )
    return msgspec.structs.replace(entry, lines=(*entry.lines, *lines))
