"""From a computed document to its journal entry: the same lines for a preview and for the books."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from weft.contracts.ledger import NewEntry, NewLine, Source
from weft.errors import Invalid
from weft.money import minor_unit

from ..amounts import ZERO, rounded, spread
from ..tax.compute import TaxAmount
from ..tax.in_base import at_rate, rate_of
from ..tax.model import Exigibility, Use
from .model import Computed, DocumentKind
from .terms import Due

JOURNALS = {Use.SALE: "sales", Use.PURCHASE: "purchases"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry needs to know besides the figures. `rate` is how much base currency one unit of the document's currency is worth."""

    number: str
    date: date
    base_currency: str
    party: UUID | None = None
    rate: Fraction = Fraction(1)
    source: Source | None = None
    description: str = ""
    journal: str = ""  # a code; empty: the first of its kind


@dataclass(frozen=True, slots=True)
class Move:
    """One line in the making: an account by `code` or by `event` and `detail`, and an amount, debits positive."""

    amount: Decimal
    event: str = ""
    detail: str = ""
    code: str = ""
    description: str = ""
    due: date | None = None
    is_owed: bool = False  # of the customer or the vendor
    dimensions: tuple[tuple[str, str], ...] = ()
    base: Decimal | None = None  # in base currency, where that was settled before


def document_entry(document: Computed, dues: Sequence[Due], facts: Facts) -> NewEntry:
    """Return the balanced entry of a document, in its own and in base currency.

    What is owed is converted first, as one amount, and the other side takes what rounding leaves (largest remainder): the books hold
    for a document what its total is worth. Raises `Invalid` when instalments are not the total, or nothing is.
    """
    if sum((due.amount for due in dues), ZERO) != document.total:
        raise Invalid(f"The instalments add up to {sum((due.amount for due in dues), ZERO):f}, but the total is {document.total:f}.")
    kind = document.document.kind
    moves = [*_owed(dues, kind), *_lines(document), *_taxes(document, facts)]
    if document.rounding:
        moves.append(Move(-document.rounding * _side(kind), "rounding", description="Rounding"))
    sign = -1 if kind.is_credit else 1
    signed = [_turned(move, sign) for move in moves if move.amount]
    if not signed:
        raise Invalid("This document comes to nothing: there is nothing to post.")
    return to_entry(signed, document.document.currency, facts, JOURNALS[kind.use])


def to_entry(moves: Sequence[Move], currency: str, facts: Facts, journal: str) -> NewEntry:
    """Return an entry of moves in one currency that add up to nothing, with amounts in base currency that do as well."""
    return NewEntry(
        journal=facts.journal or journal,
        date=facts.date,
        currency=currency,
        rate=None if currency == facts.base_currency else shown_rate(facts.rate),
        description=facts.description or facts.number,
        source=facts.source,
        lines=tuple(new_line(move, currency, base, facts) for move, base in zip(moves, in_base(moves, currency, facts), strict=True)),
    )


def new_line(move: Move, currency: str, base: Decimal | None, facts: Facts) -> NewLine:
    """Return a move as the ledger takes it."""
    return NewLine(
        event=move.event,
        detail=move.detail,
        code=move.code,
        debit=max(move.amount, ZERO),
        credit=max(-move.amount, ZERO),
        currency=currency,
        base=base,
        description=move.description,
        party=facts.party if move.is_owed else None,
        due=move.due,
        dimensions=dict(move.dimensions),
    )


def in_base(moves: Sequence[Move], currency: str, facts: Facts) -> list[Decimal | None]:
    """Return the moves in base currency; nothing for each when they are in it already."""
    if currency == facts.base_currency:
        return [None] * len(moves)
    step = minor_unit(facts.base_currency)
    exact = [Fraction(move.amount) * facts.rate for move in moves]
    owed = [place for place, move in enumerate(moves) if move.is_owed]
    rest = [place for place, move in enumerate(moves) if not move.is_owed and move.base is None]
    total = rounded(sum((exact[place] for place in owed), Fraction()), step)
    base = [move.base for move in moves]
    settled = sum((move.base for move in moves if move.base is not None), ZERO)
    if not rest and settled != -total:  # nothing takes what rounding leaves: they have to
        rest, settled = [place for place, move in enumerate(moves) if not move.is_owed], ZERO
    for places, share in ((owed, total), (rest, -total - settled)):
        for place, amount in zip(places, spread(share, [exact[place] for place in places], step), strict=True):
            base[place] = amount
    return base


def shown_rate(rate: Fraction) -> Decimal:
    """Return a rate with 12 digits after the point, as it is stored beside an entry."""
    return rounded(rate, Decimal("1e-12")).normalize()


def tax_moves(tax: TaxAmount, use: Use, sign: int = 1, *, paid: bool = False, base: TaxAmount | None = None) -> list[Move]:
    """Return what one tax moves on an invoice or bill; `paid` once a cash-basis tax is due, as if it were no such tax.

    `base` is the same tax in base currency, where that was settled before. A seller's tax is a debt, a buyer's a claim for what can be
    deducted; under reverse charge the buyer has both. What is withheld from a seller is a claim, what a buyer withholds a debt.
    """
    if base is not None:
        pairs = zip(tax_moves(tax, use, sign, paid=paid), tax_moves(base, use, sign, paid=paid), strict=True)
        return [replace(move, base=other.amount) for move, other in pairs]
    code, waits = tax.tax.code, tax.tax.exigibility is Exigibility.PAYMENT and not paid
    later = "_unpaid" if waits else ""
    title = tax.tax.title
    if tax.tax.is_withheld:
        side = -1 if use is Use.SALE else 1
        return [Move(tax.amount * side * sign, "withholding_tax", code, description=title)]
    if use is Use.SALE:
        return [Move(-tax.amount * sign, f"output_tax{later}", code, description=title)] if tax.tax.on_document else []
    moves = [Move(tax.deductible * sign, f"input_tax{later}", code, description=title)]
    if tax.tax.reverse_charge:
        moves.append(Move(-tax.amount * sign, f"output_tax{later}", code, description=title))
    return moves


def _owed(dues: Sequence[Due], kind: DocumentKind) -> list[Move]:
    event = "receivable" if kind.use is Use.SALE else "payable"
    return [Move(due.amount * _side(kind), event, due=due.day, is_owed=True) for due in dues]


def _lines(document: Computed) -> list[Move]:
    kind, moves = document.document.kind, []
    for line, taxed in document.lines:
        amount = taxed.net if kind.use is Use.SALE else taxed.cost
        event, detail = (line.event, line.detail) if line.event else _event(line.detail, kind)
        moves.append(
            Move(
                -amount * _side(kind),
                "" if line.account else event,
                "" if line.account else detail,
                line.account,
                line.description,
                dimensions=tuple(sorted(line.dimensions.items())),
            )
        )
    return moves


def _event(detail: str, kind: DocumentKind) -> tuple[str, str]:
    """Return the event and detail of a line without an account of its own."""
    if detail == "deposit":
        return ("customer_deposits" if kind.use is Use.SALE else "supplier_deposits"), ""
    return ("sales_revenue" if kind.use is Use.SALE else "purchases"), detail


def _taxes(document: Computed, facts: Facts) -> list[Move]:
    """Return what the taxes move; those that wait for payment stand at the rate of the document, as they will fall due."""
    kind, currency = document.document.kind, document.document.currency
    rate = rate_of(document.total, rounded(Fraction(document.total) * facts.rate, minor_unit(facts.base_currency)))
    moves = []
    for tax, base in zip(document.taxes, at_rate(document.taxes, rate, facts.base_currency), strict=True):
        settled = tax.tax.exigibility is Exigibility.PAYMENT and currency != facts.base_currency
        moves += tax_moves(tax, kind.use, base=base if settled else None)
    return moves


def _side(kind: DocumentKind) -> int:
    """1 where an invoice's total is a debit, -1 where a bill's is a credit."""
    return 1 if kind.use is Use.SALE else -1


def _turned(move: Move, sign: int) -> Move:
    if sign == 1:
        return move
    return replace(move, amount=-move.amount, base=None if move.base is None else -move.base)
