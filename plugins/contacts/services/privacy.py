"""What is stored about one natural person: collected for them, or erased (GDPR articles 15 and 17)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from weft import Change, Tenant

from ..domain.details import Details, PartyRecord
from ..domain.points import read_email
from ..events import PartyErased
from ..queries import duplicates, finding, links, loading, merges, storing
from ..records import ref
from .sealing import tell_shown
from .writing import change_parties

NOBODY = Details(kind="person", name="Erased person")


async def collect(tenant: Tenant, email: str) -> Mapping[str, Any]:
    """Return every contact that holds an e-mail address, with all that is known of it."""
    async with tenant.transaction():
        parties = await _holders(tenant, email)
        await tell_shown(tenant, parties)
        return {"contacts": [await _told(tenant, party) for party in parties]}


async def _told(tenant: Tenant, party: PartyRecord) -> dict[str, Any]:
    return {
        "contact": msgspec.to_builtins(party),
        "relations": msgspec.to_builtins(await links.relations_of(tenant.scope(), party.id)),
        "files": [{"id": str(each.file), "name": each.name} for each in await links.attachments_of(party.id)],
    }


async def erase(tenant: Tenant, email: str) -> int:
    """Erase what is known of the people who hold an e-mail address, and take it from organisations; returns how many contacts that were.

    A person's row stays, nameless and archived, since other modules' records refer to it.
    """
    async with tenant.transaction() as db:
        parties = await _holders(tenant, email)
        if not parties:
            return 0
        people = [each for each in parties if each.details.kind == "person"]
        others = [(each, _without(each.details, email)) for each in parties if each.details.kind != "person"]
        await _erase_people(tenant, people)
        await change_parties(tenant, others, "erased an e-mail address")
        await merges.forget_merges(db, [each.id for each in parties])
    return len(parties)


async def _holders(tenant: Tenant, email: str) -> list[PartyRecord]:
    """Return the parties that hold an e-mail address, those merged into them included."""
    try:
        address = read_email(email)
    except ValueError:
        return []
    db = tenant.scope()
    ids = [each.id for each in await finding.find_by_value(db, [], [("email", address)], 1000)]
    return list((await loading.load_parties(db, [*ids, *await loading.merged_into(db, ids)])).values())


async def _erase_people(tenant: Tenant, people: list[PartyRecord]) -> None:
    db, now, ids = tenant.scope(), tenant.now(), [each.id for each in people]
    if not people:
        return
    rows = [
        msgspec.structs.replace(
            each, details=NOBODY, version=each.version + 1, updated_at=now, archived_at=None if each.merged_into else now
        )
        for each in people
    ]
    await storing.update_parties(db, rows)
    for file in await links.remove_attachments(ids):
        await tenant.files.remove(file)
    await links.remove_relations_of(ids)
    await duplicates.forget_pairs_of(db, ids)
    await tenant.record(*(Change(ref(party_id, NOBODY.name), "erased personal data") for party_id in ids))
    for party_id in ids:
        await tenant.emit(PartyErased(party=party_id))


def _without(details: Details, email: str) -> Details:
    address = read_email(email)
    return msgspec.structs.replace(details, emails=tuple(each for each in details.emails if each.value != address))
