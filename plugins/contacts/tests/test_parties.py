"""Adding, changing, archiving and tagging parties."""

import asyncio

import msgspec
import pytest

from plugins.contacts.domain.details import Address, Details, Identifier, Point
from plugins.contacts.queries import finding
from plugins.contacts.services import parties
from plugins.contacts.services.writing import ChangedMeanwhile, IdentifierTaken
from weft import Conflict, Invalid, Missing, Tenant, new_id

from .conftest import ADA, BELVOIR, Make


async def test_a_party_comes_back_as_it_was_added_in_normal_form(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    read = await parties.read_party(tenant, added.id)
    assert read == added
    details = read.details
    assert (details.email, details.phone) == ("orders@belvoir.example", "+441476870286")
    assert details.address.postcode == "NG32 1PB"
    assert details.identifiers[0] == Identifier("vat", "GB980780684")
    assert details.tags == ("Drinks", "supplier")


async def test_a_person_without_a_name_is_called_by_first_and_last_name(make: Make) -> None:
    assert (await make(ADA)).details.name == "Ada Lovelace"


async def test_every_wrong_field_is_told_at_once(tenant: Tenant) -> None:
    wrong = Details(
        kind="organisation",
        name=" ",
        emails=(Point("nobody"),),
        phones=(Point("call me"),),
        websites=(Point("ftp://x"),),
        addresses=(Address(lines=("x",), postcode="ABC", country="DE"),),
        identifiers=(Identifier("npi", "1234567894"),),
        language="english please",
    )
    with pytest.raises(Invalid) as told:
        await parties.create_party(tenant, wrong)
    assert set(told.value.fields) == {
        "name", "language", "emails.0.value", "phones.0.value", "websites.0.value", "addresses.0.postcode", "identifiers.0.value",
    }  # fmt: skip


async def test_nothing_of_a_refused_party_stays(tenant: Tenant, make: Make) -> None:
    await make(BELVOIR)
    with pytest.raises(IdentifierTaken):
        await make.named("Another", identifiers=BELVOIR.identifiers, tags=("new tag",))
    async with tenant.transaction() as db:
        assert await db.fetchval("SELECT count(*) FROM contacts_party") == 1
        assert "new tag" not in await finding.tags_in_use(db)


async def test_a_change_leaves_what_stays_the_same_rows(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    second = Address(kind="delivery", lines=("Dock 2",), city="Grantham", country="GB")
    changed = msgspec.structs.replace(added.details, addresses=(second, *added.details.addresses), emails=(Point("new@belvoir.example"),))
    after = await parties.update_party(tenant, added.id, 1, changed)
    assert after.version == 2
    assert after.details.addresses[1].id == added.details.addresses[0].id
    assert await parties.read_party(tenant, added.id) == after


async def test_saving_without_a_change_is_no_change(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    assert (await parties.update_party(tenant, added.id, 1, added.details)).version == 1


async def test_the_second_of_two_editors_is_told_and_overwrites_nothing(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)

    async def rename(name: str) -> object:
        try:
            return await parties.update_party(tenant, added.id, 1, msgspec.structs.replace(added.details, name=name))
        except ChangedMeanwhile as wrong:
            return wrong

    one, two = await asyncio.gather(rename("First"), rename("Second"))
    lost = one if isinstance(one, ChangedMeanwhile) else two
    won = two if lost is one else one
    assert isinstance(lost, ChangedMeanwhile)
    assert lost.current == won == await parties.read_party(tenant, added.id)


async def test_another_partys_address_cannot_be_taken_by_its_id(tenant: Tenant, make: Make) -> None:
    victim, thief = await make(BELVOIR), await make(ADA)
    stolen = msgspec.structs.replace(thief.details, addresses=victim.details.addresses)
    await parties.update_party(tenant, thief.id, 1, stolen)
    assert await parties.read_party(tenant, victim.id) == victim


async def test_two_parties_never_hold_one_identifier_even_when_added_at_once(tenant: Tenant, make: Make) -> None:
    results = await asyncio.gather(
        *(make.named(f"Twin {n}", identifiers=(Identifier("lei", "213800KUD8LAJWSQ9D15"),)) for n in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in results) == 1
    assert all(isinstance(each, Conflict) for each in results if isinstance(each, BaseException)), results


async def test_what_looks_familiar_is_shown_first_and_added_anyway_when_asked(tenant: Tenant, make: Make) -> None:
    first = await make(BELVOIR)
    again = Details(kind="organisation", name="BELVOIR FRUIT FARMS", emails=(Point("orders@belvoir.example"),))
    with pytest.raises(parties.LooksFamiliar) as told:
        await parties.create_party(tenant, again)
    assert [each.id for each in told.value.candidates] == [first.id]
    assert "the same e-mail address and the same name" in told.value.message
    assert (await parties.create_party(tenant, again, anyway=True)).id != first.id


async def test_archived_parties_are_hidden_and_come_back(tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    assert await parties.archive(tenant, [added.id]) == 1
    assert await parties.archive(tenant, [added.id]) == 0
    assert (await parties.read_party(tenant, added.id)).archived_at is not None
    assert await parties.unarchive(tenant, [added.id]) == 1
    assert (await parties.read_party(tenant, added.id)).archived_at is None


async def test_a_tag_is_given_once_and_taken_by_any_spelling(tenant: Tenant, make: Make) -> None:
    one, two = await make(BELVOIR), await make(ADA)
    assert await parties.add_tag(tenant, [one.id, two.id], "Drinks") == 1
    assert (await parties.read_party(tenant, two.id)).details.tags == ("Drinks",)
    assert await parties.remove_tag(tenant, [one.id, two.id], "DRINKS") == 2


async def test_an_unknown_party_is_missing(tenant: Tenant) -> None:
    with pytest.raises(Missing):
        await parties.read_party(tenant, new_id())


async def test_two_tenants_never_see_each_others_parties(tenant: Tenant, other_tenant: Tenant, make: Make) -> None:
    added = await make(BELVOIR)
    with pytest.raises(Missing):
        await parties.read_party(other_tenant, added.id)
    assert (await Make(other_tenant)(BELVOIR)).id != added.id
