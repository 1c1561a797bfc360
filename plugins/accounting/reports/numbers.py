"""How complete the numbers of entries are, by journal and fiscal year."""

from collections.abc import AsyncIterator

import msgspec

from weft import CellKind, Report, ReportColumn, ReportRow, Tenant

from ..permissions import READ
from ..services import reports


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is asked: every journal and year is shown."""


async def number_rows(tenant: Tenant, asked: Everything) -> AsyncIterator[ReportRow]:
    """Yield each journal in each fiscal year, with the numbers that are missing in words."""
    for each in await reports.numbers(tenant):
        cells = {
            "journal": f"{each.journal} {each.name}",
            "state": "Missing: " + "; ".join(each.missing()) if each.gaps else "Complete",
            "year": each.year,
            "entries": each.count,
            "counter": each.counter,
            "late": each.backdated,
        }
        yield ReportRow(cells, key=f"{each.journal} {each.year}", link=each.link)


NUMBERS = Report(
    name="accounting.numbers",
    title="Numbers",
    summary="Whether any number is missing, and how many entries were posted after a later one.",
    permission=READ,
    parameters=Everything,
    columns=(
        ReportColumn(key="journal", title="Journal"),
        ReportColumn(key="state", title="State"),
        ReportColumn(key="year", title="Fiscal year"),
        ReportColumn(key="entries", title="Entries", kind=CellKind.NUMBER, total=True),
        ReportColumn(key="counter", title="Last number", kind=CellKind.NUMBER),
        ReportColumn(key="late", title="Dated before an earlier number", kind=CellKind.NUMBER, total=True),
    ),
    rows=number_rows,
    order=19,
)
