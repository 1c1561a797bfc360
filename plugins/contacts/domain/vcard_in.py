"""Reads vCards 2.1, 3.0 and 4.0 as telephones and mail programs write them, with vobject underneath."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import vobject
from vobject.base import VObjectError

from weft.errors import Invalid

from .countries import read_country
from .details import Address, Details, Identifier, Point
from .text import tidy
from .vcard_out import ADDRESS_TYPES, IDENTIFIER, LABEL_TYPES, LEGAL_NAME

_CARD = re.compile(r"^[ \t]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*$.*?^[ \t]*END[ \t]*:[ \t]*VCARD[ \t]*$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_LABELS = {type_.lower(): label for label, type_ in LABEL_TYPES.items()} | {
    "mobile": "mobile",
    "iphone": "mobile",
    "other": "other",
    "main": "",
}
_ADDRESSES = {type_.lower(): kind for kind, type_ in ADDRESS_TYPES.items()} | {"parcel": "delivery", "other": "other"}
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decoded(content: bytes) -> str:
    """Return the text of a file of vCards: UTF-8 or UTF-16 as its first bytes say, else UTF-8, else Windows-1252."""
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def split_cards(content: bytes) -> Iterator[str]:
    """Yield the text of each card; raises `Invalid` when there is none."""
    found = False
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    for card in _CARD.finditer(text):
        found = True
        yield card[0]
    if not found:
        raise Invalid("This file holds no vCard: each begins with BEGIN:VCARD and ends with END:VCARD.")


def read_vcard(text: str) -> Details:
    """Return what a card says, unchecked; what has no place of its own goes into the notes. Raises `ValueError` with a sentence."""
    try:
        card = vobject.readOne(text, validate=False, transform=True, ignoreUnreadable=True, allowQP=True)
    except (VObjectError, ValueError, IndexError, AttributeError, LookupError, TypeError, StopIteration) as wrong:
        raise ValueError(f"This card cannot be read: {wrong}") from wrong
    lines = _sorted_lines(card)
    kind = _kind(lines)
    given, family = _person_name(lines)
    name = _first(lines, "FN") or f"{given} {family}".strip() or _organisation(lines) or _first(lines, "NICKNAME")
    if not tidy(name):
        emails = lines.get("EMAIL", [])
        name = _value(emails[0]) if emails else ""
    return Details(
        kind=kind,
        name=name,
        legal_name=_first(lines, LEGAL_NAME),
        given_name=given if kind == "person" else "",
        family_name=family if kind == "person" else "",
        language=_first(lines, "LANG") or _first(lines, "X-LANG"),
        notes=_notes(lines, kind),
        tags=tuple(tag for line in lines.get("CATEGORIES", []) for tag in _values(line)),
        emails=tuple(_points(lines.get("EMAIL", []))),
        phones=tuple(_points(lines.get("TEL", []))),
        websites=tuple(_points(lines.get("URL", []))),
        addresses=tuple(address for line in lines.get("ADR", []) if (address := _address(line))),
        identifiers=tuple(
            Identifier(_parameter(line, "X-SCHEME") or "reference", _value(line)) for line in lines.get(IDENTIFIER, []) if _value(line)
        ),
    )


def _sorted_lines(card: Any) -> dict[str, list[Any]]:
    """Return the lines of a card by name, the preferred one of each first."""
    found: dict[str, list[Any]] = {}
    for line in card.lines():
        found.setdefault(line.name.upper(), []).append(line)
    for lines in found.values():
        lines.sort(key=lambda line: 0 if _is_preferred(line) else 1)
    return found


def _is_preferred(line: Any) -> bool:
    return "pref" in _types(line) or _parameter(line, "PREF") == "1"


def _kind(lines: dict[str, list[Any]]) -> Any:
    told = _first(lines, "KIND").lower()
    if told in ("org", "organization", "organisation") or _first(lines, "X-ABSHOWAS").upper() == "COMPANY":
        return "organisation"
    given, family = _person_name(lines)
    if not told and not given and not family and _organisation(lines) and _first(lines, "FN") in ("", _organisation(lines)):
        return "organisation"
    return "person"


def _person_name(lines: dict[str, list[Any]]) -> tuple[str, str]:
    names = lines.get("N", [])
    if not names or not hasattr(names[0].value, "family"):
        return "", ""
    name = names[0].value
    given = " ".join(filter(None, (_joined(name.given), _joined(name.additional))))
    return tidy(given), tidy(_joined(name.family))


def _organisation(lines: dict[str, list[Any]]) -> str:
    units = _values(lines["ORG"][0]) if lines.get("ORG") else []
    return tidy(units[0]) if units else ""


def _notes(lines: dict[str, list[Any]], kind: str) -> str:
    notes = [_value(line) for line in lines.get("NOTE", [])]
    if kind == "person":
        units = ", ".join(unit for line in lines.get("ORG", []) for unit in _values(line) if unit)
        notes += [f"Organisation: {units}"] if units else []
    notes += [f"{title}: {_value(line)}" for name, title in _KEPT_AS_NOTES.items() for line in lines.get(name, []) if _value(line)]
    return "\n".join(note for note in notes if note.strip())


_KEPT_AS_NOTES = {"TITLE": "Job title", "ROLE": "Role", "NICKNAME": "Nickname", "BDAY": "Birthday", "IMPP": "Chat"}


def _points(lines: Iterable[Any]) -> Iterator[Point]:
    for line in lines:
        if value := _value(line):
            types = _types(line)
            label = next((_LABELS[each] for each in ("fax", "cell", "mobile", "iphone", *types) if each in types and each in _LABELS), "")
            yield Point(value.removeprefix("mailto:"), label)


def _address(line: Any) -> Address | None:
    value = line.value
    if not hasattr(value, "street"):
        return None
    parts = [part for given in (value.box, value.extended, value.street) for each in _listed(given) for part in each.split("\n")]
    lines = tuple(tidy(part) for part in parts if tidy(part))
    country = _joined(value.country)
    try:
        code = read_country(tidy(country))
    except ValueError:
        code, lines = "", (*lines, tidy(country))  # kept where it can be read, since nothing may be lost
    types = _types(line)
    return Address(
        kind=next((_ADDRESSES[each] for each in types if each in _ADDRESSES), ""),
        lines=lines,
        postcode=tidy(_joined(value.code)),
        city=tidy(_joined(value.city)),
        region=tidy(_joined(value.region)),
        country=code,
    )


def _types(line: Any) -> list[str]:
    given = [each for value in line.params.get("TYPE", []) for each in str(value).split(",")] + list(line.singletonparams)
    return [each.strip().strip('"').lower() for each in given]


def _parameter(line: Any, name: str) -> str:
    values = line.params.get(name, [])
    return str(values[0]) if values else ""


def _first(lines: dict[str, list[Any]], name: str) -> str:
    return _value(lines[name][0]) if lines.get(name) else ""


def _value(line: Any) -> str:
    value = line.value
    return "" if isinstance(value, bytes) else _joined(value).strip()


def _values(line: Any) -> list[str]:
    return [tidy(each) for each in _listed(line.value)]


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value or "")]


def _joined(value: Any) -> str:
    return " ".join(each for each in _listed(value) if each)
