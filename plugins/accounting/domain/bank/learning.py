"""Learns from what was accepted and what was not: weights by logistic regression, whose an account is, which rule would have done it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from weft.sealed import Secret

from .items import FEATURES, Features, SuggestionKind
from .rules import Direction, Rule
from .scoring import BEGINNING, Weights
from .wording import account_plain, name_words, upper

LEAST = 20  # decisions before anything is learned
_PRIOR = 60.0  # so many decisions the weights of the beginning are worth
_RULE_AFTER = 3  # bookings alike before a rule is proposed


class Example(msgspec.Struct, frozen=True):
    """One decision of a person on one suggestion."""

    features: Features
    kind: SuggestionKind
    accepted: bool


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A line that a person booked by hand: to an account of the books, or a party."""

    name: str = ""
    account: str = ""  # of the bank
    text: str = ""
    incoming: bool = False
    to_account: str = ""
    to_party: UUID | None = None


def train(examples: Sequence[Example]) -> Weights:
    """Return weights learned from decisions; those of the beginning where there are fewer than twenty, or all are alike.

    The beginning counts like sixty decisions, so that a few odd ones do not turn it over. Runs in a job: it loads scikit-learn.
    """
    decided = _decided(examples)
    if len(examples) < LEAST or len({each.accepted for each in examples}) < 2:
        return Weights(decided=decided, examples=len(examples))
    from sklearn.linear_model import LogisticRegression

    rows, answers, weights = _prior()
    rows += [list(each.features.values()) for each in examples]
    answers += [each.accepted for each in examples]
    weights += [1.0] * len(examples)
    model: Any = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(rows, answers, sample_weight=weights)
    values = tuple(round(float(value), 4) for value in model.coef_[0])
    return Weights(values=values, bias=round(float(model.intercept_[0]), 4), decided=decided, examples=len(examples))


def _decided(examples: Sequence[Example]) -> Mapping[str, tuple[int, int]]:
    """Return by kind how many were accepted, of how many."""
    return {
        kind: (sum(1 for each in examples if each.kind == kind and each.accepted), sum(1 for each in examples if each.kind == kind))
        for kind in sorted({each.kind for each in examples})
    }


def _prior() -> tuple[list[list[float]], list[bool], list[float]]:
    """Return typical suggestions with the score of the beginning as their weight: each right, and each wrong."""
    typical = [Features()]
    typical += [Features(**{name: 1.0}) for name in FEATURES]
    typical += [Features(**{name: 1.0, "exact": 1.0, "alone": 1.0}) for name in FEATURES]
    typical += [Features(**{name: 1.0, "reference": 1.0, "exact": 1.0}) for name in FEATURES]
    share = _PRIOR / len(typical)
    rows = [list(each.values()) for each in typical]
    scores = [BEGINNING.score(each) for each in typical]
    return rows * 2, [True] * len(rows) + [False] * len(rows), [share * each for each in scores] + [share * (1 - each) for each in scores]


def accounts_of(accepted: Iterable[tuple[str, UUID]]) -> dict[str, UUID]:
    """Return whose a bank account is, from lines that were accepted as a party's payment; one that paid for several is nobody's."""
    seen: dict[str, set[UUID]] = defaultdict(set)
    for number, party in accepted:
        if plain := account_plain(number):
            seen[plain].add(party)
    return {number: next(iter(parties)) for number, parties in seen.items() if len(parties) == 1}


def propose_rules(bookings: Sequence[Booking], rules: Sequence[Rule] = ()) -> list[Rule]:
    """Return rules that would have booked what a person booked three times alike by hand, and nothing else they booked otherwise."""
    groups: dict[tuple[str, UUID | None, bool, str], list[Booking]] = defaultdict(list)
    for each in bookings:
        who = account_plain(each.account) or " ".join(name_words(each.name))
        groups[each.to_account, each.to_party, each.incoming, who].append(each)
    found: list[Rule] = []
    for (account, party, incoming, who), alike in groups.items():
        if len(alike) < _RULE_AFTER:
            continue
        rule = _rule(alike, account, party, incoming, bool(who))
        others = [each for each in bookings if (each.to_account, each.to_party) != (account, party)]
        if rule is None or any(_would(rule, each) for each in others) or any(_would(each, alike[0]) for each in rules):
            continue
        found.append(rule)
    return found


def _rule(alike: Sequence[Booking], account: str, party: UUID | None, incoming: bool, known: bool) -> Rule | None:
    """Return the rule that lines have in common: the counterparty, else the words that stand in every text."""
    direction: Direction = "in" if incoming else "out"
    name = Counter(each.name for each in alike).most_common(1)[0][0]
    if known:
        number = alike[0].account if account_plain(alike[0].account) else ""
        title = name or Secret(number).masked
        return Rule(
            name=title, direction=direction, counterparty="" if number else name, account=number, to_account=account, to_party=party
        )
    shared = set.intersection(*(set(re.findall(r"[^\W\d_]{4,}", upper(each.text))) for each in alike))
    if not shared:
        return None
    ordered = sorted(shared, key=lambda word: upper(alike[0].text).index(word))[:3]
    return Rule(name=" ".join(ordered).title(), direction=direction, words=tuple(ordered), to_account=account, to_party=party)


def _would(rule: Rule, booking: Booking) -> bool:
    """Tell whether a rule takes a line, its amount left out of account."""
    return rule.takes_text(booking.name, booking.account, booking.text, incoming=booking.incoming)
