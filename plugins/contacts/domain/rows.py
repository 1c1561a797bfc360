"""A row of a spreadsheet about one party: what its columns are, and what they come to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from weft.contracts.parties import PartyKind
from weft.errors import Invalid

from .checking import checked
from .countries import read_country
from .details import ADDRESS_TITLES, Address, Details, Identifier, Point
from .identifiers import SCHEMES
from .points import LABEL_TITLES, read_phone
from .postcodes import restore_zeros
from .text import fold, match_key, telling_words, tidy

Text = Annotated[str, msgspec.Meta(max_length=2000)]
Several = tuple[str, ...]


def _titled(title: str, description: str = "") -> msgspec.Meta:
    return msgspec.Meta(title=title, description=description or None)


class PartyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One party in columns; an empty cell says nothing. The columns called like a scheme hold an identifier of it."""

    reference: Annotated[str, _titled("Reference", "Your own number for the contact; finds it again in the next file")] = ""
    name: Annotated[str, _titled("Name")] = ""
    kind: Annotated[str, _titled("Kind", "Organisation or person; guessed where it is empty")] = ""
    given_name: Annotated[str, _titled("First name")] = ""
    family_name: Annotated[str, _titled("Last name")] = ""
    legal_name: Annotated[str, _titled("Legal name")] = ""
    email: Annotated[Several, _titled("E-mail", "Several with semicolons between them; “work: ” before one labels it")] = ()
    phone: Annotated[Several, _titled("Telephone", "Several with semicolons between them")] = ()
    mobile: Annotated[Several, _titled("Mobile")] = ()
    fax: Annotated[Several, _titled("Fax")] = ()
    website: Annotated[Several, _titled("Web site")] = ()
    street: Annotated[str, _titled("Street")] = ""
    street_2: Annotated[str, _titled("Street, second line")] = ""
    postcode: Annotated[str, _titled("Postcode")] = ""
    city: Annotated[str, _titled("Town")] = ""
    region: Annotated[str, _titled("Region")] = ""
    country: Annotated[str, _titled("Country", "A code of two or three letters, or a name")] = ""
    address_kind: Annotated[str, _titled("Address used for", "Invoices, deliveries, visits, home, other")] = ""
    other_addresses: Annotated[str, _titled("More addresses", "As JSON; vCards fill it")] = ""
    vat: Annotated[str, _titled("VAT number")] = ""
    iban: Annotated[str, _titled("IBAN")] = ""
    gln: Annotated[str, _titled("Global location number (GLN)")] = ""
    lei: Annotated[str, _titled("Legal entity identifier (LEI)")] = ""
    duns: Annotated[str, _titled("D-U-N-S number")] = ""
    npi: Annotated[str, _titled("National provider identifier (NPI)")] = ""
    ein: Annotated[str, _titled("Employer identification number (EIN)")] = ""
    siret: Annotated[str, _titled("SIRET")] = ""
    abn: Annotated[str, _titled("Business number (ABN)")] = ""
    identifiers: Annotated[Several, _titled("Other numbers", "Each as scheme: number, such as “nl_kvk: 30283937”")] = ()
    tags: Annotated[Several, _titled("Tags", "Several with semicolons or commas between them")] = ()
    language: Annotated[str, _titled("Language")] = ""
    organisation: Annotated[str, _titled("Organisation of a person", "Kept in the notes")] = ""
    job_title: Annotated[str, _titled("Job title", "Kept in the notes")] = ""
    notes: Annotated[str, _titled("Notes")] = ""


class RowOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked once per file."""

    match_email: Annotated[
        Literal["same_name", "always", "never"],
        _titled(
            "The same e-mail address is the same contact",
            "“same_name”: only with the same name, since families and offices share addresses",
        ),
    ] = "same_name"
    unreadable_phones: Annotated[
        Literal["note", "refuse"], _titled("Telephone numbers that cannot be read", "Keep them in the notes, or refuse the row")
    ] = "note"
    default_kind: Annotated[Literal["organisation", "person"], _titled("Kind, where a row does not tell")] = "organisation"
    default_country: Annotated[str, _titled("Country, where a row has none", "Two letters")] = ""
    tag: Annotated[str, _titled("A tag for every contact of this file")] = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row came to; `kind_given` is whether the row itself says what kind it is."""

    details: Details
    kind_given: bool


SCHEME_COLUMNS = ("reference", "vat", "iban", "gln", "lei", "duns", "npi", "ein", "siret", "abn")
_PERSON = "person individual contact patient private privatperson people persona particulier particuliere personne natuurlijk"
_ORGANISATION = "organisation organization company business firma unternehmen org entreprise societe empresa bedrijf organisatie"
_KINDS: dict[str, PartyKind] = {**dict.fromkeys(_PERSON.split(), "person"), **dict.fromkeys(_ORGANISATION.split(), "organisation")}
_LABELLED = re.compile(rf"({'|'.join(title for title in LABEL_TITLES.values() if title)})\s*:\s*(.+)", re.IGNORECASE)


def read_row(row: PartyRow, options: RowOptions, home: str) -> Draft:
    """Return what a row says, checked; raises `Invalid` with a sentence per column. `home` is where numbers without a country belong."""
    kind, kind_given = _kind(row, options)
    country = _country(row, options)
    numbers, unread = _phones(row, options, country or home)
    columns = _identifier_columns(row)
    details = Details(
        kind=kind,
        name=row.name,
        legal_name=row.legal_name,
        given_name=row.given_name,
        family_name=row.family_name,
        language=row.language,
        notes=_notes(row, unread),
        tags=(*row.tags, *((options.tag,) if options.tag else ())),
        emails=tuple(_labelled(text) for text in row.email),
        phones=tuple(numbers),
        websites=tuple(_labelled(text) for text in row.website),
        addresses=_addresses(row, country),
        identifiers=tuple(identifier for _, identifier in columns),
    )
    try:
        return Draft(checked(details, country or home), kind_given)
    except Invalid as wrong:
        raise Invalid(fields=_by_column(wrong.fields, [column for column, _ in columns])) from None


def _kind(row: PartyRow, options: RowOptions) -> tuple[PartyKind, bool]:
    if row.kind:
        known = _KINDS.get(fold(row.kind).split(" ")[0])
        if known is None:
            raise Invalid.field("kind", f"“{row.kind}” is neither an organisation nor a person.")
        return known, True
    if row.given_name or row.family_name:
        return "person", False
    has_form = len(telling_words(row.name)) < len(fold(row.name).split())
    return ("organisation" if has_form else options.default_kind), False


def _country(row: PartyRow, options: RowOptions) -> str:
    try:
        return read_country(tidy(row.country or options.default_country))
    except ValueError as wrong:
        raise Invalid.field("country", str(wrong)) from None


def _phones(row: PartyRow, options: RowOptions, country: str) -> tuple[list[Point], list[str]]:
    """Return the numbers that can be read, and the texts of those that cannot; raises `Invalid` where those are to be refused."""
    read: list[Point] = []
    unread = []
    for column, label in (("phone", ""), ("mobile", "mobile"), ("fax", "fax")):
        for text in getattr(row, column):
            point = _labelled(text, label)
            try:
                read.append(Point(read_phone(tidy(point.value), country), point.label))
            except ValueError as wrong:
                if options.unreadable_phones == "refuse":
                    raise Invalid.field(column, str(wrong)) from None
                unread.append(text)
    return read, unread


def _labelled(text: str, label: str = "") -> Point:
    found = _LABELLED.fullmatch(text.strip())
    if found is None:
        return Point(text, label)
    titles = {title.lower(): each for each, title in LABEL_TITLES.items()}
    return Point(found[2], titles[found[1].lower()])


def _addresses(row: PartyRow, country: str) -> tuple[Address, ...]:
    postcode = restore_zeros(row.postcode.strip(), country)
    lines, kind = (row.street, row.street_2), _address_kind(row.address_kind)
    says_where = any((*lines, row.postcode, row.city, row.region, row.country))  # the country of the whole file is no address by itself
    main = Address(kind=kind, lines=lines, postcode=postcode, city=row.city, region=row.region, country=country if says_where else "")
    others: tuple[Address, ...] = ()
    if row.other_addresses:
        try:
            others = msgspec.json.decode(row.other_addresses, type=tuple[Address, ...])
        except msgspec.DecodeError as wrong:
            raise Invalid.field("other_addresses", f"These addresses are not JSON as vCards give it: {wrong}.") from None
    return (main, *others)


def _address_kind(text: str) -> str:
    titles = {fold(title): kind for kind, title in ADDRESS_TITLES.items()} | {kind: kind for kind in ADDRESS_TITLES}
    if fold(text) not in titles:
        raise Invalid.field("address_kind", f"“{text}” is not one of: {', '.join(ADDRESS_TITLES.values())}.")
    return titles[fold(text)]


def _identifier_columns(row: PartyRow) -> list[tuple[str, Identifier]]:
    found = [(column, Identifier(column, value)) for column in SCHEME_COLUMNS if (value := getattr(row, column))]
    for text in row.identifiers:
        scheme, colon, value = text.partition(":")
        key = tidy(scheme).lower()
        if not colon or key not in SCHEMES:
            raise Invalid.field("identifiers", f"“{text}” should be a scheme, a colon and a number, such as “nl_kvk: 30283937”.")
        found.append(("identifiers", Identifier(key, value)))
    return found


def _notes(row: PartyRow, unread: Iterable[str]) -> str:
    lines = [row.notes]
    lines += [f"Organisation: {row.organisation}"] if row.organisation else []
    lines += [f"Job title: {row.job_title}"] if row.job_title else []
    lines += [f"Telephone: {text}" for text in unread]
    return "\n".join(line for line in lines if line)


def _by_column(fields: dict[str, str], identifiers: Sequence[str]) -> dict[str, str]:
    """Return problems by the column that they come from."""
    told: dict[str, str] = {}
    for field, sentence in fields.items():
        group, _, rest = field.partition(".")
        place, _, part = rest.partition(".")
        if group == "identifiers" and place.isdecimal() and int(place) < len(identifiers):
            column = identifiers[int(place)]
        elif group == "addresses":
            column = {"lines": "street"}.get(part, part) if place == "0" else "other_addresses"
        else:
            column = {"emails": "email", "phones": "phone", "websites": "website"}.get(group, group)
        told.setdefault(column, sentence)
    return told


def same_name(one: Details, another: Details) -> bool:
    """Tell whether two are of one kind and called alike."""
    return one.kind == another.kind and match_key(one.name) == match_key(another.name)
