"""What is known of a party, as frozen values that survive JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from weft.contracts.parties import PartyKind

from .countries import country_name
from .identifiers import SEALED_SCHEMES, scheme_title, told_identifier
from .points import LABEL_TITLES, PointKind, phone_words, show_phone
from .text import match_key, search_text, sort_name

AddressKind = Literal["", "invoice", "delivery", "visit", "home", "other"]
ADDRESS_KINDS: tuple[str, ...] = get_args(AddressKind)
ADDRESS_TITLES = {"": "Address", "invoice": "Invoices", "delivery": "Deliveries", "visit": "Visits", "home": "Home", "other": "Other"}
KIND_TITLES = {"organisation": "Organisation", "person": "Person"}


class Point(msgspec.Struct, frozen=True):
    """An e-mail address, a telephone number or a web site, and what it is for."""

    value: str
    label: str = ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address; `country` is ISO 3166-1 alpha-2. `id` stays while the address is edited."""

    kind: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    id: UUID | None = None

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it is, whatever it is used for."""
        return self.lines, self.postcode, self.city, self.region, self.country

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given: what it is used for does not count."""
        return not any((*self.lines, self.postcode, self.city, self.region, self.country))

    def one_line(self) -> str:
        """Return the address as one line for a list or an audit entry."""
        town = " ".join(filter(None, (self.postcode, self.city)))
        return ", ".join(filter(None, (*self.lines, town, self.region, country_name(self.country))))


class Identifier(msgspec.Struct, frozen=True):
    """A number given by somebody; `shared` when a person has knowingly given it to a second party."""

    scheme: str
    value: str
    shared: bool = False

    def __repr__(self) -> str:
        return f"Identifier({self.scheme!r}, {told_identifier(self.scheme, self.value)!r}, shared={self.shared})"


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a party that people type. The first of e-mails, phones and addresses is the main one."""

    kind: PartyKind
    name: str
    legal_name: str = ""
    given_name: str = ""
    family_name: str = ""
    language: str = ""  # BCP 47
    notes: str = ""
    tags: tuple[str, ...] = ()
    emails: tuple[Point, ...] = ()
    phones: tuple[Point, ...] = ()
    websites: tuple[Point, ...] = ()
    addresses: tuple[Address, ...] = ()
    identifiers: tuple[Identifier, ...] = ()

    @property
    def email(self) -> str:
        """The main e-mail address, or nothing."""
        return self.emails[0].value if self.emails else ""

    @property
    def phone(self) -> str:
        """The main telephone number, or nothing."""
        return self.phones[0].value if self.phones else ""

    @property
    def address(self) -> Address:
        """The main address, or an empty one."""
        return self.addresses[0] if self.addresses else Address()

    def points(self) -> Mapping[PointKind, tuple[Point, ...]]:
        """Return the contact points by kind."""
        return {"email": self.emails, "phone": self.phones, "website": self.websites}


def typed_over(typed: Details, before: Details) -> Details:
    """Return details in which a sealed number that came back as it was shown, masked, is the one that was there."""
    left = [each for each in before.identifiers if each.scheme in SEALED_SCHEMES]
    identifiers = []
    for each in typed.identifiers:
        shown = each.value.strip()
        same = next((known for known in left if known.scheme == each.scheme and told_identifier(known.scheme, known.value) == shown), None)
        if same:
            left.remove(same)
        identifiers.append(same or each)
    return msgspec.structs.replace(typed, identifiers=tuple(identifiers))


class Derived(msgspec.Struct, frozen=True):
    """What is kept beside the details so that lists and searches are fast."""

    sort_name: str
    match_key: str
    search_text: str
    email: str
    phone: str  # as people read it
    city: str
    country: str


def derive(details: Details) -> Derived:
    """Return what follows from the details."""
    dialled = [word for phone in details.phones for word in phone_words(phone.value)]
    return Derived(
        sort_name=sort_name(details.name),
        match_key=match_key(details.name),
        search_text=search_text(
            details.name,
            details.legal_name,
            details.given_name,
            details.family_name,
            *(point.value for point in details.emails),
            *dialled,
            *(each.value for each in details.identifiers if each.scheme not in SEALED_SCHEMES),
        ),
        email=details.email,
        phone=show_phone(details.phone) if details.phone else "",
        city=details.address.city,
        country=details.address.country,
    )


class PartyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A party as it is stored; `merged_into` names the party that took its place."""

    id: UUID
    details: Details
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    merged_into: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may be edited: neither archived nor merged away."""
        return self.archived_at is None and self.merged_into is None


_TEXTS = ("name", "legal_name", "given_name", "family_name", "language", "notes")


def for_audit(details: Details) -> dict[str, Any]:
    """Return the details as an audit entry tells them: plain words, nothing that only a machine needs."""
    told: dict[str, Any] = {"kind": KIND_TITLES[details.kind]}
    told |= {name: text for name in _TEXTS if (text := getattr(details, name))}
    if details.tags:
        told["tags"] = list(details.tags)
    for label, points in (("emails", details.emails), ("telephones", details.phones), ("web_sites", details.websites)):
        if points:
            told[label] = [show_point(point) for point in points]
    if details.addresses:
        told["addresses"] = [_show_address(address) for address in details.addresses]
    if details.identifiers:
        told["identifiers"] = [f"{scheme_title(each.scheme)} {told_identifier(each.scheme, each.value)}" for each in details.identifiers]
    return told


def show_point(point: Point) -> str:
    """Return a contact point with its label."""
    value = show_phone(point.value) if point.value.startswith("+") else point.value
    return f"{value} ({LABEL_TITLES[point.label].lower()})" if point.label else value


def _show_address(address: Address) -> str:
    return f"{ADDRESS_TITLES[address.kind]}: {address.one_line()}" if address.kind else address.one_line()
