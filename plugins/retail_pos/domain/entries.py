"""What the ledger is told of receipts, of cash that moves, and of a drawer that was counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from weft.contracts import NewEntry, NewLine, Source, TaxFact

from .figures import ZERO, Figures
from .records import CashKind, CashMovement, Receipt

# Which posting rule a tender goes by; of the others the rule for card payments takes what none with its type as detail does.
TENDERS = {"cash": "cash", "gift_card": "gift_cards", "store_credit": "store_credit", "loyalty": "loyalty_granted"}
MOVEMENTS = {
    CashKind.PAY_IN: "suspense",
    CashKind.PAY_OUT: "petty_expenses",
    CashKind.DROP: "cash_in_safe",
    CashKind.PICKUP: "cash_in_safe",
}
Key = tuple[str, str]  # event of a posting rule, and its detail; without an event the code of an account


def tender_key(kind: str) -> Key:
    """Return the posting rule of a tender."""
    return (TENDERS[kind], "") if kind in TENDERS else ("card_clearing", kind)


def sums(receipt: Receipt, found: Figures) -> dict[Key, Decimal]:
    """Return what a receipt comes to by posting rule, debits positive; they add up to zero."""
    by_key: dict[Key, Decimal] = defaultdict(Decimal)
    for tender in receipt.tenders:
        by_key[tender_key(tender.type)] += tender.amount
    for line, each in zip(receipt.lines, found.lines, strict=True):
        if line.stored_value:
            by_key["gift_cards", ""] -= line.amount
        else:
            by_key["sales_revenue", line.category] -= each.net
            for tax, amount in zip(line.taxes, each.taxes, strict=True):
                by_key["output_tax", tax.code] -= amount
    by_key["cash_rounding", ""] -= receipt.rounding
    return {key: amount for key, amount in by_key.items() if amount}


def lines_of(by_key: Iterable[tuple[Key, Decimal]]) -> tuple[NewLine, ...]:
    """Return sums as lines of an entry."""
    return tuple(
        NewLine(event=event, detail=detail, debit=max(amount, ZERO), credit=max(-amount, ZERO))
        if event
        else NewLine(code=detail, debit=max(amount, ZERO), credit=max(-amount, ZERO))
        for (event, detail), amount in by_key
        if amount
    )


def facts(receipt: Receipt) -> tuple[TaxFact, ...]:
    """Return what the tax return is told."""
    return tuple(TaxFact(code=each.code, base=each.net, amount=each.tax) for each in receipt.taxes if each.net or each.tax)


def gap(by_key: Mapping[Key, Decimal], till: str) -> list[tuple[Key, Decimal]]:
    """Return what is missing from the tenders of a receipt that a person let pass, or too much: it is short or over at its till."""
    rest = sum(by_key.values(), ZERO)
    return [(("cash_short" if rest < 0 else "cash_over", till), -rest)] if rest else []


def receipt_entry(
    receipt: Receipt, found: Figures, day: date, source: Source, journal: str, stock: Sequence[NewLine], passed_at: str = ""
) -> NewEntry | None:
    """Return the one entry of a receipt: revenue by category, taxes, tenders, rounding and cost; none where nothing is worth anything.

    Where a person let it pass, `passed_at` is the code of its till, and what its tenders do not cover is short there.
    """
    by_key = sums(receipt, found)
    lines = (*lines_of(by_key.items()), *(lines_of(gap(by_key, passed_at)) if passed_at else ()), *stock)
    if not lines:
        return None
    title = {"sale": "Sale", "return": "Return", "void": "Void"}.get(receipt.kind.value, "Receipt")
    return NewEntry(journal=journal, date=day, lines=lines, description=f"{title} {receipt.reference}", source=source, taxes=facts(receipt))


def cash_entry(told: CashMovement, account: str, day: date, source: Source) -> NewEntry:
    """Return the entry of money put into a drawer (positive) or taken from it; `account` is that of its reason, where it has one."""
    other = ("", account) if account else (MOVEMENTS[told.kind], told.reason_code)
    return NewEntry(
        journal="cash",
        date=day,
        description=f"Till: {told.reason}"[:200],
        source=source,
        lines=lines_of([(("cash", ""), told.amount), (other, -told.amount)]),
    )


def difference_entry(difference: Decimal, till: str, day: date, source: Source) -> NewEntry:
    """Return the entry for a drawer that holds more (positive) or less than it should."""
    event = "cash_over" if difference > 0 else "cash_short"
    return NewEntry(
        journal="cash",
        date=day,
        description=f"Till {till}: counted {'more' if difference > 0 else 'less'} than expected",
        source=source,
        lines=lines_of([(("cash", ""), difference), ((event, till), -difference)]),
    )
