"""Hands rows to an importer, and answers for what it does with them: a row that makes it fail is refused alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
import structlog

from core.firewall.budgets import IMPORT, UNDO
from core.firewall.calls import Spot
from core.firewall.working import work_within
from core.imports.batches import Group
from core.tenancy.tenant import LiveTenant
from weft.data import Importer, Numbered, Outcome, RowProblem, Written
from weft.errors import Invalid, Unavailable, WeftError
from weft.tenant import Tenant

Log = structlog.get_logger("weft.imports")
T = TypeVar("T")
# What one row can cause. Anything else is the importer's fault or the server's, and ends the attempt.
_ROWS_FAULT = (WeftError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


class BrokenImporter(RuntimeError):
    """An importer breaks its contract; the text says how."""


async def write_groups(tenant: LiveTenant, importer: Importer[Any], groups: Sequence[Group], options: Mapping[str, str]) -> Outcome:
    """Write rows in the open transaction; every row is in the outcome.

    Raises `BrokenImporter` when the importer does not say of every row what became of it, and `LeftOut` while it is quarantined here.
    """

    async def write(some: Sequence[Group]) -> Outcome:
        rows = [row for group in some for row in group]
        outcome = await importer.write(tenant, rows, options)
        _check(importer, rows, outcome)
        return outcome

    def refuse(group: Group, why: str) -> Outcome:
        return Outcome(problems=[RowProblem(row.row, "", why) for row in group])

    async def work() -> Outcome:
        return _joined(await isolated(tenant, groups, write, refuse))

    return await work_within(tenant, _spot(tenant, importer), IMPORT, work) if groups else Outcome()


def _spot(tenant: LiveTenant, importer: Importer[Any]) -> Spot:
    return Spot(tenant.house.registry.owner_of("importers", importer), f"importers:{importer.name}", importer.title)


async def undo_records(tenant: LiveTenant, importer: Importer[Any], records: Sequence[Written]) -> list[RowProblem]:
    """Undo records in the open transaction; returns a problem for each that was left alone. Raises `LeftOut`."""

    async def undo(some: Sequence[Written]) -> Sequence[RowProblem]:
        return await importer.undo(tenant, some)

    def refuse(record: Written, why: str) -> Sequence[RowProblem]:
        return [RowProblem(record.row, "", why)]

    async def work() -> list[RowProblem]:
        return [problem for problems in await isolated(tenant, records, undo, refuse) for problem in problems]

    return await work_within(tenant, _spot(tenant, importer), UNDO, work)


P = TypeVar("P")


async def isolated(
    tenant: Tenant, parts: Sequence[P], work: Callable[[Sequence[P]], Awaitable[T]], refuse: Callable[[P, str], T]
) -> list[T]:
    """Do work on parts, in savepoints: when it fails the parts are halved until those at fault are alone, and these are refused."""
    try:
        async with tenant.transaction():
            return [await work(parts)]
    except Unavailable:
        raise
    except _ROWS_FAULT as why:
        if len(parts) == 1:
            return [refuse(parts[0], _sentence(why))]
    half = len(parts) // 2
    return [*await isolated(tenant, parts[:half], work, refuse), *await isolated(tenant, parts[half:], work, refuse)]


def _sentence(why: Exception) -> str:
    if isinstance(why, Invalid) and why.fields:
        return " ".join(why.fields.values())
    if isinstance(why, WeftError):
        return why.message
    Log.warning("the database refused a row of an import", why=str(why))
    if isinstance(why, asyncpg.UniqueViolationError):
        return "There is another record with the same value where each must be different."
    if isinstance(why, asyncpg.ForeignKeyViolationError):
        return "Something else refers to this record, or it refers to something that is not there."
    return "The database does not take a value of this row: it is too long, too large, or not of the right kind."


def _check(importer: Importer[Any], rows: Sequence[Numbered[Any]], outcome: Outcome) -> None:
    asked = [row.row for row in rows]
    written = [each.row for each in outcome.written]
    refused = {each.row for each in outcome.problems}
    if len(written) != len(set(written)) or refused & set(written) or sorted([*written, *refused]) != sorted(asked):
        raise BrokenImporter(f"The importer “{importer.name}” must say of every row either what it became or what is wrong, and once.")


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome([each for some in outcomes for each in some.written], [each for some in outcomes for each in some.problems])
