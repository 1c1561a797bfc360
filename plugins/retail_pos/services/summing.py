"""Days that are over are summed up every night, and the sums held against all receipts anew."""

from dataclasses import fields

import msgspec

from weft import Check, Checked, Finding, Job, Schedule, Tenant

from ..domain.kpis import Days, Sums
from ..permissions import READ
from ..queries import daily, kpis
from .applying import UNSUMMED


class Nothing(msgspec.Struct, frozen=True):
    """The job needs to know nothing."""


async def sum_up(tenant: Tenant) -> int:
    """Sum up the days that are over and not summed up, or changed since; returns how many."""
    async with tenant.transaction(unaudited="looks for days alone") as db:
        waiting = await daily.to_sum(db, tenant.today() - UNSUMMED)
    for days in waiting:
        async with tenant.transaction(unaudited="sums of what is written down elsewhere") as db:
            await daily.sum_up(db, days)
    return sum(each.count for each in waiting)


async def proven(tenant: Tenant) -> Checked:
    """Look at every receipt of every day that is summed up, and hold its sums against them."""
    found: list[Finding] = []
    count = 0
    async with tenant.transaction() as db:
        months = await daily.summed(db)
    for days in months:
        async with tenant.transaction() as db:
            if await daily.live(db, days):
                continue  # something came to these days meanwhile
            whole, parts = await kpis.by_all(db, days)
            kept, kept_parts = await daily.by_all(db, days)
            sold, tenders = await kpis.items(db, days, limit=1_000_000), await kpis.tenders(db, days)
            of_items, of_tenders = await daily.items(db, days, limit=1_000_000), await daily.tenders(db, days)
        wrong = [name for name in ("day", "hour", "category", "cashier", "till") if parts[name] != kept_parts[name]]
        wrong += ["item"] if sorted(_told(sold)) != sorted(_told(of_items)) else []
        wrong += ["tender"] if tenders != of_tenders else []
        if wrong or whole != kept:
            found.append(
                Finding(f"Sums of {days.first} to {days.last} are not those of their receipts: by {', '.join(wrong)}.", _link(days))
            )
        count += days.count
    return Checked(tuple(found), f"{count} days")


def _told(sold: list[kpis.ItemSold]) -> list[tuple[object, ...]]:
    sums = [(each.sku, str(each.item), *(getattr(each.sums, part.name) for part in fields(Sums))) for each in sold]
    return [each for each in sums if any(each[2:])]


def _link(days: Days) -> str:
    return f"/retail_pos/figures?first={days.first}&last={days.last}"


async def _sum_up(tenant: Tenant, _: Nothing) -> None:
    await sum_up(tenant)


SUM = Job(name="retail_pos.sum_days", title="Sum up the days of the tills", payload=Nothing, run=_sum_up)
SUMMING = (Schedule(job=SUM, cron="30 3 * * *", payload=Nothing()),)
SUM_CHECKS = (
    Check(
        name="retail_pos.daily",
        title="Sums of days",
        question="Are the sums that figures over months are read from those of all receipts?",
        permission=READ,
        run=proven,
        order=40,
    ),
)
