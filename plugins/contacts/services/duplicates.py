"""Finding parties that are there twice, and deciding that they are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from weft import Change, Missing, Tenant

from ..domain.details import Details, PartyRecord
from ..domain.duplicates import Candidate, because
from ..queries import duplicates, finding, loading
from ..queries.duplicates import STEPS, Pair
from ..records import ref


@dataclass(frozen=True, slots=True)
class Suspects:
    """Two parties that may be one, and why."""

    pair: Pair
    first: PartyRecord
    second: PartyRecord

    @property
    def because(self) -> str:
        """Why, in words."""
        return because(self.pair.reasons)


async def lookalikes(tenant: Tenant, details: Details, but: UUID | None) -> Sequence[Candidate]:
    """Return parties that may be the one described, likeliest first; the details must have been checked."""
    async with tenant.transaction() as db:
        return await duplicates.candidates(db, details, but)


async def held_elsewhere(tenant: Tenant, details: Details, party: str) -> str:
    """Return a sentence about another party that holds one of these contact points or identifiers; empty where none does."""
    identifiers = [(each.scheme, each.value) for each in details.identifiers]
    points = [(kind, point.value) for kind, points in details.points().items() for point in points if kind != "website"]
    async with tenant.transaction() as db:
        found = await finding.find_by_value(db, identifiers, points, 3)
    others = [each.name for each in found if str(each.id) != party]
    return f"“{others[0]}” has this too." if others else ""


async def suspects(tenant: Tenant, after: tuple[int, UUID] | None, limit: int) -> list[Suspects]:
    """Return pairs that nobody has decided on, likeliest first."""
    async with tenant.transaction() as db:
        pairs = await duplicates.open_pairs(db, after, limit)
        parties = await loading.load_parties(db, [party for pair in pairs for party in (pair.first, pair.second)])
    return [Suspects(pair, parties[pair.first], parties[pair.second]) for pair in pairs if _both_open(pair, parties)]


def _both_open(pair: Pair, parties: Mapping[UUID, PartyRecord]) -> bool:
    return all((party := parties.get(each)) is not None and party.merged_into is None for each in (pair.first, pair.second))


async def dismiss(tenant: Tenant, pair_id: UUID) -> None:
    """Remember that two parties are not one; raises `Missing`."""
    async with tenant.transaction() as db:
        pair = await duplicates.dismiss_pair(db, pair_id)
        if pair is None:
            raise Missing("This pair is not in the list any more.")
        names = await loading.names_of(db, pair)
        await tenant.record(
            *(
                Change(ref(one, names[one]), "told apart", after={"not_the_same_as": names[other]})
                for one, other in (pair, (pair[1], pair[0]))
                if one in names and other in names
            )
        )


async def search_all(tenant: Tenant) -> int:
    """Look for duplicates among all parties, in many short transactions; returns how many pairs there are. Run again, it starts afresh."""
    started, pairs_found = tenant.now(), 0
    for number, step in enumerate(STEPS):
        after: str | None = ""
        while after is not None:
            async with tenant.transaction(unaudited="a search for duplicates changes no contact") as db:
                until = await duplicates.next_stretch(db, step, after)
                pairs = await duplicates.pairs_between(db, step, after, until)
                await duplicates.keep_pairs(db, pairs, started, tenant.now())
            pairs_found += len(pairs)
            after = until
            await tenant.progress(number, len(STEPS), f"{step.title}: {pairs_found:,} pairs so far")
    async with tenant.transaction(unaudited="a search for duplicates changes no contact") as db:
        await duplicates.forget_stale(db, started)
    await tenant.progress(len(STEPS), len(STEPS), f"{pairs_found:,} pairs")
    return pairs_found
