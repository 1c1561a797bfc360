"""Brings what was typed into the form it is kept in, with a sentence beside every wrong field."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

import msgspec

from weft.errors import Invalid

from .countries import read_country
from .details import ADDRESS_KINDS, Address, Details, Identifier, Point
from .identifiers import read_identifier
from .points import LABELS, read_email, read_phone, read_website
from .postcodes import read_postcode
from .text import fold, tidy, tidy_lines

LONGEST_NAME = 200
LONGEST_NOTES = 20_000
LONGEST_TAG = 40
MOST_ROWS = 50  # contact points of a kind, addresses, identifiers, tags
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?")  # RFC 5646: language, script, region

T = TypeVar("T")
Problems = dict[str, str]


def checked(details: Details, country: str) -> Details:
    """Return details in the form they are kept in; checking that again changes nothing.

    `country` stands in where an address gives none. Raises `Invalid` with a sentence for every wrong field at once; fields of rows are
    called ``emails.0.value``, ``addresses.1.postcode``, ``identifiers.0.value``.
    """
    problems: Problems = {}
    addresses = _addresses(details.addresses, problems)
    home = next((address.country for address in addresses if address.country), country)
    found = msgspec.structs.replace(
        details,
        **_names(details, problems),
        language=_language(details.language, problems),
        notes=_notes(details.notes, problems),
        tags=_tags(details.tags, problems),
        emails=_points("emails", details.emails, read_email, problems),
        phones=_points("phones", details.phones, lambda text: read_phone(tidy(text), home), problems),
        websites=_points("websites", details.websites, read_website, problems),
        addresses=addresses,
        identifiers=_identifiers(details.identifiers, home, problems),
    )
    if problems:
        raise Invalid(fields=problems)
    return found


def _names(details: Details, problems: Problems) -> dict[str, str]:
    given, family = (tidy(details.given_name), tidy(details.family_name)) if details.kind == "person" else ("", "")
    legal = tidy(details.legal_name) if details.kind == "organisation" else ""
    name = tidy(details.name) or f"{given} {family}".strip()
    if not name:
        problems["name"] = "Enter a name."
    for field, text in (("name", name), ("legal_name", legal), ("given_name", given), ("family_name", family)):
        if len(text) > LONGEST_NAME:
            problems[field] = f"Enter at most {LONGEST_NAME} characters."
    return {"name": name, "legal_name": legal, "given_name": given, "family_name": family}


def _language(text: str, problems: Problems) -> str:
    parts = text.strip().replace("_", "-").split("-")
    shaped = [parts[0].lower(), *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])]
    tag = "-".join(shaped)
    if tag and not _LANGUAGE.fullmatch(tag):
        problems["language"] = f"“{text}” is not a language: give its code, such as en or pt-BR."
    return tag


def _notes(text: str, problems: Problems) -> str:
    if len(text) > LONGEST_NOTES:
        problems["notes"] = f"Enter at most {LONGEST_NOTES:,} characters."
    return tidy_lines(text)


def _tags(tags: Iterable[str], problems: Problems) -> tuple[str, ...]:
    """Return tags without repetition, in alphabetical order; of two that differ only in case the first is kept."""
    found: dict[str, str] = {}
    for tag in map(tidy, tags):
        if len(tag) > LONGEST_TAG:
            problems["tags"] = f"A tag has at most {LONGEST_TAG} characters."
        if tag:
            found.setdefault(fold(tag), tag)
    if len(found) > MOST_ROWS:
        problems["tags"] = f"Give at most {MOST_ROWS} tags."
    return tuple(tag for _, tag in sorted(found.items()))


def _points(field: str, points: Sequence[Point], read: Callable[[str], str], problems: Problems) -> tuple[Point, ...]:
    found: dict[str, Point] = {}
    for place, point in enumerate(points):
        if not point.value.strip():
            continue
        if point.label not in LABELS:
            problems[f"{field}.{place}.label"] = f"“{point.label}” is not one of the choices."
        try:
            value = read(point.value)
        except ValueError as wrong:
            problems[f"{field}.{place}.value"] = str(wrong)
            continue
        found.setdefault(value, Point(value, point.label))
    if len(found) > MOST_ROWS:
        problems[f"{field}.{MOST_ROWS}.value"] = f"Give at most {MOST_ROWS}."
    return tuple(found.values())


def _addresses(addresses: Sequence[Address], problems: Problems) -> tuple[Address, ...]:
    found: list[Address] = []
    for place, address in enumerate(addresses):
        if address.is_empty:
            continue
        at = f"addresses.{place}"
        if address.kind not in ADDRESS_KINDS:
            problems[f"{at}.kind"] = f"“{address.kind}” is not one of the choices."
        country = _read(f"{at}.country", lambda text: read_country(tidy(text)), address.country, problems)
        postcode = _read(f"{at}.postcode", lambda text, of=country: read_postcode(tidy(text), of), address.postcode, problems)  # type: ignore[misc]
        lines = tuple(line for each in address.lines for part in each.split("\n") if (line := tidy(part)))
        if any(len(text) > LONGEST_NAME for text in (*lines, address.city, address.region)):
            problems[f"{at}.lines"] = f"A line of an address has at most {LONGEST_NAME} characters."
        if len(lines) > 6:
            problems[f"{at}.lines"] = "An address has at most 6 lines above the town."
        found.append(
            Address(
                kind=address.kind,
                lines=lines,
                postcode=postcode,
                city=tidy(address.city),
                region=tidy(address.region),
                country=country,
                id=address.id,
            )
        )
    if len(found) > MOST_ROWS:
        problems[f"addresses.{MOST_ROWS}.lines"] = f"Give at most {MOST_ROWS} addresses."
    return tuple(found)


def _identifiers(identifiers: Sequence[Identifier], country: str, problems: Problems) -> tuple[Identifier, ...]:
    found: dict[tuple[str, str], Identifier] = {}
    for place, each in enumerate(identifiers):
        if not each.value.strip():
            continue
        try:
            value = read_identifier(each.scheme, each.value, country)
        except ValueError as wrong:
            problems[f"identifiers.{place}.value"] = str(wrong)
            continue
        found.setdefault((each.scheme, value), Identifier(each.scheme, value, each.shared))
    if len(found) > MOST_ROWS:
        problems[f"identifiers.{MOST_ROWS}.value"] = f"Give at most {MOST_ROWS} identifiers."
    return tuple(found.values())


def _read(field: str, read: Callable[[str], str], text: str, problems: Problems) -> str:
    try:
        return read(text)
    except ValueError as wrong:
        problems[field] = str(wrong)
        return ""


def keep_ids(details: Details, known: Iterable[UUID]) -> Details:
    """Return details whose addresses carry only ids that this party has, so that no form can take another's address away."""
    own = set(known)
    seen: set[UUID] = set()
    kept = []
    for address in details.addresses:
        is_own = address.id in own and address.id not in seen
        seen |= {address.id} if is_own and address.id else set()
        kept.append(address if is_own else msgspec.structs.replace(address, id=None))
    return msgspec.structs.replace(details, addresses=tuple(kept))
