"""A party as its page shows it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from babel import Locale

from ..domain.countries import country_name
from ..domain.details import ADDRESS_TITLES, KIND_TITLES, Details, PartyRecord
from ..domain.identifiers import SEALED_SCHEMES, scheme_title, show_identifier, told_identifier
from ..domain.points import LABEL_TITLES, show_phone
from ..services.finding import Found

Item = Mapping[str, Any]


def party_view(party: PartyRecord, *, whole: bool = False) -> dict[str, Any]:
    """Return what the templates show of a party, as items of the `facts` macro; with `whole`, sealed numbers too."""
    details = party.details
    status = None
    if party.archived_at:
        status = {"label": "Archived", "tone": "warn"}
    place = ", ".join(filter(None, (details.address.city, country_name(details.address.country))))
    return {
        "id": party.id,
        "version": party.version,
        "name": details.name,
        "is_person": details.kind == "person",
        "subtitle": " · ".join(filter(None, (KIND_TITLES[details.kind], place))),
        "status": status,
        "archived": party.archived_at is not None,
        "facts": facts(details),
        "reach": reach(details),
        "addresses": addresses(details),
        "identifiers": [
            {
                "label": scheme_title(each.scheme),
                "value": (show_identifier if whole else told_identifier)(each.scheme, each.value),
                "copyable": whole or each.scheme not in SEALED_SCHEMES,
            }
            for each in details.identifiers
        ],
        "whole": whole,
        "masked": not whole and any(each.scheme in SEALED_SCHEMES for each in details.identifiers),
        "tags": details.tags,
        "notes": details.notes,
        "created_at": party.created_at,
        "updated_at": party.updated_at,
    }


def facts(details: Details) -> list[Item]:
    """Return names, language and tags, those that are known."""
    language = Locale("en").languages.get(details.language.partition("-")[0], details.language)
    known = (
        ("Legal name", details.legal_name),
        ("First name", details.given_name),
        ("Last name", details.family_name),
        ("Language", f"{language} ({details.language})" if "-" in details.language else language),
    )
    found: list[Item] = [{"label": label, "value": value} for label, value in known if value]
    return [*found, {"label": "Tags", "value": list(details.tags), "kind": "tags"}]


def reach(details: Details) -> list[Item]:
    """Return e-mail addresses, telephone numbers and web sites, each as a link."""
    found: list[Item] = []
    for title, points, link in (
        ("E-mail", details.emails, "mailto:"),
        ("Telephone", details.phones, "tel:"),
        ("Web site", details.websites, ""),
    ):
        for point in points:
            shown = show_phone(point.value) if link == "tel:" else point.value.removeprefix("https://")
            found.append({"label": LABEL_TITLES[point.label] or title, "value": shown, "href": f"{link}{point.value}"})
    return found


def addresses(details: Details) -> list[Item]:
    """Return addresses as blocks of lines."""
    return [
        {
            "label": ADDRESS_TITLES[each.kind],
            "lines": [
                *each.lines,
                " ".join(filter(None, (each.postcode, each.city))),
                each.region,
                country_name(each.country),
            ],
        }
        for each in details.addresses
    ]


def found_options(found: Iterable[Found], but: UUID | None = None) -> list[dict[str, Any]]:
    """Return parties as the options of a lookup field; `but` is one that cannot be chosen."""
    return [{"value": each.id, "label": each.name, "hint": each.city or each.email} for each in found if each.id != but]
