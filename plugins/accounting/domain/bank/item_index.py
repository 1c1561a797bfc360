"""Fifty thousand open items, found by what a bank line says without looking at each."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from .combining import Combinations
from .items import BankLine, OpenItem
from .payouts import by_account
from .wording import account_plain, name_words, plain, spans, strength, structured, structured_plain

_COMMON = 200  # a word that stands in more names than this finds nobody


class ItemIndex:
    """Open items by reference, structured reference, amount, party and words of the party's name."""

    def __init__(self, items: Sequence[OpenItem], accounts: Mapping[str, UUID] | None = None) -> None:
        self.items = items
        self.accounts = {account_plain(number): party for number, party in (accounts or {}).items()}
        self.by_id = {each.id: each for each in items}
        self.by_reference: dict[str, list[OpenItem]] = defaultdict(list)
        self.by_structured: dict[str, list[OpenItem]] = defaultdict(list)
        self.by_amount: dict[tuple[str, Decimal], list[OpenItem]] = defaultdict(list)
        self.by_party: dict[UUID, list[OpenItem]] = defaultdict(list)
        self.names: dict[UUID, str] = {}
        self.by_word: dict[str, set[UUID]] = defaultdict(set)
        self._by_due: dict[tuple[str, Decimal], list[OpenItem]] = {}
        self._combinations: dict[tuple[UUID, str, bool], Combinations | None] = {}
        self.receipts = by_account(items)
        for each in items:
            self._add(each)

    def _add(self, item: OpenItem) -> None:
        for reference in {plain(text) for text in (item.number, *item.references)}:
            if strength(reference):
                self.by_reference[reference].append(item)
                self.by_structured[reference if reference.startswith("RF") else reference.lstrip("0")].append(item)
        self.by_amount[item.currency, item.amount].append(item)
        if item.discount:
            self.by_amount[item.currency, item.amount - item.discount].append(item)
        if item.party is None:
            return
        self.by_party[item.party].append(item)
        if item.party not in self.names and item.party_name:
            self.names[item.party] = item.party_name
            for word in name_words(item.party_name):
                self.by_word[word].add(item.party)

    def named(self, line: BankLine) -> dict[UUID, float]:
        """Return the items whose reference stands in a line, each with how much the longest that was found says.

        Of two references of which one is in the other, only the longer counts: INV-1 does not stand in INV-12.
        """
        found: dict[UUID, float] = {}
        taken: dict[UUID, str] = {}
        for span in {each for text in (line.text, line.end_to_end, *line.documents) if text for each in spans(text)}:
            for item in self.by_reference.get(span, ()):
                if item.amount * line.amount > 0 and strength(span) > found.get(item.id, 0.0):
                    found[item.id], taken[item.id] = strength(span), span
        longer = set(taken.values())
        return {item: value for item, value in found.items() if not any(taken[item] != each and taken[item] in each for each in longer)}

    def structured(self, line: BankLine) -> list[OpenItem]:
        """Return the items whose structured reference the line carries, in its own field or in the text."""
        references = structured((line.text, line.creditor_reference))
        if line.creditor_reference:
            references.add(structured_plain(line.creditor_reference))
        found = [item for each in references for item in self.by_structured.get(each, ())]
        return [item for item in found if item.amount * line.amount > 0]

    def of_amount(self, line: BankLine) -> list[OpenItem]:
        """Return the items that have the line's amount open, in its currency or in that it was ordered in, with charges or without."""
        keys = {(line.currency, line.amount), (line.currency, line.amount + line.charges)}
        if line.original is not None:
            keys.add((line.original_currency, line.original if line.amount > 0 else -line.original))
        return [item for key in keys for item in self.by_amount.get(key, ())]

    def nearest(self, line: BankLine, most: int) -> list[OpenItem]:
        """Return the items of the line's amount; of very many those of parties it may be from, and those due nearest to it."""
        items = self.of_amount(line)
        if len(items) <= most:
            return items
        key = (line.currency, line.amount)
        own = [each for party in self.parties(line) for each in self.by_party[party] if (each.currency, each.amount) == key]
        return list({each.id: each for each in (*own, *self._due_near(line, most))}.values())[:most]

    def _due_near(self, line: BankLine, most: int) -> list[OpenItem]:
        """Return items of the line's amount that fall due nearest to it."""
        key = (line.currency, line.amount)
        ordered = self._by_due.get(key)
        if ordered is None:
            ordered = self._by_due[key] = sorted(self.by_amount.get(key, ()), key=_due)
        at = bisect_left(ordered, line.booked_on, key=_due)
        return ordered[max(at - most // 2, 0) : at + most // 2]

    def combinations(self, party: UUID, currency: str, *, discounted: bool) -> Combinations | None:
        """Return what a party's items in a currency come to, discounts taken off or not; nothing where none can be combined."""
        key = (party, currency, discounted)
        if key not in self._combinations:
            items = [each for each in self.by_party[party] if each.currency == currency]
            if discounted:
                less = any(each.discount for each in items)
                items = [replace(each, amount=each.amount - each.discount, discount=Decimal(0)) for each in items] if less else []
            self._combinations[key] = Combinations(items) if len(items) > 1 else None
        return self._combinations[key]

    def rivals(self, line: BankLine, party: UUID | None) -> int:
        """Return how many more items have the line's amount open: of one party where the line is known to be theirs, else of anybody."""
        if party is None:
            return max(len(self.by_amount.get((line.currency, line.amount), ())) - 1, 0)
        own = self.by_party[party]
        return max(sum(1 for each in own if each.amount == line.amount and each.currency == line.currency) - 1, 0)

    def owner(self, line: BankLine) -> UUID | None:
        """Return the party whose the line's other account is known to be."""
        return self.accounts.get(account_plain(line.account)) if line.account and self.accounts else None

    def parties(self, line: BankLine) -> list[UUID]:
        """Return whose account it is, else the parties whose names share the rarest words with the line's name, or text."""
        known = self.owner(line)
        if known is not None and known in self.by_party:
            return [known]
        words = name_words(line.name or line.text)
        groups: Iterable[set[UUID]] = sorted((self.by_word[word] for word in words if word in self.by_word), key=len)
        found: dict[UUID, int] = {}
        for group in groups:
            if len(group) <= _COMMON:
                for party in group:
                    found[party] = found.get(party, 0) + 1
        return sorted(found, key=lambda party: -found[party])[:20]


def _due(item: OpenItem) -> date:
    """Return when an item falls due; one that never does comes last."""
    return item.due_on or date.max
