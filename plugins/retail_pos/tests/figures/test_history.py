"""Eight trading days of Online Retail (UCI, CC BY 4.0) as figures: each to what independent scripts found in the files."""

import time
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from plugins.retail_pos.domain.kpis import Days
from plugins.retail_pos.queries import kpis
from plugins.retail_pos.queries.kpis import Narrowed
from plugins.retail_pos.services import history
from weft import Tenant


class Facts(NamedTuple):
    """What is known of a day."""

    day: str
    rows: int
    invoices: int
    net: str
    sales: str
    units: int
    cancelled: int
    cancelled_amount: str


DAYS = (
    Facts("2010-12-01", 3108, 143, "58635.56", "58960.79", 26814, 6, "-325.23"),
    Facts("2010-12-02", 2109, 167, "46207.28", "47748.38", 21023, 23, "-1541.10"),
    Facts("2010-12-03", 2202, 108, "45620.46", "46943.71", 14830, 7, "-1323.25"),
    Facts("2010-12-05", 2725, 95, "31383.95", "31774.95", 16395, 7, "-391.00"),
    Facts("2010-12-06", 3878, 133, "53860.18", "54830.46", 21419, 18, "-970.28"),
    Facts("2010-12-07", 2963, 111, "45059.05", "99618.20", 24995, 18, "-54559.15"),
    Facts("2010-12-08", 2647, 148, "44189.84", "45389.98", 22741, 23, "-1200.14"),
    Facts("2010-12-09", 2891, 183, "52532.13", "53586.18", 18431, 34, "-1054.05"),
)


def test_every_row_of_the_files_is_there() -> None:
    lines = list(history.read())
    assert {str(day): sum(1 for each in lines if each.day == day) for day in {each.day for each in lines}} == {
        each.day: each.rows for each in DAYS
    }
    assert sum(1 for each in lines if history.category_of(each) == history.CHARGES) == sum(1 for each in lines if not each.goods)


@pytest.fixture
async def moved(tenant: Tenant) -> timedelta:
    """Bring the days in, in a time that a first start can bear; returns by how much they were moved."""
    began = time.perf_counter()
    days = await history.tell(tenant)
    assert time.perf_counter() - began < 20
    return days.first - date(2010, 12, 1)


async def test_each_day_has_the_figures_that_the_files_have(tenant: Tenant, moved: timedelta) -> None:
    for told in DAYS:
        day = date.fromisoformat(told.day) + moved
        async with tenant.transaction() as db:
            found = await kpis.sums(db, Days(day, day))
            hours = await kpis.by(db, "hour", Days(day, day))
            cashiers = await kpis.by(db, "cashier", Days(day, day))
        assert found.net == Decimal(told.net), told.day
        assert found.net + found.returned == Decimal(told.sales), told.day
        assert found.returned == -Decimal(told.cancelled_amount), told.day
        assert found.units == told.units, told.day
        assert (found.receipts, found.returns) == (told.invoices - told.cancelled, told.cancelled), told.day
        for parts in (hours, cashiers):
            assert sum(each.net for each in parts.values()) == found.net
            assert sum(each.receipts for each in parts.values()) == found.receipts


async def test_the_last_day_is_yesterday_and_the_week_before_has_the_same_weekday(tenant: Tenant, moved: timedelta) -> None:
    yesterday = tenant.today() - timedelta(1)
    async with tenant.transaction() as db:
        assert await kpis.latest_day(db, tenant.today()) == yesterday
        days = await kpis.by(db, "day", Days(yesterday - timedelta(8), yesterday))
    assert len(days) == len(DAYS)
    assert yesterday - timedelta(5) not in days  # the shop was closed on the Saturday
    assert days[yesterday - timedelta(7)].net == Decimal("46207.28")


async def test_a_figure_narrows_down_to_a_category_an_hour_and_an_item(tenant: Tenant, moved: timedelta) -> None:
    day = tenant.today() - timedelta(1)
    days = Days(day, day)
    async with tenant.transaction() as db:
        whole = await kpis.by(db, "category", days)
        charges = await kpis.sums(db, days, Narrowed(category=history.CHARGES))
        noon = await kpis.by(db, "category", days, Narrowed(hour=12))
        top = await kpis.items(db, days, limit=1)
        one = await kpis.sums(db, days, Narrowed(sku=top[0].sku))
    assert sum(each.net for each in whole.values()) == Decimal("52532.13")
    assert charges == whole[history.CHARGES]
    assert charges.costed == 0
    assert charges.margin_rate is None
    assert set(noon) <= set(whole)
    assert (one.net, one.units, one.cost, one.returned) == (top[0].sums.net, top[0].sums.units, top[0].sums.cost, top[0].sums.returned)
