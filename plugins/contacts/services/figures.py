"""Figures about contacts for the dashboard."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from weft import Tenant

from ..queries import finding, links
from ..queries.finding import Latest

MOST = 100_000  # counted no further, so that a dashboard costs the same for everybody


async def latest(tenant: Tenant, limit: int) -> Sequence[Latest]:
    """Return the parties that were added last."""
    async with tenant.transaction() as db:
        return await finding.latest(db, limit)


async def count(tenant: Tenant) -> Mapping[str, int]:
    """Return how many organisations and people there are, counted up to `MOST` each."""
    async with tenant.transaction() as db:
        return await links.count_by_kind(db, MOST + 1)


async def made_since(tenant: Tenant, day: date) -> Mapping[str, int]:
    """Return how many parties were added on each day since one, by ISO date in the tenant's zone."""
    since = datetime.combine(day, time(), tenant.timezone).astimezone(UTC)
    async with tenant.transaction() as db:
        return await links.made_per_day(db, since, tenant.timezone.key, MOST)
