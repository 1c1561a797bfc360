"""Seals what a version before kept readable, and shows numbers whole to who may see them."""

from collections.abc import Sequence
from uuid import UUID

from weft import Change, Secret, Tenant

from ..domain.details import Identifier, PartyRecord
from ..domain.identifiers import SEALED_SCHEMES
from ..permissions import NUMBERS
from ..queries import merges, sealing
from ..records import ref
from ..sealed import IDENTIFIER
from .writing import load_party


async def seal_readable(tenant: Tenant) -> int:
    """Seal some numbers and snapshots that are readable; returns how many, 0 when none is left."""
    async with tenant.transaction(unaudited="what was kept readable is sealed, and says the same") as db:
        return await sealing.seal_some(db) + await merges.seal_snapshots(db)


def sealed_of(party: PartyRecord) -> list[Identifier]:
    """Return the numbers of a party that are sealed."""
    return [each for each in party.details.identifiers if each.scheme in SEALED_SCHEMES]


async def show_numbers(tenant: Tenant, party_id: UUID) -> PartyRecord:
    """Return a party whose numbers somebody wants to see whole, which is recorded; raises `Missing`, `Refused`."""
    async with tenant.transaction():
        party = await load_party(tenant, party_id)
        await tenant.reveal(IDENTIFIER, ref(party.id, party.details.name), *(Secret(each.value) for each in sealed_of(party)))
    return party


async def hand_out(tenant: Tenant, parties: Sequence[PartyRecord]) -> list[PartyRecord]:
    """Return parties for a file that leaves the house: sealed numbers whole for who may see them, which is recorded, else left out."""
    if tenant.may(NUMBERS):
        await tell_shown(tenant, parties)
        return list(parties)
    return [sealing.without_sealed(each) for each in parties]


async def tell_shown(tenant: Tenant, parties: Sequence[PartyRecord]) -> None:
    """Record that sealed numbers of parties were handed out, in the open transaction."""
    told = [(each, [Secret(one.value) for one in sealed_of(each)]) for each in parties]
    changes = [
        Change(ref(each.id, each.details.name), "revealed", after={IDENTIFIER.title: [one.masked for one in numbers]})
        for each, numbers in told
        if numbers
    ]
    if changes:
        await tenant.record(*changes)
