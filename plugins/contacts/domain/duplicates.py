"""How likely it is that two parties are one, and the words that say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from weft.contracts.parties import PartyKind

# What two parties share, how much that tells (of 100), and how it is told.
IDENTIFIER, EMAIL, PHONE, NAME, SIMILAR = "identifier", "email", "phone", "name", "similar"
WEIGHTS = {IDENTIFIER: 95, EMAIL: 60, PHONE: 35, NAME: 45, SIMILAR: 30}
WORDS = {
    IDENTIFIER: "the same identifier",
    EMAIL: "the same e-mail address",
    PHONE: "the same telephone number",
    NAME: "the same name",
    SIMILAR: "a similar name in the same town",
}
SIMILAR_ENOUGH = 0.6  # pg_trgm similarity of folded names
SHARED_BY_MANY = 5  # an address or number that more parties than this have in common is a reception's, and tells nothing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A party that may be the one at hand."""

    id: UUID
    kind: PartyKind
    name: str
    city: str
    email: str
    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        """How likely it is the same, of 100."""
        return score(self.reasons)

    @property
    def because(self) -> str:
        """Return why, in words: “the same name and the same telephone number”."""
        return because(self.reasons)


def score(reasons: Sequence[str]) -> int:
    """Return how likely two parties are one, of 100: each reason leaves less room for doubt."""
    doubt = 1.0
    for reason in set(reasons) - ({SIMILAR} if NAME in reasons else set()):
        doubt *= 1 - WEIGHTS[reason] / 100
    return round(100 * (1 - doubt))


def because(reasons: Sequence[str]) -> str:
    """Return reasons as words."""
    words = [WORDS[reason] for reason in WEIGHTS if reason in reasons]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
