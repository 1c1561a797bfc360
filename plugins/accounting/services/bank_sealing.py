"""Seals account numbers that a version before kept readable."""

from weft import Tenant

from ..queries.bank_sealing import seal_lines, seal_rules


async def seal_readable(tenant: Tenant) -> int:
    """Seal account numbers of some lines and rules; returns how many, 0 when none is left."""
    async with tenant.transaction(unaudited="what was kept readable is sealed, and says the same") as db:
        return await seal_lines(db) + await seal_rules(db)
