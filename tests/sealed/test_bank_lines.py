"""Account numbers of the other side on lines of bank statements: sealed, masked, and still known whose they are."""

from decimal import Decimal

from core.sealing import Sealing, seal_readable
from core.tenancy.tenant import LiveTenant
from infra.testing import Installation
from plugins.accounting.domain.bank.splits import Split
from plugins.accounting.domain.bank.stored import StoredBankLine
from plugins.accounting.queries import bank, bank_lines
from plugins.accounting.services import bank_matching, bank_rules, bank_statements, reconciling, years
from plugins.accounting.services.bank_statements import FileToRead
from tenants.rekeying import new_data_key
from tests.sealed.conftest import IBAN, OTHER, Thief
from tests.sealed.test_bank_accounts import made
from weft.testing import Client

THEIRS = "DE89370400440532013000"
HOME = "/accounting/bank"


def statement(tenant: LiveTenant, number: int, opening: int, *amounts: int, name: str = "Telekom") -> bytes:
    """Return an MT940 in which somebody with the account THEIRS pays or is paid."""

    def balance(amount: int) -> str:
        return f"{'D' if amount < 0 else 'C'}260320{tenant.currency}{abs(amount)},00"

    lines = [f":20:S{number}", f":25:{IBAN}", f":28C:{number}/1", f":60F:{balance(opening)}"]
    for amount in amounts:
        lines += [
            f":61:2603200320{'D' if amount < 0 else 'C'}{abs(amount)},00NTRFNONREF",
            f":86:166?00X?20Line {amount}?31{THEIRS}?32{name}",
        ]
    return "\n".join([*lines, f":62F:{balance(opening + sum(amounts))}", "-", ""]).encode()


async def brought(tenant: LiveTenant, content: bytes) -> list[StoredBankLine]:
    """Bring a statement, and return its open lines."""
    file = await bank_statements.upload(tenant, "march.sta", content)
    await bank_statements.read_file(tenant, FileToRead(file.id))
    async with tenant.transaction() as db:
        read = await bank.file(db, file.id)
        assert read
        assert read.state == "read", read.outcome
        [account] = await bank.accounts(db)
        return await bank_lines.open_lines(db, account.id, 100)


async def test_numbers_of_the_other_side_are_sealed_and_lines_and_rules_know_them_still(
    tenant: LiveTenant, client: Client, thief: Thief, installation: Installation
) -> None:
    account = await made(tenant)
    await years.ensure_year(tenant, tenant.today().replace(year=2026, month=3, day=20))
    lines = await brought(tenant, statement(tenant, 1, 0, -10, -20, -30))
    assert {each.told.counterparty.account for each in lines} == {THEIRS}
    page = (await client.get(f"{HOME}/{account}/reconcile")).text
    assert ("•••• 3000" in page, THEIRS in page) == (True, False)
    assert "Telekom" in (await client.get(f"{HOME}/lines", params={"q": "3000"})).text, "its end is found"
    for each in lines:
        await reconciling.settle(tenant, each.id, each.version, [Split(amount=each.amount, code="6100")])
    [proposed] = await bank_rules.proposed_rules(tenant)
    assert proposed.account == THEIRS
    form = {"name": proposed.name, "direction": "out", "account": "•••• 3000", "to_account": "6100"}
    shown = (await client.get(f"{HOME}/rules")).text
    assert ('name="account" value="•••• 3000"' in shown, THEIRS in shown) == (True, False)
    assert (await client.submit(f"{HOME}/rules", form)).status_code == 303
    [rule] = await bank_rules.all_rules(tenant)
    changed = await client.submit(f"{HOME}/rules/{rule.id}", form | {"name": "Telephone", "version": "1"})
    assert changed.status_code == 303
    refused = await client.submit(f"{HOME}/rules/{rule.id}", form | {"account": "•••• 3001", "version": "2"})
    assert (refused.status_code, "Type the whole number" in refused.text) == (422, True)
    dump = await thief.dump(tenant)
    assert not any(number in dump for number in (IBAN, THEIRS, THEIRS.lower()))

    await new_data_key(installation.runtime, tenant)
    assert [(each.name, each.account) for each in await bank_rules.all_rules(tenant)] == [("Telephone", THEIRS)]
    [line] = await brought(tenant, statement(tenant, 2, -60, -40))
    await reconciling.accept(tenant, line.id, line.version)
    async with tenant.transaction() as db:
        assert await bank_lines.open_lines(db, account, 10) == []
        assert {each.told.counterparty.account for each in await bank_lines.latest(db, 10)} == {THEIRS}


async def test_whose_an_account_is_known_by_what_was_accepted_also_from_lines_of_the_version_before(
    tenant: LiveTenant, thief: Thief
) -> None:
    await made(tenant)
    [line] = await brought(tenant, statement(tenant, 1, 0, -10))
    told = f"UPDATE {tenant.schema}.accounting_bank_line SET told = jsonb_set(told, '{{counterparty,account}}', to_jsonb($1::text)), "
    await thief.sql.execute(f"{told} accounts_sealed = NULL, account_blind = '', search_text = search_text || ' ' || lower($1)", OTHER)
    async with tenant.transaction(unaudited="a test") as db:
        party = tenant.id  # whoever that is
        await bank_lines.decide(db, line.id, bank_lines.Decision("manual", True, party=party), tenant.now())
        known = (await bank_matching.knowledge(tenant)).accounts
        assert known == {OTHER: party}
    assert await seal_readable(tenant, Sealing("accounting")) == 1
    dump = await thief.dump(tenant)
    assert not any(number in dump for number in (OTHER, OTHER.lower()))
    async with tenant.transaction() as db:
        assert (await bank_matching.knowledge(tenant)).accounts == known
        kept = await bank_lines.line(db, line.id)
    assert kept
    assert (kept.told.counterparty.account, kept.told.counterparty.name, kept.amount) == (OTHER, "Telekom", Decimal(-10))
    assert await seal_readable(tenant, Sealing("accounting")) == 0
