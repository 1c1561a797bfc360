"""Figures of purchasing, for reports, cards and the close of a period."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from weft import Checked, ClosingCheck, Finding, Tenant

from ..domain.suppliers import Supplier
from ..queries import bills, figures
from ..queries import suppliers as stored
from ..queries.figures import OpenLine, PriceVariance, State, Uncleared
from ..queries.suppliers import Performance
from ..records import BILL, ORDER

MOST = 50  # findings told one by one


async def open_lines(tenant: Tenant) -> Sequence[OpenLine]:
    """Return what is still to come."""
    async with tenant.transaction() as db:
        return await figures.open_lines(db)


async def uncleared(tenant: Tenant, day: date) -> Sequence[Uncleared]:
    """Return what came by a day and is not billed now."""
    async with tenant.transaction() as db:
        return await figures.uncleared(db, day)


async def variances(tenant: Tenant, first: date, last: date) -> Sequence[PriceVariance]:
    """Return what bills of some days asked besides what was ordered."""
    async with tenant.transaction() as db:
        return await figures.variances(db, first, last)


async def performance(tenant: Tenant, first: date, last: date) -> tuple[Mapping[UUID, Performance], Mapping[UUID, Supplier]]:
    """Return how suppliers delivered on some days, and who they are."""
    async with tenant.transaction() as db:
        found = await stored.performance(db, first, last)
        return found, await stored.suppliers(db, list(found))


async def state(tenant: Tenant) -> State:
    """Return how purchasing stands today."""
    async with tenant.transaction() as db:
        return await figures.state(db, tenant.today())


def age_of(day: date, on: date) -> int:
    """Return which of five ages something has: up to 30, 60, 90, 180 days, or more."""
    days = (on - day) // timedelta(days=1)
    return sum(days > limit for limit in (30, 60, 90, 180))


async def _not_billed(tenant: Tenant, first: date, last: date) -> Checked:
    """Goods that came by the last day and wait for their bill: their cost is in the books, so it is only worth knowing."""
    found = [each for each in await uncleared(tenant, last) if each.value]
    told = [
        Finding(f"{each.receipt}, {each.supplier}: {each.item} for {each.value:f} {tenant.currency}", ORDER.url(each.order), "warning")
        for each in found[:MOST]
    ]
    if len(found) > MOST:
        told.append(Finding(f"And {len(found) - MOST} more: see the report of goods received, not billed.", "", "warning"))
    total = sum((each.value for each in found), Decimal(0))
    return Checked(tuple(told), f"{len(found)} open, {total:f} {tenant.currency} in all")


async def _blocked(tenant: Tenant, first: date, last: date) -> Checked:
    async with tenant.transaction() as db:
        found = [each for each in await bills.blocked(db) if each.issued <= last]
    return Checked(tuple(Finding(f"{each.title}: {each.reasons[0]}", BILL.url(each.id), "warning") for each in found))


CLOSING = (
    ClosingCheck(
        name="purchasing.not_billed",
        title="Goods received, not billed",
        question="Did the bills of all goods that came arrive?",
        run=_not_billed,
        order=40,
    ),
    ClosingCheck(
        name="purchasing.blocked",
        title="Bills that do not match",
        question="Is every bill released or sent back?",
        run=_blocked,
        order=41,
    ),
)
