"""Finds entries and accounts for the search box."""

from weft import Tenant

from ..domain.accounts import Account
from ..queries import accounts, lookup
from ..queries.lookup import Found


async def entries(tenant: Tenant, text: str, limit: int) -> list[Found]:
    """Return entries that a text means, the newest first."""
    async with tenant.transaction() as db:
        return await lookup.entries(db, text, limit)


async def chart(tenant: Tenant, text: str, limit: int) -> list[Account]:
    """Return accounts that a text means."""
    async with tenant.transaction() as db:
        return await accounts.find(db, text[:100], limit)
