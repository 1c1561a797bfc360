"""How many rows a second an import takes, beside raw asyncpg on the same rows: ``python -m tests.bench.imports [ROWS]``.

A row has eight cells, of which five become fields of three kinds; the importer looks each up by its code, checks it, and tells what it
replaced. Every step goes through Redis and a worker as in production. The baselines write the same rows, typed before the clock starts,
into the same table: COPY in one transaction, and INSERT with the looking up in transactions of the same size.
"""

import csv
import io
import resource
import sys
from collections.abc import AsyncIterator, Awaitable
from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import uvloop

from core.imports import services
from core.imports.batch import Import
from core.imports.examine import propose, proposed_mapping
from core.imports.importers import find_importer
from core.imports.opening import SIZE
from core.messaging.repertoire import Repertoire
from core.plugins.registry import Registry
from core.tenancy.tenant import LiveTenant
from infra.laboratory.installation import Installation
from infra.testing_jobs import Jobs
from tests.bench.figures import Hold, tell
from tests.bench.ground import ground
from tests.imports.club.plugin import plugin as club
from weft import new_id
from workers.books import open_books
from workers.queue import Queue

HOLD = Hold(2000, at_most=False)  # rows/s
WHOLE = "import, from upload to saved"
HEADINGS = ("Member number", "Name", "E-mail", "Date of birth", "Credit", "Street", "City", "Notes")


def cells(number: int) -> tuple[str, ...]:
    """Return one row as a file has it."""
    day = f"{number % 28 + 1:02}.{number % 12 + 1:02}.{1950 + number % 50}"
    credit = f"{number % 1000},{number % 100:02}"
    return (
        f"M{number:07}",
        f"Member {number}",
        f"m{number}@club.example",
        day,
        credit,
        f"Lange Straße {number % 200}",
        "Köln",
        "paid, in cash",
    )


def typed(number: int) -> tuple[Any, ...]:
    """Return the same row as the table has it."""
    credit = Decimal(f"{number % 1000}.{number % 100:02}")
    born = date(1950 + number % 50, number % 12 + 1, number % 28 + 1)
    return new_id(), f"M{number:07}", f"Member {number}", f"m{number}@club.example", born, credit, 1


async def content(rows: int) -> AsyncIterator[bytes]:
    """Yield a CSV file in Windows-1252 with semicolons, as a spreadsheet in Germany writes it."""
    yield (";".join(HEADINGS) + "\r\n").encode("cp1252")
    for at in range(0, rows, 5000):
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(cells(number) for number in range(at, min(rows, at + 5000)))
        yield text.getvalue().encode("cp1252")


async def by_copy(tenant: LiveTenant, rows: list[tuple[Any, ...]]) -> float:
    """Return rows a second of COPY in one transaction."""
    begun = perf_counter()
    async with tenant.transaction(unaudited="a benchmark"):
        connection = tenant.scope("A benchmark").connection
        columns = ("id", "code", "name", "email", "born", "credit", "version")
        await connection.copy_records_to_table("club_member", records=rows, columns=columns)
    return len(rows) / (perf_counter() - begun)


async def by_insert(tenant: LiveTenant, rows: list[tuple[Any, ...]]) -> float:
    """Return rows a second of looking the codes up and inserting them, in transactions of the import's size."""
    begun = perf_counter()
    for some in chunks(rows):
        async with tenant.transaction(unaudited="a benchmark") as db:
            await db.fetch("SELECT id FROM club_member WHERE code = ANY ($1) FOR UPDATE", [row[1] for row in some])
            columns = [list(column) for column in zip(*some, strict=True)]
            await db.execute(
                "INSERT INTO club_member (id, code, name, email, born, credit, version) SELECT * FROM "
                "unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::integer[])",
                *columns,
            )
    return len(rows) / (perf_counter() - begun)


def chunks(rows: list[tuple[Any, ...]]) -> "list[list[tuple[Any, ...]]]":
    """Return rows in batches of the import's size."""
    return [rows[at : at + SIZE] for at in range(0, len(rows), SIZE)]


async def emptied(tenant: LiveTenant) -> None:
    """Delete all members."""
    async with tenant.transaction(unaudited="a benchmark") as db:
        await db.execute("DELETE FROM club_member")


class Timed:
    """Runs the steps of an import through a worker, and takes their times."""

    def __init__(self, tenant: LiveTenant, jobs: Jobs, rows: int) -> None:
        self.tenant, self.jobs, self.rows = tenant, jobs, rows
        self.speeds: dict[str, float] = {}

    async def step(self, name: str, work: Awaitable[Import]) -> Import:
        """Do one step."""
        begun = perf_counter()
        found = await work
        await self.jobs.run_all()
        self.speeds[name] = self.rows / (perf_counter() - begun)
        return await services.find(self.tenant, found.id)

    async def upload(self) -> Import:
        """Send the file and have it looked at."""
        staged = await self.tenant.files.stage(content(self.rows))
        return await services.start(self.tenant, "club.members", staged, "members.csv")

    async def check(self, found: Import) -> Import:
        """Have the rows checked."""
        importer = find_importer(self.tenant, found.importer)
        proposal = await propose(self.tenant, importer, found.columns)
        return await services.check(self.tenant, found.id, found.version, proposed_mapping(self.tenant, found.columns, proposal.guesses))

    async def run(self) -> None:
        """Go through all steps; the import must be right, else its speed means nothing."""
        begun = perf_counter()
        found = await self.step("upload and reading", self.upload())
        assert found.total == self.rows, found
        found = await self.step("check (dry run)", self.check(found))
        assert (found.expected.created, found.expected.refused) == (self.rows, 0), found.expected
        found = await self.step("saving", services.run(self.tenant, found.id))
        assert (found.state, found.counts.created) == ("done", self.rows), found.counts
        self.speeds[WHOLE] = self.rows / (perf_counter() - begun)
        found = await self.step("undo", services.undo(self.tenant, found.id))
        assert (found.state, found.undone) == ("undone", self.rows), found


async def measure(made: Installation, rows: int) -> None:
    """Measure and print."""
    tenant, queue = await made.new_tenant(), Queue.open(made.settings)
    async with open_books(made.settings, size=4) as books:
        timed = Timed(tenant, Jobs(made.runtime, Repertoire.of(made.runtime.registry), books, queue), rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await timed.run()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await queue.close()
    raw = [typed(number) for number in range(rows)]
    copied = await by_copy(tenant, raw)
    await emptied(tenant)
    inserted = await by_insert(tenant, raw)
    for name, speed in timed.speeds.items():
        hold = HOLD if name == WHOLE else None
        tell(f"{name}, {rows:,} rows", speed, "rows/s", baseline=inserted, baseline_is="look-up and INSERT in batches", hold=hold)
    tell("saving, against COPY", timed.speeds["saving"], "rows/s", baseline=copied, baseline_is="COPY in one transaction")
    tell("memory of the process", memory / 1024, "MB", baseline=before / 1024, baseline_is="before the import")


async def main(rows: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry([club])) as made:
        await measure(made, rows)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
