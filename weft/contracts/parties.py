"""Whom a business deals with: customers, suppliers, patients, payers, employees are parties with roles."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

PartyKind = Literal["organisation", "person"]


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """What another plugin needs to know of a party; `identifiers` maps a scheme (``vat``, ``npi``, ``gln``) to a normalised value.

    Sealed ones (bank accounts, tax numbers of people) are not among them; `Parties.by_identifier` finds by them.
    """

    id: UUID
    kind: PartyKind
    name: str
    email: str = ""
    phone: str = ""
    language: str = ""
    address: Address | None = None
    identifiers: dict[str, str] = {}
    tags: tuple[str, ...] = ()


class NewParty(msgspec.Struct, frozen=True, kw_only=True):
    """A party to make."""

    kind: PartyKind
    name: str
    email: str = ""
    phone: str = ""
    address: Address | None = None
    identifiers: dict[str, str] = {}
    tags: tuple[str, ...] = ()


class Parties(ABC):
    """The address book every module shares; works in the caller's transaction."""

    @abstractmethod
    async def get(self, party_id: UUID) -> Party:
        """Return a party, following merges to the one that was kept; raises `Missing`."""

    @abstractmethod
    async def many(self, party_ids: Sequence[UUID]) -> dict[UUID, Party]:
        """Return parties by id, those that exist."""

    @abstractmethod
    async def find(self, text: str, limit: int = 20) -> Sequence[Party]:
        """Return parties whose name, e-mail or identifier contains `text`, best first."""

    @abstractmethod
    async def by_identifier(self, scheme: str, value: str) -> Party | None:
        """Return the party with an identifier, which is normalised first."""

    @abstractmethod
    async def add(self, party: NewParty) -> Party:
        """Make a party; raises `Invalid` for a wrong identifier and `Conflict` for one that another party holds."""

    @abstractmethod
    async def tag(self, party_id: UUID, tag: str) -> None:
        """Give a party a tag, such as the role it plays for the caller."""
