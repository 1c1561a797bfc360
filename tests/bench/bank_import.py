"""How long a bank's file takes from the upload to the table, and the page that reconciles: ``python -m tests.bench.bank_import [LINES]``.

The file is read, proved, held against what is known and stored, as the job does; a second time it adds nothing. The baseline is COPY of the
same lines into the same table. The page is that of a bank account with all these lines open.
"""

import sys
from datetime import date
from time import perf_counter

import uvloop

from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from plugins.accounting.domain.bank.stored import StoredBankAccount
from plugins.accounting.plugin import plugin
from plugins.accounting.queries import bank
from plugins.accounting.services import bank_accounts, bank_desk, bank_statements, setup, years
from plugins.accounting.services.bank_accounts import BankAccountDraft
from plugins.accounting.services.bank_statements import FileToRead
from tests.bench.bank_files import camt, mt940
from tests.bench.figures import Hold, Watch, tell
from tests.bench.ground import ground
from weft import new_id

OWN = b"DE02120300000000202051"


async def bring(tenant: LiveTenant, account: StoredBankAccount, content: bytes) -> tuple[tuple[float, float], int, int]:
    """Return how long a file takes by the clock and of the processor, and how many lines were new and how many known."""
    watch = Watch()
    made = await bank_statements.upload(tenant, "statement", content, account.id)
    await bank_statements.read_file(tenant, FileToRead(made.id))
    seconds, worked = watch.seconds(), watch.worked()
    async with tenant.transaction() as db:
        read = await bank.file(db, made.id)
    if read is None or read.state != "read":
        raise AssertionError(read)
    return (seconds, worked), read.outcome.lines, read.outcome.known_lines


async def copied(tenant: LiveTenant) -> float:
    """Return how long COPY takes for the lines that are there, as they are, and put nothing."""
    async with tenant.transaction(unaudited="a benchmark") as db:
        columns = ("id", "bank_account", "statement", "position", "booked", "amount", "currency", "told", "digest", "occurrence")
        rows = await db.fetch(f"SELECT {', '.join(columns)} FROM accounting_bank_line")
        records = [(new_id(), *(row[name] for name in columns[1:9]), row["occurrence"] + 100) for row in rows]
        begun = perf_counter()
        connection = tenant.scope("A benchmark").connection
        await connection.copy_records_to_table("accounting_bank_line", records=records, columns=columns)
        seconds = perf_counter() - begun
        await db.execute("DELETE FROM accounting_bank_line l WHERE l.occurrence > 100")
    return seconds


def files(lines: int, currency: str) -> dict[str, bytes]:
    """Return the same movements of one account in two formats: of the second nothing is new."""
    other = currency.encode()
    swift = mt940(lines).replace(b"EUR", other).replace(b":25:12030000/202051", b":25:" + OWN)
    return {"camt.053": camt(lines).replace(b"EUR", other), "mt940": swift}


async def main(lines: int) -> None:
    """Print the figures."""
    installed = Registry.installed()
    registry = installed if plugin.key in installed.plugins else Registry([*installed.plugins.values(), plugin])
    async with ground(registry) as made:
        tenant = await made.new_tenant()
        await setup.set_up(tenant, "generic")
        await years.ensure_year(tenant, date(2026, 6, 1))
        draft = BankAccountDraft(name="Current", code="1000", number="DE02120300000000202051")
        account = await bank_accounts.save(tenant, draft)
        for name, content in files(lines, tenant.currency).items():
            (seconds, worked), new, _ = await bring(tenant, account, content)
            baseline = await copied(tenant)
            title = f"{name}: {lines:,} lines from the upload to the table ({new:,} new)"
            tell(title, seconds, "s", baseline=baseline, baseline_is="COPY of the lines in the table", hold=Hold(60 * lines / 100_000))
            tell(f"{name}: the same, of the processor", worked, "s", hold=Hold(60 * lines / 100_000))
            (seconds, _), _, known = await bring(tenant, account, content)
            tell(f"{name}: the same file again ({known:,} known)", seconds, "s")
        await page(tenant, account)


async def page(tenant: LiveTenant, account: StoredBankAccount) -> None:
    """Print how long the page that reconciles takes."""
    begun = perf_counter()
    found = await bank_desk.desk(tenant, account.id, None)
    tell(f"the page that reconciles: {len(found.lines)} open lines shown", perf_counter() - begun, "s", hold=Hold(2))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
