"""Reports and year close over many lines, beside full scans: ``python -m tests.bench.trial_balance [ENTRIES]``.

Fills one tenant by SQL with two-line entries over 200 accounts and 24 months: 1,000,000 entries have 2,000,000 lines. The trial balance is
read through the service at any dates, and compared with the scan that is its baseline. One account has a tenth of all lines: its general
ledger is streamed as CSV. Then the first year is closed.
"""

import io
import random
import sys
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import asyncpg
import uvloop

from core.platform.connection import WeftConnection
from core.plugins.registry import Registry
from core.reports.files import csv_bytes
from core.reports.wish import read_wish
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from plugins.accounting.domain.charts import Chart, ChartRow
from plugins.accounting.reports.books import GENERAL_LEDGER
from plugins.accounting.services import accounts, closing, proving, reports, setup, years
from tests.bench.figures import Hold, Memory, Watch, p95, tell
from tests.bench.ground import ground

ROUNDS = 20
FIRST_DAYS = (date(2025, 1, 1), date(2026, 1, 1))  # of the years that are filled
FILL = """
WITH numbered AS (SELECT a.id, row_number() OVER (ORDER BY a.code) - 1 AS place FROM accounting_account a WHERE a.posting LIMIT 200),
made AS (
    SELECT gen_random_uuid() AS id, n, 1 + (n - 1) % $3::int AS number, (n - 1) / $3::int AS later,
        date '2025-01-01' + (n - 1) / $3::int * 365 + abs(hashint4(n)) % 365 AS day, (abs(hashint4(n + 1)) % 1000000 + 1) / 100.0 AS amount,
        CASE WHEN n % 5 = 0 THEN 0 ELSE abs(hashint4(n + 2)) % 200 END AS one, abs(hashint4(n + 3)) % 200 AS other
    FROM generate_series($1::int, $2::int) AS n),
entries AS (
    INSERT INTO accounting_entry (id, journal, fiscal_year, period, number, reference, date, description, currency, total, lines, posted_at)
    SELECT m.id, j.id, p.fiscal_year, p.id, m.number, 'GEN/' || m.later || '/' || m.number, m.day, 'Entry ' || m.n, 'GBP', m.amount, 2,
        now() FROM made m JOIN accounting_period p ON m.day BETWEEN p.first AND p.last, accounting_journal j WHERE j.code = 'GEN')
INSERT INTO accounting_line (id, entry, position, account, date, currency, amount, base)
SELECT gen_random_uuid(), m.id, s.position, a.id, m.day, 'GBP', s.sign * m.amount, s.sign * m.amount
FROM made m CROSS JOIN (VALUES (1, 1), (2, -1)) AS s (position, sign)
JOIN numbered a ON a.place = CASE WHEN s.position = 1 THEN m.one ELSE m.other END
"""
SCAN = "SELECT account, sum(base) AS held FROM accounting_line WHERE date <= $1 GROUP BY account HAVING sum(base) <> 0"


LEDGER = """
SELECT e.reference, l.date, l.description, l.amount, l.currency, sum(l.base) OVER (ORDER BY l.date, l.entry, l.position)
FROM accounting_line l JOIN accounting_entry e ON e.id = l.entry WHERE l.account = $1 ORDER BY l.date, l.entry, l.position
"""
YEAR = "SELECT account, currency, sum(amount), sum(base) FROM accounting_line WHERE date BETWEEN $1 AND $2 GROUP BY account, currency"


async def fill(made: Installation, tenant: LiveTenant, entries: int) -> "asyncpg.Connection[asyncpg.Record]":
    """Fill the books behind their guards, and return the connection that may."""
    path = {"search_path": tenant.schema}
    db = await asyncpg.connect(made.superuser_url, connection_class=WeftConnection, server_settings=path)
    await db.execute("SET session_replication_role = replica")
    for first in range(1, entries + 1, 100_000):
        await db.execute(FILL, first, min(first + 99_999, entries), (entries + 1) // 2, timeout=600)
    await db.execute(
        "INSERT INTO accounting_counter (id, journal, fiscal_year, value) SELECT gen_random_uuid(), e.journal, e.fiscal_year, "
        "max(e.number) FROM accounting_entry e GROUP BY e.journal, e.fiscal_year"
    )
    await db.execute("VACUUM ANALYZE accounting_line")
    await db.execute("VACUUM ANALYZE accounting_entry")
    await proving.rebuild_balances(tenant)
    await db.execute("VACUUM ANALYZE accounting_period_balance")
    return db


async def trial_balances(tenant: LiveTenant, db: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Measure trial balances at any date, and hold each to the scan."""
    chance, taken, scanned = random.Random(5), [], []
    for round_ in range(ROUNDS):
        day = date(2025, 1, 31) + timedelta(days=chance.randrange(690))
        begun = perf_counter()
        report = await reports.trial_balance(tenant, date(2025, 1, 1), day)
        taken.append((perf_counter() - begun) * 1000)
        if round_ < 4:
            begun = perf_counter()
            rows = await db.fetch(SCAN, day)
            scanned.append((perf_counter() - begun) * 1000)
            assert {each.node.account.id: each.sums.closing for each in report.lines if each.sums.closing} == {
                r["account"]: r["held"] for r in rows
            }
    held, baseline = Hold(50), sorted(scanned)[len(scanned) // 2]
    tell("trial balance at any date, p95", p95(taken), "ms", baseline=baseline, baseline_is="scan of all lines", hold=held)


async def ledger(tenant: LiveTenant, db: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Measure the general ledger of the busiest account as CSV."""
    chart = await accounts.chart(tenant)
    busiest = next(each for each in chart if each.posting)
    asked = {"account": [str(busiest.id)], "first": ["2025-01-01"], "last": ["2026-12-31"]}
    wish = await read_wish(tenant, GENERAL_LEDGER, asked)
    memory = Memory()
    lines = -1  # its head
    watch = Watch()
    async for part in csv_bytes(tenant, wish):
        lines += part.count(b"\r\n")
    seconds, worked = watch.seconds(), watch.worked()
    grown = memory.grown()
    begun = perf_counter()
    await db.copy_from_query(LEDGER, busiest.id, output=io.BytesIO(), format="csv")
    baseline = (perf_counter() - begun) * 100_000 / lines
    title = f"general ledger as CSV, 100,000 lines (of {lines:,})"
    tell(title, seconds * 100_000 / lines, "s", baseline=baseline, baseline_is="COPY of the same lines", hold=Hold(5))
    tell("the same, of the processor", worked * 100_000 / lines, "s", hold=Hold(5))
    tell("memory it took more", grown, "MB", hold=Hold(200))


async def close(made: Installation, tenant: LiveTenant, db: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Measure the close of the first year."""
    begun = perf_counter()
    await db.fetch(YEAR, date(2025, 1, 1), date(2025, 12, 31))
    baseline = perf_counter() - begun
    lines = await db.fetchval("SELECT count(*) FROM accounting_line WHERE date <= $1", date(2025, 12, 31))
    made.clock.set(datetime(2027, 2, 1, 12, tzinfo=UTC))
    year = await years.ensure_year(tenant, date(2025, 1, 1))
    begun = perf_counter()
    assert await closing.close(tenant, year.id)
    title = f"close of a year of {lines:,} lines with its full proof"
    tell(title, perf_counter() - begun, "s", baseline=baseline, baseline_is="scan of the year", hold=Hold(30))


async def main(entries: int) -> None:
    """Measure on servers of its own, and print."""
    async with ground(Registry.installed()) as made:
        tenant = await made.new_tenant()
        await setup.set_up(tenant, "generic")
        more = tuple(ChartRow(f"9{number:03}", f"Account {number}", "expense") for number in range(150))
        await setup.add_chart(tenant, Chart(more))
        for day in FIRST_DAYS:
            await years.ensure_year(tenant, day)
        db = await fill(made, tenant, entries)
        await trial_balances(tenant, db)
        await ledger(tenant, db)
        await close(made, tenant, db)
        await db.close()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
