"""Books kept as plain text, whatever wrote them: transactions with postings in any commodities, as they were meant."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from weft.errors import Invalid

ZERO = Decimal(0)


class Amount(NamedTuple):
    """A quantity of a commodity: a currency, a share, hours."""

    number: Decimal
    commodity: str


class Problem(NamedTuple):
    """What could not be read or does not hold, by the line of the file, from 1."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a transaction. `cost` is what all of the units cost, with their sign; `price` what they were exchanged for."""

    account: str
    units: Amount | None  # none: what the others leave
    line: int
    cost: Amount | None = None
    price: Amount | None = None
    virtual: bool = False  # in brackets: outside of double entry
    balanced: bool = True  # of virtual ones, those in square brackets

    @property
    def weight(self) -> Amount:
        """What it weighs when the transaction is balanced."""
        found = self.cost or self.price or self.units
        assert found is not None
        return found

    @property
    def at_cost(self) -> Amount:
        """What it is on the books: at cost where it has one, else its units."""
        found = self.cost or self.units
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Transaction:
    """What happened on a day."""

    day: date
    description: str
    postings: tuple[Posting, ...]
    line: int


@dataclass(slots=True)
class Book:
    """A whole file: transactions in its order, what accounts it declares (with their class, where it says), and what is wrong."""

    transactions: list[Transaction] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    prices: list[tuple[date, str, Amount]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def postings(self, *, upto: date | None = None, virtual: bool = False) -> Iterable[tuple[Transaction, Posting]]:
        """Yield postings with their transactions, until the end of a day; virtual ones only when asked for."""
        for each in self.transactions:
            if upto is None or each.day <= upto:
                for posting in each.postings:
                    if virtual or not posting.virtual:
                        yield each, posting

    def balance(self, account: str, *, upto: date | None = None, virtual: bool = False, at_cost: bool = False) -> dict[str, Decimal]:
        """Return what an account and all below it hold, by commodity; commodities that come to nothing are left out."""
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for _, posting in self.postings(upto=upto, virtual=virtual):
            if posting.account == account or posting.account.startswith(f"{account}:") or not account:
                held = posting.at_cost if at_cost else posting.units
                assert held is not None
                sums[held.commodity] += held.number
        return {commodity: number for commodity, number in sums.items() if number}


def completed(day: date, description: str, postings: Sequence[Posting], line: int) -> Transaction:
    """Return a transaction whose missing amount is filled in; raises `Invalid` when more than one is missing or it does not balance.

    What is a few units of the last digit off, as prices and rounding make it, balances.
    """
    real = [each for each in postings if each.balanced or not each.virtual]
    open_ = [each for each in real if each.units is None]
    if len(open_) > 1 or any(each.units is None for each in postings if each not in real):
        raise Invalid("More than one amount is missing.")
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    finest: dict[str, Decimal] = {}
    for each in real:
        if each.units is not None:
            sums[each.weight.commodity] += each.weight.number
            digit = Decimal(1).scaleb(int(each.weight.number.as_tuple().exponent)) if each.cost is None and each.price is None else None
            if digit is not None and digit < 1:
                finest[each.weight.commodity] = max(finest.get(each.weight.commodity, digit), digit)
    left = {commodity: total for commodity, total in sums.items() if total}
    if open_:
        place = postings.index(open_[0])
        filled = [replace(open_[0], units=Amount(-total, commodity)) for commodity, total in left.items()] or [
            replace(open_[0], units=Amount(ZERO, next(iter(sums), "")))
        ]
        return Transaction(day, description, (*postings[:place], *filled, *postings[place + 1 :]), line)
    exchanged = len(left) > 1 and all(each.cost is None and each.price is None for each in real)
    off = {commodity: total for commodity, total in left.items() if abs(total) > finest.get(commodity, ZERO) * Decimal("0.6")}
    if off and not (exchanged and len(left) == 2 and min(left.values()) < 0 < max(left.values())):
        told = ", ".join(f"{total:f} {commodity}".strip() for commodity, total in off.items())
        raise Invalid(f"The postings do not balance: {told} is left.")
    return Transaction(day, description, tuple(postings), line)


def class_of(account: str, declared: dict[str, str]) -> str:
    """Return what kind of account a name means, by what is declared of it or above it, else by its words; empty when neither tells."""
    parts = account.split(":")
    for depth in range(len(parts), 0, -1):
        if found := declared.get(":".join(parts[:depth])):
            return found
    for part in parts:
        if found := _WORDS.get(part.lower()):
            return found
    return ""


_WORDS = {
    **dict.fromkeys(("asset", "assets"), "asset"),
    **dict.fromkeys(("liability", "liabilities", "debts"), "liability"),
    **dict.fromkeys(("equity",), "equity"),
    **dict.fromkeys(("income", "revenue", "revenues"), "income"),
    **dict.fromkeys(("expense", "expenses"), "expense"),
}
