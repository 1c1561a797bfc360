"""Inviting people into a business: by mail, for seven days, with roles that the inviter may give."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from core.people.invitations import read_addresses
from core.tenancy.tenant import LiveTenant
from infra.testing import Clock
from infra.testing_jobs import Mailbox
from tests.people.conftest import Human, Town
from weft.errors import Invalid

GOOD = "seven wooden garden chairs"
READ, WRITE, PEOPLE = "notes.note.read", "notes.note.write", "core.people"


async def _invite(town: Town, admin: Human, tenant: LiveTenant, emails: str, *roles: UUID) -> httpx.Response:
    return await admin.submit(town.url(tenant, "/people/invite"), {"emails": emails, "roles": [str(role) for role in roles]})


async def _link(mailbox: Mailbox, email: str) -> str:
    return (await mailbox.to(email))[-1].links[0]


def _secret(link: str) -> str:
    return link.partition("secret=")[2]


async def _roles_of(town: Town, tenant: LiveTenant, email: str) -> set[str]:
    rows = await town.installation.runtime.platform.fetch(
        "SELECT r.title FROM platform.membership m JOIN platform.person p ON p.id = m.person_id "
        "JOIN platform.membership_role mr ON mr.membership_id = m.id JOIN platform.role r ON r.id = mr.role_id "
        "WHERE m.tenant_id = $1 AND p.email = $2",
        tenant.id,
        email,
    )
    return {row["title"] for row in rows}


async def test_somebody_new_joins_with_a_name_and_a_password(town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox) -> None:
    owner = await town.member(tenant, name="Grace Hopper")
    role = await town.role(tenant, READ, title="Reader")
    page = await _invite(town, owner, tenant, new_email, role)
    assert f"{new_email} is invited" in page.text
    assert new_email in (await owner.get(town.url(tenant, "/people"))).text
    (mail,) = await mailbox.to(new_email)
    assert mail.subject == f"Grace Hopper invites you to {tenant.name}"
    assert "Reader" in mail.text
    guest = town.stranger()
    shown = await guest.get(mail.links[0])
    assert f"Join {tenant.name}" in shown.text
    assert new_email in shown.text
    weak = await guest.submit("/invitation", {"secret": _secret(mail.links[0]), "name": "", "password": "x"})
    assert weak.status_code == 422
    done = await guest.submit("/invitation", {"secret": _secret(mail.links[0]), "name": "Ben Bitdiddle", "password": GOOD})
    assert str(done.url) == town.url(tenant, "/")
    assert await _roles_of(town, tenant, new_email) == {"Reader"}
    assert (await guest.get("/account")).text.count("Confirm your address") == 0, "the link has proven it"
    told = [(who, what, kind) for who, what, kind, _ in await town.entries(tenant)]
    assert ("Grace Hopper", "invited", "core.invitation") in told
    assert ("Ben Bitdiddle", "joined", "core.member") in told


async def test_many_are_invited_at_once(town: Town, tenant: LiveTenant, mailbox: Mailbox) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ)
    page = await _invite(town, owner, tenant, "Ann <ann@people.test>; bob@people.test\nCAT@people.test, ann@people.test", role)
    assert "3 people are invited" in page.text
    for email in ("ann@people.test", "bob@people.test", "cat@people.test"):
        assert len(await mailbox.to(email)) == 1


async def test_somebody_known_signs_in_and_joins(town: Town, tenant: LiveTenant, mailbox: Mailbox) -> None:
    owner, known = await town.member(tenant), await town.human()
    role = await town.role(tenant, READ, title="Reader")
    await _invite(town, owner, tenant, known.email, role)
    link = await _link(mailbox, known.email)
    page = await known.get(link)
    assert "Sign in to join" in page.text
    assert 'name="password"' not in page.text
    sneaky = await known.submit("/invitation", {"secret": _secret(link), "name": "Mallory", "password": GOOD})
    assert sneaky.status_code == 409
    page = await known.sign_in(to=f"/invitation?secret={_secret(link)}")
    assert "Join as Ada Lovelace" in page.text
    done = await known.submit("/invitation", {"secret": _secret(link)})
    assert str(done.url) == town.url(tenant, "/")
    assert await _roles_of(town, tenant, known.email) == {"Reader"}


async def test_who_is_signed_in_as_somebody_else_is_told_so(town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox) -> None:
    owner, other = await town.member(tenant), await town.human()
    await _invite(town, owner, tenant, new_email, await town.role(tenant, READ))
    link = await _link(mailbox, new_email)
    await town.let_in(other)
    page = await other.get(link)
    assert "You are signed in as somebody else" in page.text
    assert new_email in page.text
    assert other.email in page.text
    assert (await other.submit("/invitation", {"secret": _secret(link)})).status_code == 409
    again = await other.submit("/invitation/as-somebody-else", {"secret": _secret(link)})
    assert again.url.path == "/invitation"
    assert "Your name" in again.text
    assert await _roles_of(town, tenant, other.email) == set()


async def test_an_invitation_works_once_and_for_seven_days(
    town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox, clock: Clock
) -> None:
    clock.set(town.installation.runtime.now())
    owner = await town.member(tenant)
    role = await town.role(tenant, READ)
    await _invite(town, owner, tenant, new_email, role)
    old = await _link(mailbox, new_email)
    clock.forward(timedelta(days=7))
    assert (await town.stranger().get(old)).status_code == 404
    assert "Too old" in (await owner.get(town.url(tenant, "/people"))).text
    await owner.submit(town.url(tenant, f"/people/invitations/{await _open(town, tenant)}/resend"))
    assert (await town.stranger().get(old)).status_code == 404, "the newer link replaces it"
    new = await _link(mailbox, new_email)
    await town.stranger().submit("/invitation", {"secret": _secret(new), "name": "Ben", "password": GOOD})
    twice = await town.stranger().submit("/invitation", {"secret": _secret(new), "name": "Mallory", "password": GOOD})
    assert twice.status_code == 404
    assert new_email in (await owner.get(town.url(tenant, "/people"))).text


async def _open(town: Town, tenant: LiveTenant) -> UUID:
    found: UUID = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.invitation WHERE tenant_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL", tenant.id
    )
    return found


async def test_an_invitation_that_was_taken_back_works_no_more(town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox) -> None:
    owner = await town.member(tenant)
    await _invite(town, owner, tenant, new_email, await town.role(tenant, READ))
    invitation = await _open(town, tenant)
    await owner.submit(town.url(tenant, f"/people/invitations/{invitation}/revoke"))
    assert (await town.stranger().get(await _link(mailbox, new_email))).status_code == 404
    assert (await owner.submit(town.url(tenant, f"/people/invitations/{invitation}/revoke"))).status_code == 404
    assert "took back the invitation" in [what for _, what, _, _ in await town.entries(tenant)]


async def test_nobody_gives_more_than_they_hold(town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox) -> None:
    admin = await town.member(tenant, PEOPLE, READ)
    greater = await town.role(tenant, READ, WRITE, title="Writer of all")
    owners = await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = 'owner'", tenant.id
    )
    await town.member(tenant)  # so that the owner's role is there
    owners = owners or await town.installation.runtime.platform.fetchval(
        "SELECT id FROM platform.role WHERE tenant_id = $1 AND template = 'owner'", tenant.id
    )
    for role in (greater, owners):
        refused = await _invite(town, admin, tenant, new_email, role)
        assert refused.status_code == 403
        assert "more than you may do yourself" in refused.text
    assert await mailbox.to(new_email) == []
    assert (await _invite(town, admin, tenant, new_email, await town.role(tenant, READ))).status_code == 200


async def test_a_role_of_another_business_cannot_be_given(town: Town, tenant: LiveTenant, other_tenant: LiveTenant, new_email: str) -> None:
    owner = await town.member(tenant)
    assert (await _invite(town, owner, tenant, new_email, await town.role(other_tenant, READ))).status_code == 422


async def test_an_invitation_of_another_business_cannot_be_touched(
    town: Town, tenant: LiveTenant, other_tenant: LiveTenant, new_email: str
) -> None:
    owner, other = await town.member(tenant), await town.member(other_tenant)
    await _invite(town, owner, tenant, new_email, await town.role(tenant, READ))
    for action in ("revoke", "resend"):
        answer = await other.submit(town.url(other_tenant, f"/people/invitations/{await _open(town, tenant)}/{action}"))
        assert answer.status_code == 404


async def test_what_cannot_be_an_invitation_comes_back_with_a_sentence(town: Town, tenant: LiveTenant, new_email: str) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ)
    cases = {
        "": "at least one e-mail address",
        "nobody": "“nobody” is not an e-mail address",
        "\n".join(f"p{number}@people.test" for number in range(51)): "at most 50 people at once",
        f"{owner.email}": "belongs to",
    }
    for emails, sentence in cases.items():
        page = await _invite(town, owner, tenant, emails, role)
        assert page.status_code == 422, sentence
        assert sentence in page.text
    none = await _invite(town, owner, tenant, new_email)
    assert "Choose at least one role" in none.text
    assert new_email in none.text


async def test_a_second_invitation_of_one_address_replaces_the_first(
    town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox
) -> None:
    owner = await town.member(tenant)
    role = await town.role(tenant, READ)
    await _invite(town, owner, tenant, new_email, role)
    first = await _link(mailbox, new_email)
    await _invite(town, owner, tenant, new_email, role)
    assert (await town.stranger().get(first)).status_code == 404
    assert (await town.stranger().get(await _link(mailbox, new_email))).status_code == 200


async def test_without_the_permission_nobody_is_invited(town: Town, tenant: LiveTenant, new_email: str) -> None:
    member = await town.member(tenant, READ)
    assert (await _invite(town, member, tenant, new_email, await town.role(tenant, READ))).status_code == 403
    assert (await member.get(town.url(tenant, "/people"))).status_code == 403


async def test_a_role_that_is_gone_when_the_invitation_is_accepted_is_left_out(
    town: Town, tenant: LiveTenant, new_email: str, mailbox: Mailbox
) -> None:
    owner = await town.member(tenant)
    kept, gone = await town.role(tenant, READ, title="Kept"), await town.role(tenant, READ, title="Gone")
    await _invite(town, owner, tenant, new_email, kept, gone)
    await town.installation.runtime.platform.execute("DELETE FROM platform.role WHERE id = $1", gone)
    await town.stranger().submit("/invitation", {"secret": _secret(await _link(mailbox, new_email)), "name": "Ben", "password": GOOD})
    assert await _roles_of(town, tenant, new_email) == {"Kept"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.co", ["a@b.co"]),
        (" A@B.co , ", ["a@b.co"]),
        ("Ann Other <ann@b.co>", ["ann@b.co"]),
        ("a@b.co;c@d.co\n\na@b.co", ["a@b.co", "c@d.co"]),
    ],
)
def test_addresses_are_read_as_people_paste_them(text: str, found: list[str]) -> None:
    assert read_addresses(text) == found


@pytest.mark.parametrize("text", ["", "\n,;", "a@b.co and c@d.co", "<>", "a@b.co\x00"])
def test_what_holds_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_addresses(text)
