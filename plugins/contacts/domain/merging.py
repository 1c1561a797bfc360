"""Two entries for one party become one: a person chooses between values, and nothing that can be kept beside another is lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from weft.errors import Conflict, Invalid

from .countries import country_name
from .details import Address, Details, Identifier, PartyRecord, Point
from .points import show_phone
from .text import fold

Side = Literal["kept", "other"]
T = TypeVar("T")

SINGLE = ("name", "legal_name", "given_name", "family_name", "language")  # one of the two values stays
MAIN = ("emails", "phones", "websites", "addresses")  # all values stay; the choice says whose come first
_TITLES = {
    "name": "Name",
    "legal_name": "Legal name",
    "given_name": "First name",
    "family_name": "Last name",
    "language": "Language",
    "emails": "Main e-mail",
    "phones": "Main telephone",
    "websites": "Main web site",
    "addresses": "Main address",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A value on which the two differ; where only one has any, that one stays, and there is nothing to choose."""

    field: str
    title: str
    kept: str
    other: str


def differences(kept: Details, other: Details) -> list[Difference]:
    """Return what a person has to choose, in the order of the page."""
    found = []
    for field in (*SINGLE, *MAIN):
        ours, theirs = _shown(kept, field), _shown(other, field)
        if ours and theirs and ours != theirs:
            found.append(Difference(field, _TITLES[field], ours, theirs))
    return found


def check_mergeable(kept: PartyRecord, other: PartyRecord) -> None:
    """Raise `Invalid` or `Conflict` with a sentence unless two parties may become one."""
    if kept.id == other.id:
        raise Invalid.field("other", "These are the same contact: choose another one to merge with.")
    if kept.details.kind != other.details.kind:
        raise Invalid.field("other", "A person and an organisation cannot become one: relate them to each other instead.")
    for party in (kept, other):
        if party.merged_into:
            raise Conflict(f"“{party.details.name}” has been merged already.")


def merged(kept: Details, other: Details, choices: Mapping[str, Side]) -> Details:
    """Return what remains: chosen values, and every contact point, address, identifier and tag of both.

    A field without a choice keeps `kept`'s value where there is one.
    """
    both = {each.field for each in differences(kept, other)}

    def side(field: str) -> Side:
        if field in both:
            return choices.get(field, "kept")
        return "kept" if _shown(kept, field) else "other"

    singles = {field: getattr(other if side(field) == "other" else kept, field) for field in SINGLE}
    mains = {field: _in_order(getattr(kept, field), getattr(other, field), side(field)) for field in MAIN}
    return msgspec.structs.replace(
        kept,
        **singles,
        notes=_notes(kept.notes, other.notes),
        tags=_tags(kept.tags, other.tags),
        emails=_points(mains["emails"]),
        phones=_points(mains["phones"]),
        websites=_points(mains["websites"]),
        addresses=_addresses(mains["addresses"]),
        identifiers=_identifiers((*kept.identifiers, *other.identifiers)),
    )


def _in_order(kept: tuple[T, ...], other: tuple[T, ...], first: Side) -> tuple[T, ...]:
    return (*kept, *other) if first == "kept" else (*other, *kept)


def _points(points: Iterable[Point]) -> tuple[Point, ...]:
    found: dict[str, Point] = {}
    for point in points:
        known = found.get(point.value)
        if known is None or (point.label and not known.label):
            found[point.value] = point
    return tuple(found.values())


def _addresses(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Return addresses once; the same place for two uses stays two addresses."""
    found: list[Address] = []
    for address in addresses:
        twin = next((place for place, each in enumerate(found) if _same_place(each, address)), None)
        if twin is None:
            found.append(address)
        elif not found[twin].kind and address.kind:
            found[twin] = msgspec.structs.replace(found[twin], kind=address.kind)
    return tuple(found)


def _same_place(one: Address, another: Address) -> bool:
    return _place_key(one) == _place_key(another) and (one.kind == another.kind or not one.kind or not another.kind)


def _place_key(address: Address) -> tuple[str, ...]:
    return tuple(fold(" ".join(part) if isinstance(part, tuple) else str(part)) for part in address.place)


def _identifiers(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Return identifiers once; one that either party held alone is held alone by what remains."""
    found: dict[tuple[str, str], Identifier] = {}
    for each in identifiers:
        key = (each.scheme, each.value)
        if key not in found or not each.shared:
            found[key] = each
    return tuple(found.values())


def _tags(kept: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    found = {fold(tag): tag for tag in (*other, *kept)}
    return tuple(tag for _, tag in sorted(found.items()))


def _notes(kept: str, other: str) -> str:
    if not other or other in kept:
        return kept
    return f"{kept}\n\n{other}" if kept and kept not in other else other


def _shown(details: Details, field: str) -> str:
    value = getattr(details, field)
    if isinstance(value, str):
        return value
    if not value:
        return ""
    first = value[0]
    if isinstance(first, Address):
        return first.one_line() or country_name(first.country)
    return show_phone(first.value) if field == "phones" else str(first.value)
