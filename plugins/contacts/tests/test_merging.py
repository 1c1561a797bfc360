"""Two entries for one party become one, and two again."""

import msgspec
import pytest

from plugins.contacts.domain.details import Address, Identifier, Point
from plugins.contacts.events import MergeUndone, PartiesMerged
from plugins.contacts.queries import loading
from plugins.contacts.services import links, merging, parties
from plugins.contacts.services.writing import ChangedMeanwhile
from weft import Conflict, Invalid, Missing, Tenant, new_id
from weft.contracts import Parties
from weft.testing import Events

from .conftest import ADA, BELVOIR, Make

TWIN = msgspec.structs.replace(
    BELVOIR,
    name="Belvoir Farms",
    emails=(Point("info@belvoir.example"), Point("orders@belvoir.example")),
    phones=(),
    addresses=(Address(kind="delivery", lines=("Dock 2",), city="Grantham", country="GB"),),
    identifiers=(Identifier("gln", "4000001000005"),),
    tags=("Local",),
    notes="Rings twice.",
)


async def test_a_merge_keeps_everything_of_both_and_leads_from_one_to_the_other(tenant: Tenant, make: Make, events: Events) -> None:
    kept, other = await make(BELVOIR), await make(TWIN)
    result = await merging.merge(tenant, (kept.id, 1), (other.id, 1), {"name": "other", "emails": "other"})
    read = await parties.read_party(tenant, kept.id)
    assert read == result
    assert read.details.name == "Belvoir Farms"
    assert [each.value for each in read.details.emails] == ["info@belvoir.example", "orders@belvoir.example"]
    assert {each.scheme for each in read.details.identifiers} == {"vat", "reference", "gln"}
    assert {each.id for each in read.details.addresses} == {kept.details.addresses[0].id, other.details.addresses[0].id}
    assert read.details.tags == ("Drinks", "Local", "supplier")
    assert read.details.notes == "Rings twice."
    page = await parties.read_page(tenant, other.id)
    assert page.into == kept.id
    async with tenant.transaction():
        assert (await tenant.service(Parties).get(other.id)).id == kept.id
    assert [(each.kept, each.merged) for each in await events.of(tenant, PartiesMerged)] == [(kept.id, other.id)]


async def test_relations_and_files_move_along_and_none_becomes_double_or_its_own(tenant: Tenant, make: Make) -> None:
    kept, other, ada = await make(BELVOIR), await make(TWIN), await make(ADA)
    for firm in (kept, other):
        await links.relate(tenant, ada.id, "works_for:forward", firm.id, "")
    await links.relate(tenant, kept.id, "parent_of:forward", other.id, "")
    await links.attach(tenant, other.id, "a.txt", "text/plain", b"hello", "")
    await merging.merge(tenant, (kept.id, 1), (other.id, 1), {})
    page = await parties.read_page(tenant, kept.id)
    assert [(each.title, each.other) for each in page.relations] == [("Employs", ada.id)]
    assert [each.name for each in page.attachments] == ["a.txt"]


async def test_undoing_a_merge_gives_back_two_exactly_as_they_were(tenant: Tenant, make: Make, events: Events) -> None:
    kept, other, ada = await make(BELVOIR), await make(TWIN), await make(ADA)
    await links.relate(tenant, ada.id, "works_for:forward", other.id, "")
    await links.relate(tenant, kept.id, "parent_of:forward", other.id, "")
    await links.attach(tenant, other.id, "a.txt", "text/plain", b"hello", "")
    before = {each.id: (await parties.read_page(tenant, each.id)) for each in (kept, other)}
    await merging.merge(tenant, (kept.id, 1), (other.id, 1), {"name": "other"})
    (done,) = (await parties.read_page(tenant, kept.id)).merges
    await merging.undo_merge(tenant, done.id)
    for each in (kept, other):
        after = await parties.read_page(tenant, each.id)
        assert after.party.details == before[each.id].party.details
        assert after.party.merged_into is None
        assert {(r.kind, r.other) for r in after.relations} == {(r.kind, r.other) for r in before[each.id].relations}
        assert after.attachments == before[each.id].attachments
        assert after.merges == []
    assert len(await events.of(tenant, MergeUndone)) == 1
    with pytest.raises(Missing):
        await merging.undo_merge(tenant, done.id)


async def test_a_merge_is_not_undone_once_the_party_was_changed(tenant: Tenant, make: Make) -> None:
    kept, other = await make(BELVOIR), await make(TWIN)
    result = await merging.merge(tenant, (kept.id, 1), (other.id, 1), {})
    (done,) = (await parties.read_page(tenant, kept.id)).merges
    changed = await parties.update_party(tenant, kept.id, result.version, msgspec.structs.replace(result.details, notes="Since."))
    with pytest.raises(Conflict, match="changed after the merge"):
        await merging.undo_merge(tenant, done.id)
    assert await parties.read_party(tenant, kept.id) == changed


async def test_a_chain_of_merges_is_followed_to_its_end(tenant: Tenant, make: Make) -> None:
    one, two, three = await make.named("One"), await make.named("Two"), await make.named("Three")
    await merging.merge(tenant, (two.id, 1), (one.id, 1), {})
    await merging.merge(tenant, (three.id, 1), (two.id, 2), {})
    async with tenant.transaction() as db:
        assert await loading.follow_merges(db, [one.id, two.id, three.id, new_id()]) == {each.id: three.id for each in (one, two, three)}


async def test_what_cannot_be_merged_is_refused(tenant: Tenant, make: Make) -> None:
    firm, ada, other = await make(BELVOIR), await make(ADA), await make(TWIN)
    with pytest.raises(Invalid, match="choose another"):
        await merging.compare(tenant, firm.id, firm.id)
    with pytest.raises(Invalid, match="relate them"):
        await merging.merge(tenant, (firm.id, 1), (ada.id, 1), {})
    with pytest.raises(ChangedMeanwhile):
        await merging.merge(tenant, (firm.id, 7), (other.id, 1), {})
    await merging.merge(tenant, (firm.id, 1), (other.id, 1), {})
    with pytest.raises(Conflict, match="merged already"):
        await merging.compare(tenant, firm.id, other.id)
    with pytest.raises(Conflict, match="was merged"):
        await parties.update_party(tenant, other.id, 2, TWIN)


async def test_the_audit_log_tells_a_merge_at_both_ends(tenant: Tenant, make: Make) -> None:
    kept, other = await make(BELVOIR), await make(TWIN)
    await merging.merge(tenant, (kept.id, 1), (other.id, 1), {})
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT record_id, action FROM platform.audit_entry WHERE action LIKE 'merged%'")
    assert {(row["record_id"], row["action"]) for row in rows} == {(kept.id, "merged with Belvoir Farms"), (other.id, "merged away")}
