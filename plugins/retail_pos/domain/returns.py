"""What of a receipt is left to return, as a till needs it to work a refund out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from .records import Line, Receipt, Record
from .rules.exact import micro, minor


class LeftOver(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a line, in text: quantity in millionths, amounts in minor units; discounts and taxes in the order of the line."""

    quantity: str
    base: str
    discounts: tuple[str, ...]
    taxes: tuple[str, ...]


Taxes = Mapping[tuple[UUID, int], Mapping[str, Decimal]]


def left_over(original: Record, later: Sequence[Record], taxes: Taxes, digits: int) -> dict[int, LeftOver]:
    """Return what is left of each line of a receipt after those that took some of it back; gift cards that it sold do not come back.

    `taxes` are what each tax of a line comes to by its code, and under `-CODE` what of it came back.
    """
    assert original.receipt is not None
    found = {}
    for line in original.receipt.lines:
        if line.stored_value or line.quantity <= 0:
            continue
        back = [each for record in later for each in _back(record.receipt, original.id, line.position)]
        discounts = [minor(each.amount, digits) for each in line.discounts]
        for each in back:
            discounts = [left + minor(off.amount, digits) for left, off in zip(discounts, each.discounts, strict=True)]
        of_line = taxes.get((original.id, line.position), {})
        due = [of_line.get(tax.code, Decimal(0)) - of_line.get(f"-{tax.code}", Decimal(0)) for tax in line.taxes]
        found[line.position] = LeftOver(
            quantity=str(micro(line.quantity) + sum(micro(each.quantity) for each in back)),
            base=str(minor(line.base, digits) + sum(minor(each.base, digits) for each in back)),
            discounts=tuple(map(str, discounts)),
            taxes=tuple(str(minor(each, digits)) for each in due),
        )
    return found


def _back(receipt: Receipt | None, original: UUID, position: int) -> list[Line]:
    lines = receipt.lines if receipt else ()
    return [each for each in lines if each.original and each.original.receipt == original and each.original.position == position]
