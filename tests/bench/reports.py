"""A report of 100,000 rows as CSV and XLSX, beside writing the same rows without the machinery: ``python -m tests.bench.reports [ROWS]``.

The rows come in batches from a generator, as they come from the database, so that the machinery is measured and not PostgreSQL; memory is
what the process grew by at most from before the first file to after the last.
"""

import asyncio
import csv
import io
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import msgspec
import uvloop

from core.plugins.registry import Registry
from core.reports.files import csv_bytes, xlsx_bytes
from core.reports.wish import Wish
from core.tenancy.tenant import LiveTenant
from tests.bench.figures import Hold, Memory, Watch, tell
from tests.bench.ground import ground
from weft import CellKind, Permission, Report, ReportColumn, ReportRow, Tenant

SECONDS, MEGABYTES = Hold(5), Hold(200)
BATCH = 1000


class Many(msgspec.Struct, frozen=True):
    """How many rows."""

    rows: int = 100_000


def cells(number: int) -> dict[str, Any]:
    """Return the cells of one row of a general ledger."""
    amount = Decimal(number % 100_000) / 100
    return {
        "entry": f"GEN/2026/{number:06}",
        "date": date(2026, 1, 1) + timedelta(days=number % 365),
        "description": f"Sale {number}",
        "party": f"Customer {number % 500}",
        "debit": amount if number % 2 else None,
        "credit": None if number % 2 else amount,
        "balance": Decimal(number) / 100,
    }


async def rows(tenant: Tenant, asked: Many) -> AsyncIterator[ReportRow]:
    """Yield rows in batches, with a turn of the loop between two."""
    for at in range(0, asked.rows, BATCH):
        await asyncio.sleep(0)
        for number in range(at, min(at + BATCH, asked.rows)):
            yield ReportRow(cells(number), key=str(number))


LEDGER = Report(
    name="bench.ledger",
    title="Ledger",
    permission=Permission("bench.ledger.read", "Read"),
    parameters=Many,
    columns=(
        ReportColumn(key="entry", title="Entry"),
        ReportColumn(key="date", title="Date", kind=CellKind.DATE),
        ReportColumn(key="description", title="Description"),
        ReportColumn(key="party", title="Party"),
        *(ReportColumn(key=key, title=key.title(), kind=CellKind.MONEY, total=True) for key in ("debit", "credit")),
        ReportColumn(key="balance", title="Balance", kind=CellKind.MONEY),
    ),
    rows=rows,
)


def baseline(count: int) -> float:
    """Return the seconds that plain `csv` takes for the same rows."""
    begun, text = perf_counter(), io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for number in range(count):
        writer.writerow(["" if each is None else each for each in cells(number).values()])
    text.getvalue().encode()
    return perf_counter() - begun


async def measure(tenant: LiveTenant, count: int) -> None:
    """Write both files, and tell time and memory."""
    wish = Wish(LEDGER, Many(count), Many())
    plain, memory = baseline(count), Memory()
    for title, write in (("CSV", csv_bytes), ("XLSX", xlsx_bytes)):
        watch, size = Watch(), 0
        async for part in write(tenant, wish):
            size += len(part)
        assert size > count * 10
        seconds, worked = watch.seconds(), watch.worked()
        tell(f"report of {count:,} rows as {title}", seconds, "s", baseline=plain, baseline_is="plain csv", hold=SECONDS)
        tell("the same, of the processor", worked, "s", hold=SECONDS)
    tell("memory that both files took", memory.grown(), "MB", hold=MEGABYTES)


async def main(count: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        await measure(await made.new_tenant(), count)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
