"""Reports on products and prices."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from weft import CellKind, Choice, Report, ReportColumn, ReportRow, Tenant

from .permissions import READ
from .queries import reporting
from .records import PRODUCT

BATCH = 2000


class OnDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day."""

    day: Annotated[date, Meta(title="On")]


class OfList(OnDay, frozen=True, kw_only=True):
    """A day and a price list; none is the default one."""

    price_list: Annotated[UUID | None, Meta(title="Price list")] = None


async def today(tenant: Tenant) -> OnDay:
    """Return the day it is."""
    return OnDay(day=tenant.today())


async def list_today(tenant: Tenant) -> OfList:
    """Return the day it is, of the default price list."""
    return OfList(day=tenant.today())


async def price_lists(tenant: Tenant) -> Sequence[Choice]:
    """Return the price lists to choose from."""
    async with tenant.transaction() as db:
        return [Choice(str(list_id), title) for list_id, title in await reporting.price_lists(db)]


async def price_rows(tenant: Tenant, asked: OfList) -> AsyncIterator[ReportRow]:
    """Yield the prices that hold on the day, by the names of their products."""
    place, full = reporting.FIRST, True
    while full:
        async with tenant.transaction() as db:
            lines = await reporting.prices(db, asked.price_list, asked.day, place, BATCH)
        for each in lines:
            yield ReportRow(each._asdict(), key=str(each.place[3]), link=PRODUCT.url(each.product))
        full = len(lines) == BATCH
        place = lines[-1].place if full else place


async def unpriced_rows(tenant: Tenant, asked: OnDay) -> AsyncIterator[ReportRow]:
    """Yield the variants that cannot be sold for want of a price."""
    place, full = reporting.FIRST, True
    while full:
        async with tenant.transaction() as db:
            lines = await reporting.unpriced(db, asked.day, place, BATCH)
        for each in lines:
            yield ReportRow(each._asdict(), key=str(each.place[3]), link=PRODUCT.url(each.product))
        full = len(lines) == BATCH
        place = lines[-1].place if full else place


PRICES = Report(
    name="catalogue.price_list",
    title="Price list",
    summary="Every price that holds on a day, ready to print.",
    permission=READ,
    parameters=OfList,
    defaults=list_today,
    choices={"price_list": price_lists},
    columns=(
        ReportColumn(key="name", title="Product"),
        ReportColumn(key="sku", title="SKU"),
        ReportColumn(key="barcode", title="Barcode", hidden=True),
        ReportColumn(key="category", title="Category"),
        ReportColumn(key="min_quantity", title="From quantity", kind=CellKind.NUMBER),
        ReportColumn(key="amount", title="Price", kind=CellKind.MONEY, currency="currency"),
        ReportColumn(key="valid_to", title="Until", kind=CellKind.DATE),
    ),
    rows=price_rows,
    order=40,
)
UNPRICED = Report(
    name="catalogue.without_price",
    title="Products without a price",
    summary="What cannot be sold on a day, since the default price list has no price for it.",
    permission=READ,
    parameters=OnDay,
    defaults=today,
    columns=(
        ReportColumn(key="name", title="Product"),
        ReportColumn(key="sku", title="SKU"),
        ReportColumn(key="category", title="Category"),
        ReportColumn(key="supplier", title="Supplier"),
    ),
    rows=unpriced_rows,
    order=41,
)
REPORTS = (PRICES, UNPRICED)
