"""Every page of contacts: that it opens to those who may, does what its buttons say without a script, and says what is wrong."""

import html
import re
from typing import Any

import msgspec

from plugins.contacts.domain.details import Details, Point
from plugins.contacts.jobs import ask_for_duplicates
from plugins.contacts.permissions import EDIT, EXPORT, MERGE, READ
from plugins.contacts.services import parties
from weft import Tenant
from weft.testing import Jobs

from .conftest import BELVOIR, Make

READERS = (
    "/contacts",
    "/contacts?segment=people",
    "/contacts?segment=archived",
    "/contacts/{party}",
    "/contacts/lookup?q=bel",
    "/contacts/tags",
)
OTHERS = {
    "/contacts/new": EDIT,
    "/contacts/new?kind=person": EDIT,
    "/contacts/{party}/edit": EDIT,
    "/contacts/{party}/relate": EDIT,
    "/contacts/{party}/attach": EDIT,
    "/contacts/{party}/merge": MERGE,
    "/contacts/{party}/merge?other={other}": MERGE,
    "/contacts/duplicates": MERGE,
    "/contacts/{party}/vcard": EXPORT,
}
NEW = {
    "kind": "organisation",
    "name": "Kettle Works Ltd",
    "emails.0.value": "Hello@Kettle.example",
    "emails.0.label": "work",
    "phones.0.value": "01632 960123",
    "identifiers.0.scheme": "reference",
    "identifiers.0.value": "K-1",
    "addresses.0.lines": "1 Mill Lane\nUnit 2",
    "addresses.0.postcode": "ng32 1pb",
    "addresses.0.city": "Grantham",
    "addresses.0.country": "GB",
    "tags": "supplier",
}


async def places(make: Make) -> dict[str, str]:
    return {"party": str((await make(BELVOIR)).id), "other": str((await make.named("Belvoir Farm")).id)}


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main_of(page))).split())


def version_in(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found
    return found[1]


async def named(tenant: Tenant) -> list[str]:
    return [each.details.name for each in await parties.page(tenant, parties.Asked(), None, 50)]


async def test_readers_see_contacts_and_no_button_that_changes_them(tenant: Tenant, visitors: Any, make: Make) -> None:
    known = await places(make)
    reader = await visitors.sign_in(tenant, READ)
    for path in READERS:
        answer = await reader.get(path.format(**known))
        assert answer.status_code == 200, path
        assert 'method="post"' not in answer.text.partition("<main")[2].partition("</main>")[0].lower(), path
    for path in OTHERS:
        assert (await reader.get(path.format(**known))).status_code == 403, path


async def test_other_pages_open_with_their_permission_and_nothing_without_any(tenant: Tenant, visitors: Any, make: Make) -> None:
    known = await places(make)
    for path, permission in OTHERS.items():
        person = await visitors.sign_in(tenant, READ, permission)
        assert (await person.get(path.format(**known))).status_code == 200, path
    stranger = await visitors.sign_in(tenant, "core.audit")
    for path in (*READERS, *OTHERS, "/api/v1/contacts/parties", "/api/v1/lists/contacts.parties"):
        assert (await stranger.get(path.format(**known))).status_code == 403, path


async def test_a_contact_is_added_in_the_form_and_shown_in_its_normal_form(client: Any) -> None:
    answer = await client.submit("/contacts/new", NEW)
    assert answer.status_code == 303
    page = words_of((await client.get(answer.headers["location"])).text)
    for told in ("Kettle Works Ltd", "hello@kettle.example", "+44 1632 960123", "1 Mill Lane", "NG32 1PB", "K-1", "supplier"):
        assert told in page


async def test_every_wrong_field_is_told_beside_it_and_nothing_is_kept(tenant: Tenant, client: Any) -> None:
    wrong = {**NEW, "name": "", "emails.0.value": "nowhere", "phones.0.value": "12", "identifiers.0.scheme": "gln"}
    answer = await client.submit("/contacts/new", wrong)
    assert answer.status_code == 422
    page = words_of(answer.text)
    for told in ("“nowhere” is not an e-mail address", "K-1"):
        assert told in page
    assert answer.text.count("wf-error") >= 4
    assert await named(tenant) == []


async def test_rows_are_added_and_taken_away_without_a_script(client: Any) -> None:
    more = await client.submit("/contacts/new", {**NEW, "do": "add.emails"})
    assert more.status_code == 200
    assert 'name="emails.1.value"' in more.text
    fewer = await client.submit("/contacts/new", {**NEW, "do": "remove.emails.0"})
    assert "Hello@Kettle.example" not in fewer.text
    assert "Kettle Works Ltd" in fewer.text


async def test_the_second_editor_sees_both_versions_and_decides(tenant: Tenant, client: Any, make: Make) -> None:
    kettle = await make(Details(kind="organisation", name="Kettle Works"))
    path = f"/contacts/{kettle.id}/edit"
    mine = {"kind": "organisation", "name": "Kettle Works", "legal_name": "Mine Ltd", "version": version_in((await client.get(path)).text)}
    await parties.update_party(tenant, kettle.id, 1, msgspec.structs.replace(kettle.details, legal_name="Theirs Ltd"))
    answer = await client.submit(path, mine)
    assert answer.status_code == 409
    assert "changed this" in answer.text
    assert "Mine Ltd" in answer.text
    assert "Theirs Ltd" in answer.text
    assert (await parties.read_party(tenant, kettle.id)).details.legal_name == "Theirs Ltd"
    assert (await client.submit(path, {**mine, "version": version_in(answer.text)})).status_code == 303
    assert (await parties.read_party(tenant, kettle.id)).details.legal_name == "Mine Ltd"


async def test_one_that_looks_familiar_is_shown_before_it_is_added_a_second_time(tenant: Tenant, client: Any, make: Make) -> None:
    await make(Details(kind="organisation", name="Kettle Works", emails=(Point("hello@kettle.example"),)))
    answer = await client.submit("/contacts/new", NEW)
    assert answer.status_code == 409
    assert "Kettle Works" in words_of(answer.text)
    assert len(await named(tenant)) == 1
    assert (await client.submit("/contacts/new", {**NEW, "do": "anyway"})).status_code == 303
    assert len(await named(tenant)) == 2


async def test_a_pair_is_found_compared_merged_and_taken_apart_again(tenant: Tenant, client: Any, make: Make, jobs: Jobs) -> None:
    one = await make.named("Weald Growers", phones=(Point("+441632960105"),))
    other = await make.named("Weald Growers Ltd", phones=(Point("+441632960105"),), legal_name="Weald Growers Limited")
    assert "No duplicates" in (await client.get("/contacts/duplicates")).text
    await ask_for_duplicates(tenant)
    await jobs.run_all()
    assert "64% likely the same telephone number and the same name" in words_of((await client.get("/contacts/duplicates")).text).replace(
        "the same name and the same telephone number", "the same telephone number and the same name"
    )
    page = words_of((await client.get(f"/contacts/{one.id}/merge?other={other.id}")).text)
    assert "Weald Growers Ltd" in page
    chosen = {"other": str(other.id), "version": "1", "other_version": "1", "choose.name": "other"}
    assert (await client.submit(f"/contacts/{one.id}/merge", chosen)).status_code == 303
    assert await named(tenant) == ["Weald Growers Ltd"]
    led = await client.get(f"/contacts/{other.id}")
    assert (led.status_code, led.headers["location"]) == (303, f"/contacts/{one.id}")
    merged = (await client.get(f"/contacts/{one.id}")).text
    undo = re.search(r"/contacts/merges/[0-9a-f-]+/undo", merged)
    assert undo
    assert (await client.submit(undo[0])).status_code == 303
    assert sorted(await named(tenant)) == ["Weald Growers", "Weald Growers Ltd"]


async def test_many_are_tagged_and_archived_at_once_as_far_as_one_may(tenant: Tenant, client: Any, visitors: Any, make: Make) -> None:
    ids = [str((await make.named(name)).id) for name in ("A", "B")]
    editor = await visitors.sign_in(tenant, READ, EDIT)
    assert (await editor.submit("/contacts/bulk", {"ids": ids, "do": "tag", "tag": "north"})).status_code == 303
    assert {each.details.tags for each in await parties.page(tenant, parties.Asked(), None, 5)} == {("north",)}
    assert (await editor.submit("/contacts/bulk", {"ids": ids, "do": "archive"})).status_code == 403
    assert (await client.submit("/contacts/bulk", {"ids": ids, "do": "archive"})).status_code == 303
    assert "No contacts yet" in (await client.get("/contacts")).text
    assert (await client.submit("/contacts/bulk", {"do": "archive"})).status_code == 422


async def test_an_export_opens_in_a_spreadsheet_without_running_anything(client: Any, make: Make) -> None:
    await make(Details(kind="organisation", name="=cmd|' /C calc'!A0", tags=("@SUM(A1)",), phones=(Point("+441632960123"),)))
    table = (await client.get("/lists/contacts.parties/export.csv")).text
    assert "'=cmd|' /C calc'!A0" in table
    assert ",'@SUM(A1)" in table
    assert ",'+44 1632 960123" in table
    assert not re.search(r"(^|,)\"?[=@]", table, re.MULTILINE)


async def test_what_the_search_box_finds_exactly_it_opens(tenant: Tenant, client: Any, make: Make) -> None:
    belvoir = await make(BELVOIR)
    found = await client.get("/search", params={"q": "GB980780684"})
    assert f"/contacts/{belvoir.id}" in found.text or found.headers.get("location") == f"/contacts/{belvoir.id}"
    assert "Belvoir Fruit Farms Ltd" in (await client.get("/contacts", params={"q": "fruit belv"})).text
    assert "Belvoir" not in main_of((await client.get("/contacts", params={"q": "elvoirx"})).text)
