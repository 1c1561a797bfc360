"""What holds for every page about people: form tokens, headers, cookies, hosts."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from core.tenancy.tenant import LiveTenant
from tests.people.conftest import PASSWORD, Town
from tests.people.test_mailbox_page import _site
from web.paths import local_path, path_of

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
IDS = "01a20266-339f-7624-ab06-d196f44f07d3"


def _changing(app: Litestar) -> Iterator[str]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.methods & UNSAFE and not route.path.startswith("/api/"):
            path = route.path
            for part in route.path_components:
                if not isinstance(part, str):
                    path = path.replace(f"{{{part.full}}}", IDS if part.type.__name__ == "UUID" else "x")
            yield path


async def test_no_route_that_changes_something_takes_a_form_without_its_token(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    await human.get("/account")
    ours = ("/people", "/welcome", "/settings/close", "/sign-out", "/theme")
    platform, tenants = list(_changing(town.site.platform)), [path for path in _changing(town.site.tenants) if path.startswith(ours)]
    assert len(platform) > 15
    assert len(tenants) > 20
    for path in (*platform, *(town.url(tenant, each) for each in tenants)):
        for headers in ({}, {"x-csrftoken": "0" * 128}):
            answer = await human.http.post(path, data={"email": human.email}, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, path
            assert "came from another site" in answer.text


async def test_a_token_of_another_host_does_not_fit(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    await human.get("/account")
    foreign = human.cookie("weft_csrf", "weft.test") or ""
    answer = await human.http.post(town.url(tenant, "/sign-out"), headers={"x-csrftoken": foreign}, follow_redirects=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-up", "/reset", "/account", "/account/sign-ins", "/mailbox", "/nowhere"])
async def test_every_page_keeps_scripts_frames_and_caches_out(town: Town, path: str) -> None:
    human = await town.human()
    await town.let_in(human)
    page = await human.get(path)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "<script>" not in page.text
    assert " onclick=" not in page.text
    assert "javascript:" not in page.text


async def test_a_form_may_lead_to_our_own_hosts_and_no_others(town: Town) -> None:
    policy = (await town.stranger().get("/sign-in")).headers["content-security-policy"]
    assert policy.partition("form-action ")[2].partition(";")[0] == "'self' http://weft.test http://*.weft.test"


async def test_cookies_are_for_servers_alone_and_stay_with_their_host(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    answers = [await human.submit("/sign-in", {"email": human.email, "password": PASSWORD, "remember": "yes"}, follow=False)]
    step = await human.look(town.url(tenant, "/enter"))
    while step.status_code == 303 and len(answers) < 6:
        answers.append(step)
        step = await human.look(str(step.url.join(step.headers["location"])))
    seen = set()
    for answer in answers:
        for header in answer.headers.get_list("set-cookie"):
            (cookie,) = SimpleCookie(header).values()
            seen.add(cookie.key)
            assert cookie["httponly"], header
            assert cookie["samesite"].lower() == "lax", header
            assert cookie["path"] == "/", header
            assert not cookie["domain"], header
    assert {"weft_session", "weft_browser", "weft_csrf"} <= seen


async def test_through_tls_cookies_are_secure_and_no_other_host_can_set_them(town: Town) -> None:
    human = _site(town, base_url="https://weft.test")
    account = await town.human()
    shown = await human.http.get("/sign-in")
    token = _cookie(shown, "__Host-weft_csrf")
    answer = await human.http.post(
        "/sign-in",
        data={"email": account.email, "password": PASSWORD, "remember": "yes"},
        headers={"x-csrftoken": token.value},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    session = _cookie(answer, "__Host-weft_session")
    assert token["secure"]
    assert session["secure"]
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    fooled = _site(town, base_url="https://weft.test")
    fooled.http.cookies.set("weft_session", session.value, domain="weft.test")  # as a sister host could set it
    assert (await fooled.http.get("/account")).url.path == "/sign-in"
    fooled.http.cookies.set("__Host-weft_session", session.value, domain="weft.test")
    assert (await fooled.http.get("/account")).url.path == "/account"


def _cookie(answer: httpx.Response, name: str):  # type: ignore[no-untyped-def]
    found = [cookie for header in answer.headers.get_list("set-cookie") for cookie in SimpleCookie(header).values() if cookie.key == name]
    assert found, answer.headers
    return found[0]


@pytest.mark.parametrize("host", ["evil.test", "weft.test.evil.test", "evil-weft.test", "weft.test:8080", "a.b.weft.test", ""])
async def test_a_host_that_is_not_ours_gets_no_page(town: Town, host: str) -> None:
    page = await town.stranger().http.get("/sign-in", headers={"host": host})
    assert page.status_code == 404
    assert host == "" or host not in page.headers.get("location", "")


@pytest.mark.parametrize("path", ["/invitation", "/confirm", "/reset/new", "/sign-up/waiting"])
@pytest.mark.parametrize("secret", ["", "nonsense", "x" * 100, "日本", "%00", "'; DROP TABLE platform.person; --"])
async def test_a_link_that_is_none_is_told_kindly(town: Town, path: str, secret: str) -> None:
    human = town.stranger()
    page = await human.get(path, params={"secret": secret})
    assert page.status_code == 404
    assert "This link has been used, or is too old" in page.text
    sent = await human.submit(
        path, {"secret": secret, "name": "X", "password": "long quiet river stone", "repeated": "long quiet river stone"}
    )
    assert sent.status_code == 404


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sign-in", {"email": "\x00\ud83d", "password": "\x00"}),
        ("/sign-in", {"email": "x" * 100_000, "password": "y" * 100_000}),
        ("/reset", {"email": "a" * 300 + "@b.test"}),
        ("/sign-up", {"business": "\u202e evil", "slug": "ähm", "email": "\r\nbcc: x@y.z"}),
    ],
)
async def test_input_that_makes_no_sense_breaks_nothing(town: Town, path: str, data: dict[str, str]) -> None:
    page = await town.stranger().submit(path, {key: value.encode("utf-8", "surrogatepass") for key, value in data.items()})
    assert page.status_code in (400, 422), page.text[:500]


async def test_a_body_beyond_the_limit_is_refused(town: Town) -> None:
    page = await town.stranger().submit("/sign-in", {"email": "x" * 3_000_000})
    assert page.status_code == 413


async def test_what_people_call_themselves_is_never_markup(town: Town, tenant: LiveTenant) -> None:
    evil = '<img src=x onerror="alert(1)">'
    owner = await town.member(tenant, name=evil)
    await town.role(tenant, title=evil)
    platform = town.installation.runtime.platform
    await platform.execute("UPDATE platform.tenant SET name = $2 WHERE id = $1", tenant.id, evil)
    await platform.execute("UPDATE platform.session SET user_agent = $2 WHERE person_id = $1", owner.person_id, evil)
    for where in (town.url(tenant, "/people"), town.url(tenant, "/people/roles"), "/", "/account", "/account/sign-ins"):
        page = await owner.get(where)
        assert page.status_code == 200
        assert "<img src=x" not in page.text


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/people?x=1#y", "/people?x=1#y"),
        ("/a%2Fb", "/a%2Fb"),
        ("/ä", "/%C3%A4"),
        ("", "/"),
        ("people", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test", "/"),
        ("/\x00", "/"),
        ("/[::1", "/[::1"),
    ],
)
def test_a_redirect_leads_only_to_a_path_of_ours(wanted: str, path: str) -> None:
    assert local_path(wanted) == path


def test_where_a_form_was_sent_from_is_a_path_and_nothing_else() -> None:
    assert path_of("http://evil.test/people?x=1") == "/people?x=1"
    assert path_of("http://evil.test//evil.test") == "/"
    assert path_of("nonsense") == "/"
    assert path_of("http://[broken") == "/"


async def test_a_person_sees_nothing_of_anybody_elses_account(town: Town) -> None:
    human, other = await town.human(), await town.human(name="Grace Hopper")
    await town.let_in(human)
    for path in ("/account", "/account/sign-ins", "/"):
        page = await human.get(path)
        assert other.name not in page.text
        assert other.email not in page.text
