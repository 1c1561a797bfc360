"""What a card company pays out: the receipts of a day or of a few days together, often with its fee kept."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import NamedTuple

from .items import BankLine, Features, OpenItem, Part, Remainder, Suggestion
from .scoring import Weights
from .wording import upper

_LONGEST = 7  # days of receipts in one payout: a week
_OLDEST = timedelta(days=45)
_FEE = Decimal("0.05")  # the most that a card company keeps
_SHOWN = 2
_MOST = 3000  # receipts of one payout
_UNLIKELY = 0.6  # as much as a name alike: that many receipts come to a line by chance
_CARDS = frozenset(
    [
        "ADYEN",
        "AMEX",
        "CARD",
        "CARDS",
        "CIELO",
        "CONCARDIS",
        "GIROCARD",
        "IZETTLE",
        "KARTE",
        "KARTEN",
        "KARTENZAHLUNG",
        "KLARNA",
        "MASTERCARD",
        "MERCHANT",
        "MOLLIE",
        "NEXI",
        "PAYONE",
        "PAYOUT",
        "PAYPAL",
        "SETTLEMENT",
        "SQUARE",
        "STRIPE",
        "SUMUP",
        "TELECASH",
        "VISA",
        "WORLDLINE",
        "WORLDPAY",
        "ZETTLE",
    ]
)


class Payout(NamedTuple):
    """Receipts of some days in a row, and what of them does not arrive."""

    items: tuple[OpenItem, ...]
    fee: Decimal


class Receipts:
    """What is open on one account in one currency, by day."""

    def __init__(self, items: Sequence[OpenItem]) -> None:
        ordered = sorted(items, key=_day)
        by_day = [(day, tuple(some)) for day, some in groupby(ordered, key=_day)]
        self.days = [day for day, _ in by_day]
        self.items = [some for _, some in by_day]
        self.totals = [Decimal(0), *accumulate(sum((each.amount for each in some), Decimal(0)) for some in self.items)]

    def payouts(self, line: BankLine) -> list[Payout]:
        """Return whole days in a row that come to a line, or to a little more; the exact first, then those with the oldest receipts.

        What comes out of order is left to people: a payout takes all of the days it is for.
        """
        found: list[tuple[bool, date, Decimal, int, int]] = []
        latest = bisect_left(self.days, line.booked_on + timedelta(days=1))
        for first in range(bisect_left(self.days, line.booked_on - _OLDEST), latest):
            for last in range(first + 1, min(first + _LONGEST, latest) + 1):
                total = self.totals[last] - self.totals[first]
                fee = total - line.amount
                if not fee or (fee * line.amount > 0 and abs(fee) <= abs(total) * _FEE):
                    found.append((bool(fee), self.days[first], abs(fee), first, last))
        chosen = [
            (tuple(item for day in self.items[first:last] for item in day), line.amount - self.totals[last] + self.totals[first])
            for _, _, _, first, last in sorted(found)[:_SHOWN]
        ]
        return [Payout(items, fee) for items, fee in chosen if len(items) <= _MOST and (fee or len(items) > 1)]


def by_account(items: Iterable[OpenItem]) -> dict[str, list[Receipts]]:
    """Return the open lines of the ledger by currency, each account's apart; those of a party are no card receipts."""
    found: dict[tuple[str, str], list[OpenItem]] = defaultdict(list)
    for each in items:
        if each.entry and each.party is None:
            found[each.currency, each.account].append(each)
    told: dict[str, list[Receipts]] = defaultdict(list)
    for (currency, _), some in found.items():
        told[currency].append(Receipts(some))
    return told


def suggest_payouts(line: BankLine, receipts: Sequence[Receipts], weights: Weights) -> Iterable[Suggestion]:
    """Yield what a line may pay out."""
    for each in receipts:
        found = each.payouts(line)
        for payout in found:
            first, days = payout.items[0], sorted({_day(item) for item in payout.items})
            exact = not payout.fee
            card = not _CARDS.isdisjoint(upper(f"{line.name} {line.text}").split())
            features = Features(
                exact=float(exact),
                explained=float(not exact),
                alone=float(len(found) == 1),
                name=1.0 if card else _UNLIKELY if exact and len(payout.items) > 2 else 0.0,
                several=min((len(payout.items) - 1) / 5, 1.0),
            )
            when = f"of {days[0]:%d %B %Y}" if len(days) == 1 else f"from {days[0]:%d %B %Y} to {days[-1]:%d %B %Y}"
            total = line.amount - payout.fee
            what = f"{len(payout.items)} open items {when} on {first.owner} come" if len(payout.items) > 1 else f"{first.number} comes"
            said = [f"{what} to {abs(total):,}."]
            if payout.fee:
                said.append(f"{abs(payout.fee):,} less arrived ({abs(payout.fee / total):.1%}): about what a card company keeps.")
            if card:
                said.append("The bank's words are those of a card company.")
            yield Suggestion(
                lines=(line.id,),
                kind="group",
                score=round(weights.score(features), 4),
                reasons=tuple(said),
                parts=tuple(Part(item.id, item.amount) for item in payout.items),
                remainders=(Remainder("charge", payout.fee),) if payout.fee else (),
                features=features,
            )


def _day(item: OpenItem) -> date:
    return item.issued_on or item.due_on or date.max
