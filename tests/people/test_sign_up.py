"""Signing a business up: by somebody new, by somebody known, by somebody signed in; and when no schema is left."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from infra.testing_jobs import Mailbox
from tests.people.conftest import PASSWORD, Human, Town
from web.platform.guesses import guess
from web.platform.slugs import slug_of, variants
from weft.ids import new_id

GOOD = "seven wooden garden chairs"


def _form(address: str, **changes: str) -> dict[str, str]:
    unique = new_id().hex[-8:]
    return {
        "business": f"Harbour {unique}",
        "slug": f"harbour-{unique}",
        "country": "IE",
        "currency": "EUR",
        "timezone": "Europe/Dublin",
        "locale": "en_IE",
        "name": "Maeve O’Connell",
        "email": address,
        "password": GOOD,
        **changes,
    }


async def _tenant(town: Town, slug: str) -> LiveTenant:
    record = await town.installation.runtime.catalogue.by_slug(slug)
    assert record is not None
    return town.installation.runtime.tenant(record)


async def test_a_new_person_is_on_their_first_page_with_one_form(town: Town, new_email: str, mailbox: Mailbox) -> None:
    await town.spare("notes")
    human, form = town.stranger(), _form(new_email)
    page = await human.submit("/sign-up", form)
    assert page.status_code == 200, page.text
    assert str(page.url) == f"http://{form['slug']}.weft.test/welcome"
    assert "Welcome to Weft, Maeve" in page.text
    tenant = await _tenant(town, form["slug"])
    assert (tenant.name, tenant.country, tenant.currency, tenant.timezone.key, tenant.locale) == (
        form["business"], "IE", "EUR", "Europe/Dublin", "en_IE",
    )  # fmt: skip
    assert tenant.has("notes")
    assert ("Maeve O’Connell", "signed up", "core.business", form["business"]) in await town.entries(tenant)
    (mail,) = await mailbox.to(new_email)
    assert form["business"] in mail.subject
    assert mail.links[0].startswith("http://weft.test/confirm?secret=")
    assert mail.links[0] in mail.html


async def test_the_founder_may_do_everything_and_finds_the_roles_of_the_modules(town: Town, new_email: str) -> None:
    await town.spare("notes")
    human, form = town.stranger(), _form(new_email)
    await human.submit("/sign-up", form)
    roles = await human.get(f"http://{form['slug']}.weft.test/people/roles")
    assert roles.status_code == 200
    assert "Writer" in roles.text
    assert "Owner" in roles.text


async def test_a_known_address_is_answered_like_a_new_one_and_told_only_by_mail(town: Town, new_email: str, mailbox: Mailbox) -> None:
    await town.spare()
    await town.spare()
    known = await town.human()
    pages: list[httpx.Response] = []
    for email in (known.email, new_email):
        stranger, form = town.stranger(), _form(email)
        answer = await stranger.submit("/sign-up", form, follow=False)
        assert answer.headers["location"] == f"/open/{form['slug']}?next=/welcome"
        pages.append(await stranger.get(answer.headers["location"]))
    assert [page.status_code for page in pages] == [200, 200]
    (told,) = await mailbox.to(known.email)
    assert "account with it already" in told.text
    account = await town.installation.runtime.platform.fetchrow("SELECT id, name FROM platform.person WHERE email = $1", known.email)
    assert account is not None
    assert (account["id"], account["name"]) == (known.person_id, known.name), "the account is as it was"


async def test_a_known_address_with_its_own_password_adds_the_business_to_the_account(town: Town, mailbox: Mailbox) -> None:
    await town.spare()
    known = await town.human()
    form = _form(known.email, password=PASSWORD)
    page = await town.stranger().submit("/sign-up", form)
    assert "Welcome to Weft, Ada" in page.text
    (mail,) = await mailbox.to(known.email)
    assert mail.subject == f"{form['business']} is ready"
    await town.let_in(known)
    assert form["business"] in (await known.get("/")).text


async def test_somebody_signed_in_adds_a_business_without_typing_who_they_are(town: Town, tenant: LiveTenant) -> None:
    await town.spare()
    human = await town.member(tenant)
    shown = await human.get("/sign-up")
    assert 'name="password"' not in shown.text
    form = _form("")
    page = await human.submit("/sign-up", form)
    assert str(page.url) == f"http://{form['slug']}.weft.test/welcome"
    assert {tenant.name, form["business"]} <= {each.name for each in await town.installation.runtime.places.of(_id(human))}


def _id(human: Human) -> UUID:
    assert human.person_id is not None
    return human.person_id


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("business", "", "name of your business"),
        ("business", "x" * 121, "at most 120"),
        ("business", "Win now https://evil.test", "web address"),
        ("slug", "", "Choose the address"),
        ("slug", "no spaces", "small letters"),
        ("slug", "-harbour", "small letters"),
        ("slug", "admin", "reserved"),
        ("country", "ZZ", "Choose a country"),
        ("currency", "ABC", "not an ISO 4217 currency"),
        ("timezone", "Mars/Olympus", "not a time zone"),
        ("locale", "xx_YY", "not a language"),
        ("name", "", "Enter your name"),
        ("name", "http://evil.test", "web address"),
        ("email", "nobody", "such as ada@company.com"),
        ("email", "a@b", "such as ada@company.com"),
        ("email", "Ada <ada@company.com>", "such as ada@company.com"),
        ("email", "ada@company.com\nbcc: x@y.com", "such as ada@company.com"),
        ("email", "ädä@company.com", "such as ada@company.com"),
        ("password", "sh0rt-one", "at least 12"),
        ("password", "maeve o'connell", "your name"),
    ],
)
async def test_a_wrong_field_is_told_beside_it_and_nothing_that_was_typed_is_lost(
    town: Town, new_email: str, field: str, value: str, sentence: str
) -> None:
    form = _form(new_email, **{field: value})
    before = await _spares(town)
    page = await town.stranger().submit("/sign-up", form)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'aria-invalid="true"' in page.text
    if field != "name":
        assert "Maeve O’Connell" in page.text
    assert form["password"] not in page.text
    assert await _spares(town) == before


async def _spares(town: Town) -> int:
    return int(await town.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant WHERE state = 'spare'"))


async def test_every_wrong_field_is_told_at_once(town: Town) -> None:
    page = await town.stranger().submit("/sign-up", {})
    assert page.text.count('aria-invalid="true"') >= 7


async def test_an_address_that_is_taken_is_told_and_another_is_suggested(town: Town, tenant: LiveTenant, new_email: str) -> None:
    page = await town.stranger().submit("/sign-up", _form(new_email, slug=tenant.slug))
    assert page.status_code == 422
    assert "Somebody has the address" in page.text
    suggested = await town.stranger().get("/sign-up/slug", params={"business": tenant.slug, "country": "GB"})
    assert f'value="{tenant.slug}-gb"' in suggested.text


async def test_two_who_want_one_address_at_the_same_moment_do_not_both_get_it(town: Town) -> None:
    await town.spare()
    await town.spare()
    slug = f"race-{new_id().hex[-8:]}"
    first, second = town.stranger(), town.stranger()
    answers = await asyncio.gather(
        *(human.submit("/sign-up", _form(f"{new_id().hex[-12:]}@people.test", slug=slug), follow=False) for human in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await town.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.tenant WHERE slug = $1", slug) == 1


async def test_the_address_is_checked_while_it_is_typed(town: Town, tenant: LiveTenant) -> None:
    human = town.stranger()
    free = await human.get("/sign-up/slug", params={"business": "Ada’s Bakery GmbH & Co", "country": "DE"})
    assert 'name="slug"' in free.text
    assert "adas-bakery" in free.text
    assert "is free" in free.text
    taken = await human.get("/sign-up/slug", params={"slug": tenant.slug, "only": "note"})
    assert "Somebody has the address" in taken.text
    assert 'name="slug"' not in taken.text
    own = await human.get("/sign-up/slug", params={"business": "Other Name", "slug": "my-own-choice", "suggested": "ada"})
    assert 'value="my-own-choice"' in own.text, "what somebody typed themselves stays"


async def test_one_network_cannot_sign_up_without_end(town: Town) -> None:
    from core.auth import limits

    human = town.stranger()
    transport = human.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    for _ in range(limits.SIGN_UP.free):
        await limits.spend(town.installation.runtime.platform, limits.SIGN_UP, transport.client[0], town.installation.runtime.now())
    page = await human.submit("/sign-up", _form(f"{new_id().hex[-12:]}@people.test"))
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert "Harbour" in page.text


# --- when no schema is left ---


async def test_without_a_spare_the_page_says_so_and_the_sign_up_goes_on_by_itself(town: Town, new_email: str) -> None:
    await town.no_spares()
    human, form = town.stranger(), _form(new_email)
    page = await human.submit("/sign-up", form)
    assert page.url.path == "/sign-up/waiting"
    assert f"{form['business']} is being prepared" in page.text
    secret = page.url.params["secret"]
    still = await human.submit("/sign-up/waiting", {"secret": secret}, headers={"hx-request": "true"})
    assert still.status_code == 204
    await town.operator().work_off()  # what was asked for
    done = await human.submit("/sign-up/waiting", {"secret": secret}, headers={"hx-request": "true"})
    assert done.headers["hx-redirect"] == f"/open/{form['slug']}?next=/welcome"
    assert "Welcome to Weft, Maeve" in (await human.get(done.headers["hx-redirect"])).text
    gone = await human.submit("/sign-up/waiting", {"secret": secret})
    assert gone.status_code == 404, "it works once"


async def test_the_operator_is_asked_for_one_schema_for_each_who_waits(town: Town) -> None:
    platform = town.installation.runtime.platform
    await town.operator().work_off()
    await town.no_spares()
    await platform.execute("DELETE FROM platform.sign_up")
    for _ in range(2):
        await town.stranger().submit("/sign-up", _form(f"{new_id().hex[-12:]}@people.test"), follow=False)
    waiting = "SELECT count(*) FROM platform.operation WHERE kind = 'make_spare' AND state = 'waiting'"
    assert await platform.fetchval(waiting) == 2
    await platform.execute("DELETE FROM platform.sign_up")
    await town.operator().work_off()


async def test_an_address_that_is_taken_while_one_waits_brings_the_form_back_as_it_was(
    town: Town, tenant: LiveTenant, new_email: str
) -> None:
    await town.no_spares()
    human, form = town.stranger(), _form(new_email)
    page = await human.submit("/sign-up", form)
    platform = town.installation.runtime.platform
    await platform.execute("UPDATE platform.tenant SET slug = $2 WHERE id = $1", tenant.id, form["slug"])
    await town.spare()
    back = await human.submit("/sign-up/waiting", {"secret": page.url.params["secret"]})
    assert back.status_code == 422
    assert "is taken" in back.text
    assert form["business"] in back.text
    assert new_email in back.text


async def test_a_sign_up_waits_for_an_hour_and_keeps_no_readable_password(town: Town, clock: Clock, new_email: str) -> None:
    clock.set(town.installation.runtime.now())
    await town.no_spares()
    human = town.stranger()
    page = await human.submit("/sign-up", _form(new_email))
    kept = await town.installation.runtime.platform.fetch("SELECT wanted::text FROM platform.sign_up")
    assert not any(GOOD in row["wanted"] for row in kept)
    clock.forward(timedelta(minutes=61))
    assert (await human.get(str(page.url))).status_code == 404


# --- rules ---


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Harbour & Vine Ltd.", "harbour-and-vine"),
        ("Müller GmbH", "muller"),
        ("O’Connell + Sons", "oconnell-and-sons"),
        ("7-Eleven", "eleven"),
        ("Øster Bageri", "oster-bageri"),
        ("日本", ""),
        ("AB", "ab-shop"),
    ],
)
def test_a_name_suggests_an_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_no_suggestion_is_longer_than_an_address_may_be() -> None:
    assert all(len(each) <= 40 for each in variants(slug_of("a" * 100), "GB"))


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("en-GB,en;q=0.9", ("en_GB", "GB", "GBP", "Europe/London")),
        ("de-AT,de;q=0.8,en;q=0.3", ("de_AT", "AT", "EUR", "Europe/Vienna")),
        ("en;q=0.1, fr-CA", ("fr_CA", "CA", "CAD", "America/Toronto")),
        ("zz-ZZ;q=nonsense, *", ("en_GB", "GB", "GBP", "Europe/London")),
        ("", ("en_GB", "GB", "GBP", "Europe/London")),
    ],
)
def test_the_browsers_language_suggests_where_a_business_is(header: str, place: tuple[str, str, str, str]) -> None:
    found = guess(header)
    assert (found.locale, found.country, found.currency, found.timezone) == place
