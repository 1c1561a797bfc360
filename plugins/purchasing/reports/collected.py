"""Every report of purchasing."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from weft import CellKind, Report, ReportChart, ReportColumn, ReportRow, Tenant, shifted

from ..permissions import READ
from ..records import BILL, ORDER, SUPPLIER
from ..services import figures

MONEY, NUMBER, DATE = CellKind.MONEY, CellKind.NUMBER, CellKind.DATE
AGES = ("to_30", "to_60", "to_90", "to_180", "older")
AGE_TITLES = ("Up to 30 days", "31 to 60", "61 to 90", "91 to 180", "Older")


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """From a day to a day."""

    first: Annotated[date, Meta(title="From")]
    last: Annotated[date, Meta(title="Through")]

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("The last day comes before the first: turn them round.")


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """By the end of a day."""

    day: Annotated[date, Meta(title="Received by")]


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing to choose but whether only what is late is shown."""

    late: Annotated[bool, Meta(title="Only what is late")] = False


async def _this_year(tenant: Tenant) -> Days:
    today = tenant.today()
    return Days(first=date(today.year, 1, 1), last=today)


async def _today(tenant: Tenant) -> Day:
    return Day(day=tenant.today())


async def _open(tenant: Tenant, asked: Everything) -> AsyncIterator[ReportRow]:
    today = tenant.today()
    for each in await figures.open_lines(tenant):
        late = max((today - each.expected).days, 0)
        if asked.late and not late:
            continue
        cells = {"number": each.number, "supplier": each.supplier, "item": each.item, "expected": each.expected, "late": late or None}
        yield ReportRow({**cells, "outstanding": each.outstanding, "value": each.value}, link=ORDER.url(each.order))


async def _uncleared(tenant: Tenant, asked: Day) -> AsyncIterator[ReportRow]:
    for each in await figures.uncleared(tenant, asked.day):
        cells = {"supplier": each.supplier, "receipt": each.receipt, "item": each.item, "day": each.day, "quantity": each.quantity}
        age = AGES[figures.age_of(each.day, asked.day)]
        yield ReportRow({**cells, age: each.value, "value": each.value}, link=ORDER.url(each.order))


async def _variances(tenant: Tenant, asked: Days) -> AsyncIterator[ReportRow]:
    for each in await figures.variances(tenant, asked.first, asked.last):
        cells = {"day": each.day, "number": each.number, "supplier": each.supplier, "item": each.item, "quantity": each.quantity}
        share = each.variance / each.cleared if each.cleared else None
        yield ReportRow({**cells, "cleared": each.cleared, "variance": each.variance, "share": share}, link=BILL.url(each.bill))


async def _performance(tenant: Tenant, asked: Days) -> AsyncIterator[ReportRow]:
    found, known = await figures.performance(tenant, asked.first, asked.last)
    for key, each in sorted(found.items(), key=lambda pair: (-pair[1].bought, str(pair[0]))):
        supplier = known.get(key)
        cells = {"supplier": supplier.name if supplier else "", "bought": each.bought, "lines": each.lines, "lead": each.lead}
        on_time = Decimal(each.on_time) / each.lines if each.lines else None
        yield ReportRow({**cells, "on_time": on_time, "returned": each.returned}, key=str(key), link=SUPPLIER.url(key))


OPEN_ORDERS = Report(
    name="purchasing.open_orders",
    title="Open orders",
    summary="What suppliers still have to deliver, and what is late.",
    permission=READ,
    parameters=Everything,
    columns=(
        ReportColumn(key="number", title="Order"),
        ReportColumn(key="expected", title="Expected", kind=DATE),
        ReportColumn(key="supplier", title="Supplier"),
        ReportColumn(key="item", title="Item"),
        ReportColumn(key="late", title="Days late", kind=NUMBER),
        ReportColumn(key="outstanding", title="To come", kind=NUMBER),
        ReportColumn(key="value", title="Worth", kind=MONEY, total=True),
    ),
    rows=_open,
    order=60,
)
NOT_BILLED = Report(
    name="purchasing.not_billed",
    title="Goods received, not billed",
    summary="What came and waits for its bill, by age; bills without goods and returns without credit count below zero.",
    permission=READ,
    parameters=Day,
    defaults=_today,
    columns=(
        ReportColumn(key="supplier", title="Supplier"),
        ReportColumn(key="receipt", title="Document"),
        ReportColumn(key="item", title="Item"),
        ReportColumn(key="day", title="Date", kind=DATE),
        ReportColumn(key="quantity", title="Quantity", kind=NUMBER),
        *(ReportColumn(key=key, title=title, kind=MONEY, total=True) for key, title in zip(AGES, AGE_TITLES, strict=True)),
        ReportColumn(key="value", title="Total", kind=MONEY, total=True),
    ),
    rows=_uncleared,
    chart=ReportChart("supplier", AGES, of_sums=True),
    order=61,
)
PRICE_VARIANCE = Report(
    name="purchasing.price_variance",
    title="Purchase price variance",
    summary="What bills asked for more or less than was ordered.",
    permission=READ,
    parameters=Days,
    defaults=_this_year,
    columns=(
        ReportColumn(key="number", title="Bill"),
        ReportColumn(key="day", title="Date", kind=DATE),
        ReportColumn(key="supplier", title="Supplier"),
        ReportColumn(key="item", title="Item"),
        ReportColumn(key="quantity", title="Quantity", kind=NUMBER),
        ReportColumn(key="cleared", title="As ordered", kind=MONEY, total=True),
        ReportColumn(key="variance", title="Variance", kind=MONEY, total=True),
        ReportColumn(key="share", title="Share", kind=CellKind.PERCENT),
    ),
    rows=_variances,
    order=62,
)
PERFORMANCE = Report(
    name="purchasing.supplier_performance",
    title="Supplier performance",
    summary="Who delivers on time, how long it takes, and what goes back.",
    permission=READ,
    parameters=Days,
    defaults=_this_year,
    earlier=shifted,
    columns=(
        ReportColumn(key="supplier", title="Supplier"),
        ReportColumn(key="bought", title="Received", kind=MONEY, total=True, compared=True),
        ReportColumn(key="lines", title="Deliveries", kind=NUMBER, total=True),
        ReportColumn(key="on_time", title="On time", kind=CellKind.PERCENT),
        ReportColumn(key="lead", title="Days from order", kind=NUMBER),
        ReportColumn(key="returned", title="Sent back", kind=CellKind.PERCENT),
    ),
    rows=_performance,
    chart=ReportChart("supplier", ("bought",)),
    order=63,
)
REPORTS = (OPEN_ORDERS, NOT_BILLED, PRICE_VARIANCE, PERFORMANCE)
