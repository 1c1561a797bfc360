"""What a person can do with parties: add, change, archive, tag."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Tenant

from ..domain.checking import checked
from ..domain.details import Details, PartyRecord, typed_over
from ..domain.duplicates import Candidate
from ..domain.identifiers import read_identifier
from ..domain.points import read_email
from ..domain.relations import Related
from ..domain.text import fold
from ..events import PartyUpdated
from ..queries import duplicates, finding, loading, storing
from ..queries.finding import Wanted
from ..queries.links import Attached, attachments_of, relations_of
from ..queries.merges import Merged, merges_into
from ..records import ref
from ..settings import ContactSettings
from .writing import ChangedMeanwhile, add_party, change_parties, change_party, home_country, load_party


@dataclass(frozen=True, slots=True)
class PartyPage:
    """A party with everything its page shows; `into` is the party it was merged into."""

    party: PartyRecord
    relations: Sequence[Related]
    attachments: Sequence[Attached]
    merges: Sequence[Merged]
    into: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a program asks of the parties; `identifier` is ``scheme:value``."""

    tag: str | None = None
    identifier: str | None = None
    email: str | None = None
    updated_since: datetime | None = None
    archived: bool = False


class LooksFamiliar(Conflict):
    """Parties that may be the same exist already; `candidates` are those, likeliest first."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        super().__init__(f"This looks like “{candidates[0].name}”: {candidates[0].because}.")
        self.candidates = candidates


async def read_party(tenant: Tenant, party_id: UUID) -> PartyRecord:
    """Return a party; raises `Missing`."""
    async with tenant.transaction():
        return await load_party(tenant, party_id)


async def read_page(tenant: Tenant, party_id: UUID) -> PartyPage:
    """Return everything that a party's page shows; raises `Missing`."""
    async with tenant.transaction() as db:
        party = await load_party(tenant, party_id)
        if party.merged_into:
            into = (await loading.follow_merges(db, [party_id])).get(party_id)
            return PartyPage(party, (), (), (), into)
        return PartyPage(party, await relations_of(db, party_id), await attachments_of(party_id), await merges_into(db, party_id))


async def page(tenant: Tenant, asked: Asked, after: UUID | None, limit: int) -> list[PartyRecord]:
    """Return the parties that fit, in the order in which they were added; raises `Invalid` for an identifier or address that is none."""
    points = ("email", _email(asked.email)) if asked.email else None
    wanted = Wanted(asked.tag, _identifier(tenant, asked.identifier), points, asked.updated_since, asked.archived)
    async with tenant.transaction() as db:
        ids = await finding.fitting_ids(db, wanted, after, limit)
        found = await loading.load_parties(db, ids)
    return [found[each] for each in ids]


def _identifier(tenant: Tenant, text: str | None) -> tuple[str, str] | None:
    if not text:
        return None
    scheme, _, value = text.partition(":")
    try:
        return scheme, read_identifier(scheme, value, home_country(tenant))
    except ValueError as wrong:
        raise Invalid.field("identifier", str(wrong)) from wrong


def _email(text: str) -> str:
    try:
        return read_email(text)
    except ValueError as wrong:
        raise Invalid.field("email", str(wrong)) from wrong


async def create_party(tenant: Tenant, details: Details, *, anyway: bool = False) -> PartyRecord:
    """Add a party; raises `Invalid`, `IdentifierTaken`, and `LooksFamiliar` unless it is to be added `anyway`.

    What looked familiar and was added anyway is remembered as two parties.
    """
    async with tenant.transaction() as db:
        details = checked(details, home_country(tenant))
        familiar = await duplicates.candidates(db, details, None) if tenant.settings(ContactSettings).warn_of_duplicates else []
        if familiar and not anyway:
            raise LooksFamiliar(familiar)
        party = await add_party(tenant, details, share=anyway)
        now = tenant.now()
        apart = {(min(party.id, each.id), max(party.id, each.id)): set(each.reasons) for each in familiar}
        await duplicates.keep_pairs(db, apart, now, now, dismissed=True)
        return party


async def update_party(tenant: Tenant, party_id: UUID, version: int, details: Details, *, anyway: bool = False) -> PartyRecord:
    """Change a party that was read at `version`; raises `Invalid`, `IdentifierTaken`, `Missing`, `ChangedMeanwhile`."""
    async with tenant.transaction() as db:
        await loading.lock_parties(db, [party_id])
        before = await load_party(tenant, party_id)
        if before.version != version:
            raise ChangedMeanwhile(before)
        return await change_party(tenant, before, typed_over(details, before.details), share=anyway)


async def archive(tenant: Tenant, ids: Sequence[UUID]) -> int:
    """Archive parties; returns how many were not so already."""
    return await _set_archived(tenant, ids, archived=True)


async def unarchive(tenant: Tenant, ids: Sequence[UUID]) -> int:
    """Bring archived parties back; returns how many there were."""
    return await _set_archived(tenant, ids, archived=False)


async def _set_archived(tenant: Tenant, ids: Sequence[UUID], *, archived: bool) -> int:
    now = tenant.now()
    async with tenant.transaction() as db:
        changed = await storing.set_archived(db, ids, now if archived else None, now)
        action = "archived" if archived else "brought back"
        await tenant.record(*(Change(ref(party_id, name), action) for party_id, name, _ in changed))
        for party_id, _, version in changed:
            await tenant.emit(PartyUpdated(party=party_id, version=version, fields=("archived",)))
    return len(changed)


async def set_archived(tenant: Tenant, party_id: UUID, *, archived: bool) -> PartyRecord:
    """Archive one party or bring it back; raises `Missing`, and `Conflict` for one that was merged away."""
    async with tenant.transaction():
        party = await load_party(tenant, party_id)
        if party.merged_into:
            raise Conflict(f"“{party.details.name}” was merged with another contact.")
        await _set_archived(tenant, [party_id], archived=archived)
        return await load_party(tenant, party_id)


async def add_tag(tenant: Tenant, ids: Sequence[UUID], tag: str) -> int:
    """Give parties a tag; returns how many did not have it. Raises `Invalid` for an empty or too long one."""
    return await _retag(tenant, ids, lambda tags: (*tags, tag) if fold(tag) not in map(fold, tags) else tags)


async def remove_tag(tenant: Tenant, ids: Sequence[UUID], tag: str) -> int:
    """Take a tag from parties; returns how many had it."""
    return await _retag(tenant, ids, lambda tags: tuple(each for each in tags if fold(each) != fold(tag)))


async def _retag(tenant: Tenant, ids: Sequence[UUID], change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> int:
    async with tenant.transaction() as db:
        await loading.lock_parties(db, ids)
        parties = [each for each in (await loading.load_parties(db, ids)).values() if each.merged_into is None]
        if not parties:
            raise Missing("Choose at least one contact.")
        changes = [(each, checked(msgspec.structs.replace(each.details, tags=change(each.details.tags)), "")) for each in parties]
        after = await change_parties(tenant, changes, "tagged")
        return sum(one.version != other.version for one, other in zip(parties, after, strict=True))


def may_share(tenant: Tenant) -> bool:
    """Tell whether a person may knowingly give two parties one identifier."""
    return tenant.settings(ContactSettings).same_identifier == "ask"
