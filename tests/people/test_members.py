"""The people of a business: listed, given roles, kept out, removed; and the owner it always has."""

import asyncio
from uuid import UUID

import httpx
import pytest

from core.tenancy.tenant import LiveTenant
from tests.people.conftest import Human, Town

READ, WRITE, PEOPLE, TOKENS = "notes.note.read", "notes.note.write", "core.people", "core.tokens"


async def _owner_role(town: Town, tenant: LiveTenant) -> str:
    return str(
        await town.installation.runtime.platform.fetchval(
            "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = 'owner'", tenant.id
        )
    )


async def _membership(town: Town, tenant: LiveTenant, human: Human) -> UUID:
    found: UUID = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.membership WHERE tenant_id = $1 AND person_id = $2", tenant.id, human.person_id
    )
    return found


async def _set_roles(
    town: Town, admin: Human, tenant: LiveTenant, member: Human, *roles: object, version: int | None = None
) -> httpx.Response:
    membership = await _membership(town, tenant, member)
    if version is None:
        version = await town.installation.runtime.platform.fetchval("SELECT version FROM platform.membership WHERE id = $1", membership)
    data = {"roles": [str(role) for role in roles], "version": str(version)}
    return await admin.submit(town.url(tenant, f"/people/{membership}/roles"), data)


async def test_people_are_listed_with_roles_and_state_and_found_by_name_role_and_state(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant, name="Ada Lovelace")
    grace = await town.member(tenant, READ, name="Grace Hopper", signed_in=False)
    reader = await town.role(tenant, READ, title="Reader")
    await _set_roles(town, owner, tenant, grace, reader)
    page = await owner.get(town.url(tenant, "/people"))
    assert f"{owner.email} (you)" in page.text
    assert "Grace Hopper" in page.text
    assert "Reader" in page.text
    for query, found in (("q=hop", {"Grace"}), (f"role={reader}", {"Grace"}), ("state=disabled", set()), ("q=%25", set())):
        page = await owner.get(town.url(tenant, f"/people?{query}"))
        rows = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert {name for name in ("Ada", "Grace") if name in rows} == found


async def test_a_long_list_is_paged_forwards_and_back(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant, name="Zoe Last")
    async with town.installation.runtime.platform.transaction() as db:
        await db.execute(
            "INSERT INTO platform.person (id, email, name, password_hash) "
            "SELECT gen_random_uuid(), 'p' || n || '-' || $1 || '@people.test', 'Person ' || lpad(n::text, 3, '0'), 'none' "
            "FROM generate_series(1, 119) n",
            str(tenant.id),
        )
        await db.execute(
            "INSERT INTO platform.membership (id, tenant_id, person_id) SELECT gen_random_uuid(), $1, id FROM platform.person "
            "WHERE email LIKE $2",
            tenant.id,
            f"p%-{tenant.id}@people.test",
        )
    first = await owner.get(town.url(tenant, "/people"))
    second = await owner.get(_rel(first, "next"))
    third = await owner.get(_rel(second, "next"))
    names = [_names(page) for page in (first, second, third)]
    assert [len(each) for each in names] == [50, 50, 20]
    assert names[0][0] == "Person 001"
    assert names[2][-1] == "Zoe Last"
    assert len({name for each in names for name in each}) == 120
    assert _names(await owner.get(_rel(third, "prev"))) == names[1]
    assert "120 people" in first.text
    assert (await owner.get(town.url(tenant, "/people?after=nonsense"))).status_code == 422


def _rel(page: httpx.Response, rel: str) -> str:
    link = page.text.partition(f'rel="{rel}" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link
    return str(page.url.join(link))


def _names(page: httpx.Response) -> list[str]:
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [row.partition("</small>")[0].rpartition("<small>")[0].rpartition("<span>")[2] for row in body.split("<tr")[1:]]


async def test_roles_are_set_and_told_with_what_was_there_before(town: Town, tenant: LiveTenant) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, name="Grace Hopper")
    assert (await member.get(town.url(tenant, "/people"))).status_code == 403
    role = await town.role(tenant, PEOPLE, READ, title="Office")
    page = await _set_roles(town, owner, tenant, member, role)
    assert "Grace Hopper’s roles are saved" in page.text
    assert "set roles" in page.text, "the history is on the page"
    assert (await member.get(town.url(tenant, "/people"))).status_code == 200, "it holds at once"
    entry = await town.installation.runtime.platform.fetchrow(
        "SELECT before::text, after::text FROM platform.audit_entry WHERE tenant = $1 AND action = 'set roles'", tenant.schema
    )
    assert entry is not None
    assert "Office" in entry["after"]
    assert "Role " in entry["before"]


async def test_two_who_set_roles_at_once_do_not_overwrite_each_other(town: Town, tenant: LiveTenant) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, name="Grace Hopper", signed_in=False)
    theirs, yours = await town.role(tenant, READ, title="Theirs"), await town.role(tenant, WRITE, title="Yours")
    seen = await town.installation.runtime.platform.fetchval(
        "SELECT version FROM platform.membership WHERE id = $1", await _membership(town, tenant, member)
    )
    await _set_roles(town, owner, tenant, member, theirs, version=seen)
    page = await _set_roles(town, owner, tenant, member, yours, version=seen)
    assert page.status_code == 409
    alert = page.text.partition("changed these roles meanwhile")[2].partition("</form>")[0]
    assert "Theirs" in alert
    assert "Yours" in alert
    version = page.text.partition('name="version" value="')[2].partition('"')[0]
    assert (await _set_roles(town, owner, tenant, member, yours, version=int(version))).status_code == 200, "knowingly, it may"


async def test_nobody_gives_takes_or_touches_more_than_they_hold(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant, name="The Owner")
    admin, member = await town.member(tenant, PEOPLE, READ), await town.member(tenant, READ, signed_in=False)
    greater = await town.role(tenant, WRITE, title="Greater")
    assert (await _set_roles(town, admin, tenant, member, greater)).status_code == 403
    assert (await _set_roles(town, admin, tenant, member, await _owner_role(town, tenant))).status_code == 403
    assert (await _set_roles(town, admin, tenant, admin, greater)).status_code == 403, "nor to themselves"
    await _set_roles(town, owner, tenant, member, greater)
    refused = await _set_roles(town, admin, tenant, member, await town.role(tenant, READ))
    assert refused.status_code == 403
    assert "may do more than you" in refused.text
    for action in ("disable", "remove", "sign-out"):
        for target in (owner, member):
            path = f"/people/{await _membership(town, tenant, target)}/{action}"
            assert (await admin.submit(town.url(tenant, path))).status_code == 403
    page = await admin.get(town.url(tenant, f"/people/{await _membership(town, tenant, owner)}"))
    assert "cannot change it" in page.text


async def test_the_last_owner_can_neither_be_demoted_nor_disabled_nor_leave(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    reader = await town.role(tenant, READ)
    demoted = await _set_roles(town, owner, tenant, owner, reader)
    assert demoted.status_code == 409
    assert "last owner" in demoted.text
    left = await owner.submit(f"/businesses/{tenant.slug}/leave")
    assert left.status_code == 409
    second = await town.member(tenant)
    await second.submit(town.url(tenant, f"/people/{await _membership(town, tenant, owner)}/disable"))
    assert (await owner.get(town.url(tenant))).status_code == 404, "a disabled owner is out"
    assert (await _set_roles(town, second, tenant, second, reader)).status_code == 409, "and does not count"


async def test_two_owners_who_demote_each_other_at_the_same_moment_leave_one(town: Town, tenant: LiveTenant) -> None:
    first, second = await town.member(tenant), await town.member(tenant)
    reader = await town.role(tenant, READ)
    answers = await asyncio.gather(
        _set_roles(town, first, tenant, second, reader, version=1), _set_roles(town, second, tenant, first, reader, version=1)
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])
    owners = await town.installation.runtime.platform.fetchval(
        "SELECT count(*) FROM platform.membership_role mr JOIN platform.role r ON r.id = mr.role_id WHERE r.tenant_id = $1 "
        "AND r.template = 'owner'",
        tenant.id,
    )
    assert owners == 1


async def test_who_is_disabled_is_out_at_once_and_back_when_enabled(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, name="Grace Hopper")
    await town.join(member, other_tenant, READ)
    await member.get(town.url(other_tenant))
    path = f"/people/{await _membership(town, tenant, member)}"
    page = await owner.submit(town.url(tenant, f"{path}/disable"))
    assert "Disabled" in page.text
    assert (await member.get(town.url(tenant))).status_code == 404
    assert (await member.get(town.url(other_tenant))).status_code == 200, "other businesses are none of ours"
    await owner.submit(town.url(tenant, f"{path}/enable"))
    assert (await member.get(town.url(tenant))).status_code == 200
    assert [what for _, what, kind, _ in await town.entries(tenant) if kind == "core.member"] == ["disabled", "enabled"]


async def test_who_is_removed_no_longer_belongs_and_the_audit_log_remembers(town: Town, tenant: LiveTenant) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, name="Grace Hopper")
    page = await owner.submit(town.url(tenant, f"/people/{await _membership(town, tenant, member)}/remove"))
    assert "no longer belongs" in page.text
    assert (await member.get(town.url(tenant))).status_code == 404
    assert tenant.name not in (await member.get("/")).text
    assert ("Ada Lovelace", "removed", "core.member", "Grace Hopper") in await town.entries(tenant)


async def test_nobody_disables_or_removes_themselves(town: Town, tenant: LiveTenant) -> None:
    await town.member(tenant)
    owner = await town.member(tenant)
    for action in ("disable", "remove"):
        answer = await owner.submit(town.url(tenant, f"/people/{await _membership(town, tenant, owner)}/{action}"))
        assert answer.status_code == 409
        assert "This is you" in answer.text


async def test_one_may_leave_a_business(town: Town, tenant: LiveTenant) -> None:
    member = await town.member(tenant, READ, name="Grace Hopper")
    page = await member.submit(f"/businesses/{tenant.slug}/leave")
    assert "no longer belong" in page.text
    assert (await member.get(town.url(tenant))).status_code == 404
    assert ("Grace Hopper", "left", "core.member", "Grace Hopper") in await town.entries(tenant)


async def test_signing_a_member_out_ends_their_sessions_here_and_nowhere_else(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant
) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ)
    await town.join(member, other_tenant, READ)
    await member.get(town.url(other_tenant))
    page = await owner.submit(town.url(tenant, f"/people/{await _membership(town, tenant, member)}/sign-out"))
    assert "Signed out of 1 device" in page.text
    sessions = await town.installation.runtime.platform.fetch(
        "SELECT tenant_id FROM platform.session WHERE person_id = $1", member.person_id
    )
    assert {row["tenant_id"] for row in sessions} == {None, other_tenant.id}


async def test_who_was_signed_out_by_an_admin_comes_back_with_their_password_only(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant
) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ)
    await town.join(member, other_tenant, READ)
    await member.get(town.url(tenant))
    await owner.submit(town.url(tenant, f"/people/{await _membership(town, tenant, member)}/sign-out"))
    page = await member.get(town.url(tenant, "/notifications"))
    assert "your password opens it again" in page.text
    assert (await member.get(town.url(other_tenant))).url.host == f"{other_tenant.slug}.weft.test"
    assert (await member.sign_in(to=f"/open/{tenant.slug}?next=/notifications")).url.path == "/notifications"


async def test_a_member_of_another_business_cannot_be_touched(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    owner, other = await town.member(tenant), await town.member(other_tenant)
    membership = await _membership(town, other_tenant, other)
    assert (await owner.get(town.url(tenant, f"/people/{membership}"))).status_code == 404
    for action in ("disable", "enable", "remove", "sign-out"):
        assert (await owner.submit(town.url(tenant, f"/people/{membership}/{action}"))).status_code == 404
    answer = await owner.submit(town.url(tenant, f"/people/{membership}/roles"), {"roles": await _owner_role(town, tenant), "version": "1"})
    assert answer.status_code == 404


@pytest.mark.parametrize("data", [{"roles": "nonsense", "version": "1"}, {"version": "many"}, {}])
async def test_a_form_that_makes_no_sense_changes_nothing(town: Town, tenant: LiveTenant, data: dict[str, str]) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, signed_in=False)
    membership = await _membership(town, tenant, member)
    answer = await owner.submit(town.url(tenant, f"/people/{membership}/roles"), data)
    assert answer.status_code in (409, 422)
    assert await town.installation.runtime.platform.fetchval("SELECT version FROM platform.membership WHERE id = $1", membership) == 1
