"""Which open items a bank's lines pay: reference first, then structured reference, then amount, date and name; each with its reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from .combining import adding_up
from .evidence import likeness, settle, weigh
from .item_index import ItemIndex
from .items import BankLine, OpenItem, Part, Suggestion, SuggestionKind
from .payouts import suggest_payouts
from .rules import Rule, by_rule, first_rule
from .scoring import BEGINNING, Weights

CERTAIN = 0.95
_MARGIN = 0.08  # so far the next best must be behind
_SHOWN = 5
_LEAST = 0.01  # below that a suggestion only costs time
_PARTIES = 5  # whose names are likest are looked through for several items together
_NEAR = 40  # of many items of one amount, those that fall due nearest to the line are looked at


def suggest(
    lines: Sequence[BankLine],
    items: Sequence[OpenItem],
    *,
    rules: Sequence[Rule] = (),
    accounts: Mapping[str, UUID] | None = None,
    weights: Weights = BEGINNING,
) -> dict[UUID, list[Suggestion]]:
    """Return for every line what it may be, best first, at most five; `accounts` says whose a bank account is known to be.

    An item is certain for one line only: where several claim it, the best keeps its certainty.
    """
    index = ItemIndex(items, accounts)
    found = {line.id: _of_line(line, index, rules, weights) for line in lines}
    for group in _together(lines, index, found, weights):
        for line in group.lines:
            found[line] = sorted([*found[line], group], key=lambda each: -each.score)
    return _certain({line: ranked[:_SHOWN] for line, ranked in found.items()})


def _of_line(line: BankLine, index: ItemIndex, rules: Sequence[Rule], weights: Weights) -> list[Suggestion]:
    """Return the suggestions of one line, best first."""
    ruled = by_rule(line, rules)
    party = first_rule(line, [each for each in rules if each.to_party and not each.to_account])
    found: dict[tuple[UUID, ...], Suggestion] = {}
    for items, kind, strong in _candidates(line, index, party.to_party if party else None):
        suggestion = _suggestion(line, items, kind, strong, index, weights)
        if suggestion is None or suggestion.score < _LEAST:
            continue
        key = tuple(sorted(each.item for each in suggestion.parts))
        if key not in found or found[key].score < suggestion.score:
            found[key] = suggestion
    for payout in suggest_payouts(line, index.receipts.get(line.currency, ()), weights):
        found.setdefault(tuple(sorted(each.item for each in payout.parts)), payout)
    if line.parts and (batch := _of_parts(line, index, weights)):
        found[tuple(sorted(each.item for each in batch.parts))] = batch
    ranked = sorted(found.values(), key=lambda each: -each.score)
    return sorted([ruled, *ranked], key=lambda each: -each.score) if ruled else ranked


def _candidates(line: BankLine, index: ItemIndex, party: UUID | None) -> Iterable[tuple[tuple[OpenItem, ...], SuggestionKind, float]]:
    """Yield items that a line may pay, how they were found, and how much a reference that named them says."""
    structured = index.structured(line)
    for item in structured:
        yield (item,), "structured", 1.0
    named = index.named(line)
    items = [index.by_id[each] for each in named]
    if len(items) > 1:
        weakest = min(named.values())
        yield tuple(items), "reference", weakest
        if chosen := adding_up(items, line.amount):
            yield chosen, "reference", weakest
    for item in items:
        yield (item,), "reference", named[item.id]
    exact = index.nearest(line, _NEAR)
    for item in exact:
        if item.id not in named:
            yield (item,), "amount", 0.0
    if structured or any(each.amount == line.amount for each in items):
        return  # what is named and fits needs no search among the party's others
    if any(_fits(line, each, index) for each in exact):
        return
    if party:
        yield from _of_party(line, party, index)
        return
    for candidate in index.parties(line)[:_PARTIES]:
        if not line.name or _alike(line, candidate, index):
            yield from _of_party(line, candidate, index)


def _fits(line: BankLine, item: OpenItem, index: ItemIndex) -> bool:
    """Tell whether an item of the line's amount is also of a party called like the line."""
    return item.amount == line.amount and (index.owner(line) == item.party is not None or likeness(line.name, item.party_name) > 0.9)


def _of_party(line: BankLine, party: UUID, index: ItemIndex) -> Iterable[tuple[tuple[OpenItem, ...], SuggestionKind, float]]:
    """Yield items of one party that come to the amount together, credits taken off; at least two, since one was found by its amount."""
    for discounted in (False, True):
        sums = index.combinations(party, line.currency, discounted=discounted)
        if sums and (chosen := sums.adding_up(line.amount)):
            yield tuple(index.by_id[each.id] for each in chosen), "amount", 0.0


def _alike(line: BankLine, party: UUID, index: ItemIndex) -> bool:
    """Tell whether a line's account is a party's, or its name like theirs."""
    return index.owner(line) == party or likeness(line.name, index.names.get(party, "")) > 0.7


def _suggestion(
    line: BankLine, items: tuple[OpenItem, ...], kind: SuggestionKind, strong: float, index: ItemIndex, weights: Weights
) -> Suggestion | None:
    """Return the suggestion that a line pays items, if the amount fits at all."""
    settled = settle(line, items, named=kind in {"structured", "reference"})
    if settled is None or (settled.kind == "over" and kind == "amount"):
        return None
    if any(each.entry for each in items) and (settled.kind == "over" or items[0].currency != line.currency):
        return None  # what is more than a line of the ledger is nobody's, and one in another currency is not settled by this bank
    features, reasons = weigh(line, items, settled, index, structured=kind == "structured", reference=strong)
    experience = weights.experience(kind)
    return Suggestion(
        lines=(line.id,),
        kind=kind,
        score=round(weights.score(features), 4),
        reasons=(*reasons, experience) if experience else reasons,
        parts=settled.parts,
        remainders=settled.remainders,
        features=features,
        party=items[0].party,
    )


def _of_parts(line: BankLine, index: ItemIndex, weights: Weights) -> Suggestion | None:
    """Return the suggestion of a line that books several payments at once, each of which pays something."""
    best: list[Suggestion] = []
    for part in line.parts:
        ranked = _of_line(part, index, (), weights)
        taken = {each.item for done in best for each in done.parts}
        free = next((each for each in ranked if not taken & {part.item for part in each.parts}), None)
        if free is None:
            return None
        best.append(free)
    return Suggestion(
        lines=(line.id,),
        kind="group",
        score=round(min(each.score for each in best), 4),
        reasons=(f"The bank booked {len(best)} payments at once, and each of them pays something open.", *best[0].reasons[:1]),
        parts=tuple(each for done in best for each in done.parts),
        remainders=tuple(each for done in best for each in done.remainders),
        features=min(best, key=lambda each: each.score).features,
    )


def _together(
    lines: Sequence[BankLine], index: ItemIndex, found: Mapping[UUID, list[Suggestion]], weights: Weights
) -> Iterable[Suggestion]:
    """Yield lines that pay one item between them: each names it and pays a part, and the parts come to it."""
    paying: dict[UUID, list[BankLine]] = defaultdict(list)
    for line in lines:
        for suggestion in found[line.id]:
            if suggestion.features.partial and len(suggestion.parts) == 1:
                paying[suggestion.parts[0].item].append(line)
    for item_id, several in paying.items():
        item = index.by_id[item_id]
        total = sum((each.amount for each in several), Decimal(0))
        if len(several) < 2 or total != item.amount or any(each.currency != item.currency for each in several):
            continue
        whole = replace(several[0], amount=total)
        settled = settle(whole, (item,), named=True)
        named = index.named(several[0]).get(item_id, 0.0)
        if settled is None:
            continue
        features, reasons = weigh(whole, (item,), settled, index, structured=not named, reference=named)
        said = f"{len(several)} payments of {', '.join(f'{each.amount:,}' for each in several)} come to the {total:,} that is open."
        yield Suggestion(
            lines=tuple(each.id for each in several),
            kind="group",
            score=round(weights.score(features), 4),
            reasons=(said, *reasons),
            parts=(Part(item.id, item.amount),),
            features=features,
            party=item.party,
        )


def _certain(found: dict[UUID, list[Suggestion]]) -> dict[UUID, list[Suggestion]]:
    """Return suggestions with those marked that are clear: far ahead of the line's next, and of every other line's for the same items."""
    claims: dict[UUID, list[tuple[float, UUID]]] = defaultdict(list)
    for line, ranked in found.items():
        for each in ranked[:1]:
            for part in each.parts:
                claims[part.item].append((each.score, line))
    for line, ranked in found.items():
        if not ranked or ranked[0].kind == "rule":
            continue
        best = ranked[0]
        ahead = len(ranked) < 2 or best.score - ranked[1].score >= _MARGIN
        strong = best.features.structured or best.features.reference >= 0.9 or best.features.account
        fits = best.features.exact or (best.features.explained and strong)
        alone = all(_wins(best, line, claims[part.item]) for part in best.parts)
        if best.score >= CERTAIN and ahead and strong and fits and alone:
            found[line] = [replace(best, certain=True), *ranked[1:]]
    return found


def _wins(best: Suggestion, line: UUID, claims: Sequence[tuple[float, UUID]]) -> bool:
    """Tell whether no other line claims an item nearly as well."""
    return all(other in best.lines or other == line or best.score - score >= _MARGIN for score, other in claims)
