"""What a person can hang on a party: relations to others, and files."""

from collections.abc import AsyncIterable
from uuid import UUID

from weft import Change, Conflict, Invalid, Missing, Tenant, new_id

from ..domain.relations import arranged, seen_from
from ..domain.text import tidy
from ..queries import links, loading
from ..queries.links import Attached
from ..records import ref
from .writing import load_party

LONGEST_NOTE = 200
LARGEST_FILE = 25_000_000  # bytes


async def relate(tenant: Tenant, party_id: UUID, direction: str, other_id: UUID | None, note: str) -> None:
    """Say what a party is to another: `direction` is one of `domain.relations.directions`. Raises `Invalid`, `Missing`, `Conflict`."""
    if other_id is None:
        raise Invalid.field("other", "Choose the other contact.")
    if len(note) > LONGEST_NOTE:
        raise Invalid.field("note", f"Enter at most {LONGEST_NOTE} characters.")
    async with tenant.transaction() as db:
        other_id = (await loading.follow_merges(db, [other_id])).get(other_id, other_id)
        party, other = await load_party(tenant, party_id), await load_party(tenant, other_id)
        if party.merged_into:
            raise Conflict(f"“{party.details.name}” was merged with another contact: relate that one.")
        kind, subject, thing = arranged(direction, (party.id, party.details.kind), (other.id, other.details.kind))
        if not await links.add_relation(db, new_id(), kind, subject, thing, tidy(note)):
            raise Invalid.field("other", f"“{other.details.name}” is there already.")
        names = {party.id: party.details.name, other.id: other.details.name}
        await tenant.record(*_told("related", kind, (subject, thing), names, before=False))


async def unrelate(tenant: Tenant, relation_id: UUID) -> None:
    """Take a relation away; raises `Missing`."""
    async with tenant.transaction() as db:
        gone = await links.remove_relation(relation_id)
        if gone is None:
            raise Missing("This relation is not there any more.")
        kind, subject, thing, _ = gone
        names = await loading.names_of(db, [subject, thing])
        await tenant.record(*_told("unrelated", kind, (subject, thing), names, before=True))


def _told(action: str, kind: str, ends: tuple[UUID, UUID], names: dict[UUID, str], *, before: bool) -> list[Change]:
    """Return the entries for both parties, each as it reads from there."""
    changes = []
    for one, other, as_subject in ((*ends, True), (ends[1], ends[0], False)):
        told = {seen_from(kind, as_subject=as_subject): names[other]}
        changes.append(Change(ref(one, names[one]), action, before=told if before else {}, after={} if before else told))
    return changes


async def attach(tenant: Tenant, party_id: UUID, name: str, media_type: str, content: bytes | AsyncIterable[bytes], note: str) -> Attached:
    """Keep a file with a party; raises `Invalid` beyond 25 MB, `Missing`."""
    async with tenant.transaction():
        party = await load_party(tenant, party_id)
        file = await tenant.files.put(name, media_type, content, limit=LARGEST_FILE)
        if not file.size:
            raise Invalid.field("file", "This file is empty: choose another one.")
        added_by = tenant.person.name if tenant.person else ""
        kept = Attached(new_id(), file.id, file.name, file.media_type, file.size, tidy(note)[:LONGEST_NOTE], added_by, tenant.now())
        await links.add_attachment(party_id, kept)
        await tenant.record(Change(ref(party.id, party.details.name), "added a file", after={"file": file.name}))
    return kept


async def detach(tenant: Tenant, party_id: UUID, attachment_id: UUID) -> None:
    """Delete a file of a party; raises `Missing`."""
    async with tenant.transaction():
        party = await load_party(tenant, party_id)
        gone = await links.remove_attachment(party_id, attachment_id)
        if gone is None:
            raise Missing("This file is not there any more.")
        await tenant.files.remove(gone[0])
        await tenant.record(Change(ref(party.id, party.details.name), "deleted a file", before={"file": gone[1]}))
