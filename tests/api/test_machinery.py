"""What holds for every address of the API: versions, tags, cursors, allowances, problems."""

import asyncio
import dataclasses
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.limits.allowance import KEY
from core.limits.bucket import Bucket, Throttle
from core.platform.pool import TenantPool
from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from web.api.cursors import Seal
from web.site import Site
from weft.errors import Invalid

PARTIES = "/api/v1/contacts/parties"


@pytest.fixture
async def program(tenant: LiveTenant, visitors: Visitors) -> Browser:
    return await visitors.program(tenant)


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "person", "name": name, "anyway": True, **more}


async def add(program: Browser, name: str) -> tuple[str, dict[str, Any]]:
    answer = await program.post(PARTIES, json=person(name))
    assert answer.status_code == 201
    return f"{PARTIES}/{answer.json()['id']}", answer.json()


async def test_who_changes_a_record_names_the_state_that_was_read(program: Browser) -> None:
    where, _ = await add(program, "Ada")
    tag = (await program.get(where)).headers["etag"]
    assert tag.startswith('"1-')
    change = {"kind": "person", "name": "Ada King"}
    unnamed = await program.put(where, json=change)
    assert (unnamed.status_code, unnamed.headers["content-type"]) == (428, "application/problem+json")
    assert "If-Match" in unnamed.json()["detail"]
    changed = await program.put(where, json=change, headers={"if-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"].startswith('"2-')
    late = await program.put(where, json={**change, "name": "Ada Byron"}, headers={"if-match": tag})
    assert (late.status_code, late.json()["current"]) == (412, 2)
    late = await program.put(where, json={**change, "name": "Ada Byron", "version": 1})
    assert (late.status_code, late.json()["current"]) == (409, 2)
    both = await program.put(where, json={**change, "version": 2}, headers={"if-match": '"1-aa"'})
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "#/version")
    nothing = await program.put(where, json=change, headers={"if-match": '"nonsense"'})
    assert nothing.status_code == 412
    assert (await program.get(where)).json()["name"] == "Ada King"


async def test_a_change_without_a_version_heeds_if_match_as_well(program: Browser) -> None:
    where, made = await add(program, "Ada")
    old = (await program.get(where)).headers["etag"]
    await program.put(where, json={"kind": "person", "name": "Ada King", "version": made["version"]})
    refused = await program.post(f"{where}/archive", headers={"if-match": old})
    assert refused.status_code == 412
    assert (await program.get(where)).json()["archived_at"] is None
    now = (await program.get(where)).headers["etag"]
    assert (await program.post(f"{where}/archive", headers={"if-match": now})).status_code == 200
    product = (await program.post("/api/v1/catalogue/products", json={"name": "Kettle", "variants": [{"sku": "K"}]})).json()
    there = f"/api/v1/catalogue/products/{product['id']}"
    assert (await program.delete(there)).status_code == 428
    assert (await program.delete(there, headers={"if-match": '"7-aa"'})).status_code == 412
    assert (await program.delete(there, headers={"if-match": (await program.get(there)).headers["etag"]})).status_code == 204


async def test_of_many_at_once_that_name_one_state_one_is_carried_out(program: Browser, tenant: LiveTenant) -> None:
    where, _ = await add(program, "Ada")
    tag = (await program.get(where)).headers["etag"]
    answers = await asyncio.gather(
        *(program.post(f"{where}/archive", headers={"if-match": tag} | ({"idempotency-key": f"k{n}"} if n % 2 else {})) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    assert (await program.get(where)).json()["version"] == 2
    async with tenant.transaction() as db:
        assert not await db.fetchval("SELECT count(*) FROM platform.api_answer WHERE key LIKE '/api/%'")


async def test_what_has_not_changed_is_not_sent_again(program: Browser) -> None:
    where, _ = await add(program, "Ada")
    for path in (where, PARTIES, "/api/v1/lists/contacts.parties"):
        first = await program.get(path)
        again = await program.get(path, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await program.post(f"{where}/archive")
    assert (await program.get(where, headers={"if-none-match": first.headers["etag"]})).status_code == 200
    packed = await program.get("/api/v1/lists/contacts.parties", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in packed.headers


@pytest.mark.parametrize("path", [PARTIES, "/api/v1/lists/contacts.parties"])
async def test_pages_follow_one_another_by_signed_cursors(
    program: Browser, visitors: Visitors, other_tenant: LiveTenant, path: str
) -> None:
    for number in range(7):
        await add(program, f"Person {number}")
    seen: list[str] = []
    following: str | None = f"{path}?size=3"
    cursors = []
    while following:
        page = await program.get(following)
        assert page.status_code == 200, page.text
        seen += [each["name"] for each in page.json()["items"]]
        if page.json()["next"] is None:
            assert "link" not in page.headers
            break
        cursors.append(page.json()["next"])
        address, _, relation = page.headers["link"].partition(">; ")
        assert relation == 'rel="next"'
        following = f"{urlsplit(address[1:]).path}?{urlsplit(address).query}"
        await program.post(PARTIES, json=person("Aaa between the pages"))
    assert [name for name in seen if name.startswith("Person")] == [f"Person {number}" for number in range(7)]
    elsewhere = await (await visitors.program(other_tenant)).get(path, params={"after": cursors[0]})
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "after")
    for broken in (cursors[0][:-2], cursors[0][2:], "", "x", "ä", f"A{cursors[0]}"):
        answer = await program.get(path, params={"after": broken})
        assert answer.status_code == (422 if broken else 200), broken


@given(cursor=st.text(min_size=1), flip=st.integers(0, 10**6))
def test_a_cursor_that_was_touched_is_refused(cursor: str, flip: int) -> None:
    try:
        cursor.encode()
    except UnicodeEncodeError:
        return
    seal = Seal(b"key", "place")
    sealed = seal.sealed(cursor)
    assert seal.opened(sealed) == cursor
    place = flip % (len(sealed) - 1)  # the last character has bits that mean nothing
    touched = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(Invalid):
        seal.opened(touched)
    with pytest.raises(Invalid):
        Seal(b"key", "other place").opened(sealed)


async def test_a_program_is_stopped_when_it_has_used_up_what_was_agreed(
    tenant: LiveTenant, other_tenant: LiveTenant, visitors: Visitors, installation: Installation
) -> None:
    first, second = await visitors.program(tenant), await visitors.program(tenant)
    async with installation.runtime.platform.transaction() as db:
        agreed = msgspec.json.encode({KEY: {"token": 8, "business": 12}}).decode()
        await db.execute("UPDATE platform.tenant SET settings = $2::text::jsonb WHERE id = $1", tenant.id, agreed)
    await installation.runtime.changes.catch_up(installation.runtime.platform)
    answers = await asyncio.gather(*(first.get(PARTIES) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 6
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 8
    assert refused.headers["ratelimit-policy"] == '"token";q=4;w=30, "business";q=6;w=30'
    assert refused.headers["ratelimit"].startswith('"token";r=0;t=30, "business";r=')
    others = [(await second.get(PARTIES)).status_code for _ in range(4)]
    assert others == [200, 200, 429, 429], "what one token left of the business's allowance"
    assert (await (await visitors.program(other_tenant)).get(PARTIES)).status_code == 200


async def test_without_redis_requests_are_counted_by_the_process_alone() -> None:
    throttle = Throttle("redis://127.0.0.1:1/0")
    bucket = Bucket("token", "a", 8)
    taken = [await throttle.take([bucket]) for _ in range(6)]
    assert [each.wait > 0 for each in taken] == [False] * 4 + [True] * 2
    assert [each.left for each in taken][:4] == [(3,), (2,), (1,), (0,)]
    await throttle.close()


async def test_every_refusal_is_a_problem_document(
    program: Browser, visitors: Visitors, tenant: LiveTenant, installation: Installation
) -> None:
    where, _ = await add(program, "Ada")
    nobody = visitors.visit(tenant)
    stranger = visitors.visit()
    stranger.headers["host"] = "nowhere.weft.test"
    narrow = await visitors.program(tenant, "contacts.party.read")
    alone_at = await installation.new_tenant("contacts")
    alone = await visitors.program(alone_at)
    answers = {
        401: [await nobody.get(PARTIES)],
        403: [await narrow.post(PARTIES, json=person("Bob"))],
        404: [
            await program.get(f"{PARTIES}/01920a4e-7c1b-7d3a-9f00-2b6d5c8e4a10"),
            await program.get("/api/v1/nothing"),
            await program.get("/api/v2"),
            await program.get(f"{PARTIES}/nonsense"),
            await alone.get("/api/v1/accounting/bank/accounts"),
            await stranger.get(PARTIES),
        ],
        405: [await program.delete(PARTIES), await program.patch(where, json={})],
        400: [await program.post(PARTIES, content=b"{", headers={"content-type": "application/json"})],
        413: [await program.post(PARTIES, json=person("x" * 2_100_000)), await program.put(where, json=person("x" * 2_100_000))],
        415: [await program.post(PARTIES, data={"kind": "person"})],
        422: [
            await program.post(PARTIES, json=person("Ada", kind="robot")),
            await program.get(PARTIES, params={"size": "0"}),
            await program.get("/api/v1/lists/contacts.parties", params={"nonsense": "1"}),
        ],
    }
    async with installation.runtime.platform.transaction() as db:
        await db.execute("UPDATE platform.tenant SET state = 'suspended' WHERE id = $1", alone_at.id)
    await installation.runtime.changes.catch_up(installation.runtime.platform)
    answers[402] = [await alone.get(PARTIES), await alone.post(PARTIES, json=person("Bob"))]
    away = dataclasses.replace(installation.runtime, pools={0: TenantPool("postgresql://nobody@127.0.0.1:1/nothing", size=1, name="away")})
    unserved = Visitors(installation, Site(installation.settings, installation.runtime.registry, away))
    answers[503] = [await (await unserved.program(tenant)).get(PARTIES)]
    for status, found in answers.items():
        for answer in found:
            assert answer.status_code == status, (status, answer.request.url, answer.text)
            assert answer.headers["content-type"].startswith("application/problem+json"), answer.request.url
            told = answer.json()
            assert told["status"] == status
            assert told["detail"].endswith("."), told
            assert told["request"] == answer.headers["x-request-id"]
    assert answers[422][0].json()["errors"][0]["pointer"] == "#/kind"
    assert set(answers[405][0].headers["allow"].split(", ")) >= {"GET", "POST"}
