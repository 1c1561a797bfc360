"""Work on contacts that happens outside a request."""

from uuid import UUID

import msgspec

from weft import Job, Schedule, Tenant

from .services.duplicates import search_all


class Nothing(msgspec.Struct, frozen=True):
    """A job that needs to be told nothing."""


async def find_duplicates(tenant: Tenant, _: Nothing) -> None:
    """Look for contacts that are there twice."""
    await search_all(tenant)


FIND_DUPLICATES = Job(
    name="contacts.find_duplicates", title="Look for duplicate contacts", payload=Nothing, run=find_duplicates, timeout=1800, attempts=2
)
NIGHTLY = Schedule(job=FIND_DUPLICATES, cron="20 2 * * *", payload=Nothing())


async def ask_for_duplicates(tenant: Tenant) -> UUID:
    """Have all contacts looked through; while one search waits, a second is not asked for."""
    async with tenant.transaction():
        return await tenant.enqueue(FIND_DUPLICATES, Nothing(), key=FIND_DUPLICATES.name)
