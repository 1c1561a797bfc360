"""Reports on stock: what it is worth on a day, what moved, what expires."""

import datetime
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from weft import CellKind, Choice, Report, ReportChart, ReportColumn, ReportRow, RowKind, Tenant, shifted

from .domain.naming import with_those_above
from .permissions import READ, VALUE
from .queries import auditing, valued
from .records import ITEM, LOT


class OnDay(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a day, and a category with all below it."""

    day: Annotated[datetime.date, Meta(title="At the end of")]
    category: Annotated[str, Meta(title="Category")] = ""


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """Some days."""

    first: Annotated[datetime.date, Meta(title="From")]
    last: Annotated[datetime.date, Meta(title="To")]


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A day to look ahead to."""

    day: Annotated[datetime.date, Meta(title="Expires until")]


async def today(tenant: Tenant) -> OnDay:
    """Return the day it is."""
    return OnDay(day=tenant.today())


async def this_month(tenant: Tenant) -> Between:
    """Return the month it is, until now."""
    return Between(first=tenant.today().replace(day=1), last=tenant.today())


async def next_weeks(tenant: Tenant) -> Ahead:
    """Return the day in four weeks."""
    return Ahead(day=tenant.today() + timedelta(weeks=4))


async def category_choices(tenant: Tenant) -> Sequence[Choice]:
    """Return the categories of items, and those above them."""
    async with tenant.transaction() as db:
        names = await auditing.categories(db)
    return [Choice(name, name) for name in with_those_above(names)]


async def value_rows(tenant: Tenant, asked: OnDay) -> AsyncIterator[ReportRow]:
    """Yield items with what they were worth, by category, then by name."""
    async with tenant.transaction() as db:
        rows = await valued.value_at(db, asked.day, category=asked.category)
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row["category"], []).append(row)
    for name in sorted(groups):
        title = name or "Without a category"
        yield ReportRow({"name": title}, RowKind.GROUP, key=f"group {name}")
        for row in groups[name]:
            unit_cost = (row["value"] / row["quantity"]).quantize(Decimal("0.0001")) if row["quantity"] else None
            cells = {"name": row["name"], "sku": row["sku"], "quantity": row["quantity"], "unit": row["unit"], "cost": unit_cost}
            yield ReportRow(cells | {"value": row["value"]}, level=1, key=str(row["item"]), link=ITEM.url(row["item"]))
        total = sum((row["value"] for row in groups[name]), Decimal(0))
        yield ReportRow({"name": f"Total {title}", "value": total}, RowKind.SUBTOTAL, key=f"total {name}")


async def moved_rows(tenant: Tenant, asked: Between) -> AsyncIterator[ReportRow]:
    """Yield items with what came and went."""
    async with tenant.transaction() as db:
        rows = await auditing.moved_between(db, asked.first, asked.last)
    for row in rows:
        names = ("name", "sku", "category", "came", "came_value", "went", "went_value", "corrected")
        yield ReportRow({name: row[name] for name in names}, key=str(row["item"]), link=ITEM.url(row["item"]))


async def expiring_rows(tenant: Tenant, asked: Ahead) -> AsyncIterator[ReportRow]:
    """Yield lots that expire."""
    async with tenant.transaction() as db:
        rows = await auditing.expiring(db, asked.day)
    for row in rows:
        names = ("number", "name", "sku", "expires", "quantity", "unit", "value")
        yield ReportRow({name: row[name] for name in names}, key=str(row["id"]), link=LOT.url(row["id"]))


STOCK_VALUE = Report(
    name="inventory.value",
    title="Stock and its value",
    summary="What there was on a day, and what it was worth, as the ledger has it.",
    permission=VALUE,
    parameters=OnDay,
    defaults=today,
    choices={"category": category_choices},
    columns=(
        ReportColumn(key="name", title="Item"),
        ReportColumn(key="sku", title="SKU"),
        ReportColumn(key="quantity", title="Quantity", kind=CellKind.NUMBER),
        ReportColumn(key="unit", title="Unit"),
        ReportColumn(key="cost", title="Cost a piece", kind=CellKind.NUMBER),
        ReportColumn(key="value", title="Value", kind=CellKind.MONEY, total=True, compared=True),
    ),
    rows=value_rows,
    earlier=shifted,
    chart=ReportChart(label="name", values=("value",), of=RowKind.SUBTOTAL),
    order=60,
)
MOVED = Report(
    name="inventory.moved",
    title="Stock that moved",
    summary="What came in and went out in some days, with its cost.",
    permission=VALUE,
    parameters=Between,
    defaults=this_month,
    columns=(
        ReportColumn(key="name", title="Item"),
        ReportColumn(key="sku", title="SKU"),
        ReportColumn(key="category", title="Category", hidden=True),
        ReportColumn(key="came", title="Came in", kind=CellKind.NUMBER),
        ReportColumn(key="came_value", title="Its cost", kind=CellKind.MONEY, total=True),
        ReportColumn(key="went", title="Went out", kind=CellKind.NUMBER),
        ReportColumn(key="went_value", title="Its cost", kind=CellKind.MONEY, total=True, compared=True),
        ReportColumn(key="corrected", title="Corrections", kind=CellKind.MONEY, total=True),
    ),
    rows=moved_rows,
    earlier=shifted,
    order=61,
)
EXPIRING = Report(
    name="inventory.expiring",
    title="Goods that expire",
    summary="Lots that expire until a day, while there is something of them.",
    permission=READ,
    parameters=Ahead,
    defaults=next_weeks,
    columns=(
        ReportColumn(key="number", title="Lot"),
        ReportColumn(key="name", title="Item"),
        ReportColumn(key="sku", title="SKU"),
        ReportColumn(key="expires", title="Expires", kind=CellKind.DATE),
        ReportColumn(key="quantity", title="Quantity", kind=CellKind.NUMBER),
        ReportColumn(key="unit", title="Unit"),
    ),
    rows=expiring_rows,
    order=62,
)
REPORTS: tuple[Report[Any], ...] = (STOCK_VALUE, MOVED, EXPIRING)
