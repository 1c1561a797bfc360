"""Signing in at the platform's host, being led to a tenant's, and signing out."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.auth import limits, passwords
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from tests.people.conftest import PASSWORD, Human, Town

CREDENTIALS_DO_NOT_FIT = "do not belong together"


async def test_a_member_signs_in_and_is_led_to_where_they_wanted_to_go(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    page = await human.get(town.url(tenant, "/people?state=active"))
    assert page.url.path == "/sign-in"
    page = await human.submit("/sign-in", {"email": human.email.upper(), "password": PASSWORD, "next": page.url.params["next"]})
    assert page.status_code == 200, page.text
    assert str(page.url) == town.url(tenant, "/people?state=active")
    assert human.name in page.text


async def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(town: Town, tenant: LiveTenant, new_email: str) -> None:
    human, stranger = await town.human(), town.stranger()
    wrong = await human.submit("/sign-in", {"email": human.email, "password": "not the right one"})
    unknown = await stranger.submit("/sign-in", {"email": new_email, "password": "not the right one"})
    assert wrong.status_code == unknown.status_code == 422
    assert _plain(wrong, human.email) == _plain(unknown, new_email)
    assert CREDENTIALS_DO_NOT_FIT in wrong.text
    assert "not the right one" not in wrong.text


def _plain(page: httpx.Response, email: str) -> str:
    token = page.text.partition('name="_csrf_token" value="')[2].partition('"')[0]
    return page.text.replace(email, "EMAIL").replace(token, "TOKEN")


async def test_an_account_that_was_disabled_is_told_apart_by_nobody(town: Town) -> None:
    human = await town.human()
    await town.installation.runtime.platform.execute("UPDATE platform.person SET disabled_at = now() WHERE id = $1", human.person_id)
    assert CREDENTIALS_DO_NOT_FIT in (await human.sign_in()).text


async def test_guessing_a_password_has_to_wait_longer_and_longer(town: Town, clock: Clock) -> None:
    clock.set(town.installation.runtime.now())
    human = await town.human()
    for _ in range(5):
        assert (await human.sign_in("a wrong password")).status_code == 422
    refused = await human.sign_in("a wrong password")
    assert refused.status_code == 429
    first = int(refused.headers["retry-after"])
    assert f"Try again in {first} seconds" in refused.text
    assert (await human.sign_in()).status_code == 429, "the right password has to wait too, else it could be told from the wrong ones"
    clock.forward(timedelta(seconds=first))
    assert (await human.sign_in("a wrong password")).status_code == 422
    assert int((await human.sign_in()).headers["retry-after"]) == 2 * first


async def test_an_unknown_address_has_to_wait_like_a_known_one(town: Town, new_email: str) -> None:
    stranger = town.stranger()
    statuses = [(await stranger.submit("/sign-in", {"email": new_email, "password": "x"})).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_who_guesses_from_many_addresses_has_to_wait_for_the_account(town: Town) -> None:
    human = await town.human()
    for _ in range(limits.ACCOUNT.free - 1):  # as many tries from as many addresses, without the time that their hashes take
        await limits.spend(town.installation.runtime.platform, limits.ACCOUNT, human.email, town.installation.runtime.now())
    first, second = town.stranger(), town.stranger()
    assert (await first.submit("/sign-in", {"email": human.email, "password": "x"})).status_code == 422
    assert (await second.submit("/sign-in", {"email": human.email, "password": "x"})).status_code == 429


async def test_the_right_password_forgets_the_wrong_ones(town: Town) -> None:
    human = await town.human()
    for _ in range(2):
        for _ in range(3):
            await human.sign_in("a wrong password")
        assert (await human.sign_in()).url.path == "/"
        await human.submit("/sign-out")


async def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_sign_in(town: Town) -> None:
    from argon2 import PasswordHasher

    human = await town.human()
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    platform = town.installation.runtime.platform
    await platform.execute("UPDATE platform.person SET password_hash = $2 WHERE id = $1", human.person_id, weak)
    await human.sign_in()
    stored = await platform.fetchval("SELECT password_hash FROM platform.person WHERE id = $1", human.person_id)
    assert stored != weak
    assert not passwords.needs_rehash(stored)
    assert await passwords.matches(stored, PASSWORD)


async def test_signing_in_gives_a_new_session_whatever_cookie_was_there(town: Town) -> None:
    human = await town.human()
    human.http.cookies.set("weft_session", "chosen-by-a-stranger", domain="weft.test")
    await human.sign_in()
    held = human.cookie("weft_session")
    assert held not in (None, "chosen-by-a-stranger")
    await human.sign_in()
    assert human.cookie("weft_session") != held


async def test_the_database_knows_sessions_only_by_their_hash(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    rows = await town.installation.runtime.platform.fetch(
        "SELECT s::text AS row FROM platform.session s WHERE person_id = $1", human.person_id
    )
    cookies = [human.cookie("weft_session"), human.cookie("weft_session", f"{tenant.slug}.weft.test")]
    assert len(rows) == 2
    assert all(cookies)
    assert not any(cookie in row["row"] for row in rows for cookie in cookies if cookie)


async def test_a_session_that_is_not_kept_ends_with_the_browser_and_within_the_day(town: Town, clock: Clock) -> None:
    clock.set(town.installation.runtime.now())
    human = await town.human()
    answer = await human.submit("/sign-in", {"email": human.email, "password": PASSWORD}, follow=False)
    assert "max-age" not in answer.headers["set-cookie"].lower()
    assert (await human.get("/account")).url.path == "/account"
    clock.forward(timedelta(hours=13))
    assert (await human.get("/account")).url.path == "/sign-in"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test/",
        "\\\\evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "http:evil.test",
        "/\n/evil.test",
    ],
)
async def test_signing_in_never_leads_to_another_site(town: Town, tenant: LiveTenant, wanted: str) -> None:
    human = await town.member(tenant, signed_in=False)
    answer = await human.submit("/sign-in", {"email": human.email, "password": PASSWORD, "next": wanted}, follow=False)
    assert answer.headers["location"] == "/"
    opened = await human.get(f"/open/{tenant.slug}", params={"next": wanted})
    assert str(opened.url) == town.url(tenant, "/")
    entered = await human.look(town.url(tenant, "/enter"), params={"next": wanted})
    assert entered.headers["location"] == "/"


async def test_a_path_in_any_script_is_led_on_to(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    page = await human.get(f"/open/{tenant.slug}", params={"next": "/search?q=日本"})
    assert page.url.path == "/search"
    assert page.url.params["q"] == "日本"


# --- the way to a tenant's host ---


async def _secret_for(human: Human, town: Town, tenant: LiveTenant) -> str:
    """Go the way to a tenant's host up to the link with the secret."""
    step = await human.look(town.url(tenant, "/enter?next=/"))
    step = await human.look(step.headers["location"])
    return str(step.headers["location"])


async def test_the_secret_of_a_handoff_works_once(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    link = await _secret_for(human, town, tenant)
    browser = human.cookie("weft_browser", f"{tenant.slug}.weft.test")
    assert (await human.look(link)).headers["location"] == "/"
    thief = town.stranger()
    thief.http.cookies.set("weft_browser", browser or "", domain=f"{tenant.slug}.weft.test")
    assert (await thief.look(link)).headers["location"].startswith("http://weft.test/open/")


async def test_a_strangers_link_does_not_sign_anybody_in_as_the_stranger(town: Town, tenant: LiveTenant) -> None:
    attacker = await town.member(tenant, signed_in=False)
    await town.let_in(attacker)
    link = await _secret_for(attacker, town, tenant)
    victim = town.stranger()
    answer = await victim.look(link)
    assert answer.headers["location"].startswith("http://weft.test/open/")
    assert victim.cookie("weft_session", f"{tenant.slug}.weft.test") is None
    assert (await victim.get(link)).url.path == "/sign-in"


async def test_a_handoff_opens_no_other_tenant(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    await human.look(town.url(other_tenant, "/enter?next=/"))  # a cookie there too
    secret = parse_qs(urlsplit(await _secret_for(human, town, tenant)).query)["secret"][0]
    answer = await human.look(town.url(other_tenant, f"/enter?secret={secret}"))
    assert answer.headers["location"].startswith(f"http://weft.test/open/{other_tenant.slug}")
    assert human.cookie("weft_session", f"{other_tenant.slug}.weft.test") is None


async def test_a_handoff_is_too_old_after_a_minute(town: Town, tenant: LiveTenant, clock: Clock) -> None:
    clock.set(town.installation.runtime.now())
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    link = await _secret_for(human, town, tenant)
    clock.forward(timedelta(seconds=61))
    assert (await human.look(link)).headers["location"].startswith("http://weft.test/open/")


async def test_a_handoff_of_a_sign_in_that_ended_opens_nothing(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    link = await _secret_for(human, town, tenant)
    await human.submit("/sign-out", follow=False)
    await human.look(link)
    assert human.cookie("weft_session", f"{tenant.slug}.weft.test") is None


async def test_a_browser_without_cookies_is_told_so_and_not_led_in_circles(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, signed_in=False)
    await town.let_in(human)
    where = town.url(tenant, "/enter?next=/")
    for _ in range(8):
        for each in [each for each in human.http.cookies.jar if each.name == "weft_browser"]:
            human.http.cookies.jar.clear(each.domain, each.path, each.name)
        page = await human.look(where)
        if page.status_code != 303:
            break
        where = str(httpx.URL(where).join(page.headers["location"]))
    assert page.status_code == 403
    assert "Allow cookies" in page.text


async def test_who_does_not_belong_to_a_business_is_not_let_in_and_not_told_whether_it_exists(town: Town, tenant: LiveTenant) -> None:
    human = await town.human()
    await town.let_in(human)
    there, nowhere = await human.get(f"/open/{tenant.slug}"), await human.get("/open/no-such-business")
    assert there.status_code == nowhere.status_code == 404
    assert "not a member" in there.text
    assert "not a member" in nowhere.text


async def test_a_session_at_a_tenants_host_is_no_session_at_another(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    token = human.cookie("weft_session", f"{tenant.slug}.weft.test") or ""
    for host in (f"{other_tenant.slug}.weft.test", "weft.test"):
        thief = town.stranger()
        thief.http.cookies.set("weft_session", token, domain=host)
        page = await thief.get(f"http://{host}/{'account' if host == 'weft.test' else ''}")
        assert page.url.path == "/sign-in"


# --- the way out ---


async def test_signing_out_at_a_business_ends_the_sign_in_everywhere_it_led(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant
) -> None:
    human = await town.member(tenant)
    await town.join(human, other_tenant)
    assert (await human.get(town.url(other_tenant))).status_code == 200
    page = await human.submit(town.url(tenant, "/sign-out"))
    assert "You are signed out" in page.text
    for where in (town.url(tenant), town.url(other_tenant), "/account"):
        assert (await human.get(where)).url.path == "/sign-in"


async def test_another_browser_stays_signed_in(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    other = town.stranger()
    other.email = human.email
    await other.sign_in()
    await human.submit("/sign-out")
    assert (await other.get("/account")).url.path == "/account"


async def test_signing_in_as_somebody_else_ends_the_session_that_was_there(town: Town) -> None:
    first, second = await town.human(), await town.human()
    await first.sign_in()
    old = first.cookie("weft_session")
    await first.submit("/sign-in", {"email": second.email, "password": PASSWORD})
    thief = town.stranger()
    thief.http.cookies.set("weft_session", old or "", domain="weft.test")
    assert (await thief.get("/account")).url.path == "/sign-in"
