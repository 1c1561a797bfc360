"""Runs a report behind its one gate: who may, its rows, another time beside them, and the sums at the foot."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.firewall.budgets import REPORT
from core.firewall.calls import LeftOut
from core.firewall.working import rows_of
from core.reports.asking import NoRows, spot_of
from core.reports.comparing import CHANGE, SHARE, THEN, beside, compared, side_by_side
from core.reports.wish import Wish
from core.tenancy.tenant import LiveTenant
from weft.errors import Invalid, Missing, Refused
from weft.reports import CellKind, Comparison, Report, ReportColumn, ReportRow, RowKind
from weft.tenant import Tenant

MOST_COMPARED = 20_000  # rows of each time: they are held side by side
THEN_TITLES = {Comparison.PERIOD: "Period before", Comparison.YEAR: "Year before"}


def reports_for(tenant: LiveTenant) -> list[Report[Any]]:
    """Return the reports of the enabled modules that who acts may see."""
    return [each for each in tenant.house.registry.reports(tenant.catalogue_entry.enabled) if tenant.may(each.permission)]


def find_report(tenant: LiveTenant, name: str) -> Report[Any]:
    """Return a report of an enabled module; raises `Missing`, and `Refused` without its permission."""
    found = next((each for each in tenant.house.registry.reports(tenant.catalogue_entry.enabled) if each.name == name), None)
    if found is None:
        raise Missing("There is no such report, or its module is switched off.")
    check(tenant, found)
    return found


def check(tenant: Tenant, report: Report[Any]) -> None:
    """Raise `Refused` unless who acts may see the report."""
    if not tenant.may(report.permission):
        raise Refused(f"You need the permission “{report.permission.title}” to see {report.title}. An administrator can give it to you.")


def shown_columns(wish: Wish) -> tuple[ReportColumn, ...]:
    """Return the columns to show, in order, with those of the comparison."""
    chosen = [column for column in wish.report.columns if (column.key in wish.columns if wish.columns else not column.hidden)]
    if wish.comparison is None:
        return tuple(chosen)
    title = THEN_TITLES[wish.comparison]
    return tuple(each for column in chosen for each in ((column, *beside(column, title)) if column.compared else (column,)))


def compared_keys(wish: Wish) -> list[str]:
    """Return the keys of the columns that are laid side by side."""
    return [column.key for column in wish.report.columns if column.compared]


async def run(tenant: Tenant, wish: Wish) -> AsyncGenerator[ReportRow, None]:
    """Yield the rows; raises `Refused`, `NoRows`, and `Invalid` where there is no other time to compare with, or too much of it."""
    check(tenant, wish.report)
    if wish.comparison is None:
        async with aclosing(_rows(tenant, wish.report, wish.parameters)) as rows:
            async for row in rows:
                yield row
        return
    earlier = wish.report.earlier(wish.parameters, wish.comparison) if wish.report.earlier else None
    if earlier is None:
        raise Invalid.field("compare", "There is no such time before these days to compare with.")
    mine = await _some(tenant, wish.report, wish.parameters)
    for row in side_by_side(mine, await _some(tenant, wish.report, earlier), compared_keys(wish)):
        yield row


async def _rows(tenant: Tenant, report: Report[Any], parameters: Any) -> AsyncGenerator[ReportRow, None]:
    assert isinstance(tenant, LiveTenant)
    spot = spot_of(tenant, report)
    try:
        async with aclosing(rows_of(tenant, spot, REPORT, lambda: report.rows(tenant, parameters))) as rows:
            async for row in rows:
                yield row
    except LeftOut as left:
        raise NoRows(left.sentence) from left


async def _some(tenant: Tenant, report: Report[Any], parameters: Any) -> list[ReportRow]:
    found = []
    async with aclosing(_rows(tenant, report, parameters)) as rows:
        async for row in rows:
            found.append(row)
            if len(found) > MOST_COMPARED:
                raise Invalid.field("compare", f"More than {MOST_COMPARED:,} rows cannot be compared: choose fewer days.")
    return found


@dataclass(slots=True)
class Totals:
    """Adds up the lines of a report as they go by. A column whose amounts are in several currencies has no sum."""

    columns: Sequence[ReportColumn]
    sums: dict[str, Any] = field(default_factory=dict)
    currencies: dict[str, set[str]] = field(default_factory=dict)
    _summed: list[ReportColumn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._summed = [column for column in self.columns if column.total and not column.key.endswith(CHANGE)]

    def add(self, row: ReportRow) -> None:
        """Count a row in, if it is a line."""
        if row.kind is not RowKind.LINE:
            return
        for column in self._summed:
            value = row.cells.get(column.key)
            if value is not None:
                self.sums[column.key] = self.sums.get(column.key, 0) + value
                if column.currency:
                    self.currencies.setdefault(column.key, set()).add(row.cells.get(column.currency) or "")

    def cells(self) -> Mapping[str, Any]:
        """Return the sums by column, with the difference of those of two times; nothing where there are none."""
        told: dict[str, Any] = {}
        for column in self._summed:
            used = self.currencies.get(column.key, set())
            if column.key in self.sums and len(used) <= 1:
                told[column.key] = self.sums[column.key]
                if used:
                    told[column.currency] = next(iter(used))
        for column in self.columns:
            base = column.key.removesuffix(CHANGE)
            if column.key.endswith(CHANGE) and (base in told or base + THEN in told):
                told[column.key], told[base + SHARE] = compared(told.get(base), told.get(base + THEN))
        return told


def is_figure(column: ReportColumn) -> bool:
    """Tell whether a column holds figures, which stand at the end of their cells."""
    return column.kind in (CellKind.MONEY, CellKind.NUMBER, CellKind.PERCENT)


def currency_of(column: ReportColumn, cells: Mapping[str, Any], base: str) -> str:
    """Return the currency of an amount."""
    return str(cells.get(column.currency) or base) if column.currency else base


def is_zero(value: Any) -> bool:
    """Tell whether a figure is nothing."""
    return isinstance(value, (Decimal, int)) and not value
