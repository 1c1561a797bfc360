"""Bank accounts and tax numbers of contacts: sealed, masked, and found by whoever knows them whole."""

import re
from datetime import timedelta
from typing import Any

import pytest

from core.sealing import Sealing, seal_readable
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from infra.testing_jobs import Jobs
from plugins.contacts.domain.details import Details, Identifier
from plugins.contacts.domain.rows import PartyRow
from plugins.contacts.imports import PARTIES
from plugins.contacts.services import merging, parties
from tenants.rekeying import seal_anew
from tests.sealed.conftest import IBAN, OTHER, Thief
from weft import Numbered, Outcome, Tenant
from weft.contracts import Parties
from weft.errors import WeftError
from weft.testing import Client, Visitors

PATH = "/api/v1/contacts/parties"
KETTLE = {
    "kind": "organisation",
    "name": "Kettle Works",
    "identifiers": [{"scheme": "iban", "value": IBAN}, {"scheme": "vat", "value": "GB980780684"}],
}
MASKED = [{"scheme": "iban", "value": "•••• 2051"}, {"scheme": "vat", "value": "GB980780684"}]


async def party(tenant: Tenant, name: str, iban: str) -> Any:
    """Return a new contact with a bank account."""
    return await parties.create_party(tenant, Details(kind="organisation", name=name, identifiers=(Identifier("iban", iban),)), anyway=True)


async def imported(tenant: Tenant, **row: Any) -> Outcome:
    """Bring one row in."""
    async with tenant.transaction():
        return await PARTIES.write(tenant, [Numbered(2, PartyRow(**row))], {})


async def test_a_bank_account_is_masked_everywhere_and_found_by_who_knows_it_whole(
    tenant: LiveTenant, visitors: Visitors, thief: Thief, client: Client
) -> None:
    program = await visitors.program(tenant)
    made = (await program.request("POST", PATH, json=KETTLE)).json()
    assert made["identifiers"] == MASKED, "a VAT number is public"
    assert IBAN not in await thief.dump(tenant)
    page = f"/contacts/{made['id']}"
    for path in (page, f"{page}/edit", "/contacts", "/lists/contacts.parties/export.csv"):
        assert IBAN not in (await client.get(path)).text, path
    assert (await program.get(f"{PATH}?identifier=iban:{IBAN}")).json()["items"][0]["id"] == made["id"]
    assert (await client.get("/search", params={"q": "DE02 1203 0000 0000 2020 51"})).headers.get("location") == page
    async with tenant.transaction():
        found = await tenant.service(Parties).by_identifier("iban", IBAN)
    assert (found and (str(found.id), found.identifiers)) == (made["id"], {"vat": "GB980780684"})

    kept = await program.request("PUT", f"{PATH}/{made['id']}", json={**KETTLE, "name": "Kettle", "identifiers": MASKED, "version": 1})
    assert kept.json()["identifiers"] == MASKED
    guessed = [{"scheme": "iban", "value": "•••• 0000"}]
    refused = await program.request("PUT", f"{PATH}/{made['id']}", json={**KETTLE, "identifiers": guessed, "version": 2})
    assert (refused.status_code, "Type the whole number" in refused.text) == (422, True)
    taken = await program.request("POST", PATH, json={**KETTLE, "name": "Another", "anyway": False})
    assert taken.status_code == 409
    whole = await program.request("POST", f"{PATH}/{made['id']}/numbers")
    assert whole.json()["identifiers"][0]["value"] == IBAN
    assert "DE02 1203 0000 0000 2020 51" in (await client.submit(f"{page}/numbers")).text
    assert IBAN not in await thief.dump(tenant)


async def test_files_hold_numbers_whole_for_who_may_see_them_which_is_recorded_and_leave_them_out_for_others(
    tenant: LiveTenant, visitors: Visitors, thief: Thief
) -> None:
    made = await party(tenant, "Kettle", IBAN)
    who_may, who_may_not = await visitors.sign_in(tenant), await visitors.sign_in(tenant, "contacts.party.read", "contacts.party.export")
    assert IBAN in (await who_may.get(f"/contacts/{made.id}/vcard")).text
    for_all = (await who_may_not.get(f"/contacts/{made.id}/vcard")).text
    assert "2051" not in re.sub("urn:uuid:.*", "", for_all)  # a UUID may hold these digits
    assert (await who_may_not.submit(f"/contacts/{made.id}/numbers")).status_code == 403
    shown = "SELECT count(*) FROM platform.audit_entry WHERE tenant = $1 AND action = 'revealed'"
    assert await thief.sql.fetchval(shown, tenant.schema) == 1


async def test_imports_find_update_and_take_back_by_a_bank_account_and_merges_are_undone(tenant: LiveTenant, thief: Thief) -> None:
    first = await party(tenant, "Kettle", IBAN)
    done = await imported(tenant, name="Kettle", iban="DE02 1203 0000 0000 2020 51", city="Leeds")
    assert [(each.id, each.action) for each in done.written] == [(first.id, "updated")]
    await imported(tenant, name="Kettle", reference="K-1", iban=OTHER)
    wrong = await imported(tenant, name="Pot", iban="DE03120300000000202051")
    [problem] = wrong.problems
    assert (problem.field, problem.value, "202051" in problem.sentence) == ("iban", "•••• 2051", False)
    second = await party(tenant, "Kettle Two", "DE89370400440532013000")
    current = await parties.read_party(tenant, first.id)
    both = await merging.merge(tenant, (current.id, current.version), (second.id, second.version), {})
    dump = await thief.dump(tenant)
    assert not any(number in dump for number in (IBAN, OTHER, "DE89370400440532013000"))
    [merge] = (await parties.read_page(tenant, both.id)).merges
    assert await merging.undo_merge(tenant, merge.id)
    assert (await parties.read_party(tenant, first.id)).details == current.details
    assert (await parties.read_party(tenant, second.id)).details == second.details
    async with tenant.transaction():
        left = await PARTIES.undo(tenant, list(done.written))
    assert [each.sentence for each in left] == ["“Kettle” was changed after the import, so it stays as it is."]


async def test_what_the_version_before_wrote_is_found_and_sealed_once_and_no_longer_searched_for_by_a_part(
    tenant: LiveTenant, thief: Thief, jobs: Jobs, installation: Installation
) -> None:
    made = await party(tenant, "Kettle", OTHER)
    twin = await party(tenant, "Pot", "DE89370400440532013000")
    readable = "UPDATE {}.contacts_identifier SET value = $2, sealed = NULL WHERE party = $1 AND scheme = 'iban'"
    for each, number in ((made, IBAN), (twin, OTHER)):
        await thief.sql.execute(readable.format(tenant.schema), each.id, number)
        await thief.sql.execute(
            f"UPDATE {tenant.schema}.contacts_party SET search_text = search_text || $2 WHERE id = $1", each.id, f" {number.lower()}"
        )
    async with tenant.transaction():
        assert (found := await tenant.service(Parties).by_identifier("iban", IBAN))
        assert found.id == made.id
    assert (await parties.read_party(tenant, made.id)).details.identifiers == (Identifier("iban", IBAN),)
    await jobs.run_all(of=tenant)
    installation.clock.forward(timedelta(days=1))
    await jobs.run_all(of=tenant)
    dump = await thief.dump(tenant)
    assert not any(text in dump for number in (IBAN, OTHER) for text in (number, number.lower()))
    assert (await parties.read_party(tenant, made.id)).details.identifiers == (Identifier("iban", IBAN),)
    assert (await parties.read_party(tenant, twin.id)).details.identifiers == (Identifier("iban", OTHER),)
    assert await seal_readable(tenant, Sealing("contacts")) == 0
    third = await party(tenant, "Pan", "DE89370400440532013000")
    await thief.sql.execute(readable.format(tenant.schema), third.id, IBAN)  # which is sealed at another contact by now
    assert await seal_readable(tenant, Sealing("contacts")) == 1
    assert (await parties.read_party(tenant, third.id)).details.identifiers == (Identifier("iban", IBAN, shared=True),)


async def test_with_a_new_data_key_contacts_are_found_before_meanwhile_and_after(tenant: LiveTenant, installation: Installation) -> None:
    runtime = installation.runtime
    made = await party(tenant, "Kettle", IBAN)
    await runtime.vault.add(tenant.schema, 2)
    await runtime.changes.catch_up(runtime.platform, patience=60)
    assert [each.id for each in await parties.page(tenant, parties.Asked(identifier=f"iban:{IBAN}"), None, 5)] == [made.id]
    with pytest.raises(WeftError, match="Kettle"):
        await parties.create_party(tenant, Details(kind="organisation", name="Pot", identifiers=(Identifier("iban", IBAN),)))
    assert await seal_anew(runtime, tenant) == 1
    assert [each.id for each in await parties.page(tenant, parties.Asked(identifier=f"iban:{IBAN}"), None, 5)] == [made.id]
    assert (await parties.read_party(tenant, made.id)).details.identifiers == (Identifier("iban", IBAN),)
