"""Contacts for programs."""

from typing import Any

import pytest_asyncio

from weft import Tenant

from .conftest import ADA, BELVOIR, Make

PATH = "/api/v1/contacts/parties"
KETTLE = {
    "kind": "organisation",
    "name": "Kettle Works Ltd",
    "tags": ["supplier"],
    "emails": [{"value": "Hello@Kettle.example", "label": "work"}],
    "phones": [{"value": "01632 960123"}],
    "addresses": [{"lines": ["1 Mill Lane"], "postcode": "ng32 1pb", "city": "Grantham", "country": "United Kingdom"}],
    "identifiers": [{"scheme": "reference", "value": "K-1"}],
}


@pytest_asyncio.fixture(loop_scope="session")
async def program(tenant: Tenant, visitors: Any) -> Any:
    """Return a client with a token."""
    return await visitors.program(tenant)


async def test_a_contact_is_added_read_changed_and_archived(program: Any) -> None:
    answer = await program.post(PATH, json=KETTLE)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["version"], made["emails"], made["phones"][0]["value"]) == (
        1,
        [{"value": "hello@kettle.example", "label": "work"}],
        "+441632960123",
    )
    assert (made["addresses"][0]["postcode"], made["addresses"][0]["country"]) == ("NG32 1PB", "GB")
    where = f"{PATH}/{made['id']}"
    assert (await program.get(where)).json() == made
    change = {**KETTLE, "version": 1, "name": "Kettle & Sons Ltd", "phones": []}
    changed = (await program.put(where, json=change)).json()
    assert (changed["version"], changed["name"], changed["phones"]) == (2, "Kettle & Sons Ltd", [])
    stale = await program.put(where, json=change)
    assert stale.status_code == 409
    assert stale.headers["content-type"].startswith("application/problem+json")
    assert (await program.post(f"{where}/archive")).json()["archived_at"]
    assert (await program.get(PATH)).json()["items"] == []
    assert (await program.post(f"{where}/unarchive")).json()["archived_at"] is None


async def test_every_wrong_value_is_told_by_its_field_and_nothing_is_kept(program: Any) -> None:
    wrong = {
        **KETTLE,
        "emails": [{"value": "nowhere"}],
        "addresses": [{"country": "Atlantis"}],
        "identifiers": [{"scheme": "gln", "value": "123"}],
    }
    answer = await program.post(PATH, json=wrong)
    assert answer.status_code == 422
    told = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert set(told) == {"emails.0.value", "addresses.0.country", "identifiers.0.value"}
    for body in ({}, {"kind": "robot"}, {"kind": "person"}, {"kind": "organisation", "name": "x" * 201}, {"kind": "person", "name": 7}):
        answer = await program.post(PATH, json=body)
        assert answer.status_code in (400, 422), body
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await program.get(PATH)).json()["items"] == []


async def test_contacts_page_by_cursor_without_gap_or_repeat_and_are_found_by_what_they_hold(program: Any, make: Make) -> None:
    await make(BELVOIR)
    await make(ADA)
    for number in range(3):
        await make.named(f"More {number}")
    seen: list[str] = []
    after = ""
    while True:
        page = (await program.get(f"{PATH}?size=2{after}")).json()
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 5
    for asked, name in (
        ("tag=supplier", BELVOIR.name),
        ("identifier=vat:GB980780684", BELVOIR.name),
        ("email=ada@example.com", "Ada Lovelace"),
    ):
        assert [each["name"] for each in (await program.get(f"{PATH}?{asked}")).json()["items"]] == [name], asked
    assert (await program.get(f"{PATH}?after=nonsense")).status_code == 422


async def test_what_looks_like_one_that_is_there_is_a_conflict_unless_it_is_meant(program: Any) -> None:
    assert (await program.post(PATH, json={**KETTLE, "identifiers": []})).status_code == 201
    again = await program.post(PATH, json={**KETTLE, "identifiers": []})
    assert again.status_code == 409
    assert "Kettle Works Ltd" in again.text
    assert (await program.post(PATH, json={**KETTLE, "identifiers": [], "anyway": True})).status_code == 201


async def test_one_business_never_reaches_anothers_contacts(program: Any, other_tenant: Tenant, visitors: Any, make: Make) -> None:
    belvoir = await make(BELVOIR)
    stranger = await visitors.program(other_tenant)
    assert (await stranger.get(f"{PATH}/{belvoir.id}")).status_code == 404
    assert (await stranger.put(f"{PATH}/{belvoir.id}", json={**KETTLE, "version": 1})).status_code == 404
    assert (await stranger.get(PATH)).json()["items"] == []
