"""Goods received, not invoiced: which receipts a bill is for, and what it leaves to correct, so that the account clears to zero."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from weft.errors import Invalid
from weft.money import Money, allocate

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Came:
    """A line of a receipt: `value` is what of it waits for its bill, in base currency: of what was neither billed nor sent back."""

    id: UUID
    quantity: Decimal
    billed: Decimal
    returned: Decimal
    value: Decimal

    @property
    def open(self) -> Decimal:
        """What came, stayed, and is not billed."""
        return self.quantity - self.billed - self.returned


@dataclass(frozen=True, slots=True)
class Part:
    """What a bill takes of one receipt: `cleared` is what stood for it, `billed` what the bill says it is worth, both in base currency."""

    receipt_line: UUID
    quantity: Decimal
    cleared: Decimal
    billed: Decimal

    @property
    def variance(self) -> Decimal:
        """What the goods cost more than they came in at; below zero: less."""
        return self.billed - self.cleared


def take(came: Sequence[Came], quantity: Decimal, worth: Decimal, currency: str) -> tuple[list[Part], list[Came]]:
    """Return what a bill over a quantity takes of receipts, the oldest first, and the receipts after it.

    A receipt that is billed whole gives all that stood for it, so nothing of a cent stays behind. A quantity beyond what came is not taken:
    its share of `worth` is in no part. Raises `Invalid` for a quantity that is not above zero.
    """
    if quantity <= 0:
        raise Invalid("A bill asks for more than nothing.")
    taken: list[tuple[Came, Decimal, Decimal]] = []
    after = []
    left = quantity
    for each in came:
        part = min(each.open, left)
        if part <= 0:
            after.append(each)
            continue
        cleared = each.value if part == each.open else Money(each.value * part / each.open, currency).rounded().amount
        taken.append((each, part, cleared))
        after.append(replace(each, billed=each.billed + part, value=each.value - cleared))
        left -= part
    weights = [part for _, part, _ in taken] + ([left] if left > 0 else [])
    shares = [money.amount for money in allocate(Money(worth, currency), weights)]
    parts = [Part(each.id, part, cleared, share) for (each, part, cleared), share in zip(taken, shares, strict=False)]
    return parts, after


def give_back(came: Came, quantity: Decimal, currency: str) -> tuple[Decimal, Came]:
    """Return what stood on goods received for unbilled goods that go back, and the receipt after it.

    Raises `Invalid` for more than is here.
    """
    if not ZERO < quantity <= came.open:
        raise Invalid("Send back more than nothing, and no more than is here and not billed.")
    cleared = came.value if quantity == came.open else Money(came.value * quantity / came.open, currency).rounded().amount
    return cleared, replace(came, returned=came.returned + quantity, value=came.value - cleared)


def put_back(came: Sequence[Came], quantity: Decimal, worth: Decimal) -> list[Came]:
    """Return receipts after a bill was taken back: goods wait for their bill again, at what it had said, the newest first.

    Goods of it that went back meanwhile stay billed. What is put back adds up to `worth`, in base currency, unless nothing is.
    """
    after = list(came)
    left, rest = quantity, worth
    for place in range(len(after) - 1, -1, -1):
        each = after[place]
        part = min(each.billed, left)
        if part <= 0:
            continue
        share = rest if part == left else (rest * part / left).quantize(worth)
        after[place] = replace(each, billed=each.billed - part, value=each.value + share)
        left, rest = left - part, rest - share
    return after
