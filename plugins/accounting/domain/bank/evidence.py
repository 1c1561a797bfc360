"""What speaks for a line being the payment of items: features for the score, and the same in words."""

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz

from weft.money import minor_unit

from .item_index import ItemIndex
from .items import BankLine, Features, OpenItem, Part, Remainder
from .wording import plain, sorted_name

_LONG = 92.0  # days that make a payment late by a whole feature
_CHARGE_SHARE, _CHARGE_MOST = Decimal("0.03"), Decimal(50)  # what a bank on the way may keep of a payment
_SAME = 0.9  # names this alike are one
_EXCHANGE = Decimal("0.05")  # how far a rate may move between invoice and payment


class Settlement:
    """How a line settles items: the parts, and what is between."""

    __slots__ = ("kind", "parts", "reason", "remainders")

    def __init__(self, kind: str, parts: tuple[Part, ...], remainders: tuple[Remainder, ...], reason: str) -> None:
        self.kind = kind  # "exact", "explained", "partial", "over"
        self.parts = parts
        self.remainders = remainders
        self.reason = reason


@lru_cache(maxsize=131072)
def likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1, whatever the order of their words and their legal form."""
    a, b = sorted_name(one), sorted_name(other)
    if not a or not b:
        return 0.0
    score = max(fuzz.token_sort_ratio(a, b), 0.95 * fuzz.token_set_ratio(a, b) if min(len(a), len(b)) >= 5 else 0.0)
    return score / 100


def settle(line: BankLine, items: Sequence[OpenItem], *, named: bool) -> Settlement | None:
    """Return how a line settles items, all in one currency; `named`: they are known to be meant, so that a part or a loss is believed.

    Nothing when the amount does not fit.
    """
    currency = items[0].currency
    if any(each.currency != currency for each in items):
        return None
    if currency != line.currency:
        return _exchanged(line, items, named=named)
    total = sum((each.amount for each in items), Decimal(0))
    whole = tuple(Part(each.id, each.amount) for each in items)
    gap = line.amount - total
    if not gap:
        return Settlement("exact", whole, (), _all(items, "The amount is exactly what is open"))
    return (
        _with_charge(line, gap, whole) or _with_discount(line, items, gap, whole) or (_loosely(line, items, gap, whole) if named else None)
    )


def _all(items: Sequence[OpenItem], words: str) -> str:
    """Return a sentence about one item or several."""
    return f"{words}." if len(items) == 1 else f"{words} of the {len(items)} together."


def _with_charge(line: BankLine, gap: Decimal, whole: tuple[Part, ...]) -> Settlement | None:
    """Return a settlement where the bank says that it kept what is missing."""
    if not line.charges or gap != -line.charges:
        return None
    reason = f"The amount and the {line.charges:,} of charges that the bank names are what is open."
    return Settlement("explained", whole, (Remainder("charge", gap),), reason)


def _with_discount(line: BankLine, items: Sequence[OpenItem], gap: Decimal, whole: tuple[Part, ...]) -> Settlement | None:
    """Return a settlement with the early-payment discount of all items that still have one."""
    entitled = [each for each in items if each.discount and (each.discount_until is None or line.booked_on <= each.discount_until)]
    discount = sum((each.discount for each in entitled), Decimal(0))
    if not discount or gap != -discount:
        return None
    until = max((each.discount_until for each in entitled if each.discount_until), default=None)
    limit = f", allowed until {until:%d %B %Y}" if until else ""
    return Settlement(
        "explained", whole, (Remainder("discount", gap),), f"The amount is what is open less {abs(discount):,} discount{limit}."
    )


def _loosely(line: BankLine, items: Sequence[OpenItem], gap: Decimal, whole: tuple[Part, ...]) -> Settlement | None:
    """Return a settlement of items that the line names: rounding, a charge on the way, a part, or more than is open."""
    total = line.amount - gap
    short = gap * total < 0
    if abs(gap) <= minor_unit(line.currency) * 5:
        return Settlement("explained", whole, (Remainder("rounding", gap),), f"Only {abs(gap):,} lie between the amount and what is open.")
    if short and line.amount > 0 and abs(gap) <= min(_CHARGE_MOST, abs(total) * _CHARGE_SHARE):
        reason = f"{abs(gap):,} less than is open: about what a bank on the way keeps."
        return Settlement("explained", whole, (Remainder("charge", gap),), reason)
    if short:
        return _in_part(line, items)
    return Settlement("over", whole, (), f"The amount is {abs(gap):,} more than is open.")


def _in_part(line: BankLine, items: Sequence[OpenItem]) -> Settlement:
    """Return a settlement that pays the items in the order they fall due, as far as the amount reaches; credits are used up first."""
    left = line.amount
    parts: list[Part] = []
    same = sorted(
        (each for each in items if each.amount * line.amount > 0), key=lambda each: (each.due_on is None, each.due_on, each.number)
    )
    for each in items:
        if each.amount * line.amount < 0:
            parts.append(Part(each.id, each.amount))
            left -= each.amount
    for each in same:
        if left * line.amount <= 0:
            break
        paid = each.amount if abs(left) >= abs(each.amount) else left
        parts.append(Part(each.id, paid, paid == each.amount))
        left -= paid
    open_ = sum((each.amount for each in items), Decimal(0))
    return Settlement("partial", tuple(parts), (), f"It pays {abs(line.amount):,} of {abs(open_):,} that is open.")


def _exchanged(line: BankLine, items: Sequence[OpenItem], *, named: bool) -> Settlement | None:
    """Return a settlement in another currency: what was ordered is what is open; the gain or loss is for the rates to say."""
    total = sum((each.amount for each in items), Decimal(0))
    currency = items[0].currency
    whole = tuple(Part(each.id, each.amount) for each in items)
    if line.original is None or line.original_currency != currency or line.original == 0:
        return None
    ordered = line.original if line.amount > 0 else -line.original
    if ordered == total:
        return Settlement("exact", whole, (), f"{line.original:,} {currency} were ordered, which is exactly what is open.")
    if named and abs(ordered - total) <= abs(total) * _EXCHANGE:
        gap = (ordered - total) * line.amount / ordered
        kept = Remainder("charge" if ordered < total else "exchange", gap.quantize(minor_unit(line.currency)))
        return Settlement(
            "explained", whole, (kept,), f"{line.original:,} {currency} were ordered, {abs(ordered - total):,} off what is open."
        )
    return None


def weigh(
    line: BankLine, items: Sequence[OpenItem], settled: Settlement, index: ItemIndex, *, structured: bool, reference: float
) -> tuple[Features, tuple[str, ...]]:
    """Return features and reasons of one way to settle a line."""
    first = items[0]
    alike = likeness(line.name, first.party_name) if line.name and first.party_name else 0.0
    if not line.name and first.party_name and line.text:
        alike = (
            fuzz.token_set_ratio(sorted_name(first.party_name), sorted_name(line.text)) / 100
            if len(sorted_name(first.party_name)) > 4
            else 0.0
        )
    owner = index.owner(line)
    known = owner is not None and owner == first.party
    named = bool(structured or reference)
    rivals = (
        0 if named or settled.kind != "exact" or len(items) > 1 else index.rivals(line, first.party if known or alike > _SAME else None)
    )
    days = (line.booked_on - first.due_on).days if first.due_on else 0
    early = (first.issued_on - line.booked_on).days if first.issued_on else 0
    features = Features(
        structured=1.0 if structured else 0.0,
        reference=0.0 if structured else reference,
        exact=1.0 if settled.kind == "exact" else 0.0,
        explained=1.0 if settled.kind == "explained" else 0.0,
        partial=1.0 if settled.kind == "partial" else 0.0,
        over=1.0 if settled.kind == "over" else 0.0,
        alone=1.0 if settled.kind == "exact" and not rivals else 0.0,
        rivals=min(math.log10(1 + rivals), 1.0),
        name=max(alike - 0.5, 0.0) * 2,
        strange=1.0 if line.name and first.party_name and alike < 0.5 and not known else 0.0,
        account=1.0 if known else 0.0,
        early=min(max(early - 2, 0) / _LONG, 1.0),
        late=min(abs(days) / _LONG, 1.0),
        several=min((len(items) - 1) / 5, 1.0),
    )
    return features, _reasons(line, items, settled, features, rivals, alike, days)


def _reasons(
    line: BankLine, items: Sequence[OpenItem], settled: Settlement, features: Features, rivals: int, alike: float, days: int
) -> tuple[str, ...]:
    """Return in words what the features say, strongest first."""
    first = items[0]
    said: list[str] = []
    if features.structured:
        said.append(f"The structured reference is that of {first.number or 'the item'}.")
    elif features.reference:
        numbers = [each.number for each in items if each.number]
        what = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:3])}{' …' if len(numbers) > 3 else ''}"
        said.append(f"{what or 'Its reference'} {'stands' if len(numbers) < 2 else 'stand'} in the text.")
    said.append(settled.reason)
    said += _of_party(line, first.party_name, features, alike)
    if rivals:
        said.append(f"But {rivals} other open item{'s have' if rivals > 1 else ' has'} the same amount.")
    if first.due_on:
        said.append(_timing(days))
    return tuple(said)


def _of_party(line: BankLine, name: str, features: Features, alike: float) -> list[str]:
    """Return what account or name say, each as a sentence."""
    if features.account:
        return [f"The account is known to be that of {name or 'this party'}".rstrip(".") + "."]
    if features.name:
        same = plain(line.name) == plain(name)
        return [f"The name is that of {name}".rstrip(".") + "." if same else f"The name is like {name} ({alike:.0%})."]
    return [f"But the name {line.name} is not like {name}".rstrip(".") + "."] if features.strange else []


def _timing(days: int) -> str:
    """Return when a payment came, in words."""
    if not days:
        return "Paid on the day it was due."
    return f"Paid {abs(days)} day{'s' if abs(days) > 1 else ''} {'after' if days > 0 else 'before'} it was due."
