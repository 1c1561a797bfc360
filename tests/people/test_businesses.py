"""The businesses of a person: the front page, the switcher, paused and closed ones, and closing one for good."""

import asyncpg
import pytest

from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from infra.testing_jobs import Mailbox
from tenants import life
from tests.people.conftest import Town

READ = "notes.note.read"


async def test_the_front_page_shows_a_stranger_what_there_is(town: Town) -> None:
    page = await town.stranger().get("/")
    assert page.status_code == 200
    assert 'href="/sign-up"' in page.text
    assert 'href="/sign-in"' in page.text


async def test_the_front_page_shows_a_person_their_businesses_and_no_others(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant
) -> None:
    human = await town.member(tenant)
    page = await human.get("/")
    assert tenant.name in page.text
    assert town.url(tenant, "/") in page.text
    assert other_tenant.name not in page.text


async def test_who_belongs_nowhere_is_told_what_to_do(town: Town) -> None:
    human = await town.human()
    await town.let_in(human)
    assert "You do not belong to a business yet" in (await human.get("/")).text


async def test_one_switches_between_businesses_without_signing_in_again(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    await town.join(human, other_tenant, READ)
    await town.installation.runtime.changes.catch_up(town.installation.runtime.platform)
    page = await human.get(town.url(tenant, "/person").replace("/person", "/people"))
    assert f'href="{town.url(other_tenant, "/")}"' in page.text
    there = await human.get(town.url(other_tenant, "/"))
    assert there.status_code == 200
    assert other_tenant.name in there.text


async def test_the_switcher_knows_at_once_of_a_business_that_was_joined_renamed_or_left(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant
) -> None:
    human = await town.member(tenant)
    runtime = town.installation.runtime
    where = town.url(tenant, "/people")
    assert other_tenant.name not in (await human.get(where)).text
    await town.join(human, other_tenant, READ)
    await runtime.changes.catch_up(runtime.platform)
    assert town.url(other_tenant, "/") in (await human.get(where)).text
    await runtime.platform.execute("UPDATE platform.tenant SET name = 'Brand New Name' WHERE id = $1", other_tenant.id)
    await runtime.changes.catch_up(runtime.platform)
    assert "Brand New Name" in (await human.get(where)).text
    await human.submit(f"/businesses/{other_tenant.slug}/leave")
    assert "Brand New Name" not in (await human.get(where)).text


async def test_the_switcher_asks_the_database_once(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    runtime = town.installation.runtime
    assert human.person_id is not None
    await runtime.changes.catch_up(runtime.platform)
    first = await runtime.places.of(human.person_id)
    assert runtime.places.known(human.person_id) == first
    assert await runtime.places.of(human.person_id) is first


async def test_nothing_is_kept_while_changes_cannot_be_heard(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant)
    changes = town.installation.runtime.changes
    assert human.person_id is not None
    changes.alive = False
    try:
        first = await town.installation.runtime.places.of(human.person_id)
        assert town.installation.runtime.places.known(human.person_id) is None
        assert await town.installation.runtime.places.of(human.person_id) == first
    finally:
        changes.alive = True


# --- paused ---


async def test_a_paused_business_tells_people_so_and_programs_in_their_language(town: Town, tenant: LiveTenant) -> None:
    human = await town.member(tenant, name="Grace Hopper")
    runtime = town.installation.runtime
    await life.suspend(runtime, tenant.id, "The bill of May is open.")
    await runtime.changes.catch_up(runtime.platform)
    page = await human.get(town.url(tenant, "/"))
    assert page.status_code == 402
    assert f"{tenant.name} is paused" in page.text
    assert "The bill of May is open." in page.text
    assert 'href="http://weft.test/"' in page.text
    api = await human.get(town.url(tenant, "/api/v1/anything"))
    assert api.status_code == 402
    assert api.json()["detail"].startswith("The bill of May")
    assert "Paused" in (await human.get("/")).text
    assert str((await human.get(f"/open/{tenant.slug}")).url) == "http://weft.test/"
    await life.resume(runtime, tenant.id)
    await runtime.changes.catch_up(runtime.platform)
    assert (await human.get(town.url(tenant, "/"))).status_code == 200


# --- closed ---


async def test_an_owner_closes_the_business_by_typing_its_address(town: Town, tenant: LiveTenant, mailbox: Mailbox, clock: Clock) -> None:
    clock.set(town.installation.runtime.now())
    owner, second = await town.member(tenant, name="First Owner"), await town.member(tenant, name="Second Owner")
    wrong = await owner.submit(town.url(tenant, "/settings/close"), {"typed": "something else"})
    assert wrong.status_code == 422
    assert f"Type “{tenant.slug}”" in wrong.text
    done = await owner.submit(town.url(tenant, "/settings/close"), {"typed": tenant.slug})
    assert str(done.url) == "http://weft.test/"
    assert "Closed, and erased on" in done.text
    assert "Bring it back" in done.text
    page = await second.get(town.url(tenant, "/"))
    assert page.status_code == 402
    assert f"{tenant.name} is closed" in page.text
    for human in (owner, second):
        (mail,) = await mailbox.to(human.email)
        assert mail.links[0] == f"http://weft.test/businesses/{tenant.slug}/restore"
    assert ("First Owner", "closed", "core.business", tenant.name) in await town.entries(tenant)
    row = await town.installation.runtime.platform.fetchrow("SELECT state, delete_after FROM platform.tenant WHERE id = $1", tenant.id)
    assert row is not None
    assert row["state"] == "deleting"
    assert row["delete_after"] == clock() + life.GRACE


async def test_an_owner_brings_it_back_with_everything_as_it_was(town: Town, tenant: LiveTenant, mailbox: Mailbox) -> None:
    owner = await town.member(tenant)
    await owner.submit(town.url(tenant, "/settings/close"), {"typed": tenant.name.upper()})
    page = await owner.get(f"/businesses/{tenant.slug}/restore")
    assert f"Bring {tenant.name} back?" in page.text
    back = await owner.submit(f"/businesses/{tenant.slug}/restore")
    assert str(back.url) == town.url(tenant, "/")
    assert back.status_code == 200
    assert [mail.subject for mail in await mailbox.to(owner.email)][-1] == f"{tenant.name} is open again"
    assert (await owner.submit(f"/businesses/{tenant.slug}/restore")).status_code == 409


async def test_who_is_no_owner_neither_closes_nor_brings_back(town: Town, tenant: LiveTenant) -> None:
    owner, admin = await town.member(tenant), await town.member(tenant, "core.settings", "core.people")
    assert (await admin.get(town.url(tenant, "/settings/close"))).status_code == 403
    assert (await admin.submit(town.url(tenant, "/settings/close"), {"typed": tenant.slug})).status_code == 403
    await owner.submit(town.url(tenant, "/settings/close"), {"typed": tenant.slug})
    assert "Only an owner can do this" in (await admin.get(f"/businesses/{tenant.slug}/restore")).text
    assert (await admin.submit(f"/businesses/{tenant.slug}/restore")).status_code == 403
    stranger = await town.human()
    await town.let_in(stranger)
    assert (await stranger.submit(f"/businesses/{tenant.slug}/restore")).status_code == 404


async def test_a_business_that_was_paused_when_it_was_closed_is_paused_again(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    runtime = town.installation.runtime
    await owner.submit(town.url(tenant, "/settings/close"), {"typed": tenant.slug})
    await runtime.platform.execute("UPDATE platform.tenant SET suspended_at = now() WHERE id = $1", tenant.id)
    await owner.submit(f"/businesses/{tenant.slug}/restore")
    assert await runtime.platform.fetchval("SELECT state FROM platform.tenant WHERE id = $1", tenant.id) == "suspended"


@pytest.mark.parametrize("path", ["/businesses/{slug}/restore", "/businesses/{slug}/leave"])
async def test_a_stranger_is_asked_to_sign_in(town: Town, tenant: LiveTenant, path: str) -> None:
    page = await town.stranger().submit(path.format(slug=tenant.slug))
    assert page.url.path == "/sign-in"


async def test_the_platforms_login_reaches_no_tenants_tables_even_here(town: Town, tenant: LiveTenant) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await town.installation.runtime.platform.fetch(f"SELECT * FROM {tenant.schema}.notes_note")
