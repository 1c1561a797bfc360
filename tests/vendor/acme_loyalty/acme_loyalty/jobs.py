"""Points that nobody used expire."""

from datetime import timedelta

from msgspec import Struct
from weft import Change, Job, Schedule, Tenant

from . import domain, queries
from .records import ref
from .settings import LoyaltySettings


class Expire(Struct, frozen=True):
    """The job needs to be told nothing."""


async def expire(tenant: Tenant, _: Expire) -> None:
    """Take the points from cards on which nothing has happened for too long."""
    months = tenant.settings(LoyaltySettings).months
    if not months:
        return
    today = tenant.today()
    async with tenant.transaction() as db:
        for member in await queries.unused_since(db, today - timedelta(days=months * 30)):
            emptied = domain.given(member, -member.points)
            await queries.save(db, emptied)
            await queries.book(db, member.id, today, -member.points, "Expired")
            await tenant.record(Change(ref(emptied), "points expired", {"points": member.points}, {"points": 0}))


async def count_again(tenant: Tenant, _: str) -> None:
    """After an upgrade: the points of each card are what its entries say."""
    await queries.count_again(tenant.scope())


EXPIRE = Job(name="acme_loyalty.expire_points", title="Expire points", payload=Expire, run=expire, atomic=True)
EVERY_MONTH = Schedule(job=EXPIRE, cron="30 3 1 * *", payload=Expire())
