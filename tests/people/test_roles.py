"""Roles: what each allows, who may change that, and what modules suggest."""

import asyncio
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.rules import Role, check_owner_stays, check_permissions, covers, new_offer, together
from core.tenancy.tenant import LiveTenant
from infra.testing_jobs import Mailbox
from tests.people.conftest import Human, Town
from weft.errors import Refused
from weft.ids import new_id

READ, WRITE, PEOPLE, AUDIT = "notes.note.read", "notes.note.write", "core.people", "core.audit"
NAMES = st.frozensets(st.sampled_from([READ, WRITE, PEOPLE, AUDIT, "a.b.c"]))


async def _role(town: Town, role: UUID) -> dict[str, object]:
    row = await town.installation.runtime.platform.fetchrow("SELECT * FROM platform.role WHERE id = $1", role)
    assert row is not None
    return dict(row)


async def _save(town: Town, admin: Human, tenant: LiveTenant, role: UUID, title: str, *may: str, version: int = 1) -> httpx.Response:
    form = {"title": title, "may": list(may), "version": str(version)}
    return await admin.submit(town.url(tenant, f"/people/roles/{role}"), form)


async def test_the_matrix_shows_permissions_by_module_and_the_platforms_own(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ, title="Reader")
    page = await owner.get(town.url(tenant, "/people/roles"))
    for words in ("Reader", "Owner", "Notes", "Administration", "Read notes", "Invite people and set their roles"):
        assert words in page.text
    assert f'name="may.{role}" value="{READ}" checked' in page.text
    assert f'name="may.{role}" value="{WRITE}" aria-label' in page.text


async def test_permissions_of_a_module_that_is_off_are_not_shown(town: Town) -> None:
    tenant = await town.installation.new_tenant("echo")
    owner = await town.member(tenant)
    assert "Read notes" not in (await owner.get(town.url(tenant, "/people/roles"))).text


async def test_several_roles_are_saved_from_the_matrix_at_once(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    first, second = await town.role(tenant, READ, title="First"), await town.role(tenant, READ, WRITE, title="Second")
    await _matrix_without_templates(town, tenant)
    form = {f"version.{first}": "1", f"version.{second}": "1", f"may.{first}": [READ, WRITE], f"may.{second}": []}
    page = await owner.submit(town.url(tenant, "/people/roles"), form)
    assert "2 roles saved" in page.text
    assert set((await _role(town, first))["permissions"]) == {READ, WRITE}  # type: ignore[call-overload]
    assert (await _role(town, second))["permissions"] == []
    nothing = await owner.submit(
        town.url(tenant, "/people/roles"), {f"version.{first}": "2", f"version.{second}": "2", f"may.{first}": [READ, WRITE]}
    )
    assert "Nothing was changed" in nothing.text


async def _matrix_without_templates(town: Town, tenant: LiveTenant) -> None:
    await town.installation.runtime.platform.execute(
        "DELETE FROM platform.role WHERE tenant_id = $1 AND template <> '' AND template <> 'owner'", tenant.id
    )


async def test_two_who_change_one_role_are_both_shown_and_nothing_is_overwritten(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ, title="Reader")
    assert (await _save(town, owner, tenant, role, "Reader", READ, AUDIT)).status_code == 200
    for page in (
        await _save(town, owner, tenant, role, "Reader", READ, WRITE),
        await owner.submit(town.url(tenant, "/people/roles"), {f"version.{role}": "1", f"may.{role}": [READ, WRITE]}),
    ):
        assert page.status_code == 409
        alert = page.text.partition("meanwhile")[2].partition("</dl>")[0]
        assert "Read the audit log" in alert, "theirs"
        assert "Write notes" in alert, "yours"
        assert set((await _role(town, role))["permissions"]) == {READ, AUDIT}  # type: ignore[call-overload]
        assert 'value="2"' in page.text, "pressing save again is meant"
    assert (await _save(town, owner, tenant, role, "Reader", READ, WRITE, version=2)).status_code == 200


async def test_a_role_is_made_copied_renamed_and_told_of(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    made = await owner.submit(town.url(tenant, "/people/roles/new"), {"title": "Till", "may": [READ]})
    assert "The role “Till” is there now" in made.text
    role = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.role WHERE tenant_id = $1 AND title = 'Till'", tenant.id
    )
    copy = await owner.get(town.url(tenant, f"/people/roles/new?copy={role}"))
    assert 'value="Till (copy)"' in copy.text
    assert f'value="{READ}" checked' in copy.text
    renamed = await _save(town, owner, tenant, role, "Cash desk", READ)
    assert "Cash desk" in renamed.text
    assert [what for _, what, kind, _ in await town.entries(tenant) if kind == "core.role"] == ["created", "changed"]


@pytest.mark.parametrize(
    ("title", "may", "sentence"),
    [
        ("", [READ], "a name of at most 60"),
        ("x" * 61, [READ], "a name of at most 60"),
        ("Taken", [READ], "There is a role “Taken” already"),
    ],
)
async def test_a_role_that_cannot_be_comes_back_as_it_was_typed(
    town: Town, tenant: LiveTenant, title: str, may: list[str], sentence: str
) -> None:
    owner = await town.member(tenant)
    await town.role(tenant, title="Taken")
    page = await owner.submit(town.url(tenant, "/people/roles/new"), {"title": title, "may": may})
    assert page.status_code == 422
    assert sentence in page.text
    assert f'value="{READ}" checked' in page.text


async def test_a_permission_that_nobody_declares_is_refused(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    page = await owner.submit(town.url(tenant, "/people/roles/new"), {"title": "Odd", "may": ["core.everything"]})
    assert page.status_code == 422


async def test_nobody_gives_a_role_what_they_do_not_hold_nor_takes_it(town: Town, tenant: LiveTenant) -> None:
    admin = await town.member(tenant, PEOPLE, READ)
    refused = await admin.submit(town.url(tenant, "/people/roles/new"), {"title": "Sly", "may": [READ, WRITE]})
    assert refused.status_code == 403
    mixed = await town.role(tenant, READ, WRITE, title="Mixed")
    page = await admin.get(town.url(tenant, f"/people/roles/{mixed}"))
    assert f'value="{WRITE}" checked disabled' in page.text
    assert (await _save(town, admin, tenant, mixed, "Mixed", AUDIT)).status_code == 403
    assert (await _save(town, admin, tenant, mixed, "Mixed")).status_code == 200, "what they hold they may take"
    assert (await _role(town, mixed))["permissions"] == [WRITE], "and what they could not touch stays"


async def test_nobody_raises_their_own_role(town: Town, tenant: LiveTenant) -> None:
    admin = await town.member(tenant, PEOPLE)
    own = await town.installation.runtime.platform.fetchval(
        "SELECT role_id FROM platform.membership_role mr JOIN platform.membership m ON m.id = mr.membership_id WHERE m.person_id = $1",
        admin.person_id,
    )
    assert (await _save(town, admin, tenant, own, "Mine", PEOPLE, AUDIT)).status_code == 403


async def test_the_owners_role_stays_as_it_is(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = 'owner'", tenant.id
    )
    assert (await _save(town, owner, tenant, role, "Emperor", READ)).status_code == 409
    assert (await owner.submit(town.url(tenant, f"/people/roles/{role}/delete"))).status_code == 409


async def test_a_role_in_use_is_deleted_only_with_another_in_its_place(
    town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox
) -> None:
    owner, member = await town.member(tenant), await town.member(tenant, READ, signed_in=False)
    role = await town.installation.runtime.platform.fetchval(
        "SELECT role_id FROM platform.membership_role mr JOIN platform.membership m ON m.id = mr.membership_id WHERE m.person_id = $1",
        member.person_id,
    )
    instead = await town.role(tenant, READ, title="Instead")
    await owner.submit(town.url(tenant, "/people/invite"), {"emails": new_email, "roles": str(role)})
    refused = await owner.submit(town.url(tenant, f"/people/roles/{role}/delete"))
    assert refused.status_code == 409
    assert "choose which role its people get instead" in refused.text
    same = await owner.submit(town.url(tenant, f"/people/roles/{role}/delete"), {"instead": str(role)})
    assert same.status_code == 422
    done = await owner.submit(town.url(tenant, f"/people/roles/{role}/delete"), {"instead": str(instead)})
    assert "is gone" in done.text
    held = "SELECT role_id FROM platform.membership_role mr JOIN platform.membership m ON m.id = mr.membership_id WHERE m.person_id = $1"
    assert await town.installation.runtime.platform.fetchval(held, member.person_id) == instead
    assert await town.installation.runtime.platform.fetchval("SELECT roles FROM platform.invitation WHERE email = $1", new_email) == [
        instead
    ]


async def test_a_role_nobody_has_is_deleted_at_once_and_one_of_a_module_never(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ)
    assert (await owner.submit(town.url(tenant, f"/people/roles/{role}/delete"))).status_code == 200
    writer = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = 'notes.writer'", tenant.id
    )
    refused = await owner.submit(town.url(tenant, f"/people/roles/{writer}/delete"))
    assert refused.status_code == 409
    assert "comes with a module" in refused.text


async def test_a_role_of_another_business_is_not_there(town: Town, tenant: LiveTenant, other_tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    foreign = await town.role(other_tenant, READ)
    assert (await owner.get(town.url(tenant, f"/people/roles/{foreign}"))).status_code == 404
    assert (await _save(town, owner, tenant, foreign, "Mine now", READ)).status_code == 404
    assert (await owner.submit(town.url(tenant, f"/people/roles/{foreign}/delete"))).status_code == 404
    assert (await owner.get(town.url(tenant, f"/people/roles/new?copy={foreign}"))).status_code == 404


# --- what modules suggest ---


async def _writer(town: Town, tenant: LiveTenant, *, offered: list[str], permissions: list[str]) -> UUID:
    """Let the role of the sample module be as if an older version, which offered something else, had made it."""
    found: UUID = await town.installation.runtime.platform.fetchval(
        "UPDATE platform.role SET offered = $2, permissions = $3 WHERE tenant_id = $1 AND template = 'notes.writer' RETURNING id",
        tenant.id,
        offered,
        permissions,
    )
    return found


async def test_a_new_version_of_a_module_suggests_and_does_not_change(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await _writer(town, tenant, offered=[READ, "notes.note.burn"], permissions=[READ, "notes.note.burn", AUDIT])
    page = await owner.get(town.url(tenant, "/people/roles"))
    assert "Notes suggests a change to the role “Writer”" in page.text
    assert "adds write notes" in page.text
    await owner.submit(town.url(tenant, f"/people/roles/{role}/offer"), {"answer": "accept"})
    assert set((await _role(town, role))["permissions"]) == {READ, WRITE, AUDIT}, "one’s own additions stay"  # type: ignore[call-overload]
    assert "suggests a change" not in (await owner.get(town.url(tenant, "/people/roles"))).text


async def test_a_suggestion_can_be_declined(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await _writer(town, tenant, offered=[READ], permissions=[READ])
    page = await owner.submit(town.url(tenant, f"/people/roles/{role}/offer"), {"answer": "keep"})
    assert "stays as it is" in page.text
    assert (await _role(town, role))["permissions"] == [READ]
    assert "suggests a change" not in page.text


async def test_a_module_that_has_not_changed_suggests_nothing_whatever_was_done_by_hand(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await _writer(town, tenant, offered=[READ, WRITE], permissions=[AUDIT])
    assert "suggests a change" not in (await owner.get(town.url(tenant, "/people/roles"))).text
    custom = await town.role(tenant, READ)
    assert (await owner.submit(town.url(tenant, f"/people/roles/{custom}/offer"), {"answer": "accept"})).status_code == 404
    assert (await _role(town, role))["permissions"] == [AUDIT]


async def test_a_suggestion_is_not_a_way_to_more_than_one_holds(town: Town, tenant: LiveTenant) -> None:
    admin = await town.member(tenant, PEOPLE, READ)
    role = await _writer(town, tenant, offered=[READ], permissions=[READ])
    assert (await admin.submit(town.url(tenant, f"/people/roles/{role}/offer"), {"answer": "accept"})).status_code == 403


# --- rules ---


def _of(permissions: frozenset[str], *, offered: frozenset[str] | None = None, template: str = "") -> Role:
    return Role(new_id(), "Role", template, permissions, offered, 1)


@given(NAMES, NAMES)
def test_what_somebody_may_pass_on_never_exceeds_what_they_hold(held: frozenset[str], wanted: frozenset[str]) -> None:
    assert covers(held, wanted) == (wanted <= held)
    assert covers(None, wanted)
    assert not covers(held, None)


@given(NAMES, NAMES, NAMES)
def test_whatever_is_changed_of_a_role_was_held_by_who_changed_it(
    held: frozenset[str], before: frozenset[str], after: frozenset[str]
) -> None:
    try:
        check_permissions(held, before, after)
    except Refused:
        assert (before ^ after) - held
    else:
        assert before ^ after <= held


@given(st.lists(NAMES, max_size=4), st.booleans())
def test_roles_together_allow_what_each_allows_and_an_owners_everything(roles: list[frozenset[str]], owner: bool) -> None:
    given_roles = [_of(each) for each in roles] + ([_of(frozenset(), template="owner")] if owner else [])
    assert together(given_roles) == (None if owner else frozenset().union(*roles))


@given(NAMES, NAMES, NAMES)
def test_an_offer_is_made_only_for_what_changed_in_the_template(
    permissions: frozenset[str], offered: frozenset[str], template: frozenset[str]
) -> None:
    offer = new_offer(_of(permissions, offered=offered), template)
    if template == offered:
        assert offer is None
    if offer:
        assert offer.added <= template - offered
        assert offer.dropped <= offered - template
        assert not offer.added & permissions
        assert offer.dropped <= permissions


@given(st.booleans(), st.booleans(), st.integers(0, 3))
def test_a_business_never_loses_its_last_owner(was: bool, stays: bool, others: int) -> None:
    owners_before = others + was
    try:
        check_owner_stays(was, stays, others)
    except Exception:
        assert owners_before == 1
        assert was
    else:
        assert others + stays >= 1 or owners_before == 0


async def test_many_who_save_one_role_at_once_save_it_once(town: Town, tenant: LiveTenant) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ, title="Busy")
    await owner.get(town.url(tenant, "/people/roles"))
    answers = await asyncio.gather(*(_save(town, owner, tenant, role, f"Busy {number}", READ) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
