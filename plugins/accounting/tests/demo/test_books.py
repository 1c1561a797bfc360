"""The books of the demo's businesses: proven on whatever day they are made, closed and locked as told, with work left on the desk."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from plugins.accounting.demo.load import on_demo
from plugins.accounting.services import proving, reports, years
from weft import Tenant
from weft.testing import Clock, Installation

NOVEMBER = date(2026, 11, 22)


async def business(installation: Any, country: str, currency: str) -> Tenant:
    """Return a business of a country, whose owner acts."""
    made = await installation.new_tenant()
    change = "UPDATE platform.tenant SET country = $2, currency = $3 WHERE id = $1"
    await installation.runtime.platform.execute(change, made.id, country, currency)
    found: Tenant = await installation.runtime.tenant_by_id(made.id)
    return found


def at(clock: Clock, day: date) -> None:
    clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


async def trial(tenant: Tenant) -> list[tuple[str, Decimal]]:
    """Return what each account holds."""
    chart, held = await reports.chart_balances(tenant, tenant.today())
    return [(each.code, held[each.id]) for each in chart if held.get(each.id)]


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2028, 2, 29)], ids=str)
async def test_the_shops_books_prove_on_whatever_day_they_are_made(tenant: Tenant, clock: Clock, day: date) -> None:
    at(clock, day)
    await on_demo(tenant)
    answers = await proving.prove(tenant)
    assert [finding.sentence for each in answers for finding in each.findings] == []
    assert sum(amount for _, amount in await trial(tenant)) == 0
    calendar = await years.read_calendar(tenant)
    assert calendar.locks["all"] == last_of_month_before(last_of_month_before(day))
    assert all(each.state == "closed" for each in calendar.years if each.last <= (calendar.locks["all"] or day))


def last_of_month_before(day: date) -> date:
    return date.fromordinal(day.replace(day=1).toordinal() - 1)


@pytest.mark.parametrize(("country", "currency"), [("DE", "EUR"), ("US", "USD")])
async def test_the_others_books_prove_and_are_the_same_however_often_they_are_made(
    installation: Installation, clock: Clock, country: str, currency: str
) -> None:
    at(clock, NOVEMBER)
    one, other = [await business(installation, country, currency) for _ in range(2)]
    for each in (one, other, one):
        await on_demo(each)
    assert [finding.sentence for each in await proving.prove(one) for finding in each.findings] == []
    assert await trial(one) == await trial(other)
    assert len(await trial(one)) > 15


async def test_a_country_without_a_story_gets_no_books(installation: Installation, clock: Clock) -> None:
    at(clock, NOVEMBER)
    made = await business(installation, "FR", "EUR")
    await on_demo(made)
    assert await trial(made) == []
