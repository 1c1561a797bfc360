"""Proving that an address is one's own: after a sign-up, when it changes, and to set a forgotten password."""

import re
import time
from datetime import timedelta

import httpx

from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from infra.testing_jobs import Mailbox
from tests.people.conftest import PASSWORD, Human, Town
from tests.people.test_sign_up import GOOD, _form

NEW = "eleven brass door handles"


async def _signed_up(town: Town, email: str) -> tuple[Human, str]:
    """Return somebody who has just signed up, and the address of their business."""
    await town.spare()
    human, form = town.stranger(), _form(email)
    human.email = email
    assert (await human.submit("/sign-up", form)).url.path == "/welcome"
    return human, f"http://{form['slug']}.weft.test"


# --- after a sign-up ---


async def test_a_new_person_confirms_their_address_with_a_press(town: Town, new_email: str, mailbox: Mailbox) -> None:
    human, _business = await _signed_up(town, new_email)
    assert "Confirm your address" in (await human.get("/")).text
    (mail,) = await mailbox.to(new_email)
    page = await human.get(mail.links[0])
    assert "Is this your address?" in page.text
    assert 'name="password"' not in page.text
    done = await human.submit("/confirm", {"secret": page.url.params["secret"]})
    assert "Your address is confirmed" in done.text
    assert "Confirm your address" not in (await human.get("/")).text
    again = town.stranger()
    again.email = new_email
    assert (await again.sign_in(GOOD, to="/account")).url.path == "/account"


async def test_opening_the_link_alone_changes_nothing(town: Town, new_email: str, mailbox: Mailbox) -> None:
    await _signed_up(town, new_email)
    (mail,) = await mailbox.to(new_email)
    scanner = town.stranger()
    for _ in range(3):
        assert (await scanner.get(mail.links[0])).status_code == 200
    assert not await town.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.person WHERE email = $1", new_email)


async def test_before_that_the_address_signs_nobody_in(town: Town, new_email: str) -> None:
    await _signed_up(town, new_email)
    elsewhere = town.stranger()
    elsewhere.email = new_email
    page = await elsewhere.sign_in(GOOD)
    assert page.status_code == 422
    assert "confirm your address first" in page.text


async def test_who_got_the_mail_of_a_strangers_sign_up_does_not_give_the_stranger_their_address(
    town: Town, new_email: str, mailbox: Mailbox
) -> None:
    await _signed_up(town, new_email)  # a stranger, with somebody's address and a password of their own
    (mail,) = await mailbox.to(new_email)
    victim = town.stranger()
    page = await victim.get(mail.links[0])
    assert 'name="password"' in page.text
    refused = await victim.submit("/confirm", {"secret": page.url.params["secret"], "password": "what would they know"})
    assert refused.status_code == 422
    assert not await town.installation.runtime.platform.fetchval("SELECT count(*) FROM platform.person WHERE email = $1", new_email)


async def test_on_another_device_the_password_is_asked_for(town: Town, new_email: str, mailbox: Mailbox) -> None:
    await _signed_up(town, new_email)
    (mail,) = await mailbox.to(new_email)
    phone = town.stranger()
    page = await phone.get(mail.links[0])
    done = await phone.submit("/confirm", {"secret": page.url.params["secret"], "password": GOOD})
    assert done.url.path == "/sign-in"
    assert "Your address is confirmed" in done.text


async def test_who_had_an_account_signs_in_first_and_then_has_the_business_too(town: Town, mailbox: Mailbox) -> None:
    known = await town.human()
    stranger, business = await _signed_up(town, known.email)  # the same human, with another password
    (mail,) = await mailbox.to(known.email)
    page = await known.get(mail.links[0])
    assert "You have an account already" in page.text
    secret = page.url.params["secret"]
    early = await known.submit("/confirm", {"secret": secret, "password": GOOD})
    assert early.status_code == 409
    page = await known.sign_in(to=f"/confirm?secret={secret}")
    assert page.url.path == "/confirm"
    done = await known.submit("/confirm", {"secret": secret})
    assert "The business is among yours now" in done.text
    assert (await known.get(f"{business}/people")).status_code == 200
    assert known.name in (await known.get(f"{business}/people")).text
    assert (await stranger.get(f"{business}/")).url.path == "/sign-in", "whoever waited for that is out"
    assert not await town.installation.runtime.platform.fetchval(
        "SELECT count(*) FROM platform.person WHERE pending_email = $1", known.email
    )


async def test_the_link_works_for_three_days_and_a_newer_one_replaces_it(
    town: Town, new_email: str, mailbox: Mailbox, clock: Clock
) -> None:
    clock.set(town.installation.runtime.now())
    human, _ = await _signed_up(town, new_email)
    sent = await human.submit("/confirm/again", {"next": "/account"})
    assert "mailed the link" in sent.text
    first, second = await mailbox.to(new_email)
    assert (await human.get(first.links[0])).status_code == 404
    assert (await human.get(second.links[0])).status_code == 200
    clock.forward(timedelta(days=3))
    assert (await human.get(second.links[0])).status_code == 404


async def test_who_has_not_confirmed_their_address_invites_nobody(town: Town, new_email: str, mailbox: Mailbox) -> None:
    human, business = await _signed_up(town, new_email)
    slug = business.removeprefix("http://").partition(".")[0]
    role = await town.installation.runtime.platform.fetchval(
        "SELECT r.id FROM platform.role r JOIN platform.tenant t ON t.id = r.tenant_id WHERE t.slug = $1", slug
    )
    refused = await human.submit(f"{business}/people/invite", {"emails": "someone@people.test", "roles": str(role)})
    assert refused.status_code == 403
    assert "Confirm your own address first" in refused.text
    assert await mailbox.to("someone@people.test") == []


# --- a forgotten password ---


async def test_a_forgotten_password_is_set_anew_by_mail(town: Town, tenant: LiveTenant, mailbox: Mailbox) -> None:
    human = await town.member(tenant)
    elsewhere = town.stranger()
    sent = await elsewhere.submit("/reset", {"email": human.email.upper()})
    assert "Look into your mail" in sent.text
    (mail,) = await mailbox.to(human.email)
    page = await elsewhere.get(mail.links[0])
    assert human.email in page.text
    secret = page.url.params["secret"]
    weak = await elsewhere.submit("/reset/new", {"secret": secret, "password": "short", "repeated": "short"})
    assert weak.status_code == 422
    other = await elsewhere.submit("/reset/new", {"secret": secret, "password": NEW, "repeated": NEW + "!"})
    assert "not the same" in other.text
    done = await elsewhere.submit("/reset/new", {"secret": secret, "password": NEW, "repeated": NEW})
    assert "Your new password is set" in done.text
    assert (await human.get("/account")).url.path == "/sign-in", "everybody who was signed in is out"
    assert (await human.get(town.url(tenant))).url.path == "/sign-in"
    assert (await human.sign_in()).status_code == 422
    assert (await human.sign_in(NEW)).status_code == 200
    assert [each.subject for each in await mailbox.to(human.email)] == ["Set a new password", "Your password was changed"]
    assert (await elsewhere.submit("/reset/new", {"secret": secret, "password": GOOD, "repeated": GOOD})).status_code == 404, (
        "it works once"
    )


async def test_asking_says_the_same_and_takes_as_long_whether_somebody_has_the_address_or_not(
    town: Town, new_email: str, mailbox: Mailbox
) -> None:
    known = await town.human()
    pages: list[httpx.Response] = []
    times = []
    for email in (known.email, new_email):
        stranger = town.stranger()
        await stranger.get("/reset")
        started = time.perf_counter()
        pages.append(await stranger.submit("/reset", {"email": email}))
        times.append(time.perf_counter() - started)
    told = [re.sub(r"[0-9a-f]{64,}", "", page.text) for page in pages]
    assert told[0].replace(known.email, "") == told[1].replace(new_email, "")
    assert len(await mailbox.to(known.email)) == 1
    assert await mailbox.to(new_email) == []
    assert min(times) >= 0.3
    assert abs(times[0] - times[1]) < 0.2


async def test_a_link_to_a_new_password_is_too_old_after_an_hour_and_a_newer_one_replaces_it(
    town: Town, clock: Clock, mailbox: Mailbox
) -> None:
    clock.set(town.installation.runtime.now())
    human = await town.human()
    for _ in range(2):
        await human.submit("/reset", {"email": human.email})
    first, second = await mailbox.to(human.email)
    assert (await human.get(first.links[0])).status_code == 404
    assert (await human.get(second.links[0])).status_code == 200
    clock.forward(timedelta(hours=1))
    assert (await human.get(second.links[0])).status_code == 404


async def test_nobodys_mailbox_is_flooded(town: Town, mailbox: Mailbox) -> None:
    human = await town.human()
    pages = [await town.stranger().submit("/reset", {"email": human.email}) for _ in range(6)]
    assert [page.status_code for page in pages] == [200] * 5 + [429]
    assert int(pages[-1].headers["retry-after"]) > 0
    assert len(await mailbox.to(human.email)) == 5


async def test_links_in_mails_lead_to_our_own_address_whatever_host_was_asked(town: Town, mailbox: Mailbox) -> None:
    human = await town.human()
    answer = await human.submit("/reset", {"email": human.email}, headers={"x-forwarded-host": "evil.test", "forwarded": "host=evil.test"})
    assert answer.status_code == 200
    (mail,) = await mailbox.to(human.email)
    assert "evil.test" not in mail.text + mail.html
    assert mail.links[0].startswith("http://weft.test/reset/new?secret=")
    elsewhere = await human.http.get("/reset", headers={"host": "evil.test"})
    assert elsewhere.status_code == 404


async def test_somebody_whose_address_was_taken_by_a_strangers_sign_up_takes_it_back(town: Town, new_email: str, mailbox: Mailbox) -> None:
    stranger, business = await _signed_up(town, new_email)
    owner = town.stranger()
    await owner.submit("/reset", {"email": new_email})
    mail = (await mailbox.to(new_email))[-1]
    secret = mail.links[0].partition("secret=")[2]
    await owner.submit("/reset/new", {"secret": secret, "password": NEW, "repeated": NEW})
    assert (await stranger.get(f"{business}/")).url.path == "/sign-in"
    owner.email = new_email
    assert (await owner.sign_in(NEW)).url.path == "/"


async def test_secrets_are_stored_only_as_hashes_and_logged_nowhere(town: Town, mailbox: Mailbox, capfd) -> None:  # type: ignore[no-untyped-def]
    human = await town.human()
    await human.submit("/reset", {"email": human.email})
    (mail,) = await mailbox.to(human.email)
    secret = mail.links[0].partition("secret=")[2]
    await human.get(mail.links[0])
    await human.submit("/reset/new", {"secret": secret, "password": NEW, "repeated": NEW})
    await human.sign_in("wrong horse battery")
    rows = await town.installation.runtime.platform.fetch("SELECT s::text AS row FROM platform.one_time_secret s")
    assert not any(secret in row["row"] for row in rows)
    told = [line for line in "".join(capfd.readouterr()).splitlines() if "httpx" not in line]  # the test's own client tells addresses
    assert told, "something is logged"
    assert not [line for line in told if secret in line or NEW in line or "wrong horse" in line]


# --- another address ---


async def test_an_address_is_changed_once_the_new_one_is_proven(town: Town, new_email: str, mailbox: Mailbox) -> None:
    human = await town.human()
    await town.let_in(human)
    wrong = await human.submit("/account/email", {"email": new_email, "password": "not mine"})
    assert wrong.status_code == 422
    await human.submit("/account/email", {"email": new_email, "password": PASSWORD})
    assert new_email in (await human.get("/account")).text
    (mail,) = await mailbox.to(new_email)
    done = await human.submit("/confirm", {"secret": mail.links[0].partition("secret=")[2]})
    assert "From now on you sign in with this address" in done.text
    (told,) = await mailbox.to(human.email)
    assert new_email in told.text
    elsewhere = town.stranger()
    elsewhere.email = new_email
    assert (await elsewhere.sign_in()).status_code == 200
    elsewhere.email = human.email
    await elsewhere.submit("/sign-out")
    assert (await elsewhere.sign_in()).status_code == 422


async def test_somebody_elses_address_is_neither_told_nor_taken(town: Town, mailbox: Mailbox) -> None:
    human, other = await town.human(), await town.human()
    await town.let_in(human)
    page = await human.submit("/account/email", {"email": other.email, "password": PASSWORD})
    assert "mailed a link" in page.text
    assert await mailbox.to(other.email) == []
    stored = await town.installation.runtime.platform.fetchval("SELECT email FROM platform.person WHERE id = $1", human.person_id)
    assert stored == human.email


async def test_one_may_keep_the_address_one_has(town: Town, new_email: str, mailbox: Mailbox) -> None:
    human = await town.human()
    await town.let_in(human)
    await human.submit("/account/email", {"email": new_email, "password": PASSWORD})
    await human.submit("/account/email/keep")
    (mail,) = await mailbox.to(new_email)
    assert (await human.get(mail.links[0])).status_code == 404
    assert new_email not in (await human.get("/account")).text


async def test_a_new_address_that_became_somebody_elses_meanwhile_stays_theirs(town: Town, new_email: str, mailbox: Mailbox) -> None:
    human = await town.human()
    await town.let_in(human)
    await human.submit("/account/email", {"email": new_email, "password": PASSWORD})
    await town.human(email=new_email)
    (mail,) = await mailbox.to(new_email)
    refused = await human.submit("/confirm", {"secret": mail.links[0].partition("secret=")[2]})
    assert refused.status_code == 409
    assert "belongs to another account" in refused.text
