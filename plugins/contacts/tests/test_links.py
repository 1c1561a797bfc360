"""Relations, files, and what is stored about a person."""

import pytest

from plugins.contacts.domain.details import Point
from plugins.contacts.domain.relations import RELATIONS, directions, seen_from
from plugins.contacts.events import PartyErased
from plugins.contacts.services import links, merging, parties, privacy
from weft import Invalid, Missing, Tenant, new_id
from weft.testing import Events

from .conftest import ADA, BELVOIR, Make


def test_every_relation_has_a_name_from_both_ends() -> None:
    for key, kind in RELATIONS.items():
        assert seen_from(key, as_subject=True) == kind.forward
        assert seen_from(key, as_subject=False) == kind.backward
    assert seen_from("gone", as_subject=True) == "gone"
    assert ("works_for:forward", "Works for") in directions("person")
    assert ("works_for:forward", "Works for") not in directions("organisation")


async def test_a_relation_is_seen_from_both_parties_and_told_in_both_histories(tenant: Tenant, make: Make) -> None:
    ada, firm = await make(ADA), await make(BELVOIR)
    await links.relate(tenant, firm.id, "works_for:backward", ada.id, "Analyst")
    (from_ada,) = (await parties.read_page(tenant, ada.id)).relations
    (from_firm,) = (await parties.read_page(tenant, firm.id)).relations
    assert (from_ada.title, from_ada.other_name, from_ada.note) == ("Works for", "Belvoir Fruit Farms Ltd", "Analyst")
    assert (from_firm.title, from_firm.other_name) == ("Employs", "Ada Lovelace")
    async with tenant.transaction() as db:
        rows = await db.fetch("SELECT record_id, after FROM platform.audit_entry WHERE action = 'related'")
    assert {row["record_id"] for row in rows} == {ada.id, firm.id}
    await links.unrelate(tenant, from_firm.id)
    assert (await parties.read_page(tenant, ada.id)).relations == []


@pytest.mark.parametrize(
    ("direction", "field"),
    [("works_for:forward", "direction"), ("nonsense", "direction"), ("parent_of:forward", "other"), ("", "direction")],
)
async def test_a_relation_that_makes_no_sense_is_refused(tenant: Tenant, make: Make, direction: str, field: str) -> None:
    firm, ada = await make(BELVOIR), await make(ADA)
    with pytest.raises(Invalid) as told:
        await links.relate(tenant, firm.id, direction, ada.id, "")
    assert set(told.value.fields) == {field}


async def test_a_party_is_related_neither_twice_nor_to_itself_nor_to_nobody(tenant: Tenant, make: Make) -> None:
    firm, ada = await make(BELVOIR), await make(ADA)
    await links.relate(tenant, ada.id, "works_for:forward", firm.id, "")
    for other, error in ((firm.id, Invalid), (ada.id, Invalid), (None, Invalid), (new_id(), Missing)):
        with pytest.raises(error):
            await links.relate(tenant, ada.id, "works_for:forward", other, "")


async def test_a_file_is_kept_and_deleted_with_its_bytes(tenant: Tenant, make: Make) -> None:
    firm = await make(BELVOIR)
    kept = await links.attach(tenant, firm.id, "../../terms.txt", "text/plain", b"hello", "signed")
    assert (kept.name, kept.size, kept.note) == ("terms.txt", 5, "signed")
    assert b"".join([part async for part in tenant.files.read(kept.file)]) == b"hello"
    await links.detach(tenant, firm.id, kept.id)
    assert (await parties.read_page(tenant, firm.id)).attachments == []
    with pytest.raises(Missing):
        await tenant.files.find(kept.file)
    with pytest.raises(Invalid, match="empty"):
        await links.attach(tenant, firm.id, "empty.txt", "text/plain", b"", "")
    with pytest.raises(Missing):
        await links.detach(tenant, firm.id, kept.id)


async def test_what_is_stored_about_a_person_is_collected_by_address(tenant: Tenant, make: Make) -> None:
    ada, firm = await make(ADA), await make(BELVOIR)
    await links.relate(tenant, ada.id, "works_for:forward", firm.id, "Analyst")
    found = await privacy.collect(tenant, "ADA@example.com")
    (contact,) = found["contacts"]
    assert contact["contact"]["details"]["name"] == "Ada Lovelace"
    assert contact["relations"][0]["note"] == "Analyst"
    assert await privacy.collect(tenant, "nobody@example.com") == {"contacts": []}
    assert await privacy.collect(tenant, "no address") == {"contacts": []}


async def test_erasing_a_person_leaves_nothing_of_them_but_a_nameless_row(tenant: Tenant, make: Make, events: Events) -> None:
    ada, firm = await make(ADA), await make(BELVOIR, emails=(Point("ada@example.com"), Point("orders@belvoir.example")))
    twin = await make(ADA, emails=(Point("countess@example.com"),), addresses=())
    await merging.merge(tenant, (ada.id, 1), (twin.id, 1), {})
    await links.relate(tenant, ada.id, "works_for:forward", firm.id, "Analyst")
    file = await links.attach(tenant, ada.id, "letter.txt", "text/plain", b"dear Ada", "")
    assert await privacy.erase(tenant, "ada@example.com") == 3
    page = await parties.read_page(tenant, ada.id)
    assert page.party.details == privacy.NOBODY
    assert page.party.archived_at is not None
    assert (page.relations, page.attachments, page.merges) == ([], [], [])
    with pytest.raises(Missing):
        await tenant.files.find(file.file)
    assert (await parties.read_party(tenant, firm.id)).details.email == "orders@belvoir.example"
    async with tenant.transaction() as db:
        for table in ("contacts_party", "contacts_point", "contacts_address", "contacts_merge", "contacts_duplicate", "contacts_relation"):
            rows = await db.fetch(f"SELECT t::text AS row FROM {table} t")
            assert not [row["row"] for row in rows if "ovelace" in row["row"].lower() or "ada@" in row["row"]], table
    assert {each.party for each in await events.of(tenant, PartyErased)} == {ada.id, twin.id}
    assert await privacy.erase(tenant, "ada@example.com") == 0
