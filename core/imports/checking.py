"""The dry run: everything is written as it would be, and taken back."""

from core.imports import queries
from core.imports.batch import Counts, Import
from core.imports.opening import Opened, opened
from core.imports.queries import count
from core.imports.writing import write_groups
from core.tenancy.tenant import LiveTenant
from weft.data import RowProblem

# Rows that are written in one transaction before it is rolled back. Within it a row sees those before it, as it will when they are saved:
# the same record twice in a file is found out. Longer transactions would keep people waiting who change the same records meanwhile.
PORTION = 25_000
HOPELESS = 5_000  # rows: when so many are refused and not one is good, the mapping is wrong and the rest need not be tried


class _TakenBack(Exception):  # not an error: how a transaction is left that shall not commit
    """Ends the transaction of a portion."""


class Stopped(Exception):  # not an error: a person's wish
    """Somebody asked for the work to stop."""


class _DryRun:
    """One pass over a file."""

    def __init__(self, tenant: LiveTenant, found: Import, file: Opened) -> None:
        self._tenant, self._import, self._file = tenant, found, file
        self.counts = Counts()
        self.rows = 0
        self.ended = False

    async def portion(self) -> list[RowProblem]:
        """Try the next rows; returns what is wrong with them. Raises `Stopped`."""
        problems: list[RowProblem] = []
        end = self.rows + PORTION
        try:
            async with self._tenant.transaction(unaudited="a dry run, which is rolled back") as db:
                while self.rows < end and not self.ended:
                    if await queries.is_stopped(db, self._import.id):
                        raise Stopped
                    problems += await self._batch()
                raise _TakenBack
        except _TakenBack:
            return problems

    async def _batch(self) -> list[RowProblem]:
        batch = await self._file.next_batch()
        if batch is None:
            self.ended = True
            return []
        outcome = await write_groups(self._tenant, self._file.importer, batch.groups, self._import.options)
        self.rows += batch.size
        self.counts += count(outcome, batch.problems)
        await self._tenant.progress(self.rows, self._import.total, f"{self.rows:,} of {self._import.total:,} rows checked")
        return [*batch.problems, *outcome.problems]


async def dry_run(tenant: LiveTenant, found: Import) -> tuple[Counts, str]:
    """Try every row of a file; stores what is wrong with rows, and returns how many would become what, and a note. Raises `Stopped`."""
    async with tenant.transaction(unaudited="a dry run changes no record") as db:
        await queries.forget_problems(db, found.id, "check")
    async with opened(tenant, found) as file:
        run = _DryRun(tenant, found, file)
        while not run.ended:
            problems = await run.portion()
            async with tenant.transaction(unaudited="a dry run changes no record") as db:
                await queries.add_problems(db, found.id, "check", problems)
            if run.rows >= HOPELESS and not run.ended and run.counts.refused == run.rows:
                return run.counts, f"All of the first {run.rows:,} rows are refused, so the rest was not tried. Look at the columns again."
    return run.counts, ""
