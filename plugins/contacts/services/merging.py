"""Merging two entries for one party, and undoing that."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from weft import Change, Conflict, Missing, Tenant, new_id

from ..domain.details import PartyRecord, for_audit
from ..domain.merging import Difference, Side, check_mergeable, differences, merged
from ..events import MergeUndone, PartiesMerged
from ..queries import duplicates, loading, merges, storing
from ..records import ref
from .writing import ChangedMeanwhile, load_party


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two parties side by side, and where a person has to choose."""

    kept: PartyRecord
    other: PartyRecord
    differences: tuple[Difference, ...]


async def compare(tenant: Tenant, kept_id: UUID, other_id: UUID) -> Comparison:
    """Return two parties side by side; raises `Missing`, and `Invalid` or `Conflict` when they cannot become one."""
    async with tenant.transaction():
        kept, other = await load_party(tenant, kept_id), await load_party(tenant, other_id)
    check_mergeable(kept, other)
    return Comparison(kept, other, tuple(differences(kept.details, other.details)))


async def merge(tenant: Tenant, kept: tuple[UUID, int], other: tuple[UUID, int], choices: Mapping[str, Side]) -> PartyRecord:
    """Make two parties, each given by id and version, one; returns the one that was kept.

    The other stays as a tombstone that leads to it, so links and other modules' rows go on working. Relations and files move along. Raises
    as `compare`, and `ChangedMeanwhile` when either was changed since.
    """
    async with tenant.transaction() as db:
        await loading.lock_parties(db, [kept[0], other[0]])
        ours, theirs = await load_party(tenant, kept[0]), await load_party(tenant, other[0])
        for party, version in ((ours, kept[1]), (theirs, other[1])):
            if party.version != version:
                raise ChangedMeanwhile(party)
        check_mergeable(ours, theirs)
        now = tenant.now()
        result = msgspec.structs.replace(
            ours,
            details=merged(ours.details, theirs.details, choices),
            version=ours.version + 1,
            updated_at=now,
            archived_at=ours.archived_at if theirs.archived_at else None,
        )
        rest = msgspec.structs.replace(theirs, merged_into=ours.id, version=theirs.version + 1, updated_at=now)
        await _write_merge(tenant, result, rest)
        moved = await merges.move_links(db, theirs.id, ours.id)
        done = merges.Merged(new_id(), ours.id, theirs.id, theirs.details.name, result.version, now, _who(tenant))
        await merges.keep_merge(db, done, merges.Before(ours, theirs, moved))
        await duplicates.forget_pairs_of(db, [theirs.id])
        await _tell_merge(tenant, ours, theirs, result)
    return result


async def _write_merge(tenant: Tenant, result: PartyRecord, rest: PartyRecord) -> None:
    """Write both: what is left of one loses everything first, since what it had goes to the other as the same rows."""
    empty = msgspec.structs.replace(rest.details, emails=(), phones=(), websites=(), addresses=(), identifiers=())
    db = tenant.scope()
    await storing.update_parties(db, [msgspec.structs.replace(rest, details=empty)])
    await storing.update_parties(db, [result])


async def _tell_merge(tenant: Tenant, ours: PartyRecord, theirs: PartyRecord, result: PartyRecord) -> None:
    action = f"merged with {theirs.details.name}"
    kept = ref(ours.id, result.details.name)
    await tenant.record(
        Change.between(kept, action, for_audit(ours.details), for_audit(result.details)),
        Change(ref(theirs.id, theirs.details.name), "merged away", for_audit(theirs.details), {"merged_into": kept.title}),
    )
    await tenant.emit(PartiesMerged(kept=ours.id, merged=theirs.id))


async def undo_merge(tenant: Tenant, merge_id: UUID) -> PartyRecord:
    """Make of one party two again, as they were before; returns the one that comes back.

    Raises `Missing`, and `Conflict` when the kept one was changed since: then nobody can tell any more what belongs to which.
    """
    async with tenant.transaction() as db:
        found = await merges.find_merge(db, merge_id)
        if found is None:
            raise Missing("This merge is not there any more: it may have been undone already.")
        done, before = found
        await loading.lock_parties(db, [done.kept, done.merged])
        kept, rest = await load_party(tenant, done.kept), await load_party(tenant, done.merged)
        if kept.version != done.kept_version or rest.merged_into != done.kept:
            raise Conflict(
                f"“{kept.details.name}” was changed after the merge, so it cannot be taken apart by itself. "
                f"The history shows what both were: add “{before.merged.details.name}” again by hand."
            )
        now = tenant.now()
        ours = msgspec.structs.replace(before.kept, version=kept.version + 1, updated_at=now)
        theirs = msgspec.structs.replace(before.merged, version=rest.version + 1, updated_at=now)
        await storing.update_parties(db, [ours])
        await storing.update_parties(db, [theirs])
        await merges.move_links_back(db, before.moved, theirs.id, ours.id)
        await merges.mark_undone(db, done.id, now)
        await tenant.record(
            Change.between(ref(ours.id, ours.details.name), "unmerged", for_audit(kept.details), for_audit(ours.details)),
            Change(ref(theirs.id, theirs.details.name), "unmerged", {"merged_into": kept.details.name}, for_audit(theirs.details)),
        )
        await tenant.emit(MergeUndone(kept=ours.id, merged=theirs.id))
    return theirs


def _who(tenant: Tenant) -> str:
    return tenant.person.name if tenant.person else ""
