"""Whether the figures of a receipt follow from each other: the server asks this of every receipt that a till sends."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from weft.errors import Invalid

from ..records import Line, Receipt, TaxTotal
from .exact import MICRO, divide, major, micro, minor
from .payment import round_cash
from .taxes import Taxed, combine, tax


def differences(receipt: Receipt, *, digits: int, cash_step: int = 0, mirrored: Sequence[TaxTotal] | None = None) -> tuple[str, ...]:
    """Return a sentence for each figure of a receipt that does not follow from the others; none where all do.

    `cash_step` is the smallest coin in minor units. Lines that come back carry either the taxes that the rules give for their amounts, or
    those `mirrored` from their sales, which the caller works out.
    """
    try:
        return tuple(_found(receipt, digits, cash_step, mirrored))
    except Invalid as wrong:
        return (str(wrong),)


def taxes_of(lines: Sequence[Line], *, included: bool, per: str, digits: int) -> tuple[TaxTotal, ...]:
    """Return the taxes on lines by the rules."""
    taxed = [Taxed(minor(each.amount, digits), micro(each.quantity), each.taxes) for each in lines]
    return tax(taxed, included=included, per=per, digits=digits).totals


def _found(receipt: Receipt, digits: int, cash_step: int, mirrored: Sequence[TaxTotal] | None) -> Iterator[str]:
    for line in receipt.lines:
        yield from _line(line, digits)
    expected = [taxes_of(receipt.lines, digits=digits, included=receipt.taxes_included, per=receipt.tax_per)]
    if mirrored is not None:
        sold = [each for each in receipt.lines if each.original is None]
        expected.append(combine(taxes_of(sold, digits=digits, included=receipt.taxes_included, per=receipt.tax_per), mirrored))
    told = _plain(receipt.taxes)
    if told not in [_plain(each) for each in expected]:
        computed = ", ".join(f"{each.code} {each.tax}" for each in expected[-1]) or "none"
        yield f"The taxes are {', '.join(f'{each.code} {each.tax}' for each in receipt.taxes) or 'none'}; the rules give {computed}."
    total = sum((each.amount for each in receipt.lines), Decimal(0))
    if not receipt.taxes_included:
        total += sum((each.tax for each in receipt.taxes), Decimal(0))
    if total != receipt.total:
        yield f"The total is {receipt.total}, but the lines add up to {total}."
    yield from _tenders(receipt, digits, cash_step)


def _plain(totals: Sequence[TaxTotal]) -> dict[tuple[str, Decimal], tuple[Decimal, Decimal, Decimal]]:
    return {(each.code, each.rate): (each.net, each.tax, each.gross) for each in totals if each.net or each.tax or each.gross}


def _line(line: Line, digits: int) -> Iterator[str]:
    base = major(divide(micro(line.unit_price) * micro(line.quantity) * 10**digits, MICRO * MICRO), digits)
    if base != line.base and line.original is None:
        yield f"Line {line.position} ({line.name}): {line.quantity} at {line.unit_price} make {base}, not {line.base}."
    amount = line.base - sum((each.amount for each in line.discounts), Decimal(0))
    if amount != line.amount:
        yield f"Line {line.position} ({line.name}): {line.base} less its discounts make {amount}, not {line.amount}."
    minor(line.amount, digits)


def _tenders(receipt: Receipt, digits: int, cash_step: int) -> Iterator[str]:
    paid = sum((each.amount for each in receipt.tenders), Decimal(0))
    if paid != receipt.total + receipt.rounding:
        yield f"{paid} was paid for {receipt.total + receipt.rounding}."
    cash = sum((each.amount for each in receipt.tenders if each.type == "cash"), Decimal(0))
    before = minor(cash - receipt.rounding, digits)
    if receipt.rounding and major(round_cash(before, cash_step), digits) != cash:
        yield f"Cash of {major(before, digits)} was rounded to {cash}, which is not how cash is rounded here."
    for each in receipt.tenders:
        if each.given is not None and each.given - (each.change or Decimal(0)) != each.amount:
            yield f"{each.given} was given and {each.change or 0} handed back: that makes another amount than {each.amount}."
