"""Taxes on the lines of a receipt: in the price or on top of it, several on a line, rounded per line or per document.

On a net amount N stand percent taxes of together p and division taxes of together d: the price with both is N (1 + p) / (1 - d), where a
division tax is its share of that price. A fixed tax is an amount for each unit, and no other tax stands on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..records import LineTax, TaxTotal
from .exact import HUNDRED, MICRO, Ratio, add, divide, fit, major, micro

SQUARED = MICRO * MICRO
Key = tuple[str, int, str]  # code, rate in millionths, kind


@dataclass(frozen=True, slots=True)
class Taxed:
    """What taxes are computed on: an amount in minor units, a quantity in millionths, and the taxes."""

    amount: int
    quantity: int
    taxes: tuple[LineTax, ...]


@dataclass(frozen=True, slots=True)
class Taxation:
    """`totals` per tax, `lines` what each tax of each line comes to in minor units; `on_top` is what prices without taxes leave to add."""

    totals: tuple[TaxTotal, ...]
    lines: tuple[tuple[int, ...], ...]
    on_top: int


def key_of(tax: LineTax) -> Key:
    """Return what makes two taxes the same."""
    return tax.code, micro(tax.rate), tax.kind


def exact_taxes(line: Taxed, *, included: bool, digits: int) -> tuple[Ratio, list[Ratio]]:
    """Return the net amount of a line and each of its taxes, in minor units, exactly."""
    rates = [(micro(tax.rate), tax.kind) for tax in line.taxes]
    percent = sum(rate for rate, kind in rates if kind == "percent")
    division = sum(rate for rate, kind in rates if kind == "division")
    fixed = sum(rate for rate, kind in rates if kind == "fixed") * line.quantity * 10**digits
    whole = line.amount * SQUARED
    if included:
        gross: Ratio = (whole - fixed, SQUARED)
        net: Ratio = (gross[0] * (HUNDRED - division), SQUARED * (HUNDRED + percent))
    else:
        net = (whole, SQUARED)
        gross = (whole * (HUNDRED + percent), SQUARED * (HUNDRED - division))
    found: list[Ratio] = []
    for rate, kind in rates:
        if kind == "fixed":
            found.append((rate * line.quantity * 10**digits, SQUARED))
        else:
            of = net if kind == "percent" else gross
            found.append((of[0] * rate, of[1] * HUNDRED))
    return net, found


def tax(lines: Sequence[Taxed], *, included: bool, per: str, digits: int) -> Taxation:
    """Return what all taxes come to: rounded half away from zero, once per tax of the document or on each line."""
    exact = [exact_taxes(line, included=included, digits=digits) for line in lines]
    rounded = [[divide(*each) for each in found] for _, found in exact]
    if per == "document":
        sums = _sums(lines, exact)
        _fit_lines(lines, exact, rounded, {key: divide(*found[1]) for key, found in sums.items()})
    totals = _totals(lines, exact, rounded, included=included, per=per, digits=digits)
    on_top = 0 if included else sum(sum(each) for each in rounded)
    return Taxation(totals, tuple(tuple(each) for each in rounded), on_top)


def _sums(lines: Sequence[Taxed], exact: Sequence[tuple[Ratio, list[Ratio]]]) -> dict[Key, tuple[Ratio, Ratio]]:
    """Return per tax the net it stands on and what it comes to, exactly."""
    sums: dict[Key, tuple[Ratio, Ratio]] = {}
    for line, (net, found) in zip(lines, exact, strict=True):
        for each, value in zip(line.taxes, found, strict=True):
            before = sums.get(key_of(each), ((0, 1), (0, 1)))
            sums[key_of(each)] = (add(before[0], net), add(before[1], value))
    return sums


def _fit_lines(
    lines: Sequence[Taxed], exact: Sequence[tuple[Ratio, list[Ratio]]], rounded: list[list[int]], wanted: Mapping[Key, int]
) -> None:
    """Give each line its share of each tax, so that the shares add up to what the document says."""
    for key, total in wanted.items():
        places = [(i, k) for i, line in enumerate(lines) for k, each in enumerate(line.taxes) if key_of(each) == key]
        shares = fit(total, [divide(exact[i][1][k][0] * MICRO, exact[i][1][k][1]) for i, k in places])
        for (i, k), share in zip(places, shares, strict=True):
            rounded[i][k] = share


def _totals(
    lines: Sequence[Taxed],
    exact: Sequence[tuple[Ratio, list[Ratio]]],
    rounded: Sequence[Sequence[int]],
    *,
    included: bool,
    per: str,
    digits: int,
) -> tuple[TaxTotal, ...]:
    keys = sorted({key_of(each) for line in lines for each in line.taxes})
    totals = []
    for key in keys:
        of = [i for i, line in enumerate(lines) if any(key_of(each) == key for each in line.taxes)]
        come_to = sum(rounded[i][k] for i in of for k, each in enumerate(lines[i].taxes) if key_of(each) == key)
        alone = all(len(lines[i].taxes) == 1 for i in of)
        amounts = sum(lines[i].amount for i in of)
        if not included:
            net = amounts
        elif per == "line":
            net = amounts - sum(sum(rounded[i]) for i in of)
        elif alone:
            net = amounts - come_to
        else:
            exactly: Ratio = (0, 1)
            for i in of:
                exactly = add(exactly, exact[i][0])
            net = divide(*exactly)
        rate = Decimal(key[1]).scaleb(-6).normalize()
        totals.append(_total(key[0], rate, net, come_to, digits))
    return tuple(totals)


def _total(code: str, rate: Decimal, net: int, come_to: int, digits: int) -> TaxTotal:
    plain = rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate
    return TaxTotal(code=code, rate=plain, net=major(net, digits), tax=major(come_to, digits), gross=major(net + come_to, digits))


def combine(*parts: Sequence[TaxTotal]) -> tuple[TaxTotal, ...]:
    """Add up the taxes of several parts of a receipt, such as what is sold and what comes back."""
    found: dict[tuple[str, Decimal], TaxTotal] = {}
    for each in (total for part in parts for total in part):
        known = found.get((each.code, each.rate))
        found[each.code, each.rate] = (
            TaxTotal(code=each.code, rate=each.rate, net=known.net + each.net, tax=known.tax + each.tax, gross=known.gross + each.gross)
            if known
            else each
        )
    return tuple(found[key] for key in sorted(found))
