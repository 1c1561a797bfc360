"""What other modules ask of the address book."""

import pytest

from plugins.contacts.domain.details import Identifier
from plugins.contacts.services import merging, parties
from weft import Conflict, Invalid, Missing, Tenant, new_id
from weft.contracts import Address, NewParty, Parties

from .conftest import ADA, BELVOIR, Make


async def test_a_party_is_read_as_other_modules_know_it(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    async with tenant.transaction():
        party = await tenant.service(Parties).get(added.id)
    assert (party.id, party.kind, party.name) == (added.id, "organisation", "Belvoir Fruit Farms Ltd")
    assert (party.email, party.phone) == ("orders@belvoir.example", "+441476870286")
    assert party.address == Address(lines=("Belvoir Lane",), postcode="NG32 1PB", city="Grantham", country="GB")
    assert party.identifiers == {"vat": "GB980780684", "reference": "C-1"}
    assert party.tags == ("Drinks", "supplier")


async def test_many_parties_are_read_at_once_by_the_ids_that_were_asked_for(tenant: Tenant, make: Make) -> None:
    one, two, three = await make.named("One"), await make.named("Two"), await make.named("Three")
    await merging.merge(tenant, (one.id, 1), (two.id, 1), {})
    async with tenant.transaction():
        found = await tenant.service(Parties).many([one.id, two.id, three.id, new_id(), one.id])
        with pytest.raises(Missing):
            await tenant.service(Parties).get(new_id())
    assert {asked: party.name for asked, party in found.items()} == {one.id: "One", two.id: "One", three.id: "Three"}


async def test_parties_are_found_by_number_first_then_by_how_their_name_begins_then_by_what_it_contains(tenant: Tenant, make: Make) -> None:
    await make.named("The C-1 club")
    await make(BELVOIR)
    await make.named("C-1 Ltd")
    async with tenant.transaction():
        book = tenant.service(Parties)
        assert [each.name for each in await book.find("C-1")] == ["Belvoir Fruit Farms Ltd", "C-1 Ltd", "The C-1 club"]
        assert [each.name for each in await book.find("gb 980 7806 84")] == ["Belvoir Fruit Farms Ltd"]
        assert [each.name for each in await book.find("01476 870286")] == ["Belvoir Fruit Farms Ltd"]
        assert [each.name for each in await book.find("FÁRMS fruit")] == ["Belvoir Fruit Farms Ltd"]
        assert len(await book.find("c", limit=2)) == 2
        assert await book.find("100%_\\") == []


async def test_a_party_is_found_by_an_identifier_in_any_spelling(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    async with tenant.transaction():
        book = tenant.service(Parties)
        found = await book.by_identifier("vat", "980 7806 84")
        assert found is not None
        assert found.id == added.id
        assert await book.by_identifier("vat", "nonsense") is None
        assert await book.by_identifier("nothing", "1") is None
        assert await book.by_identifier("npi", "1234567893") is None


async def add_and_give_up(tenant: Tenant, new: NewParty) -> None:
    async with tenant.transaction():
        await tenant.service(Parties).add(new)
        raise RuntimeError("changed its mind")


async def test_a_party_is_added_in_the_callers_transaction_or_not_at_all(tenant: Tenant) -> None:
    new = NewParty(
        kind="organisation",
        name="Acme",
        email="A@acme.example",
        phone="020 7946 0018",
        identifiers={"gln": "4000001000005"},
        tags=("payer",),
        address=Address(lines=("1 High Street",), city="Leeds", country="GB"),
    )
    with pytest.raises(RuntimeError, match="changed its mind"):
        await add_and_give_up(tenant, new)
    async with tenant.transaction():
        added = await tenant.service(Parties).add(new)
    assert (added.email, added.phone) == ("a@acme.example", "+442079460018")
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM contacts_party") == 1
        with pytest.raises(Conflict, match="already"):
            await tenant.service(Parties).add(NewParty(kind="organisation", name="Other", identifiers={"gln": "4000001000005"}))
        with pytest.raises(Invalid):
            await tenant.service(Parties).add(NewParty(kind="organisation", name="Other", identifiers={"npi": "1"}))


async def test_a_tag_is_given_once_and_to_the_party_that_was_kept(tenant: Tenant, make: Make) -> None:
    one, two = await make.named("One"), await make.named("Two")
    await merging.merge(tenant, (one.id, 1), (two.id, 1), {})
    for _ in range(2):
        async with tenant.transaction():
            await tenant.service(Parties).tag(two.id, "patient")
    read = await parties.read_party(tenant, one.id)
    assert (read.details.tags, read.version) == (("patient",), 3)


async def test_the_contract_opens_no_transaction(tenant: Tenant) -> None:
    with pytest.raises(RuntimeError, match="outside of a tenant's transaction"):
        await tenant.service(Parties).find("x")


async def test_a_shared_identifier_belongs_to_who_had_it_first(tenant: Tenant, make: Make) -> None:
    first = await make.named("First", identifiers=(Identifier("reference", "R-1"),))
    await make(ADA)
    async with tenant.transaction() as db:
        await db.execute(
            "INSERT INTO contacts_identifier (id, party, scheme, value, shared, position) SELECT $1, id, 'reference', 'R-1', true, 0 "
            "FROM contacts_party WHERE name = 'Ada Lovelace'",
            new_id(),
        )
        found = await tenant.service(Parties).by_identifier("reference", "R-1")
        assert found is not None
        assert found.id == first.id
        await db.execute("DELETE FROM contacts_identifier WHERE shared")
        await tenant.service(Parties).tag(first.id, "told")
