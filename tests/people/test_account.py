"""A person's own account: name, theme, password, and where they are signed in."""

import pytest

from core.auth.devices import device
from core.tenancy.tenant import LiveTenant
from infra.testing_jobs import Mailbox
from tests.people.conftest import PASSWORD, Town

NEW = "eleven brass door handles"


@pytest.mark.parametrize("path", ["/account", "/account/email", "/account/password", "/account/sign-ins"])
async def test_only_somebody_signed_in_has_an_account_to_see(town: Town, path: str) -> None:
    page = await town.stranger().get(path)
    assert page.url.path == "/sign-in"
    assert page.url.params["next"] == path


async def test_the_way_to_the_account_leads_from_a_business_to_the_platforms_host(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    assert str((await human.get(town.url(tenant, "/person"))).url) == "http://weft.test/account"


async def test_name_and_theme_are_kept_and_seen_in_every_business(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    await human.submit("/account", {"name": "  Ada   King ", "theme": "dark"})
    page = await human.get(town.url(tenant, "/people"))
    assert "Ada King" in page.text
    assert 'data-bs-theme="dark"' in page.text
    refused = await human.submit("/account", {"name": "", "theme": "plaid"})
    assert refused.status_code == 422


async def test_the_theme_chosen_in_a_business_is_the_persons(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    page = await human.submit(
        town.url(tenant, "/theme"), {"theme": "light"}, headers={"referer": "http://evil.test/phishing?x=1"}, follow=False
    )
    assert page.headers["location"] == "/phishing?x=1"
    assert 'data-bs-theme="light"' in (await human.get("/account")).text
    assert (await human.submit(town.url(tenant, "/theme"), {"theme": "plaid"})).status_code == 422


async def test_a_password_is_changed_with_the_old_one_and_ends_other_sign_ins(town: Town, tenant: LiveTenant, mailbox: Mailbox) -> None:
    human = await town.member(tenant)
    elsewhere = town.stranger()
    elsewhere.email = human.email
    await elsewhere.sign_in()
    form = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    assert "present password" in (await human.submit("/account/password", {**form, "old_password": "wrong"})).text
    assert "at least 12" in (await human.submit("/account/password", {**form, "new_password": "x", "repeated": "x"})).text
    assert "not the same" in (await human.submit("/account/password", {**form, "repeated": "other"})).text
    assert (
        "first passwords"
        in (await human.submit("/account/password", {**form, "new_password": "password1234", "repeated": "password1234"})).text
    )
    done = await human.submit("/account/password", form)
    assert "Your password is changed" in done.text
    assert (await human.get(town.url(tenant))).status_code == 200, "who changed it stays"
    assert (await elsewhere.get("/account")).url.path == "/sign-in"
    assert [each.subject for each in await mailbox.to(human.email)] == ["Your password was changed"]


async def test_the_old_password_cannot_be_guessed_by_who_finds_the_screen_open(town: Town) -> None:
    human = await town.human()
    await town.let_in(human)
    form = {"old_password": "wrong", "new_password": NEW, "repeated": NEW}
    statuses = [(await human.submit("/account/password", form)).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_sign_ins_are_listed_with_device_address_and_business_and_ended_one_by_one(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    phone = town.stranger()
    phone.email = human.email
    phone.http.headers["user-agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
    )
    await phone.sign_in()
    page = await human.get("/account/sign-ins")
    assert "Firefox on Linux" in page.text
    assert "Safari on iPhone" in page.text
    assert "This device" in page.text
    assert tenant.name in page.text
    assert "10.1." in page.text
    roots = [part.partition("/end")[0] for part in page.text.split("/account/sign-ins/")[1:] if '/end"' in part[:60]]
    assert len(roots) == 2
    await human.submit(f"/account/sign-ins/{roots[1]}/end")
    assert (await phone.get("/account")).url.path == "/sign-in"
    assert (await human.get("/account")).url.path == "/account"


async def test_nobody_ends_somebody_elses_sign_in(town: Town) -> None:
    human, other = await town.human(), await town.human()
    await town.let_in(human)
    await town.let_in(other)
    root = await town.installation.runtime.platform.fetchval("SELECT root FROM platform.session WHERE person_id = $1", other.person_id)
    assert (await human.submit(f"/account/sign-ins/{root}/end")).status_code == 404
    assert (await other.get("/account")).url.path == "/account"


async def test_signing_out_everywhere_else_and_everywhere(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    others = [town.stranger() for _ in range(2)]
    for each in others:
        each.person_id = human.person_id
        await town.let_in(each)
    await human.submit("/account/sign-ins/end-others")
    assert [(await each.get("/account")).url.path for each in others] == ["/sign-in", "/sign-in"]
    assert (await human.get(town.url(tenant))).status_code == 200
    page = await human.submit("/account/sign-ins/end-all")
    assert "You are signed out" in page.text
    assert (await human.get(town.url(tenant))).url.path == "/sign-in"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/605", "Safari on Mac"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_as_a_person_would(agent: str, words: str) -> None:
    assert device(agent) == words
