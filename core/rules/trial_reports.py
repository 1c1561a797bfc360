"""Rules about reports, tried in a business with nothing and in one with rows: what they show is what their columns say, and in time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from core.firewall.calls import LeftOut
from core.reports.asking import NoRows
from core.reports.running import run
from core.reports.wish import Wish, comparisons, defaults_of, read_wish
from core.reports.words import heading_of
from core.rules.rule import Problem, TrialRule
from core.rules.trial import Trial
from core.tenancy.tenant import LiveTenant
from weft import CellKind, Invalid, Report, ReportRow

BUDGET = 5.0  # seconds for a report in a business with a handful of rows
MOST_ROWS = 2_000
_TYPES: dict[CellKind, tuple[type[Any], ...]] = {
    CellKind.TEXT: (str,),
    CellKind.MONEY: (Decimal, int),
    CellKind.NUMBER: (Decimal, int),
    CellKind.PERCENT: (Decimal, int),
    CellKind.DATE: (date,),
}


async def answers(trial: Trial) -> AsyncIterator[Problem]:
    """A report answers as it opens and beside another time, in a business that has nothing yet and in one that has."""
    await trial.plant()
    for report in trial.subject.declared("reports"):
        told: set[str] = set()
        for tenant in (trial.there, trial.here):
            try:
                async with asyncio.timeout(BUDGET):
                    told |= {sentence async for sentence in _tried(tenant, report)}
            except TimeoutError:
                told.add(f"it takes longer than {BUDGET:g} s.")
            except Exception as failed:
                wrong = _reason(failed)
                if not isinstance(wrong, msgspec.MsgspecError):  # a planted row has no document of the plugin's in its columns of JSON
                    told.add(f"it fails: {type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}.")
        for sentence in sorted(told):
            yield Problem(trial.subject.place(report.rows), f"The report “{report.name}”: {sentence}")


def _reason(failed: BaseException) -> BaseException:
    """Return what a report itself raised, behind what its page would be told."""
    while isinstance(failed, (NoRows, LeftOut)) and failed.__cause__ is not None:
        failed = failed.__cause__
    return failed


async def _tried(tenant: LiveTenant, report: Report[Any]) -> AsyncIterator[str]:
    defaults = await defaults_of(tenant, report)
    wish = Wish(report, defaults, defaults)
    again = await read_wish(tenant, report, wish.encode())
    if again.parameters != defaults:
        yield "its usual parameters do not survive an address: give its fields types that can be written as text."
    await heading_of(tenant, wish)
    for offered in report.choices.values():
        await offered(tenant)
    async for row in _first(tenant, wish):
        for sentence in _cells(report, row):
            yield sentence
    for comparison in comparisons(report):
        try:
            async for _ in _first(tenant, replace(wish, comparison=comparison)):
                pass
        except Invalid as wrong:
            yield f"it cannot be compared with another {comparison.value}: {wrong}."


async def _first(tenant: LiveTenant, wish: Wish) -> AsyncIterator[ReportRow]:
    count = 0
    async for row in run(tenant, wish):
        yield row
        count += 1
        if count >= MOST_ROWS:
            return


def _cells(report: Report[Any], row: ReportRow) -> Iterator[str]:
    """Tell of cells that are not what their column says."""
    for column in report.columns:
        value = row.cells.get(column.key)
        if value is not None and value != "" and (isinstance(value, bool) or not isinstance(value, _TYPES[column.kind])):
            yield f"the column “{column.key}” is {column.kind.value}, and a row has {type(value).__name__} in it."
        if column.currency and value is not None and not row.cells.get(column.currency):
            yield f"an amount in “{column.key}” has no currency in “{column.currency}”."
    if row.link and not row.link.startswith("/"):
        yield f"a row links to “{row.link}”: write an address in the business, which begins with a slash."


RULES = (
    TrialRule("reports-answer", "A report answers in time, with cells that are what its columns say, also beside another time", answers),
)
