"""What one party can be to another: each kind has a name in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from weft.contracts.parties import PartyKind
from weft.errors import Invalid


@dataclass(frozen=True, slots=True)
class RelationKind:
    """A kind of relation, as it reads from its subject (`forward`) and from its object (`backward`); no kinds: either may take part."""

    key: str
    forward: str
    backward: str
    subject: PartyKind | None = None
    object: PartyKind | None = None


_ALL = (
    RelationKind("works_for", "Works for", "Employs", "person", "organisation"),
    RelationKind("contact_of", "Contact person of", "Contact person", "person"),
    RelationKind("parent_of", "Parent company of", "Subsidiary of", "organisation", "organisation"),
    RelationKind("pays_for", "Pays for", "Paid for by"),
    RelationKind("guardian_of", "Guardian of", "In the care of", "person", "person"),
    RelationKind("partner_of", "Partner of", "Partner of"),
    RelationKind("related_to", "Related to", "Related to"),
)
RELATIONS: Mapping[str, RelationKind] = {kind.key: kind for kind in _ALL}


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A relation as one of its two parties sees it: `title` reads “this party … the other”."""

    id: UUID
    kind: str
    title: str
    other: UUID
    other_name: str
    other_kind: PartyKind
    note: str
    created_at: datetime


def seen_from(kind: str, *, as_subject: bool) -> str:
    """Return how a relation reads from one of its parties; the key of a kind that is no longer known."""
    known = RELATIONS.get(kind)
    if known is None:
        return kind
    return known.forward if as_subject else known.backward


def directions(party: PartyKind) -> list[tuple[str, str]]:
    """Return every way to relate a party of a kind, as ``kind:direction`` and how it reads; what reads the same both ways is there once."""
    found = []
    for kind in _ALL:
        if kind.subject in (None, party):
            found.append((f"{kind.key}:forward", kind.forward))
        if kind.object in (None, party) and kind.backward != kind.forward:
            found.append((f"{kind.key}:backward", kind.backward))
    return found


def arranged(direction: str, this: tuple[UUID, PartyKind], other: tuple[UUID, PartyKind]) -> tuple[str, UUID, UUID]:
    """Return kind, subject and object of a relation that was chosen from `this` party's page; raises `Invalid`."""
    key, _, way = direction.partition(":")
    kind = RELATIONS.get(key)
    if kind is None or way not in ("forward", "backward"):
        raise Invalid.field("direction", "Choose what the two are to each other.")
    subject, thing = (this, other) if way == "forward" else (other, this)
    if subject[0] == thing[0]:
        raise Invalid.field("other", "A contact cannot be related to itself: choose another one.")
    for role, wanted in ((subject, kind.subject), (thing, kind.object)):
        if wanted and role[1] != wanted:
            which = "other" if role is other else "direction"
            raise Invalid.field(which, f"“{kind.forward}” goes from {_named(kind.subject)} to {_named(kind.object)}.")
    return kind.key, subject[0], thing[0]


def _named(kind: PartyKind | None) -> str:
    return {"person": "a person", "organisation": "an organisation"}.get(kind or "", "a contact")
