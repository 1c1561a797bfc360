"""What a file says, laid over what is known: what it leaves empty stays, and nothing that can stand beside the new is lost."""

from collections.abc import Sequence

import msgspec

from .details import Address, Details, Identifier, Point
from .text import fold

SEVERAL = frozenset({"iban"})  # schemes of which a party has more than one


def overlaid(known: Details, given: Details) -> Details:
    """Return `known` brought up to date by `given`; doing it again changes nothing."""
    texts = {name: getattr(given, name) or getattr(known, name) for name in ("name", "legal_name", "given_name", "family_name", "language")}
    tags = {fold(tag): tag for tag in (*given.tags, *known.tags)}
    return msgspec.structs.replace(
        known,
        **texts,
        notes=_notes(known.notes, given.notes),
        tags=tuple(tag for _, tag in sorted(tags.items())),
        emails=_points(known.emails, given.emails),
        phones=_points(known.phones, given.phones),
        websites=_points(known.websites, given.websites),
        addresses=_addresses(known.addresses, given.addresses),
        identifiers=_identifiers(known.identifiers, given.identifiers),
    )


def _notes(known: str, given: str) -> str:
    return known if not given or given in known else given


def _points(known: Sequence[Point], given: Sequence[Point]) -> tuple[Point, ...]:
    labels = {point.value: point.label for point in known}
    first = {point.value: Point(point.value, point.label or labels.get(point.value, "")) for point in given}
    return (*first.values(), *(point for point in known if point.value not in first))


def _addresses(known: Sequence[Address], given: Sequence[Address]) -> tuple[Address, ...]:
    found = list(known)
    for place, address in enumerate(given):
        if any(address.place == each.place for each in found):
            continue
        if place == 0 and found:
            found[0] = _completed(found[0], address)
        else:
            found.append(msgspec.structs.replace(address, id=None))
    return tuple(found)


def _completed(known: Address, given: Address) -> Address:
    return Address(
        kind=given.kind or known.kind,
        lines=given.lines or known.lines,
        postcode=given.postcode or known.postcode,
        city=given.city or known.city,
        region=given.region or known.region,
        country=given.country or known.country,
        id=known.id,
    )


def _identifiers(known: Sequence[Identifier], given: Sequence[Identifier]) -> tuple[Identifier, ...]:
    new = {(each.scheme, each.value): each for each in given}
    replaced = {each.scheme for each in given} - SEVERAL
    stays = [each for each in known if (each.scheme, each.value) in new or each.scheme not in replaced]
    held = {(each.scheme, each.value) for each in stays}
    return (*stays, *(each for key, each in new.items() if key not in held))
