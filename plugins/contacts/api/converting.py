"""Parties between what programs see and what the rules work with."""

import msgspec

from ..domain.details import Address, Details, Identifier, PartyRecord, Point
from ..domain.identifiers import SEALED_SCHEMES, told_identifier
from .schemas import AddressBody, IdentifierBody, PartyBody, PartyOut, PointBody


def details_of(body: PartyBody) -> Details:
    """Return what was sent, unchecked."""
    return Details(
        kind=body.kind,
        name=body.name,
        legal_name=body.legal_name,
        given_name=body.given_name,
        family_name=body.family_name,
        language=body.language,
        notes=body.notes,
        tags=body.tags,
        emails=_points(body.emails),
        phones=_points(body.phones),
        websites=_points(body.websites),
        addresses=tuple(Address(**msgspec.structs.asdict(each)) for each in body.addresses),
        identifiers=tuple(Identifier(each.scheme, each.value) for each in body.identifiers),
    )


def party_out(party: PartyRecord, *, whole: bool = False) -> PartyOut:
    """Return a party as a program gets it: of sealed numbers their end, unless it is `whole`."""
    told = _as_kept if whole else _told
    details = party.details
    return PartyOut(
        id=party.id,
        version=party.version,
        created_at=party.created_at,
        updated_at=party.updated_at,
        archived_at=party.archived_at,
        merged_into=party.merged_into,
        kind=details.kind,
        name=details.name,
        legal_name=details.legal_name,
        given_name=details.given_name,
        family_name=details.family_name,
        language=details.language,
        notes=details.notes,
        tags=details.tags,
        emails=_bodies(details.emails),
        phones=_bodies(details.phones),
        websites=_bodies(details.websites),
        addresses=tuple(msgspec.convert(msgspec.structs.asdict(each), AddressBody) for each in details.addresses),
        identifiers=tuple(IdentifierBody(scheme=each.scheme, value=told(each.scheme, each.value)) for each in details.identifiers),
    )


def _as_kept(_: str, value: str) -> str:
    return value


def _told(scheme: str, value: str) -> str:
    return told_identifier(scheme, value) if scheme in SEALED_SCHEMES else value


def _points(bodies: tuple[PointBody, ...]) -> tuple[Point, ...]:
    return tuple(Point(each.value, each.label) for each in bodies)


def _bodies(points: tuple[Point, ...]) -> tuple[PointBody, ...]:
    return tuple(msgspec.convert(msgspec.structs.asdict(each), PointBody) for each in points)
