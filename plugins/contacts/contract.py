"""What contacts does for other modules, in their transactions."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from weft import Missing, Tenant
from weft.contracts import Address, NewParty, Parties, Party

from .domain import details as known
from .domain.details import Details, PartyRecord
from .domain.identifiers import SEALED_SCHEMES, read_identifier
from .domain.text import fold
from .queries import finding, loading
from .services.finding import find
from .services.writing import add_party, change_party, home_country, load_party


class ContactParties(Parties):
    """The address book, kept by contacts."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    async def get(self, party_id: UUID) -> Party:
        """Return a party, following merges."""
        found = (await self.many([party_id])).get(party_id)
        if found is None:
            raise Missing("There is no such contact: it may have been erased.")
        return found

    async def many(self, party_ids: Sequence[UUID]) -> dict[UUID, Party]:
        """Return parties by the id that was asked for, following merges."""
        db = self.tenant.scope()
        followed = await loading.follow_merges(db, list(dict.fromkeys(party_ids)))
        records = await loading.load_parties(db, list(set(followed.values())))
        return {asked: as_party(records[kept]) for asked, kept in followed.items() if kept in records}

    async def find(self, text: str, limit: int = 20) -> Sequence[Party]:
        """Return parties that hold the text exactly, then those whose name begins so, then others that contain it."""
        exact, others = await find(self.tenant, text, limit)
        ids = [each.id for each in (*exact, *others)]
        records = await loading.load_parties(self.tenant.scope(), ids)
        return [as_party(records[each]) for each in ids]

    async def by_identifier(self, scheme: str, value: str) -> Party | None:
        """Return the party with an identifier; one that two share belongs to who had it first."""
        try:
            wanted = (scheme, read_identifier(scheme, value, home_country(self.tenant)))
        except ValueError:
            return None
        holder = (await finding.holders(self.tenant.scope(), [wanted])).get(wanted)
        return await self.get(holder) if holder else None

    async def add(self, party: NewParty) -> Party:
        """Make a party."""
        return as_party(await add_party(self.tenant, _as_details(party)))

    async def tag(self, party_id: UUID, tag: str) -> None:
        """Give a party a tag that it does not have."""
        kept = (await loading.follow_merges(self.tenant.scope(), [party_id])).get(party_id, party_id)
        record = await load_party(self.tenant, kept)
        if fold(tag) not in map(fold, record.details.tags):
            details = msgspec.structs.replace(record.details, tags=(*record.details.tags, tag))
            await change_party(self.tenant, record, details, action="tagged")


def as_party(record: PartyRecord) -> Party:
    """Return a party as other modules know it."""
    details, first = record.details, record.details.address
    identifiers: dict[str, str] = {}
    for each in details.identifiers:
        if each.scheme in SEALED_SCHEMES:
            continue
        identifiers.setdefault(each.scheme, each.value)
    address = Address(lines=first.lines, postcode=first.postcode, city=first.city, region=first.region, country=first.country)
    return Party(
        id=record.id,
        kind=details.kind,
        name=details.name,
        email=details.email,
        phone=details.phone,
        language=details.language,
        address=address if details.addresses else None,
        identifiers=identifiers,
        tags=details.tags,
    )


def _as_details(party: NewParty) -> Details:
    addresses: tuple[known.Address, ...] = ()
    if given := party.address:
        addresses = (
            known.Address(lines=given.lines, postcode=given.postcode, city=given.city, region=given.region, country=given.country),
        )
    return Details(
        kind=party.kind,
        name=party.name,
        tags=party.tags,
        emails=(known.Point(party.email),) if party.email else (),
        phones=(known.Point(party.phone),) if party.phone else (),
        addresses=addresses,
        identifiers=tuple(known.Identifier(scheme, value) for scheme, value in party.identifiers.items()),
    )
