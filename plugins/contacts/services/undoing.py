"""Takes an import back: what it added is deleted, what it changed is restored, unless it was changed since."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from weft import Change, Conflict, RowProblem, Tenant, Written

from ..domain.details import PartyRecord, for_audit
from ..events import PartyDeleted, PartyUpdated
from ..queries import links, loading, storing
from ..queries.sealing import opened_parties
from ..records import ref
from .writing import changed_fields

CHANGED = "“{name}” was changed after the import, so it stays as it is."
LINKED = "“{name}” has relations or files by now, so it stays."
USED = "“{name}” is used by another module by now, so it stays."


async def undo_rows(tenant: Tenant, written: Sequence[Written]) -> list[RowProblem]:
    """Take back what an import wrote, in the open transaction; returns a problem for each party that is left alone."""
    db = tenant.scope()
    ids = [each.id for each in written]
    await loading.lock_parties(db, ids)
    parties = await loading.load_parties(db, ids)
    linked = await links.with_links(db, ids)
    created, updated, problems = [], [], []
    for each in written:
        party = parties.get(each.id)
        if party is None or each.action == "unchanged":
            continue
        if party.version != each.version or party.merged_into:
            problems.append(_left(each, party, CHANGED))
        elif each.action == "updated":
            before = await opened_parties(db, [msgspec.convert(each.before, PartyRecord, strict=False)])
            updated.append((party, before[0]))
        elif each.id in linked:
            problems.append(_left(each, party, LINKED))
        else:
            created.append(each)
    await _restore(tenant, updated)
    return problems + await _delete(tenant, created, parties)


def _left(written: Written, party: PartyRecord, why: str) -> RowProblem:
    return RowProblem(written.row, "", why.format(name=party.details.name))


async def _restore(tenant: Tenant, changes: Sequence[tuple[PartyRecord, PartyRecord]]) -> None:
    """Give parties back what they had."""
    if not changes:
        return
    now = tenant.now()
    restored = [msgspec.structs.replace(before, version=party.version + 1, updated_at=now) for party, before in changes]
    await storing.update_parties(tenant.scope(), restored)
    for party, before in changes:
        told = Change.between(ref(party.id, before.details.name), "import undone", for_audit(party.details), for_audit(before.details))
        await tenant.record(told)
        await tenant.emit(PartyUpdated(party=party.id, version=party.version + 1, fields=changed_fields(party.details, before.details)))


async def _delete(tenant: Tenant, written: Sequence[Written], parties: Mapping[UUID, PartyRecord]) -> list[RowProblem]:
    """Delete parties, at once where it can be; of those that other modules refer to, each is left alone."""
    try:
        await _delete_all(tenant, written, parties)
    except Conflict:
        if len(written) == 1:
            return [_left(written[0], parties[written[0].id], USED)]
        middle = len(written) // 2
        return await _delete(tenant, written[:middle], parties) + await _delete(tenant, written[middle:], parties)
    return []


async def _delete_all(tenant: Tenant, written: Sequence[Written], parties: Mapping[UUID, PartyRecord]) -> None:
    if not written:
        return
    async with tenant.transaction() as db:
        await storing.delete_parties(db, [each.id for each in written])
        for each in written:
            details = parties[each.id].details
            await tenant.record(Change(ref(each.id, details.name), "import undone", before=for_audit(details)))
            await tenant.emit(PartyDeleted(party=each.id))
