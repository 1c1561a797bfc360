"""API tokens: limited to what their maker holds, shown once, and good for the API alone."""

from datetime import timedelta

import httpx
import pytest

from core.people.tokens import create_token
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from tests.people.conftest import Human, Town

READ, WRITE, TOKENS, PEOPLE = "notes.note.read", "notes.note.write", "core.tokens", "core.people"
SCHEMA = "/api/schema/openapi.json"


async def _make(town: Town, human: Human, tenant: LiveTenant, *may: str, name: str = "Web shop", days: str = "30") -> httpx.Response:
    return await human.submit(town.url(tenant, "/people/tokens/new"), {"name": name, "days": days, "may": list(may)})


def _token(page: httpx.Response) -> str:
    return page.text.partition('<code id="token">')[2].partition("</code>")[0]


async def _call(town: Town, tenant: LiveTenant, token: str, path: str = SCHEMA, method: str = "GET") -> httpx.Response:
    program = town.stranger()
    return await program.http.request(method, town.url(tenant, path), headers={"authorization": f"Bearer {token}"}, follow_redirects=False)


async def test_a_token_is_shown_once_and_opens_the_api(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    page = await _make(town, owner, tenant, READ)
    assert page.status_code == 200
    token = _token(page)
    assert token.startswith("weft_")
    assert len(token) >= 48
    assert (await _call(town, tenant, token)).status_code == 200
    listed = await owner.get(town.url(tenant, "/people/tokens"))
    assert token not in listed.text
    assert token[-4:] in listed.text
    assert "Web shop" in listed.text
    rows = await town.installation.runtime.platform.fetch("SELECT t::text AS row FROM platform.api_token t WHERE tenant_id = $1", tenant.id)
    assert not any(token in row["row"] for row in rows)
    assert ("Ada Lovelace", "created", "core.token", "Web shop") in await town.entries(tenant)


async def test_a_token_never_may_more_than_its_maker(town: Town, tenant: LiveTenant) -> None:
    maker = await town.member(tenant, TOKENS, READ)
    form = await maker.get(town.url(tenant, "/people/tokens/new"))
    assert f'value="{READ}"' in form.text
    assert f'value="{WRITE}"' not in form.text
    assert (await _make(town, maker, tenant, READ, WRITE)).status_code == 403
    assert (await _make(town, maker, tenant, READ)).status_code == 200


async def test_without_the_permission_nobody_makes_or_sees_tokens(town: Town, tenant: LiveTenant) -> None:
    member = await town.member(tenant, PEOPLE)
    assert (await member.get(town.url(tenant, "/people/tokens"))).status_code == 403
    assert (await _make(town, member, tenant, PEOPLE)).status_code == 403


async def test_a_token_that_cannot_be_comes_back_with_a_sentence(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    page = await _make(town, owner, tenant, name="")
    assert page.status_code == 422
    assert "a name of at most 80" in page.text
    assert "at least one permission" in page.text
    assert (await _make(town, owner, tenant, "core.nothing")).status_code == 422
    assert (await _make(town, owner, tenant, READ, days="7000")).status_code == 422


async def test_a_revoked_token_is_turned_away_at_once(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    owner, other = await town.member(tenant), await town.member(other_tenant)
    token = _token(await _make(town, owner, tenant, READ))
    assert (await _call(town, tenant, token)).status_code == 200
    token_id = await town.installation.runtime.platform.fetchval("SELECT id FROM platform.api_token WHERE tenant_id = $1", tenant.id)
    assert (await other.submit(town.url(other_tenant, f"/people/tokens/{token_id}/revoke"))).status_code == 404
    page = await owner.submit(town.url(tenant, f"/people/tokens/{token_id}/revoke"))
    assert "no longer works" in page.text
    assert (await _call(town, tenant, token)).status_code == 401
    assert (await owner.submit(town.url(tenant, f"/people/tokens/{token_id}/revoke"))).status_code == 404


async def test_a_token_ends_when_its_time_is_over(town: Town, tenant: LiveTenant, clock: Clock) -> None:
    clock.set(town.installation.runtime.now())
    owner = await town.member(tenant)
    token = _token(await _make(town, owner, tenant, READ, days="30"))
    assert (await _call(town, tenant, token)).status_code == 200
    clock.forward(timedelta(days=30))
    assert (await _call(town, tenant, token)).status_code == 401


async def test_a_token_opens_no_other_business_and_no_page(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    token = _token(await _make(town, owner, tenant, READ, PEOPLE))
    assert (await _call(town, other_tenant, token)).status_code == 401
    assert (await _call(town, tenant, token, "/people")).status_code == 303
    assert (await _call(town, tenant, token, "/people/invite", "POST")).status_code in (303, 403)
    assert (await _call(town, tenant, "weft_nonsense")).status_code == 401
    assert (await _call(town, tenant, "nonsense")).status_code == 401


async def test_a_cookie_only_reads_at_the_api(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    assert (await human.get(town.url(tenant, SCHEMA))).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await human.http.request(method, town.url(tenant, "/api/v1/anything"))
        assert answer.status_code == 401
        assert answer.headers["content-type"].startswith("application/problem+json")


async def test_when_a_token_was_used_last_is_shown(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    token = _token(await _make(town, owner, tenant, READ))
    used = "SELECT last_used_at FROM platform.api_token WHERE tenant_id = $1"
    assert await town.installation.runtime.platform.fetchval(used, tenant.id) is None
    await _call(town, tenant, token)
    assert await town.installation.runtime.platform.fetchval(used, tenant.id) is not None


@pytest.mark.parametrize(("choice", "status"), [("yes", 401), ("", 200)])
async def test_who_removes_a_person_chooses_whether_their_tokens_go_too(town: Town, tenant: LiveTenant, choice: str, status: int) -> None:
    owner, maker = await town.member(tenant), await town.member(tenant, TOKENS, READ)
    token = _token(await _make(town, maker, tenant, READ))
    membership = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.membership WHERE tenant_id = $1 AND person_id = $2", tenant.id, maker.person_id
    )
    page = await owner.get(town.url(tenant, f"/people/{membership}"))
    assert "Also revoke the API token they made" in page.text
    await owner.submit(town.url(tenant, f"/people/{membership}/remove"), {"tokens": choice})
    assert (await _call(town, tenant, token)).status_code == status


async def test_a_command_makes_a_token_too(town: Town, tenant: LiveTenant) -> None:
    runtime = town.installation.runtime
    token = await create_token(runtime, tenant.id, "command line", frozenset({READ}), runtime.now() + timedelta(days=1))
    assert (await _call(town, tenant, token)).status_code == 200
    assert ("Command line", "created", "core.token", "command line") in await town.entries(tenant)
