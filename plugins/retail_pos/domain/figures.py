"""The figures of a receipt as stock, books and reports want them: net and tax of each line, sums, and what each tax comes to."""

from dataclasses import dataclass
from decimal import Decimal

from .records import Receipt, TaxTotal
from .rules.exact import major, micro, minor
from .rules.taxes import Taxed, key_of, tax

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What a line comes to without its taxes, and each of its taxes, in their order."""

    net: Decimal
    taxes: tuple[Decimal, ...]

    @property
    def tax(self) -> Decimal:
        """All its taxes."""
        return sum(self.taxes, ZERO)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of a receipt. `gross` is the turnover, `stored` what its gift cards were sold for; `units` counts what is sold and returned."""

    lines: tuple[LineFigures, ...]
    net: Decimal
    tax: Decimal
    stored: Decimal
    discount: Decimal
    units: Decimal

    @property
    def gross(self) -> Decimal:
        """The turnover: goods and services with their taxes."""
        return self.net + self.tax


def figures(receipt: Receipt, digits: int) -> Figures:
    """Return the figures of a receipt whose amounts fit each other; the taxes are those that stand on it."""
    per_line = [list(each) for each in _line_taxes(receipt, digits)]
    _fit(receipt, per_line, digits)
    lines = tuple(
        LineFigures(
            net=line.amount - (major(sum(taxes), digits) if receipt.taxes_included else ZERO),
            taxes=tuple(major(each, digits) for each in taxes),
        )
        for line, taxes in zip(receipt.lines, per_line, strict=True)
    )
    goods = [(line, found) for line, found in zip(receipt.lines, lines, strict=True) if not line.stored_value]
    return Figures(
        lines=lines,
        net=sum((found.net for _, found in goods), ZERO),
        tax=sum((found.tax for _, found in goods), ZERO),
        stored=sum((line.amount for line in receipt.lines if line.stored_value), ZERO),
        discount=sum((each.amount for line in receipt.lines for each in line.discounts), ZERO),
        units=sum((line.quantity for line, _ in goods), ZERO),
    )


def _line_taxes(receipt: Receipt, digits: int) -> tuple[tuple[int, ...], ...]:
    taxed = [Taxed(minor(each.amount, digits), micro(each.quantity), each.taxes) for each in receipt.lines]
    return tax(taxed, included=receipt.taxes_included, per=receipt.tax_per, digits=digits).lines


def _fit(receipt: Receipt, per_line: list[list[int]], digits: int) -> None:
    """Make the lines' taxes add up to the receipt's, which for returned goods are those of their sale: the largest line takes the cent."""
    told = {(each.code, micro(each.rate)): minor(each.tax, digits) for each in receipt.taxes}
    for key, wanted in told.items():
        places = [(i, k) for i, line in enumerate(receipt.lines) for k, each in enumerate(line.taxes) if key_of(each)[:2] == key]
        difference = wanted - sum(per_line[i][k] for i, k in places)
        if difference and places:
            i, k = max(places, key=lambda place: abs(per_line[place[0]][place[1]]))
            per_line[i][k] += difference


def opposite_taxes(taxes: tuple[TaxTotal, ...]) -> tuple[TaxTotal, ...]:
    """Return taxes with all signs turned."""
    return tuple(TaxTotal(code=each.code, rate=each.rate, net=-each.net, tax=-each.tax, gross=-each.gross) for each in taxes)
