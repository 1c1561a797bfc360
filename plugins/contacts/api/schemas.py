"""What programs send and get."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from weft.contracts import PartyKind

from ..domain.details import AddressKind
from ..domain.points import Label

Name = Annotated[str, msgspec.Meta(max_length=200)]


class PointBody(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail address, a telephone number or a web site."""

    value: Annotated[
        str, msgspec.Meta(max_length=2000, description="Telephone numbers come back in E.164; those without + belong to the country")
    ]
    label: Annotated[Label, msgspec.Meta(description="What it is for")] = ""


class AddressBody(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address."""

    kind: Annotated[AddressKind, msgspec.Meta(description="What it is used for")] = ""
    lines: tuple[Name, ...] = ()
    postcode: Name = ""
    city: Name = ""
    region: Name = ""
    country: Annotated[str, msgspec.Meta(max_length=60, description="ISO 3166-1 alpha-2; a country's name is understood too")] = ""
    id: Annotated[
        UUID | None, msgspec.Meta(description="Leave it out for a new address; send it back to keep the address the same one")
    ] = None


class IdentifierBody(msgspec.Struct, frozen=True, kw_only=True):
    """A number that somebody gave the party, such as its VAT number."""

    scheme: Annotated[str, msgspec.Meta(max_length=40, description="vat, iban, lei, gln, npi, reference …")]
    value: Annotated[str, msgspec.Meta(max_length=200, description="Checked, and kept in the normal form of its scheme")]


class PartyBody(msgspec.Struct, frozen=True, kw_only=True):
    """A party as a program sends it. The first e-mail address, telephone number and address are the main ones."""

    kind: PartyKind
    name: Annotated[str, msgspec.Meta(max_length=200, description="May be left out for a person with a first or last name")] = ""
    legal_name: Name = ""
    given_name: Name = ""
    family_name: Name = ""
    language: Annotated[str, msgspec.Meta(max_length=20, description="BCP 47, such as en or pt-BR")] = ""
    notes: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    tags: tuple[Annotated[str, msgspec.Meta(max_length=40)], ...] = ()
    emails: tuple[PointBody, ...] = ()
    phones: tuple[PointBody, ...] = ()
    websites: tuple[PointBody, ...] = ()
    addresses: tuple[AddressBody, ...] = ()
    identifiers: tuple[IdentifierBody, ...] = ()


class NewPartyBody(PartyBody, frozen=True, kw_only=True):
    """A party to add."""

    anyway: Annotated[bool, msgspec.Meta(description="Add it even if it looks like one that is there")] = False


class PartyChange(PartyBody, frozen=True, kw_only=True):
    """What a party is to become: fields that are left out become empty."""

    version: Annotated[int, msgspec.Meta(ge=1, description="The version that was read; another one in the meantime is a conflict")]


class PartyOut(PartyBody, frozen=True, kw_only=True):
    """A party as it is kept."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    merged_into: Annotated[UUID | None, msgspec.Meta(description="The party that took this one's place")]


class PartyPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some parties, and the cursor of those that follow."""

    items: tuple[PartyOut, ...]
    next: Annotated[str | None, msgspec.Meta(description="Send it as “after” to get the next page; null on the last")]


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request: str
    errors: tuple[FieldProblem, ...] = ()
