"""Deposits: invoicing a part before the supply, and taking it off the final invoice with the same taxes."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from weft.errors import Invalid

from ..amounts import ZERO, rounded, spread_by
from ..tax.model import HUNDRED, Tax, TaxKind
from .model import Computed, DocumentLine, compute_document


def deposit_lines(
    order: Computed, percent: Decimal = ZERO, amount: Decimal = ZERO, description: str = "Deposit"
) -> tuple[DocumentLine, ...]:
    """Return the lines of a deposit invoice: a share of an order, or an amount of it without tax, one line for each set of taxes.

    Tax is owed on a deposit when it is received (Directive 2006/112/EC, article 65), at the rates of what it is for; a tax by unit is
    owed with the goods. Raises `Invalid` for nothing, or for more than the order.
    """
    groups = _by_taxes(order)
    whole = sum(groups.values(), ZERO)
    wanted = rounded(whole * percent / HUNDRED + amount, order.document.step)
    if not 0 < wanted <= whole:
        raise Invalid.field("amount", f"A deposit is more than 0 and at most {whole:f} {order.document.currency} without tax.")
    parts = spread_by(wanted, list(groups.values()), order.document.step)
    return tuple(
        DocumentLine(description=description, unit_price=part, taxes=taxes, included=False, detail="deposit")
        for taxes, part in zip(groups, parts, strict=True)
        if part
    )


def deduction_lines(deposits: Sequence[tuple[str, Computed]]) -> tuple[DocumentLine, ...]:
    """Return the lines that take invoiced deposits, by their titles, off a final invoice: the same net amounts and taxes, negative."""
    lines = []
    for title, deposit in deposits:
        for taxes, net in _by_taxes(deposit).items():
            lines.append(
                DocumentLine(description=title, quantity=Decimal(-1), unit_price=net, taxes=taxes, included=False, detail="deposit")
            )
    return tuple(lines)


def final_lines(order: Sequence[DocumentLine], deposits: Sequence[tuple[str, Computed]]) -> tuple[DocumentLine, ...]:
    """Return the lines of the final invoice: those of the order, less the deposits."""
    return (*order, *deduction_lines(deposits))


def still_owed(order: Computed, deposits: Sequence[tuple[str, Computed]]) -> Computed:
    """Return the final invoice of an order as it comes out."""
    return compute_document(replace(order.document, lines=final_lines(order.document.lines, deposits)))


def _by_taxes(document: Computed) -> dict[tuple[Tax, ...], Decimal]:
    groups: dict[tuple[Tax, ...], Decimal] = {}
    for line, taxed in document.lines:
        taxes = tuple(tax for tax in line.taxes if tax.kind is not TaxKind.FIXED)
        groups[taxes] = groups.get(taxes, ZERO) + taxed.net
    return groups
