"""Points as cashiers, tills and contacts meet them."""

from datetime import UTC, datetime, timedelta

import pytest
from weft import Conflict, Invalid, Numbered, Tenant, new_id
from weft.contracts import NewParty, Parties
from weft.testing import Client, Clock, Events, Jobs, KeepsTheRules, Visitors

from acme_loyalty import imports, permissions, services
from acme_loyalty.domain import Gift, Member, card_number, given
from acme_loyalty.events import PointsGiven
from acme_loyalty.imports import CardRow


async def customer(tenant: Tenant, card: str = "1000", name: str = "Ada Lovelace") -> Member:
    async with tenant.transaction():
        party = await tenant.service(Parties).add(NewParty(kind="person", name=name))
    return await services.join(tenant, party.id, card)


def test_nobody_spends_what_is_not_there() -> None:
    member = Member(new_id(), new_id(), "1000", "Ada", points=10)
    assert given(member, -10).points == 0
    with pytest.raises(Conflict, match="There are only 10 points"):
        given(member, -11)


def test_a_card_is_read_as_people_type_it() -> None:
    assert card_number(" 10-00.ab ") == "1000AB"
    with pytest.raises(Invalid):
        card_number("??")


async def test_the_panel_beside_a_contact_shows_its_points(client: Client, tenant: Tenant) -> None:
    member = await customer(tenant)
    page = (await client.get(f"/contacts/{member.party}")).text
    assert "Loyalty card" in page
    assert "1000" in page


async def test_the_button_on_a_contact_gives_it_a_card(client: Client, tenant: Tenant) -> None:
    async with tenant.transaction():
        party = await tenant.service(Parties).add(NewParty(kind="person", name="Grace Hopper"))
    page = (await client.get(f"/contacts/{party.id}")).text
    assert f"/acme_loyalty/of/{party.id}" in page
    answer = await client.submit(f"/acme_loyalty/of/{party.id}", {"card": "77-77"})
    assert answer.status_code == 303, answer.text
    assert "Grace Hopper" in (await client.get("/acme_loyalty")).text


async def test_a_till_books_a_purchase(visitors: Visitors, tenant: Tenant, events: Events) -> None:
    member = await customer(tenant)
    till = await visitors.program(tenant, permissions.READ, permissions.GIVE)
    answer = await till.request("POST", "/api/v1/acme_loyalty/cards/10-00/purchases", json={"amount": "12.90", "receipt": "A 7"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["points"] == 62
    assert await events.of(tenant, PointsGiven) == [PointsGiven(member_id=member.id, party_id=member.party, points=12, balance=62)]


async def test_points_follow_contacts_that_are_merged(client: Client, tenant: Tenant, jobs: Jobs) -> None:
    kept, merged = await customer(tenant, "1000", "Ada Lovelace"), await customer(tenant, "2000", "A. Lovelace")
    form = {"other": str(merged.party), "version": "1", "other_version": "1"}
    answer = await client.submit(f"/contacts/{kept.party}/merge", form)
    assert answer.status_code == 303, answer.text
    await jobs.run_all()
    assert (await services.find_member(tenant, kept.id))[0].points == 100


async def test_points_expire_when_nobody_comes_back(tenant: Tenant, clock: Clock, jobs: Jobs) -> None:
    clock.set(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))
    member = await customer(tenant)
    await jobs.run_all()
    clock.forward(timedelta(days=800))
    await jobs.run_all()
    assert (await services.find_member(tenant, member.id))[0].points == 0


async def test_cards_of_another_system_are_brought_in(tenant: Tenant) -> None:
    rows = [Numbered(2, CardRow(card="1000", name="Ada", points=70)), Numbered(3, CardRow(card="?", name="Nobody"))]
    async with tenant.transaction():
        outcome = await imports.write(tenant, rows, {})
    assert [each.action for each in outcome.written] == ["created"]
    assert [(each.row, each.field) for each in outcome.problems] == [(3, "card")]


async def test_what_a_customer_may_not_spend_is_told(client: Client, tenant: Tenant) -> None:
    member = await customer(tenant)
    answer = await client.submit(f"/acme_loyalty/{member.id}/points", {"points": "-51", "reason": "Mug"})
    assert answer.status_code == 409
    assert "There are only 50 points" in answer.text
    await services.give(tenant, member.id, Gift(points=-50, reason="Mug"))


async def test_it_keeps_the_rules(assert_plugin_keeps_the_rules: KeepsTheRules) -> None:
    await assert_plugin_keeps_the_rules("acme_loyalty")
