"""What a tax office asks of tills: chains without a break, closings that add up, and marks that receipts carry.

The French rules are those of article 286, I, 3° bis of the code général des impôts, as BOI-TVA-DECLA-30-10-30 tells them: data that cannot
be changed unseen, closings of the day, the month and the year with the total of the period and the perpetual one, archives that prove
themselves, and a journal of technical events.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from . import canonical
from .records import FIRST
from .sessions import Period, TaxSum, Totals, period_hash

NO_HASH = "0" * 64
SIGNATURE = (2, 6, 12, 18)  # places of the hash whose signs stand on a receipt: the 3rd, 7th, 13th and 19th


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, and why."""

    seq: int
    sentence: str


@dataclass(slots=True)
class ChainReport:
    """What became of a till's records, looked at one after the other: how many, up to which hash, and where they do not hold."""

    till: str
    count: int = 0
    receipts: int = 0
    first: int = 0
    seq: int = 0
    head: str = FIRST
    breaks: list[Break] = field(default_factory=list)
    _number: int | None = None
    _training: int | None = None

    @property
    def holds(self) -> bool:
        """Whether every record follows from the one before."""
        return not self.breaks

    def take(self, raw: Mapping[str, Any]) -> None:
        """Look at the next record, as it was sent: its hash, its place, what it says of the one before, and the number of its receipt."""
        seq = int(raw["seq"])
        if self.count == 0:
            self.first = seq
            if seq == 1 and raw["previous"] != FIRST:
                self._broken(seq, "the first record says that there was one before it")
        elif seq != self.seq + 1:
            missing = f"record {self.seq + 1}" if seq == self.seq + 2 else f"records {self.seq + 1} to {seq - 1}"
            self._broken(seq, f"{missing} did not arrive")
        elif raw["previous"] != self.head:
            self._broken(seq, "it does not follow from the record before: one of the two was changed")
        if canonical.digest(raw) != raw["hash"]:
            self._broken(seq, "its content is not what its hash was taken over: it was changed")
        self._numbered(seq, raw)
        self.count, self.seq, self.head = self.count + 1, seq, str(raw["hash"])

    def _numbered(self, seq: int, raw: Mapping[str, Any]) -> None:
        receipt = raw.get("receipt")
        if not receipt:
            return
        self.receipts += 1
        number, training = int(receipt["number"]), receipt["kind"] == "training"
        last = self._training if training else self._number
        if last is not None and number != last + 1:
            self._broken(seq, f"receipt {receipt['reference']} does not have the number after {last}")
        if training:
            self._training = number
        else:
            self._number = number

    def _broken(self, seq: int, sentence: str) -> None:
        self.breaks.append(Break(seq, f"Till {self.till}, record {seq}: {sentence}."))


def check_chain(till: str, records: Iterable[Mapping[str, Any]]) -> ChainReport:
    """Return what became of a till's records, told in the order of their numbers."""
    report = ChainReport(till)
    for each in records:
        report.take(each)
    return report


def facts_of(period: Period, till: str, parts: Sequence[int] = ()) -> dict[str, object]:
    """Return what a closing's hash is taken over, besides the hash of the one before; `parts` are numbers of the closings it sums up."""
    totals = msgspec.to_builtins(period.totals)
    money = {"grand_total": period.grand_total, "perpetual_total": period.perpetual_total, "totals": totals}
    if period.kind == "day":
        return {"till": till, "session": period.session, "number": period.number, "day": period.first, **money}
    about = {"till": till, "kind": period.kind, "number": period.number, "first": period.first, "last": period.last}
    return {**about, "parts": list(parts), **money}


def hash_of(period: Period, till: str, parts: Sequence[int] = ()) -> str:
    """Return the hash that a closing must have."""
    return period_hash(facts_of(period, till, parts), period.previous)


def add_up(parts: Iterable[Totals]) -> Totals:
    """Return the totals of a month from those of its days, or of a year from its months'."""
    found: dict[str, Any] = {}
    for each in parts:
        for name, value in msgspec.structs.asdict(each).items():
            found[name] = _added(found[name], value) if name in found else value
    return Totals(**found)


def _added(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return {
            key: _added(one[key], other[key]) if key in one and key in other else one.get(key, other.get(key)) for key in {**one, **other}
        }
    if isinstance(one, TaxSum):
        return TaxSum(rate=other.rate, net=one.net + other.net, tax=one.tax + other.tax, gross=one.gross + other.gross)
    return one + other


def ready(days: Sequence[Period], until: date) -> list[Period]:
    """Return the closings that the next one up to a day sums up: those from the front, up to the first that lies later.

    A day that was closed late, behind a later one, goes with that one: closings are summed up in the order in which they were made.
    """
    found: list[Period] = []
    for each in sorted(days, key=lambda day: day.number):
        if each.last > until:
            break
        found.append(each)
    return found


def check_periods(till: str, periods: Sequence[Period], parts: Mapping[Any, Sequence[Period]]) -> list[str]:
    """Return a sentence for each closing of one kind that does not follow from the one before it, or from its parts, by its id."""
    found: list[str] = []
    number, previous, perpetual = 0, NO_HASH, Decimal(0)
    for each in sorted(periods, key=lambda period: period.number):
        name = f"Closing {each.number} of the {each.kind} of till {till}"
        own = parts.get(each.id, ())
        if each.number != number + 1:
            found.append(f"{name}: closing {number + 1} is missing.")
        if each.previous != previous:
            found.append(f"{name} does not follow from the one before.")
        if hash_of(each, till, [part.number for part in own]) != each.hash:
            found.append(f"{name} was changed after it was made.")
        if each.perpetual_total != perpetual + each.grand_total:
            found.append(f"{name}: {perpetual} and {each.grand_total} do not make {each.perpetual_total}.")
        if each.kind != "day" and add_up(part.totals for part in own) != each.totals:
            found.append(f"{name} is not the sum of what it sums up.")
        number, previous, perpetual = each.number, each.hash, each.perpetual_total
    return found


def signature(record_hash: str) -> str:
    """Return the signs of a receipt's hash that stand on it, by which paper and record are compared."""
    return "".join(record_hash[place] for place in SIGNATURE)
