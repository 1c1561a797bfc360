"""From a payment to its journal entry: what it settles, discounts, write-offs, taxes that fall due, and the gain or loss on exchange."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from weft.contracts.ledger import NewEntry, NewLine
from weft.errors import Invalid
from weft.money import minor_unit

from ..amounts import ZERO, rounded
from ..tax.compute import TaxAmount
from ..tax.model import Use
from .posting import Facts, Move, new_line, tax_moves
from .terms import EarlyDiscount

DISCOUNTS = {Use.SALE: "sales_discount", Use.PURCHASE: "purchase_discount"}
OWED = {Use.SALE: "receivable", Use.PURCHASE: "payable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a payment does to one document: all amounts are more than or equal to 0, in the document's currency.

    `base` is what the settled part stands for in the books (see `currency.gains.settle`). `due_taxes` are cash-basis taxes that
    the payment makes due, `lost_taxes` those of the part written off, which never will be; `due_base`, `lost_base` and `discount_base`
    are they and the taxes of the discount in base currency, for a document in another, with nothing for those that do not wait.
    """

    use: Use
    amount: Decimal
    base: Decimal = ZERO
    discount: EarlyDiscount | None = None
    write_off: Decimal = ZERO
    due_taxes: tuple[TaxAmount, ...] = ()
    lost_taxes: tuple[TaxAmount, ...] = ()
    due_base: tuple[TaxAmount | None, ...] = ()
    lost_base: tuple[TaxAmount | None, ...] = ()
    discount_base: tuple[TaxAmount | None, ...] = ()
    title: str = ""

    @property
    def settles(self) -> Decimal:
        """How much of the document is settled."""
        return self.amount + (self.discount.amount if self.discount else ZERO) + self.write_off


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Money that came in, or went out: `amount` in the currency of what it settles, `bank_amount` in that of the bank account when it is
    another one, and `worth` in base currency on its day. What settles nothing stays open with the party, under `unused_event`.
    """

    incoming: bool
    currency: str
    amount: Decimal
    bank: str = ""  # code of its account; empty: by the posting rule "bank"
    bank_currency: str = ""
    bank_amount: Decimal = ZERO
    worth: Decimal = ZERO
    unused_event: str = ""
    settled: tuple[Settled, ...] = field(default=())

    @property
    def unused(self) -> Decimal:
        """What of it settles nothing."""
        return self.amount - sum((each.amount for each in self.settled), ZERO)


def payment_entry(paid: Paid, facts: Facts) -> NewEntry:
    """Return the balanced entry of a payment, in its currencies and in base currency.

    What the bank holds more, or less, in base currency than what was settled is a gain, or loss, on exchange. Raises `Invalid` when more is
    settled than was paid.
    """
    if paid.unused < 0 or paid.amount <= 0:
        raise Invalid(f"{paid.amount - paid.unused:f} are settled, but {paid.amount:f} were paid: the payment has to reach.")
    sign = 1 if paid.incoming else -1
    in_base = paid.currency == facts.base_currency
    lines = _money(paid, facts, sign)
    for each in paid.settled:
        lines += _settled(each, paid, facts, sign)
    if paid.unused:
        share = None if in_base else _part(paid.worth, paid.unused, paid.amount, facts) * -sign
        event = paid.unused_event or ("receivable" if paid.incoming else "payable")
        lines.append(new_line(Move(-paid.unused * sign, event, description="On account", is_owed=True), paid.currency, share, facts))
    if not in_base and (left := sum((_base_of(line) for line in lines), ZERO)):
        event = "exchange_gain" if left > 0 else "exchange_loss"
        lines.append(NewLine(event=event, currency=paid.currency, base=-left, description="Exchange difference"))
    return NewEntry(
        journal=facts.journal or "bank",
        date=facts.date,
        currency=paid.currency,
        description=facts.description or facts.number,
        source=facts.source,
        lines=tuple(lines),
    )


def _money(paid: Paid, facts: Facts, sign: int) -> list[NewLine]:
    """Return the bank's line, and where it is in another currency, those that keep each currency even."""
    event = "" if paid.bank else "bank"
    same = not paid.bank_currency or paid.bank_currency == paid.currency
    currency, amount = (paid.currency, paid.amount) if same else (paid.bank_currency, paid.bank_amount)
    worth = None if currency == facts.base_currency else paid.worth * sign
    lines = [new_line(Move(amount * sign, event, "", paid.bank), currency, worth, facts)]
    if not same:
        other = None if paid.currency == facts.base_currency else paid.worth * sign
        out = None if worth is None else -worth
        lines.append(new_line(Move(-amount * sign, "currency_conversion"), currency, out, facts))
        lines.append(new_line(Move(paid.amount * sign, "currency_conversion"), paid.currency, other, facts))
    return lines


def _settled(each: Settled, paid: Paid, facts: Facts, sign: int) -> list[NewLine]:
    """Return the lines of one settled document; amounts besides the payment itself are converted as the document was."""
    owed = Move(-each.settles * sign, OWED[each.use], description=each.title, is_owed=True)
    if paid.currency == facts.base_currency:
        return [new_line(move, paid.currency, None, facts) for move in (owed, *_besides(each, sign))]
    lines = [new_line(owed, paid.currency, -each.base * sign, facts)]
    besides = _besides(each, sign)
    worth = [_part(each.base, move.amount, each.settles, facts) if move.base is None else move.base for move in besides]
    return [*lines, *(new_line(move, paid.currency, base, facts) for move, base in zip(besides, worth, strict=True))]


def _besides(each: Settled, sign: int) -> list[Move]:
    """Return what a settled document moves besides what is owed and paid: discount, write-off, and taxes that change or fall due."""
    document = sign if each.use is Use.SALE else -sign  # 1 where it settles an invoice or a bill, -1 a credit note
    moves: list[Move] = []
    if each.discount:
        costs = sum((tax.cost for tax in each.discount.taxes), ZERO) if each.use is Use.PURCHASE else ZERO
        moves.append(Move((each.discount.net + costs) * sign, DISCOUNTS[each.use], description="Early-payment discount"))
        moves += [
            move for tax, base in _with(each.discount.taxes, each.discount_base) for move in tax_moves(tax, each.use, -document, base=base)
        ]
    if each.write_off:
        lost = sum((tax.amount for tax in each.lost_taxes if tax.tax.on_document), ZERO)
        costs = sum((tax.cost for tax in each.lost_taxes), ZERO) if each.use is Use.PURCHASE else ZERO
        moves.append(Move((each.write_off - lost + costs) * sign, "write_off", description="Written off"))
        for tax, base in _with(each.lost_taxes, each.lost_base):
            moves += tax_moves(tax, each.use, -document, base=base)
    for tax, base in _with(each.due_taxes, each.due_base):
        moves += tax_moves(tax, each.use, -document, base=base)
        moves += tax_moves(tax, each.use, document, paid=True, base=base)
    return [move for move in moves if move.amount or move.base]


def _with(taxes: Sequence[TaxAmount], base: Sequence[TaxAmount | None]) -> list[tuple[TaxAmount, TaxAmount | None]]:
    return list(zip(taxes, base or [None] * len(taxes), strict=True))


def _part(base: Decimal, amount: Decimal, whole: Decimal, facts: Facts) -> Decimal:
    return rounded(Fraction(base) * Fraction(amount) / Fraction(whole), minor_unit(facts.base_currency))


def _base_of(line: NewLine) -> Decimal:
    return line.debit - line.credit if line.base is None else line.base


def settled_total(items: Sequence[Settled]) -> Decimal:
    """Return how much is settled in all."""
    return sum((each.settles for each in items), ZERO)
