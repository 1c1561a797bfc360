"""The form of a party: fields into details, details into fields, rows added and taken away without a script."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from babel import Locale

from weft import Choice, Form, Invalid

from ..domain.countries import countries
from ..domain.details import ADDRESS_TITLES, Address, Details, Identifier, Point
from ..domain.identifiers import SCHEMES, show_identifier, told_identifier
from ..domain.points import LABEL_TITLES, show_phone

GROUPS = ("emails", "phones", "websites", "addresses", "identifiers")
_LANGUAGES = "en de fr es it nl pt pl sv da nb fi cs sk hu ro bg el hr sl et lv lt ga mt is tr uk ru ar he hi ja ko zh"
_TITLES = {
    "name": "Name",
    "legal_name": "Legal name",
    "given_name": "First name",
    "family_name": "Last name",
    "language": "Language",
    "notes": "Notes",
    "tags": "Tags",
    "emails": "E-mail",
    "phones": "Telephone",
    "websites": "Web site",
    "addresses": "Address",
    "identifiers": "Number",
    "version": "Version",
}


def blank(kind: str) -> Details:
    """Return the details that an empty form starts from: one row of what nearly everybody has."""
    identifiers = (Identifier("vat", ""),) if kind == "organisation" else ()
    return Details(
        kind="person" if kind == "person" else "organisation",
        name="",
        emails=(Point("", ""),),
        phones=(Point("", ""),),
        addresses=(Address(),),
        identifiers=identifiers,
    )


def for_form(details: Details, *, typed: bool = False) -> Details:
    """Return details as they are shown in fields: numbers as people read them, sealed ones masked unless somebody just `typed` them."""
    show = show_identifier if typed else told_identifier
    return msgspec.structs.replace(
        details,
        phones=tuple(Point(show_phone(each.value), each.label) for each in details.phones),
        identifiers=tuple(Identifier(each.scheme, show(each.scheme, each.value)) for each in details.identifiers),
    )


def read_details(form: Form) -> Details:
    """Return what was typed, unchecked: blank rows stay where they are, so that a problem is shown at its row."""
    tags = [*form.all("tags"), *(tag for line in form.all("more_tags") for tag in line.split(","))]
    return Details(
        kind="person" if form.get("kind") == "person" else "organisation",
        name=form.get("name"),
        legal_name=form.get("legal_name"),
        given_name=form.get("given_name"),
        family_name=form.get("family_name"),
        language=form.get("language"),
        notes=form.get("notes"),
        tags=tuple(tag for tag in tags if tag),
        emails=_points(form, "emails"),
        phones=_points(form, "phones"),
        websites=_points(form, "websites"),
        addresses=tuple(_address(row) for row in form.rows("addresses")),
        identifiers=tuple(Identifier(row.get("scheme"), row.get("value")) for row in form.rows("identifiers")),
    )


def read_version(form: Form) -> int:
    """Return the version that the form was filled from; raises `Invalid`."""
    text = form.get("version")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid.field("version", "This form is incomplete: open it again.")
    return int(text)


def rearranged(details: Details, wish: str) -> Details | None:
    """Return details with a row more (``add.emails``) or less (``remove.emails.1``); nothing where the wish is another."""
    found = re.fullmatch(r"(add|remove)\.(\w+)(?:\.(\d{1,3}))?", wish)
    if not found or found[2] not in GROUPS:
        return None
    rows = getattr(details, found[2])
    if found[1] == "add":
        row: Any = {"addresses": Address(), "identifiers": Identifier("vat", "")}.get(found[2], Point("", ""))
        rows = (*rows, row)
    else:
        rows = tuple(row for place, row in enumerate(rows) if place != int(found[3] or 0))
    return msgspec.structs.replace(details, **{found[2]: rows})


def form_context(details: Details, tags: Sequence[str], country: str) -> dict[str, Any]:
    """Return what the template of the form needs besides errors."""
    return {
        "details": details,
        "tag_options": list(dict.fromkeys([*details.tags, *tags])),
        "country_options": country_options(country),
        "label_options": _options(LABEL_TITLES, "No label"),
        "address_options": _options(ADDRESS_TITLES, "Any use"),
        "scheme_options": scheme_options(country),
        "language_options": language_options(details.language),
    }


def country_options(first: str) -> list[dict[str, str]]:
    """Return the countries, the one at home first."""
    named = countries()
    codes = [code for code in (first,) if code in named] + [code for code in named if code != first]
    return [{"value": "", "label": ""}, *({"value": code, "label": named[code]} for code in codes)]


def scheme_options(country: str) -> list[dict[str, str]]:
    """Return the kinds of identifier: those of everywhere and of the own country first."""
    own = sorted(SCHEMES.values(), key=lambda scheme: scheme.country not in ("", country))
    return [{"value": each.key, "label": f"{each.title} ({each.country})" if each.country else each.title} for each in own]


def language_options(current: str) -> list[dict[str, str]]:
    """Return the languages to choose from, and the one that is set."""
    codes = _LANGUAGES.split()
    codes += [current] if current and current not in codes else []
    names = {code: Locale("en").languages.get(code.partition("-")[0], code) for code in codes}
    options = [{"value": code, "label": name if "-" not in code else f"{name} ({code})"} for code, name in names.items()]
    return [{"value": "", "label": ""}, *sorted(options, key=lambda option: option["label"])]


def problem_links(errors: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the problems as links to their fields, for the alert above the form."""
    return [{"label": f"{title_of(field)}: {sentence}", "href": f"#field-{field.replace('.', '-')}"} for field, sentence in errors.items()]


def title_of(field: str) -> str:
    """Return what a field is called on the page."""
    group, _, place = field.partition(".")
    number = place.partition(".")[0]
    title = _TITLES.get(group, group)
    return f"{title} {int(number) + 1}" if number.isdecimal() and int(number) else title


def uuid_of(text: str) -> UUID | None:
    """Return an id that a form carries; nothing for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _points(form: Form, group: str) -> tuple[Point, ...]:
    return tuple(Point(row.get("value"), row.get("label")) for row in form.rows(group))


def _address(row: Form) -> Address:
    return Address(
        kind=row.get("kind"),
        lines=tuple(row.get("lines").split("\n")) if row.get("lines") else (),
        postcode=row.get("postcode"),
        city=row.get("city"),
        region=row.get("region"),
        country=row.get("country"),
        id=uuid_of(row.get("id")),
    )


def _options(titles: Mapping[str, str], empty: str) -> list[dict[str, str]]:
    return [{"value": value, "label": title if value else empty} for value, title in titles.items()]


def tag_choices(tags: Sequence[str], typed: str) -> list[Choice]:
    """Return the tags that fit what is typed, and what is typed as a new one."""
    fitting = [Choice(tag, tag) for tag in tags if typed.lower() in tag.lower()][:20]
    if typed and typed.lower() not in (choice.value.lower() for choice in fitting):
        fitting.append(Choice(typed, f"Add “{typed}”"))
    return fitting
