"""Numbers of the business's own bank accounts: sealed in the database, masked on pages, found by statements."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from core.sealing import Sealing, seal_readable
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from infra.testing_jobs import Jobs
from plugins.accounting.queries import bank
from plugins.accounting.services import bank_accounts, setup
from plugins.accounting.services.bank_accounts import BankAccountDraft
from tenants.archive.files import export_to, opened_with
from tenants.archive.importing import Wanted, import_tenant
from tenants.life import delete, purge
from tenants.rekeying import new_data_key, seal_anew
from tests.archive.conftest import PASSPHRASE, source_of, target_of
from tests.sealed.conftest import IBAN, OTHER, Thief
from weft.errors import Invalid, Missing, Unavailable
from weft.testing import Client, Visitors

FORM = {"name": "Current account", "code": "1000", "number": IBAN, "active": "yes"}


async def made(tenant: LiveTenant, number: str = IBAN, name: str = "Current account", code: str = "1000") -> UUID:
    """Return a bank account in books that are set up."""
    await setup.set_up(tenant, "generic")
    return (await bank_accounts.save(tenant, BankAccountDraft(name=name, code=code, number=number))).id


async def test_a_number_is_sealed_and_masked_and_whole_only_for_who_may_see_it_which_is_recorded(
    tenant: LiveTenant, client: Client, visitors: Visitors, thief: Thief
) -> None:
    await setup.set_up(tenant, "generic")
    saved = await client.submit("/accounting/bank/new", FORM)
    page = saved.headers["location"]
    for path in (page, f"{page}/edit", "/accounting/bank"):
        shown = (await client.get(path)).text
        assert ("•••• 2051" in shown, IBAN in shown) == (True, False), path
    assert IBAN not in await thief.dump(tenant)

    whole = await client.submit(f"{page}/number")
    assert IBAN in whole.text
    [entry] = [row for row in await audit(thief, tenant) if row["action"] == "revealed"]
    assert (entry["after"], entry["actor_name"]) == ('{"Bank account number": ["•••• 2051"]}', "Test Person")
    clerk = await visitors.sign_in(tenant, "accounting.ledger.read", "accounting.setup.edit")
    assert "number" not in re.findall(rf'action="{page}/(\w+)"', (await clerk.get(page)).text)
    assert (await clerk.submit(f"{page}/number")).status_code == 403
    assert (await clerk.submit(f"{page}/edit", FORM | {"number": "•••• 2051", "name": "Main", "version": "1"})).status_code == 303
    program = await visitors.program(tenant, "accounting.ledger.read", "accounting.bank.number")
    [told] = (await program.get("/api/v1/accounting/bank/accounts")).json()
    assert (told["name"], told["number"]) == ("Main", "•••• 2051")
    asked = await program.request("POST", f"/api/v1/accounting/bank/accounts/{told['id']}/number")
    assert asked.json() == {"number": IBAN}
    changed = await clerk.submit(f"{page}/edit", FORM | {"number": "•••• 2052", "version": "2"})
    assert (changed.status_code, "Type the whole number" in changed.text) == (422, True)
    assert IBAN not in await thief.dump(tenant)


async def audit(thief: Thief, tenant: LiveTenant) -> list[dict[str, str]]:
    """Return the audit log."""
    rows = await thief.sql.fetch(
        "SELECT action, actor_name, after::text AS after FROM platform.audit_entry WHERE tenant = $1", tenant.schema
    )
    return [dict(row) for row in rows]


async def test_equal_numbers_are_found_though_they_look_different_and_nobody_else_can_open_them(
    tenant: LiveTenant, other_tenant: LiveTenant, thief: Thief
) -> None:
    first, second = await made(tenant), (await bank_accounts.save(tenant, BankAccountDraft(name="B", code="1010", number=OTHER))).id
    there = await made(other_tenant)
    with pytest.raises(Invalid, match="number already"):
        await bank_accounts.save(tenant, BankAccountDraft(name="C", code="1020", number="de02 1203 0000 0000 2020 51"))
    rows = {
        each: await thief.sql.fetchrow(f"SELECT number_sealed, number_blind FROM {of.schema}.accounting_bank_account WHERE id = $1", each)
        for of, each in ((tenant, first), (tenant, second), (other_tenant, there))
    }
    assert len({row["number_blind"] for row in rows.values() if row}) == 3, "the same number looks different in another business"
    for of, taken, into in ((tenant, first, second), (tenant, there, first)):
        row = rows[taken]
        assert row
        await thief.sql.execute(
            f"UPDATE {of.schema}.accounting_bank_account SET number_sealed = $2 WHERE id = $1", into, row["number_sealed"]
        )
        with pytest.raises(Unavailable, match="belongs to another record"):
            await bank_accounts.get(of, into)


async def test_what_the_version_before_writes_is_read_kept_found_and_sealed_in_the_night(
    tenant: LiveTenant, thief: Thief, jobs: Jobs, installation: Installation
) -> None:
    one, two = await made(tenant, ""), (await bank_accounts.save(tenant, BankAccountDraft(name="B", code="1010", number=OTHER))).id
    readable = f"UPDATE {tenant.schema}.accounting_bank_account SET number = $2 WHERE id = $1"
    await thief.sql.execute(readable, one, IBAN)
    await thief.sql.execute(readable, two, "DE89370400440532013000")  # changed by somebody at a process of the version before
    assert [(await bank_accounts.get(tenant, each)).number.clear for each in (one, two)] == [IBAN, "DE89370400440532013000"]
    with pytest.raises(Invalid, match="number already"):
        await bank_accounts.save(tenant, BankAccountDraft(name="C", code="1020", number=IBAN))
    await jobs.run_all(of=tenant)  # the clock learns what there is to do each night
    installation.clock.forward(timedelta(days=1))
    ran = await jobs.run_all(of=tenant)
    assert ("core.seal_values", "done") in {(each.name, each.state) for each in ran}
    dump = await thief.dump(tenant)
    assert not any(number in dump for number in (IBAN, OTHER, "DE89370400440532013000"))
    assert [(await bank_accounts.get(tenant, each)).number.clear for each in (one, two)] == [IBAN, "DE89370400440532013000"]
    assert await seal_readable(tenant, Sealing("accounting")) == 0
    kept = await bank_accounts.get(tenant, one)
    await bank_accounts.save(tenant, BankAccountDraft(name="Main", code="1000", number=kept.number.masked), one, kept.version)
    assert (await bank_accounts.get(tenant, one)).number.clear == IBAN


async def test_with_a_new_data_key_numbers_are_read_and_found_before_meanwhile_and_after(
    tenant: LiveTenant, thief: Thief, installation: Installation
) -> None:
    runtime = installation.runtime
    one = await made(tenant)
    await runtime.vault.add(tenant.schema, 2)
    await runtime.changes.catch_up(runtime.platform, patience=60)
    two = (await bank_accounts.save(tenant, BankAccountDraft(name="B", code="1010", number=OTHER))).id  # sealed with the new key already
    for name, number in (("C", IBAN), ("D", OTHER)):
        with pytest.raises(Invalid, match="number already"):
            await bank_accounts.save(tenant, BankAccountDraft(name=name, code="1020", number=number))
    assert await seal_anew(runtime, tenant) == 1
    sealed = await thief.sql.fetch(f"SELECT number_sealed FROM {tenant.schema}.accounting_bank_account")
    assert {row["number_sealed"][1:3] for row in sealed} == {b"\x00\x02"}
    assert await new_data_key(runtime, tenant) == 2
    assert [(await bank_accounts.get(tenant, each)).number.clear for each in (one, two)] == [IBAN, OTHER]
    with pytest.raises(Invalid, match="number already"):
        await bank_accounts.save(tenant, BankAccountDraft(name="C", code="1020", number=IBAN))


async def test_numbers_arrive_with_an_archive_and_with_the_business_all_copies_become_unreadable(
    tenant: LiveTenant, thief: Thief, installation: Installation, tmp_path: object
) -> None:
    account, runtime = await made(tenant), installation.runtime
    file = tmp_path / "shop.weft"  # type: ignore[operator]  # a Path
    keys = (await runtime.vault.keys_of(tenant.schema)).keys
    await export_to(source_of(installation), tenant.id, file, PASSPHRASE, installation.clock(), keys=keys)
    assert IBAN.encode() not in file.read_bytes()
    async with opened_with(file, PASSPHRASE) as opened:
        copy = await import_tenant(target_of(installation), opened, Wanted(f"{tenant.slug}-copy", "Copy", quiet=True))
    there = await runtime.tenant_by_id(copy.tenant_id)
    assert (await bank_accounts.get(there, account)).number.clear == IBAN
    stolen = await thief.sql.fetchval(f"SELECT number_sealed FROM {tenant.schema}.accounting_bank_account")
    await delete(runtime, there.id, "", timedelta())
    await purge(installation.provisioner, there.id)
    await delete(runtime, tenant.id, "", timedelta())
    await purge(installation.provisioner, tenant.id)
    await runtime.changes.catch_up(runtime.platform, patience=60)
    assert stolen
    with pytest.raises(Missing):
        await runtime.vault.keys_of(tenant.schema)


async def test_lists_and_saving_ask_the_database_no_more_than_before(tenant: LiveTenant) -> None:
    await made(tenant)
    async with tenant.transaction() as db:
        asked = Counting(db)
        await bank.accounts(asked)  # type: ignore[arg-type]  # what a scope does, counted
        assert asked.statements == 1


class Counting:
    """Counts what a scope is asked."""

    def __init__(self, db: object) -> None:
        self._db, self.statements = db, 0

    def __getattr__(self, name: str) -> object:
        self.statements += name.startswith(("fetch", "execute"))
        return getattr(self._db, name)
