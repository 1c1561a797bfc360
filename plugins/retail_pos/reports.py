"""Sales figures as reports: compared, printed, sent by the clock, and pinned to the dashboard."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from weft import CellKind, Report, ReportChart, ReportColumn, ReportRow, Tenant, shifted

from .domain.kpis import Days, Sums
from .permissions import READ
from .queries import daily, kpis
from .services import numbers, stocked

MOST = 2000  # items of a report
FIGURES = "/retail_pos/figures"


class OfDays(msgspec.Struct, frozen=True, kw_only=True):
    """From a day to a day."""

    first: Annotated[date, Meta(title="From")]
    last: Annotated[date, Meta(title="Through")]

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("The last day comes before the first: turn them round.")

    @property
    def days(self) -> Days:
        """The days as a value."""
        return Days(self.first, self.last)


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """For how long nothing was sold."""

    days: Annotated[int, Meta(title="Days without a sale", ge=1, le=3650)] = 90


async def four_weeks(tenant: Tenant) -> OfDays:
    """Return the last four weeks."""
    days = numbers.days_of("four_weeks", tenant.today())
    return OfDays(first=days.first, last=days.last)


def _cells(sums: Sums) -> dict[str, Any]:
    return {
        "net": sums.net,
        "gross": sums.gross,
        "receipts": sums.receipts,
        "basket": sums.basket,
        "units": sums.units,
        "margin": sums.margin,
        "margin_rate": sums.margin_rate,
        "discount": sums.discount,
        "returned": sums.returned,
    }


def _link(asked: OfDays, **more: object) -> str:
    return f"{FIGURES}?{urlencode({'first': asked.first.isoformat(), 'last': asked.last.isoformat(), **more})}"


def _rows(dimension: kpis.Dimension) -> Callable[[Tenant, OfDays], AsyncIterator[ReportRow]]:
    async def rows(tenant: Tenant, asked: OfDays) -> AsyncIterator[ReportRow]:
        async with tenant.transaction() as db:
            found = (await daily.by_all(db, asked.days))[1][dimension]
        for key, sums in found.items():
            place = str((key - asked.first).days) if isinstance(key, date) else str(key)  # the same day of another time is its place in it
            if isinstance(key, date):
                link = f"{FIGURES}?{urlencode({'first': key.isoformat(), 'last': key.isoformat()})}"
            else:
                link = _link(asked, **{dimension: key}) if dimension in ("hour", "category", "cashier") else ""
            title = f"{key:%A}" if isinstance(key, date) else f"{key:02d}:00" if dimension == "hour" else key or "—"
            yield ReportRow({"what": title, "day": key if isinstance(key, date) else None, **_cells(sums)}, key=place, link=link)

    return rows


async def item_rows(tenant: Tenant, asked: OfDays) -> AsyncIterator[ReportRow]:
    """Yield the items that were sold, those with most turnover first."""
    async with tenant.transaction() as db:
        found = await daily.items(db, asked.days, limit=MOST)
    for each in found:
        link = _link(asked, sku=each.sku) if each.sku else ""
        yield ReportRow({"what": each.name, "sku": each.sku, **_cells(each.sums)}, key=each.sku or each.name, link=link)


async def cover_rows(tenant: Tenant, asked: OfDays) -> AsyncIterator[ReportRow]:
    """Yield what was sold, with what is left of it."""
    if not stocked.keeps_stock(tenant):
        return
    async for each in stocked.covers(tenant, asked.days):
        of = each.stocked
        cells = {"what": each.name, "sku": each.sku, "category": each.category, "sold": of.sold, "on_hand": of.on_hand}
        rates = {"sell_through": of.sell_through, "cover": round(of.cover, 1) if of.cover is not None else None, "value": of.value}
        yield ReportRow({**cells, **rates}, key=str(each.id))


async def dead_rows(tenant: Tenant, asked: Quiet) -> AsyncIterator[ReportRow]:
    """Yield what lies on the shelves and nobody buys."""
    if not stocked.keeps_stock(tenant):
        return
    async for each in stocked.dead(tenant, asked.days):
        cells = {
            "what": each.name,
            "sku": each.sku,
            "category": each.category,
            "on_hand": each.stocked.on_hand,
            "value": each.stocked.value,
        }
        yield ReportRow(cells, key=str(each.id))


_SUMS = (
    ReportColumn(key="net", title="Turnover", kind=CellKind.MONEY, total=True, compared=True),
    ReportColumn(key="gross", title="With tax", kind=CellKind.MONEY, total=True, hidden=True),
    ReportColumn(key="receipts", title="Sales", kind=CellKind.NUMBER),
    ReportColumn(key="basket", title="Basket", kind=CellKind.MONEY),
    ReportColumn(key="units", title="Units", kind=CellKind.NUMBER, total=True),
    ReportColumn(key="margin", title="Margin", kind=CellKind.MONEY, total=True),
    ReportColumn(key="margin_rate", title="Margin %", kind=CellKind.PERCENT),
    ReportColumn(key="discount", title="Discounts", kind=CellKind.MONEY, total=True, hidden=True),
    ReportColumn(key="returned", title="Returned", kind=CellKind.MONEY, total=True),
)

_OF_ITEMS = tuple(column for column in _SUMS if column.key not in ("receipts", "basket"))


def _report(name: str, title: str, summary: str, heading: str, dimension: kpis.Dimension, order: int) -> Report[OfDays]:
    day = (ReportColumn(key="day", title="Date", kind=CellKind.DATE),) if dimension == "day" else ()
    return Report(
        name=f"retail_pos.{name}",
        title=title,
        summary=summary,
        permission=READ,
        parameters=OfDays,
        defaults=four_weeks,
        columns=(ReportColumn(key="what", title=heading), *day, *_SUMS),
        rows=_rows(dimension),
        earlier=shifted,
        chart=ReportChart("day" if day else "what", ("net",), kind="line" if day else "bar", limit=40),
        order=order,
    )


REPORTS: tuple[Report[Any], ...] = (
    _report("by_day", "Turnover by day", "What was sold on each day, with its basket and margin.", "Day", "day", 30),
    _report("by_hour", "Turnover by hour", "When customers come.", "Hour", "hour", 31),
    _report("by_category", "Turnover by category", "Which kinds of goods bring turnover and margin.", "Category", "category", 32),
    _report("by_cashier", "Turnover by cashier", "Who sold how much.", "Cashier", "cashier", 33),
    Report(
        name="retail_pos.by_item",
        title="Sales by item",
        summary=f"What was sold of each item, the {MOST:,} with most turnover.",
        permission=READ,
        parameters=OfDays,
        defaults=four_weeks,
        columns=(ReportColumn(key="what", title="Item"), ReportColumn(key="sku", title="SKU"), *_OF_ITEMS),
        rows=item_rows,
        earlier=shifted,
        order=34,
    ),
    Report(
        name="retail_pos.stock_cover",
        title="Sell-through and stock cover",
        summary="Of what was sold: which share of the goods there were, and for how many days the rest lasts.",
        permission=READ,
        parameters=OfDays,
        defaults=four_weeks,
        columns=(
            ReportColumn(key="what", title="Item"),
            ReportColumn(key="sku", title="SKU"),
            ReportColumn(key="category", title="Category", hidden=True),
            ReportColumn(key="sold", title="Sold", kind=CellKind.NUMBER, total=True),
            ReportColumn(key="on_hand", title="On hand", kind=CellKind.NUMBER, total=True),
            ReportColumn(key="sell_through", title="Sell-through", kind=CellKind.PERCENT),
            ReportColumn(key="cover", title="Days of cover", kind=CellKind.NUMBER),
            ReportColumn(key="value", title="Stock value", kind=CellKind.MONEY, total=True),
        ),
        rows=cover_rows,
        order=35,
    ),
    Report(
        name="retail_pos.dead_stock",
        title="Dead stock",
        summary="What is for sale and on the shelves, and nobody bought.",
        permission=READ,
        parameters=Quiet,
        columns=(
            ReportColumn(key="what", title="Item"),
            ReportColumn(key="sku", title="SKU"),
            ReportColumn(key="category", title="Category"),
            ReportColumn(key="on_hand", title="On hand", kind=CellKind.NUMBER, total=True),
            ReportColumn(key="value", title="Stock value", kind=CellKind.MONEY, total=True),
        ),
        rows=dead_rows,
        order=36,
    ),
)
