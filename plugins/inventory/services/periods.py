"""Closing stock through a day: nothing moves on it or before any more, until it is opened again."""

from datetime import date

from weft import Change, Conflict, Invalid, RecordRef, Tenant
from weft.contracts import PeriodLocked

from ..queries import setup
from ..records import PERIOD


async def closed_through(tenant: Tenant) -> date | None:
    """Return the day that stock is closed through."""
    async with tenant.transaction() as db:
        return await setup.closed_through(db)


async def close(tenant: Tenant, through: date) -> None:
    """Close stock through a day; raises `Invalid`, and `Conflict` while goods are reserved since then or longer."""
    if through >= tenant.today():
        raise Invalid.field("through", "A day that is not over cannot be closed: choose yesterday or before.")
    async with tenant.transaction() as db:
        before = await setup.closed_through(db)
        if before is not None and through <= before:
            raise Invalid.field("through", f"Stock is closed through {before} already: choose a later day.")
        if count := await setup.reserved_since_before(db, through):
            raise Conflict(f"{count} lines are reserved since {through} or longer: deliver them or let them go first.")
        made = await setup.close_period(db, through, tenant.now(), tenant.person.id if tenant.person else None)
        await tenant.record(
            Change(RecordRef(PERIOD, made, f"Stock through {through}"), "closed", {"through": before}, {"through": through})
        )


async def open_again(tenant: Tenant, through: date) -> None:
    """Open what was closed last; raises `Conflict` when something else is closed."""
    async with tenant.transaction() as db:
        if await setup.closed_through(db) != through or not await setup.open_period(db, through):
            raise PeriodLocked("Something else is closed meanwhile: look at it again.")
        made = RecordRef(PERIOD, tenant.id, f"Stock through {through}")
        await tenant.record(Change(made, "opened again", {"through": through}, {"through": await setup.closed_through(db)}))
