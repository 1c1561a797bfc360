"""Who gets through the front door, and what the others are told."""

import pytest

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Installation, Visitors
from tenants import life


async def test_the_dashboard_is_shown_to_a_member(client: Browser) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200, answer.text
    assert "Dashboard" in answer.text


async def test_a_stranger_is_sent_to_sign_in_and_back(visitors: Visitors, tenant: LiveTenant) -> None:
    answer = await visitors.visit(tenant).get("/people?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://weft.test/open/{tenant.slug}?next=%2Fpeople%3Fx%3D1"


async def test_an_unknown_business_is_a_friendly_404(visitors: Visitors, tenant: LiveTenant) -> None:
    answer = await visitors.visit(tenant).get("/", headers={"host": "nobody.weft.test"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "No business has this address" in answer.text


async def test_a_stranger_among_hosts_gets_nothing(visitors: Visitors, tenant: LiveTenant) -> None:
    for host in ("evil.example", f"{tenant.slug}.weft.test.evil.example", "", f"a.{tenant.slug}.weft.test"):
        assert (await visitors.visit(tenant).get("/", headers={"host": host})).status_code == 404


async def test_a_suspended_business_is_closed_to_people_and_programs(
    client: Browser, tenant: LiveTenant, installation: Installation
) -> None:
    await life.suspend(installation.runtime, tenant.id, "The bill of May is open.")
    page = await client.get("/")
    assert page.status_code == 402
    assert "The bill of May is open." in page.text
    problem = await client.get("/api/v1/lists/contacts.parties")
    assert problem.status_code == 402
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert problem.json()["status"] == 402
    await life.resume(installation.runtime, tenant.id)
    assert (await client.get("/")).status_code == 200


async def test_whoever_follows_a_link_to_a_suspended_business_is_told_kindly_and_nothing_of_bills(
    visitors: Visitors, tenant: LiveTenant, installation: Installation
) -> None:
    await life.suspend(installation.runtime, tenant.id, "The bill of May is open.")
    page = await visitors.visit(tenant).get("/public/retail_pos/r/0123456789abcdef0123456789abcdef")
    assert page.status_code == 402
    assert "away for a while" in page.text
    assert "bill" not in page.text


async def test_a_program_without_a_token_is_told_how_to_get_one(visitors: Visitors, tenant: LiveTenant) -> None:
    answer = await visitors.visit(tenant).get("/api/v1/lists/contacts.parties")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "token" in answer.json()["detail"]


async def test_every_answer_carries_the_policy(client: Browser) -> None:
    for path in ("/", "/nowhere", "/static/weft/weft.css", "/health/live"):
        headers = (await client.get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"].partition("style-src-attr")[0]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"]


async def test_a_request_id_of_the_caller_is_kept_when_it_is_harmless(client: Browser) -> None:
    assert (await client.get("/health/live", headers={"x-request-id": "abc-123-def"})).headers["x-request-id"] == "abc-123-def"
    assert (await client.get("/health/live", headers={"x-request-id": "a b<script>"})).headers["x-request-id"] != "a b<script>"


async def test_a_body_that_is_too_large_is_refused(client: Browser) -> None:
    answer = await client.submit("/settings", {"name": "x" * 3_000_000})
    assert answer.status_code == 413


async def test_broken_utf8_is_a_sentence_not_a_crash(client: Browser) -> None:
    await client.get("/")
    headers = {"content-type": "application/x-www-form-urlencoded", "x-csrftoken": client.cookies["weft_csrf"]}
    answer = await client.post("/settings", content=b"name=%ff%fe&version=1", headers=headers)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_machines_that_watch_get_an_answer_on_any_host(visitors: Visitors, path: str) -> None:
    answer = await visitors.visit().get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200, answer.text
