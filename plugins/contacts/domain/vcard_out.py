"""Writes vCards: 4.0 (RFC 6350) and 3.0 (RFC 2426)."""

from collections.abc import Iterable
from datetime import UTC
from typing import Literal
from uuid import UUID

from .countries import country_name
from .details import Address, Details, PartyRecord, Point
from .points import show_phone

Version = Literal["4.0", "3.0"]

LABEL_TYPES = {"work": "work", "home": "home", "mobile": "cell", "fax": "fax", "invoices": "X-INVOICES", "other": "X-OTHER"}
ADDRESS_TYPES = {"invoice": "X-INVOICE", "delivery": "X-DELIVERY", "visit": "X-VISIT", "home": "home", "other": "X-OTHER"}
IDENTIFIER = "X-WEFT-IDENTIFIER"
LEGAL_NAME = "X-WEFT-LEGAL-NAME"
_FOLD_AT = 75  # octets of a line, without its end (RFC 6350 section 3.2)


def write_vcard(party: PartyRecord, version: Version = "4.0") -> str:
    """Return a party as a vCard, with the ends of lines that the standard asks for."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", f"UID:urn:uuid:{party.id}"]
    lines += _names(party.details, version)
    lines += _reach(party.details, version)
    lines += [_address(address, version) for address in party.details.addresses]
    lines += _rest(party.details, version)
    lines += [f"REV:{party.updated_at.astimezone(UTC):%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _names(details: Details, version: Version) -> Iterable[str]:
    yield f"FN:{_text(details.name)}"
    if details.kind == "person":
        yield f"N:{_text(details.family_name)};{_text(details.given_name)};;;"
    else:
        yield "N:;;;;"
        yield f"ORG:{_text(details.name)}"
    if version == "4.0":
        yield f"KIND:{'individual' if details.kind == 'person' else 'org'}"
    elif details.kind == "organisation":
        yield "X-ABSHOWAS:COMPANY"  # how address books that know only 3.0 tell an organisation
    if details.legal_name:
        yield f"{LEGAL_NAME}:{_text(details.legal_name)}"


def _reach(details: Details, version: Version) -> Iterable[str]:
    for place, point in enumerate(details.emails):
        yield f"EMAIL{_parameters(point, place, version, plain='INTERNET')}:{_text(point.value)}"
    for place, point in enumerate(details.phones):
        types = _parameters(point, place, version, plain="VOICE")
        yield f"TEL;VALUE=uri{types}:tel:{point.value}" if version == "4.0" else f"TEL{types}:{_text(show_phone(point.value))}"
    for place, point in enumerate(details.websites):
        yield f"URL{_parameters(point, place, version, plain='')}:{point.value}"


def _parameters(point: Point, place: int, version: Version, *, plain: str) -> str:
    types = [LABEL_TYPES[point.label]] if point.label else []
    if version == "4.0":
        preferred = ";PREF=1" if place == 0 else ""
        return "".join(f";TYPE={each}" for each in types) + preferred
    types += ["pref"] if place == 0 else []
    types += [plain] if plain and point.label != "fax" else []
    return f";TYPE={','.join(types)}" if types else ""


def _address(address: Address, version: Version) -> str:
    street = ",".join(_text(line) for line in address.lines)
    parts = (street, _text(address.city), _text(address.region), _text(address.postcode), _text(country_name(address.country)))
    return f"ADR{f';TYPE={ADDRESS_TYPES[address.kind]}' if address.kind else ''}:;;{';'.join(parts)}"


def _rest(details: Details, version: Version) -> Iterable[str]:
    if details.language:
        yield f"{'LANG' if version == '4.0' else 'X-LANG'}:{details.language}"
    if details.tags:
        yield f"CATEGORIES:{','.join(_text(tag) for tag in details.tags)}"
    for each in details.identifiers:
        yield f"{IDENTIFIER};X-SCHEME={each.scheme}:{_text(each.value)}"
    if details.notes:
        yield f"NOTE:{_text(details.notes)}"


def _text(value: str) -> str:
    """Escape a value (RFC 6350 section 3.4)."""
    escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line after at most 75 octets, never inside a character."""
    parts: list[str] = []
    part, room = "", _FOLD_AT
    for character in line:
        octets = len(character.encode())
        if octets > room:
            parts.append(part)
            part, room = "", _FOLD_AT - 1  # the space that begins the next line counts
        part += character
        room -= octets
    return "\r\n ".join([*parts, part])


def file_name(name: str, party_id: UUID) -> str:
    """Return a name for the file of one card, of plain letters."""
    plain = "".join(each if each.isascii() and each.isalnum() else "-" for each in name).strip("-")
    while "--" in plain:
        plain = plain.replace("--", "-")
    return f"{plain or party_id}.vcf"
