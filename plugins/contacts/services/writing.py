"""Writes parties in the transaction that is open: the rows, the audit log and the events, for one party or a thousand.

Services open the transaction, the contract and the importer work in their caller's; all of them write through here.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from weft import Change, Conflict, Invalid, Missing, Stale, Tenant, new_id

from ..domain.checking import checked, keep_ids
from ..domain.details import Details, Identifier, PartyRecord, for_audit
from ..domain.identifiers import scheme_title
from ..events import PartyCreated, PartyUpdated
from ..queries import finding, loading, storing
from ..records import ref
from ..settings import ContactSettings


class IdentifierTaken(Conflict):
    """Another party holds an identifier; `holder` is that party's id, and `field` where the identifier was typed."""

    def __init__(self, field: str, identifier: Identifier, holder: UUID, name: str) -> None:
        super().__init__(f"“{name}” has this {scheme_title(identifier.scheme)} already.")
        self.field = field
        self.holder = holder
        self.holder_name = name


class ChangedMeanwhile(Stale):
    """Somebody else saved the party after it was opened here; `current` is what they saved."""

    def __init__(self, current: PartyRecord) -> None:
        super().__init__(f"Somebody else has changed “{current.details.name}” since you opened it: nothing of theirs was overwritten.")
        self.current = current


def home_country(tenant: Tenant) -> str:
    """Return where numbers without a country belong (ISO 3166-1 alpha-2)."""
    return tenant.settings(ContactSettings).default_country or tenant.country


async def add_party(tenant: Tenant, details: Details, *, share: bool = False) -> PartyRecord:
    """Add one party; raises `Invalid` for wrong fields and `IdentifierTaken`, unless the tenant lets a person `share` identifiers."""
    details = await _free_of_taken(tenant, checked(details, home_country(tenant)), None, share=share)
    return (await add_parties(tenant, [details]))[0]


async def change_party(
    tenant: Tenant, before: PartyRecord, details: Details, *, share: bool = False, action: str = "changed"
) -> PartyRecord:
    """Change one party that was read in this transaction; raises as `add_party`, and `Conflict` for one that was merged away."""
    if before.merged_into:
        raise Conflict(f"“{before.details.name}” was merged with another contact: change that one.")
    details = keep_ids(checked(details, home_country(tenant)), (each.id for each in before.details.addresses if each.id))
    details = await _free_of_taken(tenant, details, before, share=share)
    return (await change_parties(tenant, [(before, details)], action))[0]


async def add_parties(tenant: Tenant, drafts: Sequence[Details]) -> list[PartyRecord]:
    """Write new parties, whose details were checked."""
    now = tenant.now()
    parties = [
        PartyRecord(id=new_id(), details=storing.with_address_ids(draft), version=1, created_at=now, updated_at=now) for draft in drafts
    ]
    await storing.insert_parties(tenant.scope(), parties)
    await tenant.record(*(Change(ref(each.id, each.details.name), "created", after=for_audit(each.details)) for each in parties))
    for each in parties:
        await tenant.emit(PartyCreated(party=each.id, kind=each.details.kind, name=each.details.name, tags=each.details.tags))
    return parties


async def change_parties(tenant: Tenant, changes: Sequence[tuple[PartyRecord, Details]], action: str) -> list[PartyRecord]:
    """Write parties' new details, which were checked; those that stay as they are keep their version. Raises `ChangedMeanwhile`."""
    now = tenant.now()
    results, written, told = [], [], []
    for before, draft in changes:
        details = storing.with_address_ids(draft)
        if details == before.details:
            results.append(before)
            continue
        after = msgspec.structs.replace(before, details=details, version=before.version + 1, updated_at=now)
        results.append(after)
        written.append(after)
        told.append(Change.between(ref(after.id, details.name), action, for_audit(before.details), for_audit(details)))
        await tenant.emit(PartyUpdated(party=after.id, version=after.version, fields=changed_fields(before.details, details)))
    if written:
        stored = await storing.update_parties(tenant.scope(), written)
        if lost := [each.id for each in written if each.id not in stored]:
            raise ChangedMeanwhile(await load_party(tenant, lost[0]))
        await tenant.record(*told)
    return results


def changed_fields(before: Details, after: Details) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    return tuple(name for name in Details.__struct_fields__ if getattr(before, name) != getattr(after, name))


async def load_party(tenant: Tenant, party_id: UUID) -> PartyRecord:
    """Return a party as it is stored, in the open transaction; raises `Missing`."""
    found = (await loading.load_parties(tenant.scope(), [party_id])).get(party_id)
    if found is None:
        raise Missing("There is no such contact: it may have been erased.")
    return found


async def taken_identifiers(tenant: Tenant, details: Details, but: UUID | None) -> Mapping[int, tuple[UUID, str]]:
    """Return which of a party's identifiers another one holds: place → its id and name."""
    held = await finding.holders(tenant.scope(), [(each.scheme, each.value) for each in details.identifiers])
    taken = {
        place: holder
        for place, each in enumerate(details.identifiers)
        if not each.shared and (holder := held.get((each.scheme, each.value))) and holder != but
    }
    names = await loading.names_of(tenant.scope(), list(taken.values())) if taken else {}
    return {place: (holder, names[holder]) for place, holder in taken.items()}


async def _free_of_taken(tenant: Tenant, details: Details, before: PartyRecord | None, *, share: bool) -> Details:
    """Return details with identifiers that others hold marked as shared, where that is allowed and wanted; else raise."""
    known = {(each.scheme, each.value): each.shared for each in before.details.identifiers} if before else {}
    identifiers = [msgspec.structs.replace(each, shared=known.get((each.scheme, each.value), False)) for each in details.identifiers]
    details = msgspec.structs.replace(details, identifiers=tuple(identifiers))
    for place, (holder, name) in (await taken_identifiers(tenant, details, before.id if before else None)).items():
        if not share or tenant.settings(ContactSettings).same_identifier == "refuse":
            raise IdentifierTaken(f"identifiers.{place}.value", identifiers[place], holder, name)
        identifiers[place] = msgspec.structs.replace(identifiers[place], shared=True)
    return msgspec.structs.replace(details, identifiers=tuple(identifiers))


def as_form_error(taken: IdentifierTaken) -> Invalid:
    """Return the refusal of an identifier as the error of its field."""
    return Invalid.field(taken.field, taken.message)
