"""From features to a score: weights to begin with, and weights learned from what was accepted."""

import math
from collections.abc import Mapping, Sequence

import msgspec

from .items import FEATURES, Features, SuggestionKind

# Log-odds. A number with its exact amount is nearly sure, an amount with a name alike is likely, an amount alone is a guess.
_WEIGHTS: Mapping[str, float] = {
    "structured": 5.5,
    "reference": 4.5,
    "exact": 2.5,
    "explained": 2.0,
    "partial": 0.0,
    "over": -2.0,
    "alone": 1.0,
    "rivals": -2.5,
    "name": 2.5,
    "strange": -1.5,
    "account": 4.5,
    "early": -4.0,
    "late": -1.5,
    "several": -0.5,
}
_BIAS = -4.5


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How features become a score, and what was decided so far, by kind of suggestion: accepted, of how many."""

    values: tuple[float, ...] = tuple(_WEIGHTS[name] for name in FEATURES)
    bias: float = _BIAS
    decided: Mapping[str, tuple[int, int]] = {}
    examples: int = 0

    def score(self, features: Features) -> float:
        """Return the probability, 0 to 1, that a suggestion is right."""
        odds = self.bias + sum(weight * value for weight, value in zip(self.values, features.values(), strict=True) if value)
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))

    def experience(self, kind: SuggestionKind) -> str:
        """Return in words what was decided on suggestions of a kind, or nothing while that says little."""
        accepted, of = self.decided.get(kind, (0, 0))
        return f"You accepted {accepted} of {of} suggestions of this kind." if of >= 5 else ""


BEGINNING = Weights()

# What features mean, for the page that says what was learned.
MEANING: Mapping[str, str] = {
    "structured": "the structured reference is the item's",
    "reference": "the document's number stands in the text",
    "exact": "the amount is exactly what is open",
    "explained": "a discount, charge or rounding explains the amount",
    "partial": "the amount pays a part",
    "over": "the amount is more than is open",
    "alone": "nothing else open has the amount",
    "rivals": "others open have the same amount",
    "name": "the names are alike",
    "strange": "the names are not alike",
    "account": "the bank account is known to be theirs",
    "early": "the money came before the document",
    "late": "the money came long before or after it was due",
    "several": "it settles several items at once",
}


def told(weights: Weights, most: int = 5) -> Sequence[str]:
    """Return in words what counts most, strongest first."""
    ranked = sorted(zip(FEATURES, weights.values, strict=True), key=lambda each: -abs(each[1]))
    return [f"{'For' if value > 0 else 'Against'} it: {MEANING[name]}." for name, value in ranked[:most] if abs(value) > 0.1]
